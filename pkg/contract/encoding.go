package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/internal/coding"
)

// checkEncoding reports a content coding that neither the request nor the spec asked for, and
// replaces the body by what it decodes to. A client that did not ask for a coding takes the bytes
// for what the media type says.
func (e *exchange) checkEncoding(which string, m *message, b *body, media *openapi3.MediaType) {
	codings := coding.Of(m.header)
	if len(codings) == 0 || m.noBody || e.match.route == nil {
		return
	}
	outcome := ""
	if b.complete && !b.dropped && media != nil && !isBinary(media.Schema) {
		outcome = b.decode(codings)
	} else {
		b.hasEncoding = true
	}
	names := coding.Shown(codings)
	answer := which == "answer"
	switch asked := e.namesEncoding(answer) || answer && coding.Asked(e.request.header, codings); {
	case asked && b.badEncoding && answer:
		e.report(ClassResponseInvalid, fmt.Sprintf("the answer has the Content-Encoding %s%s", names, outcome), "")
	case asked && b.badEncoding:
		e.report(ClassRequestInvalid, fmt.Sprintf("the request has the Content-Encoding %s%s", names, outcome), "")
	case asked:
	case answer:
		e.report(ClassContentEncoding,
			fmt.Sprintf("the answer has the Content-Encoding %s, which the request did not ask for%s", names, outcome),
			"")
	default:
		e.report(ClassContentEncoding,
			fmt.Sprintf("the request has the Content-Encoding %s, which the spec does not name%s", names, outcome), "")
	}
}

// namesEncoding reports whether the spec has a Content-Encoding header for the response or the
// request.
func (e *exchange) namesEncoding(answer bool) bool {
	const header = "Content-Encoding"
	if answer {
		response := responseFor(e.match.route.Operation, e.status)
		if response == nil {
			return false
		}
		for name := range response.Headers {
			if strings.EqualFold(name, header) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(e.parameters(), func(parameter *openapi3.Parameter) bool {
		return parameter.In == openapi3.ParameterInHeader && strings.EqualFold(parameter.Name, header)
	})
}

// decode replaces the bytes by what they decode to, and describes the outcome.
func (b *body) decode(codings []string) string {
	decoded, err := coding.NewReader(bytes.NewReader(b.bytes), codings)
	var content []byte
	if err == nil {
		content, err = io.ReadAll(io.LimitReader(decoded, MaxBody+1))
	}
	b.hasEncoding = true
	switch {
	case errors.Is(err, coding.ErrUnknown):
		return "; the body could not be judged, since that cannot be decoded here"
	case err != nil:
		b.badEncoding = true
		return "; the body could not be judged, since it does not decode"
	case len(content) > MaxBody:
		return fmt.Sprintf("; the body could not be judged, since it decodes to more than %d bytes", MaxBody)
	}
	b.bytes, b.hasEncoding = content, false
	return "; the body was checked as what it decodes to"
}
