package reach

import (
	"net/http"
	"time"
)

// Skew is the range of how far a server's clock is ahead of this machine's. Negative values mean
// that it is behind.
type Skew struct{ Least, Most time.Duration }

// SkewOf compares a response's Date, which has whole seconds, with this machine's clock before and
// after the response. It returns false if the Date cannot be read.
func SkewOf(header http.Header, sent, answered time.Time) (Skew, bool) {
	date, err := http.ParseTime(header.Get("Date"))
	return Skew{date.Sub(answered.Round(0)), date.Add(time.Second).Sub(sent.Round(0))}, err == nil
}

// And returns the range that two responses together allow. If Least exceeds Most, they contradict
// each other.
func (s Skew) And(other Skew) Skew {
	return Skew{max(s.Least, other.Least), min(s.Most, other.Most)}
}

// Middle returns the best estimate.
func (s Skew) Middle() time.Duration { return (s.Least + s.Most) / 2 }

// Margin returns how far [Skew.Middle] can be off.
func (s Skew) Margin() time.Duration { return (s.Most - s.Least) / 2 }
