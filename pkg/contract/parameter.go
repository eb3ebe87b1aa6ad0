package contract

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// checkParameters reports query parameters that the spec does not name, and parameters that occur
// too often. kin-openapi checks neither. Additional headers are no deviation, since every HTTP
// message has some.
func (e *exchange) checkParameters() {
	query, err := url.ParseQuery(e.address.RawQuery)
	if err != nil {
		e.report(ClassRequestInvalid, "the query cannot be decoded", "")
	}
	named := make(map[string]bool) // named by the spec, in the query
	for _, parameter := range e.parameters() {
		switch parameter.In {
		case openapi3.ParameterInQuery:
			for _, name := range queryNames(parameter, query) {
				named[name] = true
			}
			e.checkOnce(ClassRequestInvalid, "query parameter", parameter.Name, query[parameter.Name], parameter.Schema)
		case openapi3.ParameterInHeader:
			e.checkOnce(ClassRequestInvalid, "header parameter", parameter.Name,
				e.request.header.Values(parameter.Name),
				parameter.Schema)
		}
	}
	if components := e.match.route.Spec.Components; components != nil {
		for _, scheme := range components.SecuritySchemes {
			if scheme.Value != nil && scheme.Value.In == openapi3.ParameterInQuery {
				named[scheme.Value.Name] = true
			}
		}
	}
	stray := 0
	for name := range query {
		if !named[name] {
			stray++
		}
	}
	if stray > 0 {
		e.report(ClassUndocumentedParameter,
			fmt.Sprintf("the request has %d query parameter(s) that the spec does not name; it names %s",
				stray, cmp.Or(strings.Join(slices.Sorted(maps.Keys(named)), ", "), "none")), "")
	}
}

// parameters returns the operation's parameters, and those of its path that the operation does not
// override.
func (e *exchange) parameters() []*openapi3.Parameter {
	own := e.match.route.Operation.Parameters
	var all []*openapi3.Parameter
	for _, ref := range own {
		all = append(all, ref.Value)
	}
	for _, ref := range e.match.route.PathItem.Parameters {
		if own.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			all = append(all, ref.Value)
		}
	}
	return all
}

// queryNames returns the names that a parameter has in a query: its own, or those of an object's
// fields.
func queryNames(parameter *openapi3.Parameter, query url.Values) []string {
	names := []string{parameter.Name}
	if parameter.Style == openapi3.SerializationDeepObject {
		for name := range query {
			if strings.HasPrefix(name, parameter.Name+"[") {
				names = append(names, name)
			}
		}
		return names
	}
	for _, schema := range schemasAt(parameter.Schema, nil) {
		names = slices.AppendSeq(names, maps.Keys(schema.Properties))
	}
	return names
}

// checkOnce reports a parameter or header that occurs several times, unless its schema is a list or
// unspecified.
func (e *exchange) checkOnce(class Class, what, name string, values []string, schema *openapi3.SchemaRef) {
	if len(values) > 1 && !isList(schema) {
		e.report(class, fmt.Sprintf("the %s %q occurs %d times", what, name, len(values)), "")
	}
}

func isList(schema *openapi3.SchemaRef) bool {
	return schema == nil ||
		slices.ContainsFunc(schemasAt(schema, nil), func(s *openapi3.Schema) bool { return s.Type.Includes("array") })
}
