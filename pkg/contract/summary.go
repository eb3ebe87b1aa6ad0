package contract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Depth says how deep one message of an exchange was checked.
type Depth string

const (
	// DepthWhole means that everything the spec says about the message was checked.
	DepthWhole Depth = "whole"
	// DepthOutline means that the body is larger than [MaxBody], binary, or in a content coding
	// that was not decoded, or that the spec has no such operation or status.
	DepthOutline Depth = "outline"
	// DepthUnread means that the body could not be judged, because its receiver did not read it to
	// the end or because it broke off.
	DepthUnread Depth = "unread"
	// DepthSkipped means that [Exempt] was called, that the connection was hijacked or switched
	// protocols, or that the handler panicked.
	DepthSkipped Depth = "skipped"
	// DepthNone means that there was no response.
	DepthNone Depth = "none"
)

// describe says it to people.
func (d Depth) describe() string {
	switch d {
	case DepthWhole:
		return "checked whole"
	case DepthOutline:
		return "checked by status, media type and length only"
	case DepthUnread:
		return "checked by status and media type only, the body was not read to its end"
	case DepthSkipped:
		return "not checked"
	case DepthNone:
		return "no answer"
	}
	return string(d)
}

// Exchange says how far a request and its response were checked.
type Exchange struct {
	Operation string // as in [Finding]
	Method    string // as in [Finding]
	Path      string // as in [Finding]
	Status    int    // as in [Finding]
	Request   Depth
	Response  Depth
	Findings  int // number of findings reported
}

// Tally counts identical exchanges.
type Tally struct {
	Exchange
	Count int
}

// Summary says what a [Checker] has seen so far.
type Summary struct {
	Exchanges []Tally  // sorted by path, method, status and depth
	Untouched []string // operation IDs of the spec that no exchange has called, in the spec's order
}

// Summary returns a snapshot of what was checked, and how deep. It does not include exchanges under
// way.
func (c *Checker) Summary() Summary {
	c.mu.Lock()
	defer c.mu.Unlock()
	var summary Summary
	touched := make(map[string]bool)
	for exchange, count := range c.counts {
		touched[exchange.Operation] = true
		summary.Exchanges = append(summary.Exchanges, Tally{Exchange: exchange, Count: count})
	}
	slices.SortFunc(summary.Exchanges, func(a, b Tally) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Status, b.Status),
			cmp.Compare(a.Request, b.Request), cmp.Compare(a.Response, b.Response), cmp.Compare(a.Findings, b.Findings),
		)
	})
	for _, operation := range c.routes.operations() {
		if !touched[operation] {
			summary.Untouched = append(summary.Untouched, operation)
		}
	}
	return summary
}

// String returns the summary as lines of text, one for each tally and one for each operation that
// was not called.
func (s Summary) String() string {
	var b strings.Builder
	for _, tally := range s.Exchanges {
		fmt.Fprintf(&b, "%d × %s %s answered %d: request %s; answer %s", tally.Count, tally.Method, tally.Path,
			tally.Status, tally.Request.describe(), tally.Response.describe())
		if tally.Findings > 0 {
			fmt.Fprintf(&b, "; findings in each: %d", tally.Findings)
		}
		b.WriteByte('\n')
	}
	for _, operation := range s.Untouched {
		fmt.Fprintf(&b, "never called: %s\n", operation)
	}
	return b.String()
}

func (c *Checker) count(exchange Exchange) {
	c.mu.Lock()
	c.counts[exchange]++
	c.mu.Unlock()
	if c.config.Checked != nil {
		c.config.Checked(exchange)
	}
}
