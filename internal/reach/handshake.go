package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http/httptrace"
	"sync/atomic"
)

// HandshakeError marks an error that ended a TLS handshake. Most such errors do not say so
// themselves.
type HandshakeError struct{ Err error }

func (e *HandshakeError) Error() string { return e.Err.Error() }

// Unwrap returns the original error.
func (e *HandshakeError) Unwrap() error { return e.Err }

// Handshake records the error of a request's TLS handshake.
type Handshake struct{ err atomic.Pointer[error] }

// Trace returns the context to send the request with.
func (h *Handshake) Trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx,
		&httptrace.ClientTrace{TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				h.err.Store(&err)
			}
		}})
}

// Mark wraps the request's error in a [HandshakeError] if it ended the handshake.
func (h *Handshake) Mark(err error) error {
	if ended := h.err.Load(); ended != nil && errors.Is(err, *ended) {
		return &HandshakeError{err}
	}
	return err
}
