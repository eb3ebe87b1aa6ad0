package danabio

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
)

var (
	errDialTimeout   = errors.New("connecting took longer than 30 s")
	errHeaderTimeout = errors.New("no answer came in time")
	errQuiet         = errors.New("no byte moved for 30 s")
	errResent        = errors.New("the server did not take the request from the connection it was sent on")
)

// cause turns an error of the transport into one that may be shown. Errors of net/http can quote the server's answer, which may quote
// the request, so only those of known kinds keep their text; the others keep only what errors.Is and errors.As find in them.
func cause(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	return unmatched{shown(err), contextErrors}.plain()
}

// shown is the error of the transport with a text that may be shown.
func shown(err error) error {
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		op          *net.OpError
		alert       tls.AlertError
		record      tls.RecordHeaderError
		source      *sourceError
		proxy       *proxyError
	)
	switch {
	case errors.As(err, &source):
		return source
	case errors.Is(err, ErrProtocol): // the text is ours
		return err
	case errors.As(err, &certificate):
		return fmt.Errorf("%w: %w", ErrCertificate, certificate.Err)
	case errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary:
		return fmt.Errorf("%w: %s", ErrUnknownHost, dns.Name)
	case errors.As(err, &dns):
		return dns
	case errors.Is(err, errDialTimeout):
		return errDialTimeout
	case errors.Is(err, errHeaderTimeout):
		return errHeaderTimeout
	case errors.Is(err, errQuiet):
		return errQuiet
	case errors.Is(err, errResent):
		return errResent
	case errors.As(err, &proxy):
		return proxy
	case errors.As(err, &op):
		return op
	case errors.As(err, &alert):
		return alert
	case errors.As(err, &record):
		return opaque{"the server does not speak TLS on this port", err}
	case isTimeout(err):
		return errHeaderTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return opaque{"the connection was closed before the answer was whole", err}
	}
	return opaque{"the connection failed or the answer is no HTTP", err}
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

// opaque shows a text of ours instead of an error's own.
type opaque struct {
	text string
	err  error
}

func (o opaque) Error() string { return o.text }
func (o opaque) Unwrap() error { return o.err }

// unmatched hides some errors from errors.Is, since a caller who finds them there would do the wrong thing.
type unmatched struct {
	err    error
	hidden []error
}

func (u unmatched) Error() string { return u.err.Error() }

func (u unmatched) As(target any) bool { return errors.As(u.err, target) }

func (u unmatched) Is(target error) bool {
	return !slices.Contains(u.hidden, target) && errors.Is(u.err, target)
}

// plain returns the error itself where there is nothing to hide.
func (u unmatched) plain() error {
	if slices.ContainsFunc(u.hidden, func(hidden error) bool { return errors.Is(u.err, hidden) }) {
		return u
	}
	return u.err
}

var (
	// contextErrors say that the caller ended the call. A limit of ours or of the system that ran out matches one of them too.
	contextErrors = []error{context.Canceled, context.DeadlineExceeded}
	// sentinels are what callers decide on.
	sentinels = []error{ErrInvalidRequest, ErrUnauthorized, ErrUnavailable, ErrProtocol, ErrNotReady, ErrTruncated, ErrIntegrity}
)
