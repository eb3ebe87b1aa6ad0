package reach

import (
	"net/http"
	"time"
)

// Skew bounds how far a server's clock is ahead of this machine's; what is negative is behind.
type Skew struct{ Least, Most time.Duration }

// SkewOf compares the Date of an answer, which has whole seconds, with this machine's clock before
// and after it was made. It is false if the Date cannot be read.
func SkewOf(header http.Header, sent, answered time.Time) (Skew, bool) {
	date, err := http.ParseTime(header.Get("Date"))
	return Skew{date.Sub(answered.Round(0)), date.Add(time.Second).Sub(sent.Round(0))}, err == nil
}

// And is what two answers together leave possible. If Least is above Most then, they contradict
// each other.
func (s Skew) And(other Skew) Skew {
	return Skew{max(s.Least, other.Least), min(s.Most, other.Most)}
}

// Middle is the best guess.
func (s Skew) Middle() time.Duration { return (s.Least + s.Most) / 2 }

// Margin is how far [Skew.Middle] can be off.
func (s Skew) Margin() time.Duration { return (s.Most - s.Least) / 2 }
