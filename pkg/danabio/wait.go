package danabio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danabio/danabio-go/internal/pollgate"
)

// PollPolicy says how [Client.WaitForEvidence] polls. The API offers no notification; polling is
// the only way (published page).
type PollPolicy struct {
	// MinInterval is the time between the first two polls. The interval then grows by half each
	// time, with a jitter of a tenth. Default: 5 s.
	MinInterval time.Duration
	// MaxInterval is the longest time between two polls, unless the server's Retry-After is longer.
	// Default: 60 s.
	MaxInterval time.Duration
	// MaxWait is when waiting ends, since an unknown circuit never becomes ready. The error is
	// [ErrNotReady], or that of the last poll if no poll reached the server. A poll that has begun
	// by then, including the download that it may become, gets 10 minutes more. Default: 24 h.
	MaxWait time.Duration
	// Notify is called after each poll that found nothing, before the wait for the next. Default:
	// not called.
	Notify func(Poll)
}

// Poll is one poll that found nothing.
type Poll struct {
	Number  int           // from 1
	Elapsed time.Duration // since the call
	Next    time.Duration // until the next poll
	Err     error         // the reason, which usually matches ErrNotReady or ErrUnavailable
}

func (p PollPolicy) withDefaults() (PollPolicy, error) {
	if p.MinInterval < 0 || p.MaxInterval < 0 || p.MaxWait < 0 {
		return p, invalidRequest("a field of PollPolicy is negative; leave it zero for its default")
	}
	p.MinInterval = cmp.Or(p.MinInterval, 5*time.Second)
	p.MaxInterval = cmp.Or(p.MaxInterval, max(60*time.Second, p.MinInterval))
	p.MaxWait = cmp.Or(p.MaxWait, 24*time.Hour)
	if p.MaxInterval < p.MinInterval {
		return p, invalidRequest("PollPolicy.MaxInterval is smaller than MinInterval")
	}
	return p, nil
}

// interval returns how long to wait after poll n.
func (p PollPolicy) interval(n int) time.Duration {
	interval := p.MinInterval
	for range n - 1 {
		if interval >= p.MaxInterval {
			break
		}
		interval += interval / 2
	}
	return jitter(min(interval, p.MaxInterval), 0.1)
}

// WaitForEvidence calls [Client.DownloadEvidence] until the circuit is completed and its evidence
// is stored. It ends with the context, with [ErrNotReady] after PollPolicy.MaxWait, or with another
// error of DownloadEvidence except for these:
//
//   - An outage, [ErrUnavailable], means "not yet".
//   - An answer with status 202, 204, 409 or 425, and a failure that may or may not be temporary,
//     mean "not yet" for an hour after the first of them, unless a "not ready" comes in between,
//     and at least once.
//   - A refusal of the credentials, or status 403, after they have worked means "not yet" once,
//     since a gateway may have answered instead of the server. The poll after a 403 uses a new
//     token.
func (c *Client) WaitForEvidence(ctx context.Context, circuit, path string, policy PollPolicy) (*Receipt, error) {
	receipt, err := c.waitForEvidence(ctx, circuit, path, policy)
	if err != nil {
		return nil, operationError("wait for evidence", circuit, err)
	}
	return receipt, nil
}

const (
	pollGrace      = 10 * time.Minute // for a poll that began before MaxWait
	uncertainLimit = time.Hour
)

func (c *core) waitForEvidence(ctx context.Context, circuit, path string, policy PollPolicy) (*Receipt, error) {
	policy, err := policy.withDefaults()
	if err != nil {
		return nil, err
	}
	// The next poll is the next attempt.
	once := c.retry
	once.MaxAttempts = 1
	w := &waitState{startedAt: time.Now()}
	within, cancel := context.WithDeadline(ctx, w.startedAt.Add(policy.MaxWait).Add(pollGrace))
	defer cancel()
	for {
		leave, err := w.enterGate(ctx, policy.MaxWait)
		if errors.Is(err, ErrNotReady) {
			return nil, w.timeoutError(err)
		}
		if err != nil {
			return nil, err
		}
		w.polls++
		receipt, err := c.downloadEvidence(within, circuit, path, once)
		leave()
		if err == nil {
			return receipt, nil
		}
		if within.Err() != nil && ctx.Err() == nil {
			return nil, w.lateError(err)
		}
		if !w.shouldContinue(err) {
			return nil, err
		}
		elapsed := time.Since(w.startedAt)
		left := policy.MaxWait - elapsed
		if left <= 0 {
			return nil, w.timeoutError(ErrNotReady)
		}
		next := policy.interval(w.polls)
		var answer *APIError
		if errors.As(err, &answer) {
			next = max(next, answer.RetryAfter)
		}
		next = min(next, left)
		if policy.Notify != nil {
			policy.Notify(Poll{Number: w.polls, Elapsed: elapsed, Next: next, Err: err})
		}
		if ended := sleep(ctx, next); ended != nil {
			return nil, fmt.Errorf("%w, %s after the beginning, with %d polls done; the last: %w",
				ended, w.elapsed(), w.polls, err)
		}
	}
}

// waitState is the state of one wait.
type waitState struct {
	startedAt time.Time
	polls     int
	lastErr   error // of the last poll

	serverReached       bool      // the server has answered a poll
	credentialsAccepted bool      // the server has accepted the credentials
	refusals            int       // of the credentials, since they were last accepted
	uncertainSince      time.Time // time of the first inconclusive poll since the last "not ready"
}

// shouldContinue reports whether waiting can go on after a poll with this error.
func (w *waitState) shouldContinue(err error) bool {
	w.lastErr = err
	var (
		answer *APIError
		says   uncertainError
	)
	if errors.As(err, &answer) && answer.Operation == operationDownload {
		w.serverReached = true
	}
	switch {
	case errors.Is(err, ErrNotReady):
		w.serverReached, w.credentialsAccepted, w.refusals, w.uncertainSince = true, true, 0, time.Time{}
		return true
	case errors.Is(err, ErrUnauthorized), answer != nil && answer.StatusCode == http.StatusForbidden:
		w.refusals++
		return w.credentialsAccepted && w.refusals == 1
	case errors.As(err, &says),
		answer != nil && (answer.StatusCode == http.StatusConflict || answer.StatusCode == http.StatusTooEarly):
		if w.uncertainSince.IsZero() {
			w.uncertainSince = time.Now()
			return true
		}
		return time.Since(w.uncertainSince) < uncertainLimit
	}
	return errors.Is(err, ErrUnavailable)
}

// timeoutError returns the error for the end of MaxWait, which end describes. It blames only the
// time if the server has answered a poll.
func (w *waitState) timeoutError(end error) error {
	switch {
	case w.lastErr == nil:
		return fmt.Errorf("%w after %s and %d polls", end, w.elapsed(), w.polls)
	case !w.serverReached:
		return fmt.Errorf("no poll reached the server in %s, of %d; the last: %w", w.elapsed(), w.polls, w.lastErr)
	}
	return fmt.Errorf("%w after %s and %d polls; the last: %w", end, w.elapsed(), w.polls, w.lastErr)
}

func (w *waitState) elapsed() time.Duration { return time.Since(w.startedAt).Round(time.Second) }

// lateError returns the error for a poll that was still under way when its extra time ended.
func (w *waitState) lateError(err error) error {
	var cut *interruptedError
	if errors.As(err, &cut) {
		return fmt.Errorf("%w: it was still on its way %s after the beginning, with %d bytes there",
			ErrTruncated, w.elapsed(), cut.bytesRead)
	}
	w.lastErr = retryUnavailable(errHeaderTimeout).err
	return w.timeoutError(ErrNotReady)
}

// enterGate waits until a poll may be made, at the longest until maxWait is over.
func (w *waitState) enterGate(ctx context.Context, maxWait time.Duration) (leave func(), err error) {
	within, cancel := context.WithDeadline(ctx, w.startedAt.Add(maxWait))
	defer cancel()
	leave, err = pollgate.Enter(within)
	if err != nil && errors.Is(err, within.Err()) && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: its turn did not come", ErrNotReady)
	}
	return leave, err
}
