package contract

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// observedBody records a body as it passes: its size, how it ended, and its bytes if there are few.
type observedBody struct {
	mu       sync.Mutex
	bytes    []byte
	size     int64
	dropped  bool  // there were too many bytes, or nobody will ask for them
	complete bool  // the end was seen
	failure  error // the error that ended it
	attempt  int   // how often the body was started again
}

// restart discards what passed and returns the number of the new attempt.
func (w *observedBody) restart() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes, w.size, w.complete, w.failure = nil, 0, false, nil
	w.attempt++
	return w.attempt
}

// record records bytes that were read or written.
func (w *observedBody) record(attempt int, p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if attempt != w.attempt {
		return // an earlier attempt may still be read during the next one
	}
	w.size += int64(len(p))
	if w.size > MaxBody {
		w.dropped, w.bytes = true, nil
	}
	if !w.dropped {
		w.bytes = append(w.bytes, p...)
	}
}

// finish records how the body ended, with io.EOF for a normal end.
func (w *observedBody) finish(attempt int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if attempt != w.attempt {
		return
	}
	if err == io.EOF {
		w.complete = true
	} else if !w.complete && w.failure == nil {
		w.failure = err
	}
}

// reader watches what is read through it and changes nothing. done, if not nil, is called once: at
// the body's end, at an error, or on Close.
type reader struct {
	io.ReadCloser
	watched *observedBody
	attempt int
	once    sync.Once
	done    func()
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.watched.record(r.attempt, p[:n])
	if err != nil {
		r.watched.finish(r.attempt, err)
		r.finish()
	}
	return n, err
}

func (r *reader) Close() error {
	err := r.ReadCloser.Close()
	r.finish()
	return err
}

func (r *reader) finish() {
	if r.done != nil {
		r.once.Do(r.done)
	}
}

// message is one half of an exchange.
type message struct {
	header         http.Header
	declaredLength int64 // announced body length, or -1
	noBody         bool  // no body can follow, whatever is announced
	body           *observedBody
}

// body is a snapshot of a message's body.
type body struct {
	bytes       []byte
	size        int64
	complete    bool
	dropped     bool
	hasEncoding bool // bytes have a content coding that was not decoded
	badEncoding bool // bytes are not in the coding that they claim
	failure     error
}

func (m *message) snapshot() body {
	m.body.mu.Lock()
	defer m.body.mu.Unlock()
	w := m.body
	b := body{bytes: w.bytes, size: w.size, dropped: w.dropped, failure: w.failure}
	switch {
	case w.failure != nil:
	case w.complete, m.noBody:
		b.complete = true
	case m.declaredLength >= 0:
		b.complete = w.size == m.declaredLength
	default:
		// A JSON decoder stops at the end of its value, so it never sees the end of a body without
		// a declared length.
		b.complete = isJSON(m.header) && isClosedJSON(w.bytes)
	}
	return b
}

// isClosedJSON reports whether the bytes are one complete JSON object or array, which further bytes
// cannot extend.
func isClosedJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && strings.IndexByte("}]", text[len(text)-1]) >= 0 && json.Valid(text)
}

// depth returns how deep a body can be checked against media, which is nil if the spec has none for
// it.
func (m *message) depth(b body, media *openapi3.MediaType) Depth {
	switch {
	case !b.complete:
		return DepthUnread
	case media == nil, b.dropped, b.hasEncoding, isBinary(media.Schema):
		return DepthOutline
	}
	return DepthWhole
}

func isBinary(schema *openapi3.SchemaRef) bool {
	return schema != nil && schema.Value != nil && schema.Value.Type.Is("string") && schema.Value.Format == "binary"
}

func isJSON(header http.Header) bool {
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// printableMediaType returns the media type if it is a common one. Any other may be text that the
// sender made up.
func printableMediaType(header http.Header) string {
	value := header.Get("Content-Type")
	if value == "" {
		return "missing"
	}
	media, _, _ := strings.Cut(value, ";")
	switch media = strings.ToLower(strings.TrimSpace(media)); media {
	case "application/json", "application/problem+json", "application/x-www-form-urlencoded", "application/zip",
		"application/x-zip-compressed", "application/octet-stream", "application/xml", "application/pdf",
		"multipart/form-data",
		"text/html", "text/plain", "text/xml":
		return media
	}
	return "another one"
}
