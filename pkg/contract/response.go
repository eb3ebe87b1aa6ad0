package contract

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// checkResponseHead checks the status and the media type.
func (e *exchange) checkResponseHead() {
	if e.match.route == nil {
		return
	}
	responses := e.match.route.Operation.Responses
	ref := responses.Status(e.status)
	if ref == nil {
		ref = responses.Default()
	}
	if ref == nil || ref.Value == nil {
		e.report(UndocumentedStatus, "the spec does not name this status for the operation")
		return
	}
	e.responseKnown = true
	e.responseMedia = e.mediaType("answer", &e.response, ref.Value.Content)
}

// checkResponseBody checks length, headers and the body, and says how deep.
func (e *exchange) checkResponseBody() Depth {
	got := e.response.snapshot()
	e.checkResponseLength(got)
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
	if depth == Whole && e.responseMedia.Schema != nil && !e.response.bodiless {
		var ok bool
		if value, ok = decoded(&e.response, got.bytes); !ok {
			e.report(ResponseInvalid, "the answer's body is not one valid JSON value")
		} else {
			input.Body = io.NopCloser(bytes.NewReader(got.bytes))
			input.Options.ExcludeResponseBody = false
			e.checkFields("answer", value, e.responseMedia.Schema)
		}
	}
	for _, text := range e.checker.describe(openapi3filter.ValidateResponse(context.Background(), input), value) {
		e.report(ResponseInvalid, "the answer: "+text)
	}
	return depth
}

func (e *exchange) checkResponseLength(got body) {
	switch {
	case e.response.bodiless:
	case got.failure == io.ErrUnexpectedEOF && e.response.declared < 0:
		e.report(Length, fmt.Sprintf("the answer's body broke off after %d bytes", got.size))
	case (got.complete || got.failure == io.ErrUnexpectedEOF) && e.response.declared >= 0 && got.size != e.response.declared:
		e.report(Length, fmt.Sprintf("the answer declares %d bytes of body and has %d", e.response.declared, got.size))
	}
}
