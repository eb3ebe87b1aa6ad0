package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/internal/coding"
)

// checkEncoding reports a content coding that nobody asked for, and has the body checked as what it decodes to. The spec names no
// coding at all, and a client that asked for none takes the bytes for what the media type says.
func (e *exchange) checkEncoding(which string, m *message, b *body, media *openapi3.MediaType) {
	codings := coding.Of(m.header)
	if len(codings) == 0 || m.bodiless || e.match.route == nil {
		return
	}
	outcome := ""
	if b.complete && !b.dropped && media != nil && !binary(media.Schema) {
		outcome = b.decode(codings)
	} else {
		b.encoded = true
	}
	switch asked := which == "answer" && coding.Asked(e.request.header, codings); {
	case asked && b.damaged:
		e.report(ResponseInvalid, fmt.Sprintf("the answer has the Content-Encoding %s%s", coding.Shown(codings), outcome), "")
	case asked:
	case which == "answer":
		e.report(ContentEncoding, fmt.Sprintf("the answer has the Content-Encoding %s, which the request did not ask for%s",
			coding.Shown(codings), outcome), "")
	default:
		e.report(ContentEncoding, fmt.Sprintf("the request has the Content-Encoding %s, and the spec names none%s", coding.Shown(codings), outcome), "")
	}
}

// decode replaces the bytes by what they decode to, and says for a text how that went.
func (b *body) decode(codings []string) string {
	decoded, err := coding.NewReader(bytes.NewReader(b.bytes), codings)
	var content []byte
	if err == nil {
		content, err = io.ReadAll(io.LimitReader(decoded, MaxBody+1))
	}
	b.encoded = true
	switch {
	case errors.Is(err, coding.ErrUnknown):
		return "; the body could not be judged, since that cannot be decoded here"
	case err != nil:
		b.damaged = true
		return "; the body could not be judged, since it does not decode"
	case len(content) > MaxBody:
		return fmt.Sprintf("; the body could not be judged, since it decodes to more than %d bytes", MaxBody)
	}
	b.bytes, b.encoded = content, false
	return "; the body was checked as what it decodes to"
}
