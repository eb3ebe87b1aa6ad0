package evidence

import (
	"fmt"
)

// Limits say what a verification tolerates. The zero value gives safe defaults.
type Limits struct {
	// MaxFileSize is the largest ZIP, in bytes. Default: 2 GiB.
	MaxFileSize int64
	// MaxEntrySize is the largest content of one entry, in bytes. Default: 1 GiB.
	MaxEntrySize int64
	// MaxTotalSize is the largest total content of all entries, in bytes. Default: 4 GiB.
	MaxTotalSize int64
	// MaxEntries is the largest number of entries, including folders. Default: 10,000.
	MaxEntries int
	// MaxRatio is the largest ratio of content to compressed size for an entry above 1 MiB.
	// Default: 200.
	MaxRatio int
	// MaxNameLength is the longest name of an entry including its folders, in bytes. Default: 240.
	MaxNameLength int
	// MaxDepth is the largest number of elements in a name: "a/b/c.pdf" has three. Default: 32.
	MaxDepth int
}

const (
	defaultMaxFileSize   = 2 << 30
	defaultMaxEntrySize  = 1 << 30
	defaultMaxTotalSize  = 4 << 30
	defaultMaxEntries    = 10_000
	defaultMaxRatio      = 200
	defaultMaxNameLength = 240
	defaultMaxDepth      = 32

	// ratioFloor is the smallest content size to which the ratio applies: small text compresses
	// well without being a bomb.
	ratioFloor = 1 << 20
)

// withDefaults fills the zero fields. It fails if the limits are negative or contradict themselves.
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
	return l, nil
}

// WithDefaults returns the limits with their zero fields filled. It fails if they are negative or
// contradict themselves.
func (l Limits) WithDefaults() (Limits, error) { return l.withDefaults() }
