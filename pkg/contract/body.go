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

// watched records a body as it passes: its size, how it ended, and its bytes if there are few.
type watched struct {
	mu      sync.Mutex
	bytes   []byte
	size    int64
	dropped bool  // there were too many bytes, or nobody will ask for them
	ended   bool  // the end was seen
	failure error // the error that ended it
	attempt int   // how often the body was started again
}

// again discards what passed and returns the number of the new attempt.
func (w *watched) again() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes, w.size, w.ended, w.failure = nil, 0, false, nil
	w.attempt++
	return w.attempt
}

// passed records bytes that were read or written.
func (w *watched) passed(attempt int, p []byte) {
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

// over records how the body ended, with io.EOF for a normal end.
func (w *watched) over(attempt int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if attempt != w.attempt {
		return
	}
	if err == io.EOF {
		w.ended = true
	} else if !w.ended && w.failure == nil {
		w.failure = err
	}
}

// reader watches what is read through it and changes nothing. done, if not nil, is called once: at
// the body's end, at an error, or on Close.
type reader struct {
	io.ReadCloser
	watched *watched
	attempt int
	once    sync.Once
	done    func()
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.watched.passed(r.attempt, p[:n])
	if err != nil {
		r.watched.over(r.attempt, err)
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
	header   http.Header
	declared int64 // announced body length, or -1
	bodiless bool  // no body can follow, whatever is announced
	body     *watched
}

// body is a snapshot of a message's body.
type body struct {
	bytes    []byte
	size     int64
	complete bool
	dropped  bool
	encoded  bool // bytes have a content coding that was not decoded
	damaged  bool // bytes are not in the coding that they claim
	failure  error
}

func (m *message) snapshot() body {
	m.body.mu.Lock()
	defer m.body.mu.Unlock()
	w := m.body
	b := body{bytes: w.bytes, size: w.size, dropped: w.dropped, failure: w.failure}
	switch {
	case w.failure != nil:
	case w.ended, m.bodiless:
		b.complete = true
	case m.declared >= 0:
		b.complete = w.size == m.declared
	default:
		// A JSON decoder stops at the end of its value, so it never sees the end of a body without
		// a declared length.
		b.complete = isJSON(m.header) && closedJSON(w.bytes)
	}
	return b
}

// closedJSON reports whether the bytes are one complete JSON object or array, which further bytes
// cannot extend.
func closedJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && strings.IndexByte("}]", text[len(text)-1]) >= 0 && json.Valid(text)
}

// depth returns how deep a body can be checked against media, which is nil if the spec has none for
// it.
func (m *message) depth(b body, media *openapi3.MediaType) Depth {
	switch {
	case !b.complete:
		return Unread
	case media == nil, b.dropped, b.encoded, binary(media.Schema):
		return Outline
	}
	return Whole
}

func binary(schema *openapi3.SchemaRef) bool {
	return schema != nil && schema.Value != nil && schema.Value.Type.Is("string") && schema.Value.Format == "binary"
}

func isJSON(header http.Header) bool {
	media, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return media == "application/json" || strings.HasSuffix(media, "+json")
}

// shownMediaType returns the media type if it is a common one. Any other may be text that the
// sender made up.
func shownMediaType(header http.Header) string {
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
