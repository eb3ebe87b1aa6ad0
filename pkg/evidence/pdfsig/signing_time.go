package pdfsig

import "time"

// How far other clocks may be ahead of ours. /M may lack its zone and is then read as UTC.
const (
	clockSkew  = 10 * time.Minute
	widestZone = 14 * time.Hour
)

// isFuture reports whether a time has not come yet.
func (c *checker) isFuture(when time.Time) bool { return when.After(c.now.Add(clockSkew)) }

// trustedTime returns the earliest time at which a signature is proven to have existed: that of its
// own time stamp, or of a document time stamp after it. It returns nil if no trusted authority
// states one.
func (c *checker) trustedTime(s *Signature) *time.Time {
	var earliest *time.Time
	consider := func(stamp *TimeStamp) {
		if stamp != nil && stamp.Trust.Status == Trusted && !c.isFuture(*stamp.Time) && (earliest == nil ||
			stamp.Time.Before(*earliest)) {
			earliest = stamp.Time
		}
	}
	if len(s.message.signers) == 1 { // with several signers it stamps only the first one's signature
		consider(s.TimeStamp)
	}
	for i := range c.report.Signatures {
		later := &c.report.Signatures[i]
		if later.Kind == KindTimeStamp && later.holds() && later.byteRange.gapStart >= s.byteRange.end {
			consider(later.TimeStamp)
		}
	}
	return earliest
}

// noteTimes reports impossible times, and times that only the signer claims.
func (c *checker) noteTimes(s *Signature) {
	if !s.holds() {
		return
	}
	early := ""
	switch {
	case s.ClaimedTime != nil && c.isFuture(*s.ClaimedTime):
		early = "the claimed signing time"
	case s.StatedTime != nil && c.isFuture(s.StatedTime.Add(-widestZone)):
		early = "the stated time (/M)"
	case s.TimeStamp != nil && s.TimeStamp.Status == TimeStampValid && c.isFuture(*s.TimeStamp.Time):
		early = "the time of its time stamp"
	}
	if early != "" {
		c.add(CodeFutureTime, s.fileOffset, "signature in object %d: %s is in the future", s.Object, early)
	}
	claims := s.ClaimedTime != nil || s.StatedTime != nil
	if c.options.Roots != nil && s.Kind != KindTimeStamp && claims && s.Trust.TimeSource == TimeFromClock {
		c.add(CodeClaimedTime, s.fileOffset,
			"signature in object %d: only the signer says when it was made, so its certificate was judged at the "+
				"present", s.Object)
	}
}
