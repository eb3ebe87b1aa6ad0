package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// checkRequestHead checks path, method, authentication and parameters.
func (e *exchange) checkRequestHead() {
	if e.match.route == nil {
		e.report(e.match.class, e.match.reason, "")
		return
	}
	err := openapi3filter.ValidateRequest(context.Background(),
		e.input(&openapi3filter.Options{ExcludeRequestBody: true}))
	for _, err := range flatten(err) {
		if refused, ok := errors.AsType[*openapi3filter.SecurityRequirementsError](err); ok {
			e.report(ClassSecurity, securityText(refused), "")
			continue
		}
		for _, fault := range e.checker.describe(err, nil, nil) {
			e.report(ClassRequestInvalid, fault.text, fault.assumed)
		}
	}
	e.checkParameters()
}

// checkRequestBody checks the request body once it was sent completely. The last call checks what
// has arrived.
func (e *exchange) checkRequestBody(last bool) {
	if e.requestChecked {
		return
	}
	sent := e.request.snapshot()
	present := sent.size > 0 || e.request.declaredLength > 0
	spec := e.requestBodySpec()
	if spec != nil && present && !e.mediaChecked {
		e.mediaChecked = true
		e.requestMedia = e.mediaType("request", &e.request, spec.Content)
	}
	if !sent.complete && !last {
		return
	}
	e.requestChecked = true
	e.checkEncoding("request", &e.request, &sent, e.requestMedia)
	e.requestDepth = e.request.depth(sent, e.requestMedia)
	if sent.complete && !e.request.noBody && e.request.declaredLength >= 0 && sent.size != e.request.declaredLength {
		e.report(ClassLength, fmt.Sprintf("the request declares %d bytes of body and has %d", e.request.declaredLength,
			sent.size),
			"")
	}
	switch {
	case e.match.route == nil:
	case spec == nil && present:
		e.report(ClassRequestInvalid, "the request has a body, and the spec names none", "")
	case spec == nil && sent.complete:
		e.requestDepth = DepthWhole
	case !present && sent.complete:
		e.requestDepth = DepthWhole
		if spec.Required {
			e.report(ClassRequestInvalid, "the request has no body, and the spec requires one",
				assumptionOf(spec.Extensions))
		}
	case e.requestDepth == DepthWhole && e.requestMedia.Schema != nil:
		e.validateRequestBody(sent.bytes, spec)
	}
}

func (e *exchange) requestBodySpec() *openapi3.RequestBody {
	if e.match.route == nil || e.match.route.Operation.RequestBody == nil {
		return nil
	}
	return e.match.route.Operation.RequestBody.Value
}

func (e *exchange) validateRequestBody(content []byte, spec *openapi3.RequestBody) {
	schema := e.requestMedia.Schema
	value, content, faults := e.checker.decodeBody(&e.request, content, schema)
	for _, text := range faults {
		e.report(ClassRequestInvalid, "the request's body "+text, "")
	}
	if content == nil {
		return
	}
	input := e.input(&openapi3filter.Options{})
	input.Request.Body = io.NopCloser(bytes.NewReader(content))
	for _, fault := range e.checker.describe(openapi3filter.ValidateRequestBody(context.Background(), input, spec),
		value, schema) {
		e.report(ClassRequestInvalid, "the request's body: "+fault.text, fault.assumed)
	}
	e.checkFields("request", value, schema)
}

// mediaType returns the spec's entry for a message's Content-Type, and reports it if there is none.
// If the spec lists no content, every body is correct.
func (e *exchange) mediaType(which string, m *message, content openapi3.Content) *openapi3.MediaType {
	if len(content) == 0 {
		return new(openapi3.MediaType)
	}
	if times := len(m.header.Values("Content-Type")); times > 1 {
		e.report(ClassMediaType, fmt.Sprintf("the Content-Type of the %s occurs %d times", which, times), "")
	}
	media := content.Get(m.header.Get("Content-Type"))
	if media == nil {
		var named []map[string]any
		for _, name := range slices.Sorted(maps.Keys(content)) {
			named = append(named, content[name].Extensions)
		}
		e.report(ClassMediaType, fmt.Sprintf("the Content-Type of the %s is %s; the spec names %s",
			which, printableMediaType(m.header), strings.Join(slices.Sorted(maps.Keys(content)), ", ")),
			assumptionOf(named...))
	}
	return media
}

// decodeBody returns the value of a body, the bytes that encode it, and the faults found before the
// schema is checked. Without a value to check against a schema it returns no bytes.
func (c *Checker) decodeBody(m *message, content []byte,
	schema *openapi3.SchemaRef) (value any, clean []byte, faults []string) {
	switch {
	case isJSON(m.header):
		return c.jsonValue(content)
	case isForm(m.header):
		return c.formValue(content, schema)
	}
	// A spec with "*/*" accepts any media type and still has a schema.
	media, _, _ := strings.Cut(m.header.Get("Content-Type"), ";")
	if openapi3filter.RegisteredBodyDecoder(strings.TrimSpace(media)) == nil {
		return nil, nil, []string{fmt.Sprintf("cannot be checked against the schema, since the Content-Type is %s",
			printableMediaType(m.header))}
	}
	return nil, content, nil
}
