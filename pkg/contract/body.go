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

// watched is a body as it passes: its size, how it ended, and its bytes as long as they are few.
type watched struct {
	mu      sync.Mutex
	bytes   []byte
	size    int64
	dropped bool  // the bytes were too many, or nobody will ask for them
	ended   bool  // the end was seen
	failure error // what broke it off
	attempt int   // how often it was started again
}

// again forgets what passed and gives the number of the new attempt.
func (w *watched) again() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes, w.size, w.ended, w.failure = nil, 0, false, nil
	w.attempt++
	return w.attempt
}

// passed notes bytes that were read or written.
func (w *watched) passed(attempt int, p []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if attempt != w.attempt {
		return // an earlier attempt may still be read while the next one is under way
	}
	w.size += int64(len(p))
	if w.size > MaxBody {
		w.dropped, w.bytes = true, nil
	}
	if !w.dropped {
		w.bytes = append(w.bytes, p...)
	}
}

// over notes how the body ended, io.EOF for well.
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
// the body's end, at an error or when it is closed.
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
	declared int64 // body length that was announced, -1 if none was
	bodiless bool  // no body can follow, whatever is announced
	body     *watched
}

// body is a snapshot of a message's body.
type body struct {
	bytes    []byte
	size     int64
	complete bool
	dropped  bool
	encoded  bool // bytes have a content coding that was not undone
	damaged  bool // they are not in the coding that they should be in
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
		// A JSON decoder stops at the end of its value and never sees the end of a body without a
		// declared length.
		b.complete = isJSON(m.header) && closedJSON(w.bytes)
	}
	return b
}

// closedJSON says whether the bytes are one whole JSON object or array, which no further byte can
// change into another.
func closedJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && strings.IndexByte("}]", text[len(text)-1]) >= 0 && json.Valid(text)
}

// depth says how deep a body can be checked against media, which is nil where the spec has nothing
// for it.
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

// shownMediaType names a Content-Type if it is one of the common ones. Any other is text of the
// sender's making.
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
