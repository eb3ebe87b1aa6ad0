package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// checkFields reports body fields that the schema does not name, with one finding per object. The
// names themselves are content and are not shown.
func (e *exchange) checkFields(which string, value any, schema *openapi3.SchemaRef) {
	for _, place := range strayFields(nil, nil, value, schema) {
		e.report(ClassUndocumentedField,
			fmt.Sprintf("the %s's body: %s has %d field(s) that the schema does not name; it names %s",
				which, e.checker.pointer(place.path, value), place.stray, strings.Join(place.names, ", ")),
			excuse(schema, place.path, ""))
	}
}

// objectFields is an object with fields that its schema does not name.
type objectFields struct {
	path  []string
	stray int
	names []string
}

func strayFields(places []objectFields, path []string, value any, schema *openapi3.SchemaRef) []objectFields {
	switch value := value.(type) {
	case map[string]any:
		named := make(map[string]*openapi3.SchemaRef)
		if !properties(named, schema) || len(named) == 0 {
			return places
		}
		here := objectFields{path: slices.Clone(path), names: slices.Sorted(maps.Keys(named))}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if field, ok := named[name]; ok {
				places = strayFields(places, append(path, name), value[name], field)
			} else {
				here.stray++
			}
		}
		if here.stray > 0 {
			places = append(places, here)
		}
	case []any:
		if schema == nil || schema.Value == nil || schema.Value.Items == nil {
			return places
		}
		for i, item := range value {
			places = strayFields(places, append(path, fmt.Sprint(i)), item, schema.Value.Items)
		}
	}
	return places
}

// properties collects the fields that a schema names, and reports whether the schema is silent
// about other fields. If it describes others, it allows them; if it forbids them, kin-openapi
// enforces that.
func properties(named map[string]*openapi3.SchemaRef, schema *openapi3.SchemaRef) bool {
	for _, part := range combinedSchemas(nil, schema) {
		if other := part.AdditionalProperties; other.Has != nil || other.Schema != nil {
			return false
		}
		maps.Copy(named, part.Properties)
	}
	return true
}

func isForm(header http.Header) bool {
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded")
}

// formValue returns the field names of a form as an object, for comparison with the schema, and the
// faults of the form. Its results are like those of jsonValue.
func (c *Checker) formValue(content []byte, schema *openapi3.SchemaRef) (value any, clean []byte, faults []string) {
	fields, err := url.ParseQuery(string(content))
	if err != nil {
		return nil, nil, []string{"cannot be read as a form"}
	}
	object := make(map[string]any, len(fields))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		object[name] = nil
		list := slices.ContainsFunc(schemasAt(schema, []string{name}),
			func(s *openapi3.Schema) bool { return s.Type.Includes("array") })
		if times := len(fields[name]); times > 1 && !list {
			faults = append(faults, fmt.Sprintf("has /%s %d times, and which of them counts is left to the reader",
				c.printableName(name), times))
		}
		if !utf8.ValidString(name) ||
			slices.ContainsFunc(fields[name], func(text string) bool { return !utf8.ValidString(text) }) {
			faults = append(faults, fmt.Sprintf("has /%s that is not valid UTF-8", c.printableName(name)))
		}
	}
	return object, content, faults
}

// propertyNames returns the names of all properties in the spec.
func propertyNames(document *openapi3.T) (map[string]bool, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	names := make(map[string]bool)
	collectNames(names, tree)
	return names, nil
}

func collectNames(names map[string]bool, node any) {
	switch node := node.(type) {
	case map[string]any:
		if fields, ok := node["properties"].(map[string]any); ok {
			for name := range fields {
				names[name] = true
			}
		}
		for _, child := range node {
			collectNames(names, child)
		}
	case []any:
		for _, child := range node {
			collectNames(names, child)
		}
	}
}
