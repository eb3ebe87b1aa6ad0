package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"sync/atomic"
)

// HandshakeError says that an error ended a TLS handshake, which most errors of one do not show.
type HandshakeError struct{ Err error }

func (e *HandshakeError) Error() string { return e.Err.Error() }

// Unwrap returns the error.
func (e *HandshakeError) Unwrap() error { return e.Err }

// Handshake is how the TLS handshake of a request ended, if it failed.
type Handshake struct{ err atomic.Pointer[error] }

// Trace is the context to send the request with.
func (h *Handshake) Trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx,
		&httptrace.ClientTrace{TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				h.err.Store(&err)
			}
		}})
}

// Mark makes an error of the request a [HandshakeError] if it is one.
func (h *Handshake) Mark(err error) error {
	if ended := h.err.Load(); ended != nil && errors.Is(err, *ended) {
		return &HandshakeError{err}
	}
	return err
}
