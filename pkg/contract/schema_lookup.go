package contract

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// schemasAt returns the schemas for the value at a pointer: several if allOf, anyOf or oneOf
// combine them, none if the spec has nothing for it.
func schemasAt(root *openapi3.SchemaRef, pointer []string) []*openapi3.Schema {
	here := combinedSchemas(nil, root)
	for _, segment := range pointer {
		var next []*openapi3.Schema
		for _, schema := range here {
			switch {
			case schema.Properties[segment] != nil:
				next = combinedSchemas(next, schema.Properties[segment])
			case schema.AdditionalProperties.Schema != nil:
				next = combinedSchemas(next, schema.AdditionalProperties.Schema)
			case schema.Items != nil:
				next = combinedSchemas(next, schema.Items)
			}
		}
		here = next
	}
	return here
}

// combinedSchemas appends a schema and the schemas that it is composed of.
func combinedSchemas(schemas []*openapi3.Schema, ref *openapi3.SchemaRef) []*openapi3.Schema {
	if ref == nil || ref.Value == nil || slices.Contains(schemas, ref.Value) {
		return schemas
	}
	schemas = append(schemas, ref.Value)
	for _, parts := range []openapi3.SchemaRefs{ref.Value.AllOf, ref.Value.AnyOf, ref.Value.OneOf} {
		for _, part := range parts {
			schemas = combinedSchemas(schemas, part)
		}
	}
	return schemas
}

// assumption is the extension that marks the assumed parts of a spec.
const assumption = "x-assumed"

// assumptionOf returns the assumptions that parts of the spec state.
func assumptionOf(parts ...map[string]any) string {
	var texts []string
	for _, extensions := range parts {
		text, _ := extensions[assumption].(string)
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, " ")
}

func assumptionOfSchemas(schemas []*openapi3.Schema) string {
	var parts []map[string]any
	for _, schema := range schemas {
		parts = append(parts, schema.Extensions)
	}
	return assumptionOf(parts...)
}

// excuse returns the assumptions that may explain why the value at a pointer breaks a rule. Names,
// types and presence of fields are assumed at their object; any other rule is assumed where it
// stands.
func excuse(root *openapi3.SchemaRef, pointer []string, rule string) string {
	switch rule {
	case "type", "nullable", "required":
		for len(pointer) > 0 {
			pointer = pointer[:len(pointer)-1]
			if schemas := schemasAt(root, pointer); slices.ContainsFunc(schemas, hasFields) {
				return assumptionOfSchemas(schemas)
			}
		}
	}
	return assumptionOfSchemas(schemasAt(root, pointer))
}

func hasFields(schema *openapi3.Schema) bool {
	return len(schema.Properties) > 0 || schema.AdditionalProperties.Schema != nil
}
