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

// quietTransport ends a request whose body, either way, stands still for [quietTimeout].
type quietTransport struct {
	next http.RoundTripper
	// headers is how long a transport that has no such limit of its own may take until the headers
	// come: from the beginning, and again after the request's body. Zero: the transport has its
	// own.
	headers time.Duration
}

func (t *quietTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	timer := &quietTimer{cancel: cancel}
	handshake := &reach.Handshake{}
	req = req.WithContext(handshake.Trace(sentOnce(ctx, cancel)))
	// No connection is used twice: net/http prints to the standard logger what a server sends on an
	// idle one, be it the rest of a body that is longer than announced, and resends by itself when
	// a reused one turns out to be closed.
	req.Close = true
	if req.Body != nil && req.Body != http.NoBody {
		req.Body = &sendingBody{ReadCloser: req.Body, timer: timer, headers: t.headers}
	}
	timer.sending(t.headers, errHeaderTimeout)
	resp, err := t.next.RoundTrip(req)
	timer.answered()
	if err != nil {
		if cause := context.Cause(ctx); cause == errHeaderTimeout || cause == errQuiet || cause == errResent {
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
	resp.Body = &receivingBody{ReadCloser: resp.Body, ctx: ctx, timer: timer}
	return resp, nil
}

// sentOnce cancels a request that was written and looks for another connection. On HTTP/2, which
// another kind of RoundTripper may speak, net/http sends a request again, at once and for ever,
// that the server refuses to look at; how often and when is for the retry policy to say. One more
// may go out before net/http sees the end, but none with a body that it cannot read twice, as that
// of a start.
func sentOnce(ctx context.Context, cancel context.CancelCauseFunc) context.Context {
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

// quietTimer cancels a request when it is not set anew in time.
type quietTimer struct {
	cancel context.CancelCauseFunc

	mu       sync.Mutex
	timer    *time.Timer
	received bool // the answer's headers; a rest of the request's body no longer counts
}

// sending runs the timer anew until the answer comes; zero stops it.
func (t *quietTimer) sending(limit time.Duration, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.received {
		t.set(limit, cause)
	}
}

func (t *quietTimer) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.received = true
	t.set(0, nil)
}

// receiving runs the timer anew; zero stops it.
func (t *quietTimer) receiving(limit time.Duration, cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.set(limit, cause)
}

func (t *quietTimer) set(limit time.Duration, cause error) {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
	if limit > 0 {
		t.timer = time.AfterFunc(limit, func() { t.cancel(cause) })
	}
}

func (t *quietTimer) end() {
	t.receiving(0, nil)
	t.cancel(context.Canceled)
}

// sendingBody is read by the transport whenever the last piece is on its way.
type sendingBody struct {
	io.ReadCloser
	timer   *quietTimer
	headers time.Duration
}

func (b *sendingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.timer.sending(b.headers, errHeaderTimeout)
	} else {
		b.timer.sending(quietTimeout, errQuiet)
	}
	return n, err
}

type receivingBody struct {
	io.ReadCloser
	ctx   context.Context
	timer *quietTimer
}

func (b *receivingBody) Read(p []byte) (int, error) {
	b.timer.receiving(quietTimeout, errQuiet)
	n, err := b.ReadCloser.Read(p)
	b.timer.receiving(0, nil)
	if err != nil && err != io.EOF && context.Cause(b.ctx) == errQuiet {
		err = errQuiet
	}
	return n, err
}

func (b *receivingBody) Close() error {
	b.timer.end()
	return b.ReadCloser.Close()
}
