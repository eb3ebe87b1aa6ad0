package contract

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// schemaOptions makes "byte" mean Base64 that decodes; kin-openapi looks at the alphabet only.
var schemaOptions = []openapi3.SchemaValidationOption{
	openapi3.WithStringFormatValidator("byte", openapi3.NewCallbackValidator(func(text string) error {
		if _, err := base64.StdEncoding.DecodeString(text); err != nil {
			return errors.New("no Base64")
		}
		return nil
	})),
}

// flatten gives the single errors of kin-openapi's lists of errors.
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

// describe gives one line for each thing that is wrong. kin-openapi's own texts print values and schemas, so none of them is used:
// what is said is taken from the spec, and of the value, which is nil if it is not known, its types only.
func (c *Checker) describe(err error, value any) []string {
	var all []string
	for _, err := range flatten(err) {
		switch err := err.(type) {
		case *openapi3filter.RequestError:
			lines := c.describe(err.Err, value)
			if errors.Is(err.Err, openapi3filter.ErrInvalidRequired) {
				lines = []string{"is required and missing"}
			} else if errors.Is(err.Err, openapi3filter.ErrInvalidEmptyValue) {
				lines = []string{"must not be empty"}
			} else if len(lines) == 0 {
				lines = []string{"does not match the spec"}
			}
			for _, line := range lines {
				if err.Parameter != nil {
					line = fmt.Sprintf("the %s parameter %q %s", err.Parameter.In, err.Parameter.Name, strings.TrimPrefix(line, "the value "))
				}
				all = append(all, line)
			}
		case *openapi3filter.ResponseError:
			lines := c.describe(err.Err, value)
			if len(lines) == 0 {
				lines = []string{"a header that the spec requires is missing"}
			}
			if name := headerName(err); name != "" {
				for i := range lines {
					lines[i] = fmt.Sprintf("header %q: %s", name, lines[i])
				}
			}
			all = append(all, lines...)
		case *openapi3.SchemaError:
			all = append(all, c.describeSchema(err, value)...)
		default:
			all = append(all, "cannot be decoded as the spec says")
		}
	}
	return all
}

// headerName gives the spec's name of the header that an error is about, or "".
func headerName(err *openapi3filter.ResponseError) string {
	if err.Input == nil || !strings.Contains(err.Reason, "header") {
		return ""
	}
	responses := err.Input.RequestValidationInput.Route.Operation.Responses
	ref := responses.Status(err.Input.Status)
	if ref == nil {
		ref = responses.Default()
	}
	if ref == nil || ref.Value == nil {
		return ""
	}
	for name := range ref.Value.Headers {
		if strings.Contains(err.Reason, fmt.Sprintf("%q", name)) {
			return name
		}
	}
	return ""
}

func (c *Checker) describeSchema(err *openapi3.SchemaError, value any) []string {
	if several, ok := errors.AsType[openapi3.MultiError](err.Origin); ok && !slices.Contains([]string{"oneOf", "anyOf", "not"}, err.SchemaField) {
		if lines := c.describe(several, value); len(lines) > 0 {
			return lines
		}
	}
	return []string{c.pointer(err.JSONPointer(), value) + " " + rule(err)}
}

// rule says which rule of the schema is broken.
func rule(err *openapi3.SchemaError) string {
	schema := err.Schema
	if schema == nil {
		schema = new(openapi3.Schema) // the validator of OpenAPI 3.1 does not say it
	}
	switch err.SchemaField {
	case "required":
		return "is required and missing"
	case "type":
		if names := schema.Type.Slice(); len(names) > 0 {
			return fmt.Sprintf("must be %s, and is %s", strings.Join(names, " or "), typeName(err.Value))
		}
	case "nullable":
		return "must not be null"
	case "enum":
		if list, failed := json.Marshal(schema.Enum); failed == nil && len(schema.Enum) > 0 {
			return "must be one of " + string(list)
		}
	case "format":
		if schema.Format != "" {
			return fmt.Sprintf("must have the format %q", schema.Format)
		}
	case "properties", "additionalProperties":
		return "has a field that the schema does not allow"
	case "":
		return "does not match the schema"
	}
	return fmt.Sprintf("breaks the schema's %q", err.SchemaField)
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

// pointer shows a JSON pointer with only those names that the spec has: names are content too.
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
			if c.names[segment] {
				shown = segment
			}
		}
		b.WriteString("/" + shown)
	}
	return b.String()
}
