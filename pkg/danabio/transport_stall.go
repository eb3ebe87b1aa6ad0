package danabio

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
)

// stallTransport ends a request whose body, either way, stands still for [stallTimeout].
type stallTransport struct {
	next http.RoundTripper
	// headerTimeout is how long a transport that has no such limit of its own may take until the
	// headers come: from the beginning, and again after the request's body. Zero: the transport has
	// its own.
	headerTimeout time.Duration
}

func (t *stallTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	timer := &stallTimer{cancel: cancel}
	handshake := &reach.Handshake{}
	req = req.WithContext(handshake.Trace(cancelResend(ctx, cancel)))
	// No connection is used twice: net/http prints to the standard logger what a server sends on an
	// idle one, be it the rest of a body that is longer than announced, and resends by itself when
	// a reused one turns out to be closed.
	req.Close = true
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &requestBody{ReadCloser: req.Body, timer: timer, headerTimeout: t.headerTimeout}
	}
	timer.resetSending(t.headerTimeout, errHeaderTimeout)
	resp, err := t.next.RoundTrip(req)
	timer.stopForResponse()
	if err != nil {
		if cause := context.Cause(ctx); cause == errHeaderTimeout || cause == errStalled || cause == errResent {
			err = cause
		}
		timer.end()
		return nil, handshake.Mark(err)
	}
	// What http.Client mends by itself in the answer of another kind of RoundTripper.
	if resp.Request == nil {
		resp.Request = req
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Body = &responseBody{ReadCloser: resp.Body, ctx: ctx, timer: timer}
	return resp, nil
}

// cancelResend cancels a request that was written and looks for another connection. On HTTP/2,
// which another kind of RoundTripper may speak, net/http sends a request again, at once and for
// ever, that the server refuses to look at; how often and when is for the retry policy to say. One
// more may go out before net/http sees the end, but none with a body that it cannot read twice, as
// that of a start.
func cancelResend(ctx context.Context, cancel context.CancelCauseFunc) context.Context {
	var sent atomic.Bool
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { sent.Store(true) },
		GetConn: func(string) {
			if sent.Load() {
				cancel(errResent)
			}
		},
	})
}

// stallTimer cancels a request when it is not set anew in time.
type stallTimer struct {
	cancel context.CancelCauseFunc

	mu               sync.Mutex
	timer            *time.Timer
	responseReceived bool // the answer's headers; a rest of the request's body no longer counts
}

// resetSending runs the timer anew until the answer comes; zero stops it.
func (t *stallTimer) resetSending(limit time.Duration, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.responseReceived {
		t.set(limit, cause)
	}
}

func (t *stallTimer) stopForResponse() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.responseReceived = true
	t.set(0, nil)
}

// resetReceiving runs the timer anew; zero stops it.
func (t *stallTimer) resetReceiving(limit time.Duration, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.set(limit, cause)
}

func (t *stallTimer) set(limit time.Duration, cause error) {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if limit > 0 {
		t.timer = time.AfterFunc(limit, func() { t.cancel(cause) })
	}
}

func (t *stallTimer) end() {
	t.resetReceiving(0, nil)
	t.cancel(context.Canceled)
}

// requestBody is read by the transport whenever the last piece is on its way.
type requestBody struct {
	io.ReadCloser
	timer         *stallTimer
	headerTimeout time.Duration
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.timer.resetSending(b.headerTimeout, errHeaderTimeout)
	} else {
		b.timer.resetSending(stallTimeout, errStalled)
	}
	return n, err
}

type responseBody struct {
	io.ReadCloser
	ctx   context.Context
	timer *stallTimer
}

func (b *responseBody) Read(p []byte) (int, error) {
	b.timer.resetReceiving(stallTimeout, errStalled)
	n, err := b.ReadCloser.Read(p)
	b.timer.resetReceiving(0, nil)
	if err != nil && err != io.EOF && context.Cause(b.ctx) == errStalled {
		err = errStalled
	}
	return n, err
}

func (b *responseBody) Close() error {
	b.timer.end()
	return b.ReadCloser.Close()
}
