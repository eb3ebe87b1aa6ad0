package danabio

import (
	"log/slog"
	"net/http"
	"time"
)

// The logger receives what is listed here and nothing else: no header, no body, and of a URL only
// the path.
const levelDebug = slog.LevelDebug

func logOperation(name string) slog.Attr    { return slog.String("operation", name) }
func logAttempt(n int) slog.Attr            { return slog.Int("attempt", n) }
func logDelay(d time.Duration) slog.Attr    { return slog.Duration("delay", d) }
func logCircuit(id string) slog.Attr        { return slog.String("circuit", id) }
func logRequest(id string) slog.Attr        { return slog.String("request", id) }
func logBytes(n int64) slog.Attr            { return slog.Int64("bytes", n) }
func logDuration(d time.Duration) slog.Attr { return slog.Duration("duration", d) }

// logTransport logs each request and its result.
type logTransport struct {
	next http.RoundTripper
	log  *slog.Logger
}

func (t logTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	resp, err := t.next.RoundTrip(req)
	if !t.log.Enabled(req.Context(), levelDebug) {
		return resp, err
	}
	attrs := []slog.Attr{
		slog.String("method", req.Method), slog.String("host", req.URL.Host),
		slog.String("path", req.URL.EscapedPath()),
		logDuration(time.Since(began)),
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", transportError(req.Context(), err).Error()))
	} else {
		attrs = append(attrs, slog.Int("status", resp.StatusCode), slog.String("protocol", resp.Proto),
			slog.Int64("length", resp.ContentLength))
	}
	t.log.LogAttrs(req.Context(), levelDebug, "danabio: request", attrs...)
	return resp, err
}
