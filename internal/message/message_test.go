package message_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
	"github.com/danabio/danabio-go/internal/message"
)

// The client writes and reads these names. A spec that drops or renames one breaks it, regardless
// of the generated Go names.
func TestTheSpecHasTheNamesThatTheClientWritesAndReads(t *testing.T) {
	document, err := spec.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	operations := make(map[string]*openapi3.Operation)
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			operations[operation.OperationID] = operation
		}
	}
	for id, want := range map[string]struct {
		body   reflect.Type // of the request; nil if it has none or it is not JSON
		answer reflect.Type
	}{
		"getToken":         {answer: reflect.TypeFor[message.Token]()},
		"startCircuit":     {body: reflect.TypeFor[message.Start](), answer: reflect.TypeFor[message.Started]()},
		"downloadEvidence": {},
	} {
		operation := operations[id]
		if operation == nil {
			t.Errorf("the spec has no operation %s", id)
			continue
		}
		if want.body != nil {
			media, names := bodyOf(operation.RequestBody.Value.Content)
			for _, problem := range differences(media, want.body, true) {
				t.Errorf("%s: the body that the client writes: %s", id, problem)
			}
			if !slices.Contains(names, "application/json") && !slices.Contains(names, "*/*") {
				t.Errorf("%s: the client writes application/json, and the spec wants %s", id,
					strings.Join(names, " or "))
			}
		}
		if want.answer != nil {
			media, _ := bodyOf(success(operation).Content)
			for _, problem := range differences(media, want.answer, false) {
				t.Errorf("%s: the answer that the client reads: %s", id, problem)
			}
		}
	}
}

// success returns the response for the lowest success status.
func success(operation *openapi3.Operation) *openapi3.Response {
	for status := http.StatusOK; status < 300; status++ {
		if ref := operation.Responses.Status(status); ref != nil {
			return ref.Value
		}
	}
	return &openapi3.Response{}
}

// bodyOf returns the schema of the first media type that has one, and the names of all media types.
func bodyOf(content openapi3.Content) (*openapi3.Schema, []string) {
	names := slices.Sorted(maps.Keys(content))
	for _, name := range names {
		if schema := content[name].Schema; schema != nil {
			return schema.Value, names
		}
	}
	return &openapi3.Schema{}, names
}

// differences returns the fields of the Go type that the schema lacks. If strict, it also returns
// the fields that the schema requires and the Go type lacks.
func differences(schema *openapi3.Schema, goType reflect.Type, strict bool) []string {
	var found []string
	properties, required := fieldsOf(schema)
	written := make(map[string]bool)
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		written[name] = options != "omitempty"
		property := properties[name]
		if property == nil {
			found = append(found, fmt.Sprintf("the spec has no %q (it has %s)", name,
				strings.Join(slices.Sorted(maps.Keys(properties)), ", ")))
			continue
		}
		want, inner := jsonType(field.Type)
		if types := property.Type; types != nil && !types.Includes(want) {
			found = append(found, fmt.Sprintf("the spec has %q as %s, and not as %s", name,
				strings.Join(types.Slice(), " or "), want))
		}
		if inner != nil {
			if want == "array" && property.Items != nil {
				property = property.Items.Value
			}
			for _, problem := range differences(property, inner, strict) {
				found = append(found, name+": "+problem)
			}
		}
	}
	for _, name := range required {
		if _, has := written[name]; strict && !has {
			found = append(found, fmt.Sprintf("the spec requires %q", name))
		}
	}
	return found
}

// fieldsOf collects the properties of a schema and of the schemas that it is composed of.
func fieldsOf(schema *openapi3.Schema) (properties map[string]*openapi3.Schema, required []string) {
	properties = make(map[string]*openapi3.Schema)
	for name, ref := range schema.Properties {
		properties[name] = ref.Value
	}
	required = schema.Required
	for _, part := range schema.AllOf {
		inner, more := fieldsOf(part.Value)
		maps.Copy(properties, inner)
		required = append(slices.Clip(required), more...)
	}
	return properties, required
}

// jsonType returns the JSON type of a Go type and the struct that it contains.
func jsonType(goType reflect.Type) (name string, inner reflect.Type) {
	switch {
	case goType == reflect.TypeFor[[]byte](), goType.Kind() == reflect.String:
		return "string", nil
	case goType.Kind() == reflect.Slice:
		return "array", goType.Elem()
	case goType.Kind() == reflect.Struct:
		return "object", goType
	}
	return "integer", nil
}
