package contract

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
)

// routes finds the operation of a request by path and method. The router of kin-openapi that needs
// no other module cannot tell a wrong method from a wrong path if the path has parameters, and it
// treats an escaped slash as a separator.
type routes struct {
	document *openapi3.T
	base     string
	paths    []route
	literals map[string]bool
}

// route is one path of the spec, split at its slashes.
type route struct {
	template string
	segments []string
	item     *openapi3.PathItem
}

// match is the result of a lookup. Without a route there is no operation either.
type match struct {
	route  *routers.Route
	params map[string]string
	path   string // for display
	reason string // why there is no route
	class  Class  // UndocumentedPath or UndocumentedMethod if there is no route
}

func newRoutes(document *openapi3.T, base string) routes {
	r := routes{document: document, base: base, literals: make(map[string]bool)}
	for _, template := range document.Paths.InMatchingOrder() {
		segments := strings.Split(template, "/")
		for _, segment := range segments {
			if parameter(segment) == "" {
				r.literals[segment] = true
			}
		}
		r.paths = append(r.paths, route{template: template, segments: segments, item: document.Paths.Value(template)})
	}
	return r
}

// parameter returns the name in "{name}", or "".
func parameter(segment string) string {
	if len(segment) > 2 && segment[0] == '{' && segment[len(segment)-1] == '}' {
		return segment[1 : len(segment)-1]
	}
	return ""
}

func (r routes) find(method string, address *url.URL) match {
	path, ok := strings.CutPrefix(address.EscapedPath(), r.base)
	if !ok || !strings.HasPrefix(path, "/") {
		return match{path: r.maskPath(address.EscapedPath()), class: ClassUndocumentedPath,
			reason: "the path does not lie under Config.BasePath"}
	}
	segments := strings.Split(path, "/")
	for _, candidate := range r.paths {
		params, ok := candidate.params(segments)
		if !ok {
			continue
		}
		found := match{path: candidate.template, params: params}
		operation := candidate.item.GetOperation(method)
		if operation == nil {
			found.class = ClassUndocumentedMethod
			found.reason = "the spec has this path with " + strings.Join(methods(candidate.item), ", ") + " only"
			return found
		}
		found.route = &routers.Route{
			Spec: r.document, Path: candidate.template, PathItem: candidate.item, Method: method, Operation: operation,
		}
		return found
	}
	return match{path: r.maskPath(path), class: ClassUndocumentedPath,
		reason: "no path of the spec matches; is Config.BasePath right?"}
}

// params matches escaped segments, so that an escaped slash in a parameter does not separate
// segments.
func (r route) params(segments []string) (map[string]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	params := make(map[string]string)
	for i, want := range r.segments {
		got, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, false
		}
		if name := parameter(want); name != "" && got != "" {
			params[name] = got
		} else if got != want {
			return nil, false
		}
	}
	return params, true
}

// maskPath returns a path with only the parts that the spec contains too: anything else may be an
// ID, or a token in the wrong place.
func (r routes) maskPath(path string) string {
	const most = 12
	segments := strings.Split(path, "/")
	if len(segments) > most {
		segments = append(segments[:most:most], "")
	}
	for i, segment := range segments {
		if !r.literals[segment] {
			segments[i] = "{…}"
		}
	}
	return strings.Join(segments, "/")
}

// operations returns the IDs of all operations of the spec.
func (r routes) operations() []string {
	var all []string
	for _, path := range r.paths {
		for _, method := range methods(path.item) {
			all = append(all, operationID(path.template, method, path.item.GetOperation(method)))
		}
	}
	return all
}

func methods(item *openapi3.PathItem) []string {
	var all []string
	for method := range item.Operations() {
		all = append(all, method)
	}
	slices.Sort(all)
	return all
}

func operationID(path, method string, operation *openapi3.Operation) string {
	if operation.OperationID != "" {
		return operation.OperationID
	}
	return method + " " + path
}

// knownMethod returns standard HTTP methods unchanged. Any other may be text that the sender made
// up.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	case "":
		return http.MethodGet
	}
	return "(other)"
}
