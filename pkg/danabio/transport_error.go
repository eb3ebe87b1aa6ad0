package danabio

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/danabio/danabio-go/internal/reach"
)

var (
	errDialTimeout   = errors.New("connecting took longer than 30 s")
	errHeaderTimeout = errors.New("no answer came in time")
	errStalled       = errors.New("no byte moved for 30 s")
	errResent        = errors.New("the server did not take the request from the connection it was sent on")
)

// transportError turns a transport error into one that may be shown. Errors of net/http can quote
// the server's answer, which may quote the request. So only known kinds keep their text; the others
// keep only what errors.Is and errors.As find in them.
func transportError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	return hiddenError{sanitize(err), contextErrors}.simplify()
}

// sanitize returns the transport error with a text that may be shown. It wraps what callers decide
// on, except for ErrUnavailable, which judged adds.
func sanitize(err error) error {
	var (
		dns    *net.DNSError
		op     *net.OpError
		source *sourceError
	)
	switch {
	case errors.As(err, &source):
		return source
	case errors.Is(err, ErrProtocol): // our own text
		return err
	}
	for _, ours := range []error{errDialTimeout, errHeaderTimeout, errStalled, errResent} {
		if errors.Is(err, ours) {
			return ours
		}
	}
	switch f := reach.Classify(err); f.Class {
	case reach.Certificate:
		return fmt.Errorf("%w: %w", ErrCertificate, maskedError{f.Reason(), err})
	case reach.TLS:
		return fmt.Errorf("%w: %w", ErrTLS, maskedError{f.String(), err})
	case reach.Proxy:
		return fmt.Errorf("%w: %w", ErrProxy, maskedError{f.Reason(), err})
	case reach.UnknownHost:
		return fmt.Errorf("%w: %s", ErrUnknownHost, f.Detail)
	case reach.NotHTTP:
		return uncertainError{fmt.Errorf("%w: %w", ErrProtocol, maskedError{f.Text, err})}
	case reach.Passing:
		switch {
		case errors.As(err, &dns):
			return dns
		case errors.As(err, &op):
			return op
		}
		return maskedError{f.String(), err}
	default:
		return uncertainError{maskedError{f.Text, err}}
	}
}

// uncertainError is a failure that may or may not be temporary.
type uncertainError struct{ error }

func (u uncertainError) Unwrap() error { return u.error }

// maskedError replaces an error's text with one of ours.
type maskedError struct {
	text string
	err  error
}

func (o maskedError) Error() string { return o.text }
func (o maskedError) Unwrap() error { return o.err }

// hiddenError hides some errors from errors.Is, because a caller who found them there would do the
// wrong thing.
type hiddenError struct {
	err    error
	hidden []error
}

func (u hiddenError) Error() string { return u.err.Error() }

func (u hiddenError) As(target any) bool { return errors.As(u.err, target) }

func (u hiddenError) Is(target error) bool {
	return !slices.Contains(u.hidden, target) && errors.Is(u.err, target)
}

// simplify returns the error itself if there is nothing to hide.
func (u hiddenError) simplify() error {
	if slices.ContainsFunc(u.hidden, func(hidden error) bool { return errors.Is(u.err, hidden) }) {
		return u
	}
	return u.err
}

var (
	// contextErrors mean that the caller ended the call. Our own timeouts, and the system's, match
	// one of them too.
	contextErrors = []error{context.Canceled, context.DeadlineExceeded}
	// sentinels are the errors that callers decide on.
	sentinels = []error{ErrInvalidRequest, ErrUnauthorized, ErrUnavailable, ErrProtocol, ErrNotReady, ErrTruncated,
		ErrIntegrity}
)
