package danabio

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// attemptError is the error of an attempt and what it means for the next one.
type attemptError struct {
	err       error
	retryable bool // the operation may be retried
}

func permanent(err error) *attemptError { return &attemptError{err: err} }

// retryUnavailable returns a failure to get an answer.
func retryUnavailable(err error) *attemptError {
	return &attemptError{err: fmt.Errorf("%w: %w", ErrUnavailable, err), retryable: true}
}

// classifyTransport classifies a transport error of an operation that may be repeated.
func classifyTransport(ctx context.Context, err error) *attemptError {
	return classify(ctx, transportError(ctx, err))
}

// classify classifies the cause of a transport error. An unknown error is retried as often as the
// policy allows, but does not count as an outage.
func classify(ctx context.Context, err error) *attemptError {
	var (
		source  *sourceError
		unknown uncertainError
	)
	switch {
	case ctx.Err() != nil, errors.As(err, &source):
		return permanent(err)
	case errors.As(err, &unknown):
		return &attemptError{err: err, retryable: true}
	case slices.ContainsFunc(permanentErrors, func(known error) bool { return errors.Is(err, known) }):
		return permanent(err)
	}
	return retryUnavailable(err)
}

// permanentErrors are errors that are not temporary.
var permanentErrors = []error{ErrCertificate, ErrTLS, ErrProxy, ErrUnknownHost, ErrProtocol}

// retryLoop calls try until it succeeds, fails permanently, or has failed as often as the policy
// allows.
func (c *core) retryLoop(ctx context.Context, operation string, policy RetryPolicy, try func() *attemptError) error {
	for n := 1; ; n++ {
		f := try()
		if f == nil {
			return nil
		}
		if !f.retryable || n >= policy.MaxAttempts {
			return f.err
		}
		delay, err := policy.delay(n, f.err)
		if err != nil {
			return err
		}
		c.log.LogAttrs(ctx, levelDebug, "danabio: trying again", logOperation(operation), logAttempt(n+1),
			logDelay(delay))
		if err := sleep(ctx, delay); err != nil {
			return fmt.Errorf("%w while waiting to try again after: %w", err, f.err)
		}
	}
}

// delay returns a random delay for after attempt n.
func (p RetryPolicy) delay(n int, err error) (time.Duration, error) {
	first := p.MinDelay
	var answer *APIError
	if errors.As(err, &answer) {
		if answer.RetryAfter > p.MaxRetryAfter {
			return 0, fmt.Errorf("%w; the server asks to wait %s, more than the %s that are obeyed", err,
				answer.RetryAfter, p.MaxRetryAfter)
		}
		if answer.StatusCode == http.StatusTooManyRequests {
			first = max(first, time.Second)
		}
	}
	bound := p.MaxDelay
	if shift := n - 1; shift < 63 && first < bound>>shift {
		bound = first << shift
	}
	delay := rand.N(max(bound, bound+1))
	if answer != nil && answer.RetryAfter > 0 {
		// Keep some jitter, since many callers may have received the same Retry-After.
		delay = answer.RetryAfter
		if jitter := rand.N(first); delay <= math.MaxInt64-jitter {
			delay += jitter
		}
	}
	return delay, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryAfter parses a Retry-After header, in seconds or as a date (RFC 9110, section 10.2.3). It
// returns 0 for a date in the past and for anything that it cannot parse.
func retryAfter(value string, now time.Time) time.Duration {
	const most = time.Duration(1<<63 - 1)
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		if err != nil || seconds > uint64(most/time.Second) {
			return most
		}
		return time.Duration(seconds) * time.Second
	}
	date, err := http.ParseTime(value)
	if err != nil || !date.After(now) {
		return 0
	}
	return date.Sub(now)
}
