package evidence

import (
	"fmt"
	"slices"
)

// Limits says what a verification tolerates. The zero value is the safe default.
type Limits struct {
	// MaxFileSize is the largest ZIP, in bytes. Default: 2 GiB.
	MaxFileSize int64
	// MaxEntrySize is the largest content of one entry, in bytes. Default: 1 GiB.
	MaxEntrySize int64
	// MaxTotalSize is the largest content of all entries together, in bytes. Default: 4 GiB.
	MaxTotalSize int64
	// MaxEntries is the largest number of entries, folders included. Default: 10,000.
	MaxEntries int
	// MaxRatio is how many times larger than its compressed form an entry above 1 MiB may be.
	// Default: 200.
	MaxRatio int
	// MaxNameLength is the longest name of an entry, in bytes with its folders. Default: 240.
	MaxNameLength int
	// MaxDepth is how many parts a name may have: "a/b/c.pdf" has three. Default: 32.
	MaxDepth int

	// Accept lists codes that are reported as accepted and refuse nothing. Only codes for which
	// [CodeInfo].Acceptable holds may stand here. What programs read in different ways is among
	// them only if [CodeInfo].Description says which reading then holds. Default: none.
	Accept []Code
	// Refuse lists notices that refuse the ZIP. Default: none.
	Refuse []Code
	// Strict makes every notice that is not in Accept a refusal. Default: false.
	Strict bool

	// Rules decide the kind of each entry; the first that matches wins, KindOther if none does.
	// Default: DefaultRules().
	Rules []Rule
}

const (
	defaultMaxFileSize   = 2 << 30
	defaultMaxEntrySize  = 1 << 30
	defaultMaxTotalSize  = 4 << 30
	defaultMaxEntries    = 10_000
	defaultMaxRatio      = 200
	defaultMaxNameLength = 240
	defaultMaxDepth      = 32

	// ratioFloor is the content size from which on the ratio counts; small text compresses well
	// without being a bomb.
	ratioFloor = 1 << 20
)

// withDefaults fills the zero fields, and fails when the limits are negative or contradict
// themselves.
func (l Limits) withDefaults() (Limits, error) {
	sizes := []struct {
		name     string
		value    *int64
		standard int64
	}{
		{"MaxFileSize", &l.MaxFileSize, defaultMaxFileSize},
		{"MaxEntrySize", &l.MaxEntrySize, defaultMaxEntrySize},
		{"MaxTotalSize", &l.MaxTotalSize, defaultMaxTotalSize},
	}
	for _, size := range sizes {
		if *size.value < 0 {
			return l, fmt.Errorf("evidence limits: %s is %d; it must be positive, or 0 for the default", size.name,
				*size.value)
		}
		if *size.value == 0 {
			*size.value = size.standard
		}
	}
	counts := []struct {
		name     string
		value    *int
		standard int
	}{
		{"MaxEntries", &l.MaxEntries, defaultMaxEntries},
		{"MaxRatio", &l.MaxRatio, defaultMaxRatio},
		{"MaxNameLength", &l.MaxNameLength, defaultMaxNameLength},
		{"MaxDepth", &l.MaxDepth, defaultMaxDepth},
	}
	for _, count := range counts {
		if *count.value < 0 {
			return l, fmt.Errorf("evidence limits: %s is %d; it must be positive, or 0 for the default", count.name,
				*count.value)
		}
		if *count.value == 0 {
			*count.value = count.standard
		}
	}
	if l.Rules == nil {
		l.Rules = DefaultRules()
	}
	return l, l.checkCodes()
}

// checkCodes fails on codes that do not exist, that cannot be treated so, or that stand in both
// lists.
func (l Limits) checkCodes() error {
	for _, code := range l.Accept {
		info, known := lookup(code)
		switch {
		case !known:
			return fmt.Errorf("evidence limits: there is no finding code %q to accept; Codes() lists them", code)
		case !info.Acceptable:
			return fmt.Errorf("evidence limits: %q can not be accepted: it is a danger, or gives the ZIP two readings",
				code)
		case slices.Contains(l.Refuse, code):
			return fmt.Errorf("evidence limits: %q is to be both accepted and refused", code)
		}
	}
	for _, code := range l.Refuse {
		if _, known := lookup(code); !known {
			return fmt.Errorf("evidence limits: there is no finding code %q to refuse; Codes() lists them", code)
		}
	}
	return nil
}

// severity says how a finding of this code counts under these limits.
func (l *Limits) severity(code Code) Severity {
	switch info, _ := lookup(code); {
	case slices.Contains(l.Accept, code):
		return SeverityAccepted
	case info.Severity == SeverityRefusal, l.Strict, slices.Contains(l.Refuse, code):
		return SeverityRefusal
	}
	return SeverityNotice
}

// WithDefaults returns the limits with their zero fields filled, and fails when they are negative
// or contradict themselves.
func (l Limits) WithDefaults() (Limits, error) { return l.withDefaults() }
