package contract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// checkResponseHead checks the status and the media type.
func (e *exchange) checkResponseHead() {
	if e.match.route == nil {
		return
	}
	response := responseFor(e.match.route.Operation, e.status)
	if response == nil {
		e.report(ClassUndocumentedStatus, "the spec does not name this status for the operation", "")
		return
	}
	e.responseKnown = true
	e.responseMedia = e.mediaType("answer", &e.response, response.Content)
	for _, name := range slices.Sorted(maps.Keys(response.Headers)) {
		if header := response.Headers[name].Value; header != nil {
			e.checkOnce(ClassResponseInvalid, "header", name, e.response.header.Values(name), header.Schema)
		}
	}
}

// responseFor returns the spec's response for a status: an exact match, its range, or the default.
// It returns nil if there is none.
func responseFor(operation *openapi3.Operation, status int) *openapi3.Response {
	ref := operation.Responses.Status(status)
	if ref == nil {
		ref = operation.Responses.Default()
	}
	if ref == nil {
		return nil
	}
	return ref.Value
}

// checkResponseBody checks length, headers and body, and returns how deep.
func (e *exchange) checkResponseBody() Depth {
	got := e.response.snapshot()
	e.checkResponseLength(got)
	e.checkEncoding("answer", &e.response, &got, e.responseMedia)
	depth := e.response.depth(got, e.responseMedia)
	if !e.responseKnown {
		return depth
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: e.input(&openapi3filter.Options{}),
		Status:                 e.status,
		Header:                 e.response.header,
		Body:                   http.NoBody,
		Options: &openapi3filter.Options{
			MultiError: true, ExcludeResponseBody: true, SchemaValidationOptions: schemaOptions,
		},
	}
	var value any
	var schema *openapi3.SchemaRef
	if depth == DepthWhole && e.responseMedia.Schema != nil && !e.response.noBody {
		schema = e.responseMedia.Schema
		decoded, content, faults := e.checker.decodeBody(&e.response, got.bytes, schema)
		for _, text := range faults {
			e.report(ClassResponseInvalid, "the answer's body "+text, "")
		}
		if content != nil {
			value = decoded
			input.Body = io.NopCloser(bytes.NewReader(content))
			input.Options.ExcludeResponseBody = false
			e.checkFields("answer", value, schema)
		}
	}
	for _, fault := range e.checker.describe(openapi3filter.ValidateResponse(context.Background(), input), value,
		schema) {
		e.report(ClassResponseInvalid, "the answer: "+fault.text, fault.assumed)
	}
	return depth
}

func (e *exchange) checkResponseLength(got body) {
	switch {
	case e.response.noBody:
	case got.failure == io.ErrUnexpectedEOF && e.response.declaredLength < 0:
		e.report(ClassLength, fmt.Sprintf("the answer's body broke off after %d bytes", got.size), "")
	case (got.complete || got.failure == io.ErrUnexpectedEOF) && e.response.declaredLength >= 0 &&
		got.size != e.response.declaredLength:
		e.report(ClassLength, fmt.Sprintf("the answer declares %d bytes of body and has %d", e.response.declaredLength,
			got.size),
			"")
	}
}
