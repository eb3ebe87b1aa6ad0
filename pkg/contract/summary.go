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
	// DepthWhole: all that the spec says about the message was checked.
	DepthWhole Depth = "whole"
	// DepthOutline: the body is larger than [MaxBody], binary, or in a content coding that was not
	// decoded, or the spec has no such operation or status.
	DepthOutline Depth = "outline"
	// DepthUnread: whoever received the body did not read it to its end, or it broke off, so the
	// body could not be judged.
	DepthUnread Depth = "unread"
	// DepthSkipped: [Exempt] was called, the connection was hijacked or switched protocols, or the
	// handler panicked.
	DepthSkipped Depth = "skipped"
	// DepthNone: there was no answer.
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

// Exchange is one request and its answer, as far as it was checked.
type Exchange struct {
	Operation string // as in [Finding]
	Method    string // as in [Finding]
	Path      string // as in [Finding]
	Status    int    // as in [Finding]
	Request   Depth
	Response  Depth
	Findings  int // how many findings were reported for it
}

// Tally says how often exchanges were alike in everything.
type Tally struct {
	Exchange
	Count int
}

// Summary says what a [Checker] has seen so far.
type Summary struct {
	Exchanges []Tally  // ordered by path, method, status and depth
	Untouched []string // operation ids of the spec that no exchange has called, in the spec's order
}

// Summary gives a snapshot of what was checked, and how deep. Exchanges under way are not in it.
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

// String gives the summary as lines of text, one for each tally and one for each operation that was
// not called.
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
