package contract

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// schemaOptions makes the format "byte" mean Base64 that a strict decoder accepts; kin-openapi only
// checks the alphabet.
var schemaOptions = []openapi3.SchemaValidationOption{
	openapi3.WithStringFormatValidator("byte", openapi3.NewCallbackValidator(func(text string) error {
		if base64Fault(text) != "" {
			return errors.New("no Base64")
		}
		return nil
	})),
}

// base64Fault says why a strict decoder rejects a text. It returns "" if it does not.
func base64Fault(text string) string {
	_, err := base64.StdEncoding.Strict().DecodeString(text)
	switch {
	case strings.ContainsAny(text, "\r\n"): // Go's decoders skip these
		return "has line breaks"
	case err == nil:
		return ""
	case strings.ContainsAny(text, "-_"):
		return "has characters of the URL-safe alphabet"
	}
	if _, err := base64.RawStdEncoding.Strict().DecodeString(text); err == nil {
		return "has no padding"
	}
	return "does not decode"
}

// flatten returns the individual errors in kin-openapi's nested lists.
func flatten(err error) []error {
	list, ok := err.(openapi3.MultiError)
	if !ok {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var all []error
	for _, err := range list {
		all = append(all, flatten(err)...)
	}
	return all
}

// fault is one thing that is wrong with a message, and the assumption that may excuse it.
type fault struct{ text, assumed string }

// describe returns a fault for each thing that is wrong. kin-openapi's own messages print values
// and schemas, so describe uses none of them. It takes what it says from the spec, and only types
// from the value, which is nil if it is not known. root is the value's schema.
func (c *Checker) describe(err error, value any, root *openapi3.SchemaRef) []fault {
	var all []fault
	for _, err := range flatten(err) {
		switch err := err.(type) {
		case *openapi3filter.RequestError:
			all = append(all, c.describeRequest(err, value, root)...)
		case *openapi3filter.ResponseError:
			all = append(all, c.describeResponse(err, value, root)...)
		case *openapi3.SchemaError:
			all = append(all, c.describeSchema(err, value, root)...)
		default:
			all = append(all, fault{text: "cannot be decoded as the spec says"})
		}
	}
	// The validators report some things twice, and in varying order.
	slices.SortStableFunc(all, func(a, b fault) int { return cmp.Compare(a.text, b.text) })
	return slices.Compact(all)
}

func (c *Checker) describeRequest(err *openapi3filter.RequestError, value any, root *openapi3.SchemaRef) []fault {
	if err.Parameter != nil {
		root = err.Parameter.Schema
	}
	faults := c.describe(err.Err, value, root)
	switch {
	case errors.Is(err.Err, openapi3filter.ErrInvalidRequired):
		faults = []fault{{text: "is required and missing"}}
	case errors.Is(err.Err, openapi3filter.ErrInvalidEmptyValue):
		faults = []fault{{text: "must not be empty"}}
	case len(faults) == 0:
		faults = []fault{{text: "does not match the spec"}}
	}
	if err.Parameter != nil {
		for i := range faults {
			faults[i].text = fmt.Sprintf("the %s parameter %q %s", err.Parameter.In, err.Parameter.Name,
				strings.TrimPrefix(faults[i].text, "the value "))
		}
	}
	return faults
}

func (c *Checker) describeResponse(err *openapi3filter.ResponseError, value any, root *openapi3.SchemaRef) []fault {
	name, header := headerOf(err)
	if header != nil {
		root = header.Schema
	}
	faults := c.describe(err.Err, value, root)
	if len(faults) == 0 {
		faults = []fault{{text: "a header that the spec requires is missing"}}
	}
	if header != nil {
		for i := range faults {
			faults[i].text = fmt.Sprintf("header %q: %s", name, faults[i].text)
		}
	}
	return faults
}

// headerOf returns the spec's header that an error is about, or nil.
func headerOf(err *openapi3filter.ResponseError) (string, *openapi3.Header) {
	if err.Input == nil || !strings.Contains(err.Reason, "header") {
		return "", nil
	}
	response := responseFor(err.Input.RequestValidationInput.Route.Operation, err.Input.Status)
	if response == nil {
		return "", nil
	}
	for name, header := range response.Headers {
		if strings.Contains(err.Reason, fmt.Sprintf("%q", name)) {
			return name, header.Value
		}
	}
	return "", nil
}

func (c *Checker) describeSchema(err *openapi3.SchemaError, value any, root *openapi3.SchemaRef) []fault {
	if several, ok := errors.AsType[openapi3.MultiError](err.Origin); ok &&
		!slices.Contains([]string{"oneOf", "anyOf", "not"}, err.SchemaField) {
		if faults := c.describe(several, value, root); len(faults) > 0 {
			return faults
		}
	}
	pointer, field := err.JSONPointer(), err.SchemaField
	if err.Schema != nil {
		return []fault{{c.pointer(pointer, value) + " " + rule(field, err.Schema, err.Value),
			excuse(root, pointer, field)}}
	}
	// The OpenAPI 3.1 validator does not say which schema it is about, and uses some different
	// words.
	schemas := schemasAt(root, pointer)
	if field == "required" {
		return c.describeMissing(schemas, pointer, err.Value, value, root)
	}
	schema := new(openapi3.Schema)
	for _, candidate := range schemas {
		if field == "type" && len(candidate.Enum) > 0 {
			field = "enum" // says more, and is what the other validator checks first
		}
		if field == "" && candidate.Not != nil {
			field = "not"
		}
		if declares(candidate, field) {
			schema = candidate
			break
		}
	}
	if field == "type" && err.Value == nil {
		field = "nullable"
	}
	return []fault{{c.pointer(pointer, value) + " " + rule(field, schema, err.Value), excuse(root, pointer, field)}}
}

// describeMissing returns a fault for each required field that is missing.
func (c *Checker) describeMissing(schemas []*openapi3.Schema, pointer []string, object, value any,
	root *openapi3.SchemaRef) []fault {
	fields, _ := object.(map[string]any)
	var faults []fault
	for _, schema := range schemas {
		for _, name := range schema.Required {
			if _, ok := fields[name]; !ok {
				place := slices.Concat(pointer, []string{name})
				faults = append(faults, fault{c.pointer(place, value) + " " + rule("required", schema, nil),
					excuse(root, place, "required")})
			}
		}
	}
	return faults
}

// declares reports whether a schema has the named rule, for rules whose details the text needs.
func declares(schema *openapi3.Schema, field string) bool {
	switch field {
	case "type":
		return len(schema.Type.Slice()) > 0
	case "enum":
		return len(schema.Enum) > 0
	case "format":
		return schema.Format != ""
	case "additionalProperties":
		return schema.AdditionalProperties.Has != nil
	}
	return true
}

// rule says which rule of the schema is broken.
func rule(field string, schema *openapi3.Schema, value any) string {
	switch field {
	case "required":
		return "is required and missing"
	case "type":
		if names := schema.Type.Slice(); len(names) > 0 {
			return fmt.Sprintf("must be %s, and is %s", strings.Join(names, " or "), typeName(value))
		}
	case "nullable":
		return "must not be null"
	case "enum":
		if list, failed := json.Marshal(schema.Enum); failed == nil && len(schema.Enum) > 0 {
			return "must be one of " + string(list)
		}
	case "format":
		switch text, _ := value.(string); schema.Format {
		case "":
		case "byte":
			return "must be Base64, and " + cmp.Or(base64Fault(text), "does not decode")
		default:
			return fmt.Sprintf("must have the format %q", schema.Format)
		}
	case "properties", "additionalProperties":
		return "has a field that the schema does not allow; it names " +
			cmp.Or(strings.Join(slices.Sorted(maps.Keys(schema.Properties)), ", "), "none")
	case "":
		return "does not match the schema"
	}
	return fmt.Sprintf("breaks the schema's %q", field)
}

func typeName(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "number"
}

// pointer formats a JSON pointer with only those names that the spec contains: names are content
// too.
func (c *Checker) pointer(segments []string, value any) string {
	if len(segments) == 0 {
		return "the value"
	}
	var b strings.Builder
	for _, segment := range segments {
		shown := "{…}"
		switch parent := value.(type) {
		case []any:
			value = nil
			if index, err := strconv.Atoi(segment); err == nil && index >= 0 && index < len(parent) {
				shown, value = segment, parent[index]
			}
		case map[string]any:
			value = parent[segment]
			shown = c.printableName(segment)
		}
		b.WriteString("/" + shown)
	}
	return b.String()
}
