package contract

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// exchange is a request and its response while they pass. The order of calls is begin, then
// answered (unless there is no response), then finished. They never overlap, but other goroutines
// write to the bodies meanwhile.
type exchange struct {
	checker  *Checker
	method   string
	address  *url.URL
	match    match
	request  message
	response message
	status   int
	findings int

	exempt         atomic.Bool
	requestChecked bool
	requestMedia   *openapi3.MediaType
	requestDepth   Depth
	mediaChecked   bool
	responseMedia  *openapi3.MediaType
	responseKnown  bool // the spec has the operation and the status
}

func (c *Checker) begin(method string, address *url.URL, request message) *exchange {
	if method == "" {
		method = http.MethodGet
	}
	// The caller may reuse header and URL as soon as the response was read, which may be before it
	// is judged.
	request.header = request.header.Clone()
	// net/http does not send a header without values.
	maps.DeleteFunc(request.header, func(_ string, values []string) bool { return len(values) == 0 })
	copied := *address
	return &exchange{checker: c, method: method, address: &copied, match: c.routes.find(method, address),
		request: request}
}

// handleResponse checks what is known once the response header has arrived. The request is judged
// only now, so that its findings can contain the status.
func (e *exchange) handleResponse(status int, response message) {
	e.status, e.response = status, response
	e.checkRequestHead()
	e.checkRequestBody(false)
	e.checkResponseHead()
}

// handleNoResponse ends an exchange without a response.
func (e *exchange) handleNoResponse() {
	e.checkRequestHead()
	e.checkRequestBody(true)
	e.record(e.requestDepth, DepthNone)
}

// finish checks what is known at the end, and records the exchange.
func (e *exchange) finish() {
	e.checkRequestBody(true)
	e.record(e.requestDepth, e.checkResponseBody())
}

// exemptExchange records an exchange that is not checked.
func (e *exchange) exemptExchange() {
	e.record(DepthSkipped, DepthSkipped)
}

// report reports a deviation, together with the assumed parts of the spec that may excuse it.
func (e *exchange) report(class Class, text, assumed string) {
	if e.checker.allow[class] {
		return
	}
	e.findings++
	e.checker.config.Report(Finding{
		Class: class, Operation: e.operation(), Method: knownMethod(e.method), Path: e.match.path, Status: e.status,
		Message: text, Assumed: assumed,
	})
}

func (e *exchange) record(request, response Depth) {
	e.checker.count(Exchange{
		Operation: e.operation(), Method: knownMethod(e.method), Path: e.match.path, Status: e.status,
		Request: request, Response: response, Findings: e.findings,
	})
}

func (e *exchange) operation() string {
	if e.match.route == nil {
		return ""
	}
	return operationID(e.match.route.Path, e.method, e.match.route.Operation)
}

// input returns a copy of the request for kin-openapi, which modifies its input.
func (e *exchange) input(options *openapi3filter.Options) *openapi3filter.RequestValidationInput {
	options.MultiError = true
	options.SkipSettingDefaults = true
	options.AuthenticationFunc = authenticate
	options.SchemaValidationOptions = schemaOptions
	request := &http.Request{Method: e.method, URL: e.address, Header: e.request.header,
		ContentLength: e.request.declaredLength}
	return &openapi3filter.RequestValidationInput{
		Request: request.WithContext(context.Background()), PathParams: e.match.params, Route: e.match.route,
		Options: options,
	}
}
