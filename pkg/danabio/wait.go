package danabio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danabio/danabio-go/internal/pollgate"
)

// PollPolicy says how [Client.WaitForEvidence] asks. The API has no way to be told; asking again is
// all there is (published page).
type PollPolicy struct {
	// MinInterval is the time between the first two polls; it then grows by half each time,
	// jittered by a tenth. Default: 5 s.
	MinInterval time.Duration
	// MaxInterval is the longest time between two polls, but for a longer Retry-After of the
	// server. Default: 60 s.
	MaxInterval time.Duration
	// MaxWait is when waiting ends with [ErrNotReady], since an unknown circuit is never ready;
	// with the last poll's error if no poll reached the server. A poll that has begun by then, and
	// the download that it may have become, gets 10 minutes more. Default: 24 h.
	MaxWait time.Duration
	// Notify is called after each poll that found nothing, before the wait for the next. Default:
	// nobody is told.
	Notify func(Poll)
}

// Poll is one poll that found nothing.
type Poll struct {
	Number  int           // from 1
	Elapsed time.Duration // since the call
	Next    time.Duration // until the next poll
	Err     error         // why: mostly it matches ErrNotReady or ErrUnavailable
}

func (p PollPolicy) withDefaults() (PollPolicy, error) {
	if p.MinInterval < 0 || p.MaxInterval < 0 || p.MaxWait < 0 {
		return p, invalidRequest("a field of PollPolicy is negative; leave it zero for its default")
	}
	if p.MinInterval == 0 {
		p.MinInterval = 5 * time.Second
	}
	if p.MaxInterval == 0 {
		p.MaxInterval = max(60*time.Second, p.MinInterval)
	}
	if p.MaxWait == 0 {
		p.MaxWait = 24 * time.Hour
	}
	if p.MaxInterval < p.MinInterval {
		return p, invalidRequest("PollPolicy.MaxInterval is smaller than MinInterval")
	}
	return p, nil
}

// interval is how long to wait after poll n.
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
// stored. It ends with the context, with [ErrNotReady] after PollPolicy.MaxWait, or with another
// error of DownloadEvidence but for these:
//
//   - An outage, [ErrUnavailable], means "not yet".
//   - An answer with status 202, 204, 409 or 425, and a failure that is not known to pass, mean
//     "not yet" for an hour after the first of them that no "not ready" interrupts, and once at
//     least.
//   - A refusal of the credentials, or status 403, once they have worked, means "not yet" once: a
//     gateway may have answered in the server's place. The next poll after a 403 uses a new token.
func (c *Client) WaitForEvidence(ctx context.Context, circuit, path string, policy PollPolicy) (*Receipt, error) {
	receipt, err := c.waitForEvidence(ctx, circuit, path, policy)
	if err != nil {
		return nil, operationError("wait for evidence", circuit, err)
	}
	return receipt, nil
}

const (
	pollGrace      = 10 * time.Minute // of a poll that has begun before MaxWait
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

// waitState is one wait, and what its polls have shown.
type waitState struct {
	startedAt time.Time
	polls     int
	lastErr   error // of the last poll

	serverReached       bool      // the server has answered a poll
	credentialsAccepted bool      // it has accepted the credentials
	refusals            int       // of them since
	uncertainSince      time.Time // when the first poll since the last "not ready" ended in a way that says nothing
}

// shouldContinue reports whether there is something to wait for after a poll that ended so.
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

// timeoutError is the error when MaxWait is over, which end says. That only time is missing can be
// said only if the server has answered.
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

// lateError is the error of a poll that was still under way when its time was over, too.
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
