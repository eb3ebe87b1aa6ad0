package cli

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// progressText describes the progress of something that is measured in bytes. total is -1 if it is
// unknown.
func progressText(o *term.Output, what string, done, total int64, perSecond float64) string {
	part := int64(0)
	if total > 0 {
		part = int64(float64(done) / float64(total) * 100)
	}
	switch {
	case total < 0 && perSecond < 1:
		return say(o, "%s: %s", what, bytesText(done))
	case total < 0:
		return say(o, "%s: %s, %s/s", what, bytesText(done), bytesText(int64(perSecond)))
	case perSecond < 1 || done >= total:
		return say(o, "%s: %s of %s (%d %%)", what, bytesText(done), bytesText(total), part)
	}
	left := float64(total-done) / perSecond // seconds; may not fit in a Duration
	if left > (100 * time.Hour).Seconds() { // too long for an estimate
		return say(o, "%s: %s of %s (%d %%), %s/s", what, bytesText(done), bytesText(total), part,
			bytesText(int64(perSecond)))
	}
	return say(o, "%s: %s of %s (%d %%), %s/s, %s left",
		what, bytesText(done), bytesText(total), part, bytesText(int64(perSecond)),
		time.Duration(left*float64(time.Second)).Round(time.Second))
}

// rate measures how fast a number has grown lately.
type rate struct{ samples []countAt }

type countAt struct {
	at    time.Time
	count int64
}

// lately is the period over which a rate is measured.
const lately = 5 * time.Second

// add adds the current number and returns its growth per second, or 0 if that is unknown.
func (r *rate) add(now time.Time, count int64) float64 {
	if n := len(r.samples); n > 0 && count < r.samples[n-1].count { // a new transfer
		r.samples = r.samples[:0]
	}
	r.samples = append(r.samples, countAt{now, count})
	for len(r.samples) > 2 && now.Sub(r.samples[1].at) >= lately {
		r.samples = r.samples[1:]
	}
	first := r.samples[0]
	if now.Sub(first.at) < term.FirstLine {
		return 0
	}
	return float64(count-first.count) / now.Sub(first.at).Seconds()
}

// readProgress is the progress of reading a file or standard input.
type readProgress struct {
	out  *term.Output
	what string
	done atomic.Int64
	size atomic.Int64 // -1 if it is unknown
	rate rate
}

// newReadProgress returns a reading at 0 bytes.
func newReadProgress(o *term.Output, what string) *readProgress {
	r := &readProgress{out: o, what: what}
	r.size.Store(-1)
	r.rate.add(time.Now(), 0)
	return r
}

// update updates the progress.
func (r *readProgress) update(done, size int64) {
	r.done.Store(done)
	r.size.Store(size)
}

func (r *readProgress) text(now time.Time) string {
	done := r.done.Load()
	return progressText(r.out, r.what, done, r.size.Load(), r.rate.add(now, done))
}

// countingReader is a reader that reports how much was read.
type countingReader struct {
	io.Reader
	reading *readProgress
}

func (c countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.reading.done.Add(int64(n))
	return n, err
}
