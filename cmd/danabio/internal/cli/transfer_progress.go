package cli

import (
	"errors"
	"sync"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// transferProgress tracks what a command sends, waits for and receives, for the progress line.
type transferProgress struct {
	out   *term.Output
	began time.Time
	count int // number of circuits

	mu   sync.Mutex
	each map[string]*transfer // by circuit; a start has the name ""
	rate rate
}

// transfer is one transfer. It is waiting, moving or over.
type transfer struct {
	danabio.Progress
	moves, over bool
	whole       time.Time // when the last byte was sent or received

	polls       int
	next        time.Time // time of the next poll
	unreachable bool
	unclear     bool // the last poll did not say whether the circuit is completed
}

func newTransferProgress(o *term.Output, count int) *transferProgress {
	return &transferProgress{out: o, began: time.Now(), count: count, each: map[string]*transfer{}}
}

// of returns the transfer of a circuit. The caller holds the lock.
func (t *transferProgress) of(circuit string) *transfer {
	one := t.each[circuit]
	if one == nil {
		one = &transfer{}
		t.each[circuit] = one
	}
	return one
}

// onProgress records progress that the client reports.
func (t *transferProgress) onProgress(p danabio.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rate.samples) == 0 {
		t.rate.add(time.Now(), 0)
	}
	one := t.of(p.Circuit)
	one.Progress, one.moves = p, true
	if p.Bytes == p.Total {
		one.whole = time.Now()
	}
}

// onPoll records a poll that found the circuit not ready.
func (t *transferProgress) onPoll(circuit string, poll danabio.Poll) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.of(circuit)
	one.moves = false
	one.polls, one.next = poll.Number, time.Now().Add(poll.Next)
	one.unreachable = errors.Is(poll.Err, danabio.ErrUnavailable)
	one.unclear = !one.unreachable && !errors.Is(poll.Err, danabio.ErrNotReady)
}

// finish records that a circuit is finished.
func (t *transferProgress) finish(circuit string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of(circuit).over = true
}

func (t *transferProgress) text(now time.Time) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var sum, last transfer
	moving, waiting, unreachable, unclear, over := 0, 0, 0, 0, 0
	for _, one := range t.each {
		switch {
		case one.over:
			over++
		case one.moves:
			moving++
			last = *one
		case one.polls > 0:
			waiting++
			if one.unreachable {
				unreachable++
			}
			if one.unclear {
				unclear++
			}
			if waiting == 1 || one.next.Before(sum.next) {
				sum.next = one.next
			}
		}
		if one.moves {
			sum.Bytes += one.Bytes
			if one.Total < 0 || sum.Total < 0 {
				sum.Total = -1
			} else {
				sum.Total += one.Total
			}
		}
		sum.polls += one.polls
	}
	perSecond := t.rate.add(now, sum.Bytes)
	sent := last.RequestID != ""
	switch {
	case moving > 0 && t.count > 1:
		return progressText(t.out, say(t.out, "Receiving, %d of %d circuits done", over, t.count), sum.Bytes, sum.Total,
			perSecond)
	case moving > 0 && last.Bytes == last.Total && sent:
		return say(t.out, "Sent %s; waiting for the answer for %s", bytesText(last.Bytes), seconds(now.Sub(last.whole)))
	case moving > 0 && last.Bytes == last.Total:
		return say(t.out, "Received %s; verifying", bytesText(last.Bytes))
	case moving > 0 && sent:
		return progressText(t.out, say(t.out, "Sending"), last.Bytes, last.Total, perSecond)
	case moving > 0 && last.Restarts > 0:
		return progressText(t.out, say(t.out, "Receiving, try %d", last.Restarts+1), last.Bytes, last.Total, perSecond)
	case moving > 0:
		return progressText(t.out, say(t.out, "Receiving"), last.Bytes, last.Total, perSecond)
	case waiting == 0:
		return askingText(t.out, now.Sub(t.began))
	}
	waited, next := seconds(now.Sub(t.began)), seconds(max(sum.next.Sub(now), 0)+time.Second-1)
	switch {
	case unreachable == waiting:
		return say(t.out, "Waiting for %s, polls: %d, next in %s; the server cannot be reached", waited, sum.polls,
			next)
	case unclear == waiting:
		return say(t.out, "Waiting for %s, polls: %d, next in %s; the last answer does not say whether it is done",
			waited, sum.polls, next)
	case t.count > 1:
		return say(t.out, "Waiting for %s, polls: %d, next in %s; %d of %d circuits done", waited, sum.polls, next,
			over,
			t.count)
	}
	return say(t.out, "Waiting for %s, polls: %d, next in %s", waited, sum.polls, next)
}

func askingText(o *term.Output, elapsed time.Duration) string {
	return say(o, "Asking the server, for %s", seconds(elapsed))
}

func seconds(d time.Duration) time.Duration { return d.Truncate(time.Second) }
