package danabio

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// PollPolicy says how [Client.WaitForEvidence] asks. The API has no way to be told; asking again is all there is (published page).
type PollPolicy struct {
	// MinInterval is the time between the first two polls; it then grows by half each time, jittered by a tenth. Default: 5 s.
	MinInterval time.Duration
	// MaxInterval is the longest time between two polls, but for a longer Retry-After of the server. Default: 60 s.
	MaxInterval time.Duration
	// MaxWait is when waiting ends with [ErrNotReady], since an unknown circuit is never ready. Default: 24 h.
	MaxWait time.Duration
	// Notify is called after each poll that found nothing, before the wait for the next. Default: nobody is told.
	Notify func(Poll)
	// Admit is called before each poll, which waits for it, so that several calls can take turns; leave, which must not be nil, is called after the
	// poll and the download that it may become. Its context ends with MaxWait, too. Its error ends the call: with [ErrNotReady] if that is the
	// context's end by MaxWait. Default: nobody is asked.
	Admit func(ctx context.Context) (leave func(), err error)
}

// Poll is one poll that found nothing.
type Poll struct {
	Number  int           // from 1
	Elapsed time.Duration // since the call
	Next    time.Duration // until the next poll
	Err     error         // matches ErrNotReady or ErrUnavailable
}

func (p PollPolicy) withDefaults() (PollPolicy, error) {
	if p.MinInterval < 0 || p.MaxInterval < 0 || p.MaxWait < 0 {
		return p, invalid("a field of PollPolicy is negative; leave it zero for its default")
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
		return p, invalid("PollPolicy.MaxInterval is smaller than MinInterval")
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
	return jittered(min(interval, p.MaxInterval), 0.1)
}

// WaitForEvidence calls [Client.DownloadEvidence] until the circuit is completed and its evidence stored. It outlives outages: that the service is
// unavailable means "not yet". It ends with the context, with another error of DownloadEvidence, or with [ErrNotReady] after PollPolicy.MaxWait.
func (c *Client) WaitForEvidence(ctx context.Context, circuit, path string, policy PollPolicy) (*Receipt, error) {
	receipt, err := c.waitForEvidence(ctx, circuit, path, policy)
	if err != nil {
		return nil, operationError("wait for evidence", circuit, err)
	}
	return receipt, nil
}

func (c *core) waitForEvidence(ctx context.Context, circuit, path string, policy PollPolicy) (*Receipt, error) {
	policy, err := policy.withDefaults()
	if err != nil {
		return nil, err
	}
	// The next poll is the next attempt.
	once := c.retry
	once.MaxAttempts = 1
	began := time.Now()
	for n := 1; ; n++ {
		leave, err := policy.admit(ctx, began)
		if errors.Is(err, ErrNotReady) {
			return nil, fmt.Errorf("%w after %s and %d polls", err, time.Since(began).Round(time.Second), n-1)
		}
		if err != nil {
			return nil, err
		}
		receipt, err := c.downloadEvidence(ctx, circuit, path, once)
		leave()
		if err == nil {
			return receipt, nil
		}
		if !errors.Is(err, ErrNotReady) && !errors.Is(err, ErrUnavailable) {
			return nil, err
		}
		elapsed := time.Since(began)
		left := policy.MaxWait - elapsed
		if left <= 0 {
			return nil, fmt.Errorf("%w after %s and %d polls; the last: %w", ErrNotReady, elapsed.Round(time.Second), n, err)
		}
		next := policy.interval(n)
		var answer *APIError
		if errors.As(err, &answer) {
			next = max(next, answer.RetryAfter)
		}
		next = min(next, left)
		if policy.Notify != nil {
			policy.Notify(Poll{Number: n, Elapsed: elapsed, Next: next, Err: err})
		}
		if ended := sleep(ctx, next); ended != nil {
			return nil, fmt.Errorf("%w, %s after the beginning, with %d polls done; the last: %w", ended, time.Since(began).Round(time.Second), n, err)
		}
	}
}

// admit waits until a poll may be made, at the longest until MaxWait is over.
func (p PollPolicy) admit(ctx context.Context, began time.Time) (leave func(), err error) {
	if p.Admit == nil {
		return func() {}, nil
	}
	within, cancel := context.WithDeadline(ctx, began.Add(p.MaxWait))
	defer cancel()
	leave, err = p.Admit(within)
	if err != nil && errors.Is(err, within.Err()) && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: its turn did not come", ErrNotReady)
	}
	return leave, err
}
