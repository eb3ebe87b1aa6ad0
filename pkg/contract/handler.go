package contract

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
)

// Handler returns a handler that checks each exchange that next serves. Request and response pass
// unchanged, streamed and unbuffered. Flushing, hijacking and deadlines work through
// http.NewResponseController and through type assertions. Findings are reported before the handler
// returns. An exchange that next hijacks or ends with a panic is recorded as [DepthSkipped]. For a
// response that is wrong on purpose, see [Exempt].
//
// A request body that next does not read to its end is not judged: reading it here would send a
// "100 Continue" that next did not ask for.
func (c *Checker) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received := message{header: r.Header, declaredLength: r.ContentLength, noBody: r.Body == nil ||
			r.Body == http.NoBody}
		received.body = &observedBody{dropped: received.declaredLength > MaxBody}
		exchange := c.begin(r.Method, r.URL, received)
		inner := r.WithContext(context.WithValue(r.Context(), exchangeKey{}, exchange))
		if !received.noBody {
			inner.Body = &reader{ReadCloser: r.Body, watched: received.body}
		}
		writer := &recordingWriter{ResponseWriter: w, watched: new(observedBody)}
		returned := false
		defer func() {
			if !returned || writer.hijacked || exchange.exempt.Load() {
				exchange.status = writer.status
				exchange.exemptExchange()
				return
			}
			exchange.handleWriter(writer)
		}()
		next.ServeHTTP(writer, inner)
		returned = true
	})
}

type exchangeKey struct{}

// Exempt tells the [Checker] not to check the exchange that r belongs to, neither request nor
// response, because it is wrong on purpose. A handler may call it at any time before it returns.
// The exchange is recorded as [DepthSkipped]. Without a checker around the handler, Exempt does
// nothing.
func Exempt(r *http.Request) {
	if exchange, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		exchange.exempt.Store(true)
	}
}

// handleWriter checks the exchange with what a handler has written.
func (e *exchange) handleWriter(w *recordingWriter) {
	if w.status == 0 {
		w.note(http.StatusOK, w.Header())
	}
	sent := message{header: w.wroteBytes, declaredLength: -1, body: w.watched}
	sent.noBody = e.method == http.MethodHead || w.status == http.StatusNoContent ||
		w.status == http.StatusNotModified
	if length, err := strconv.ParseInt(w.wroteBytes.Get("Content-Length"), 10, 64); err == nil {
		sent.declaredLength = length
	}
	if _, set := w.wroteBytes["Content-Type"]; !set && len(w.start) > 0 && w.wroteBytes.Get("Content-Encoding") == "" {
		w.wroteBytes.Set("Content-Type", http.DetectContentType(w.start)) // as net/http does
	}
	w.watched.finish(0, io.EOF)
	e.handleResponse(w.status, sent)
	e.finish()
}

// recordingWriter watches a response while it is written and changes nothing.
type recordingWriter struct {
	http.ResponseWriter
	watched    *observedBody
	status     int         // 0 until the header is written
	wroteBytes http.Header // as it was when it was written
	start      []byte      // net/http detects a missing Content-Type from this
	hijacked   bool
}

// Unwrap gives http.ResponseController access to the wrapped writer.
func (w *recordingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recordingWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= 200 || status == http.StatusSwitchingProtocols) {
		w.note(status, w.Header())
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recordingWriter) note(status int, header http.Header) {
	w.status, w.wroteBytes = status, header.Clone()
	if w.wroteBytes == nil {
		w.wroteBytes = make(http.Header)
	}
}

func (w *recordingWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.note(http.StatusOK, w.Header())
	}
	n, err := w.ResponseWriter.Write(p)
	passed := p[:n]
	if errors.Is(err, http.ErrContentLength) {
		passed = p // more than was declared: net/http rejects it, and it is a deviation
	} else if err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		w.watched.finish(0, err)
	}
	const sniffed = 512
	if room := sniffed - len(w.start); room > 0 {
		w.start = append(w.start, passed[:min(room, len(passed))]...)
	}
	w.watched.record(0, passed)
	return n, err
}

// Flush implements http.Flusher.
func (w *recordingWriter) Flush() { _ = w.FlushError() }

// FlushError is what http.ResponseController calls.
func (w *recordingWriter) FlushError() error {
	if w.status == 0 {
		w.note(http.StatusOK, w.Header())
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements http.Hijacker. If the connection cannot be hijacked, as with HTTP/2, the error
// is http.ErrNotSupported.
func (w *recordingWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	connection, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.hijacked = true
	}
	return connection, buffered, err
}
