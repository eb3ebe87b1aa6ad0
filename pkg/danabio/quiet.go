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

// quietTransport ends a request whose body, in either direction, stands still for [quietTimeout].
type quietTransport struct {
	next http.RoundTripper
	// headers limits how long the response headers may take, from the beginning and again after the
	// request body, for a transport without such a limit. Zero means that the transport has its
	// own.
	headers time.Duration
}

func (t *quietTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	timer := &quietTimer{cancel: cancel}
	handshake := &reach.Handshake{}
	req = req.WithContext(handshake.Trace(sentOnce(ctx, cancel)))
	// No connection is used twice. On an idle connection net/http logs what the server sends, for
	// example the rest of a body that is longer than announced, to the standard logger. And if a
	// reused connection turns out to be closed, net/http resends by itself.
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
	// http.Client fixes these itself in the response of another RoundTripper.
	if resp.Request == nil {
		resp.Request = req
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	resp.Body = &receivingBody{ReadCloser: resp.Body, ctx: ctx, timer: timer}
	return resp, nil
}

// sentOnce cancels a request that was written and is about to use another connection. On HTTP/2,
// which a caller's RoundTripper may speak, net/http keeps resending a request that the server
// declines to process. How often and when is for the retry policy to decide. One more request may
// go out before net/http notices, but none with a body that cannot be read twice, such as a
// start's.
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

// quietTimer cancels a request unless it is reset in time.
type quietTimer struct {
	cancel context.CancelCauseFunc

	mu       sync.Mutex
	timer    *time.Timer
	received bool // response headers arrived; sending the rest of the request body no longer counts
}

// sending resets the timer until the response arrives; zero stops it.
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

// receiving resets the timer; zero stops it.
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

// sendingBody resets the timer with each read, since the transport then has sent the previous
// piece.
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
