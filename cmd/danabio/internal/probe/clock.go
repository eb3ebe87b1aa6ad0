package probe

import (
	"context"

	"github.com/danabio/danabio-go/internal/reach"
)

// askClock compares the Date of each response, which has whole seconds, with this machine's clock
// before and after the response. It reports the range that all responses together allow.
func (p *prober) askClock(context.Context) (Point, error) {
	point := Point{Name: "clock", Question: "How far is the server's clock from this machine's?", Answer: Told}
	all, dated := reach.Skew{}, false
	for _, x := range p.seen {
		one, ok := reach.SkewOf(x.header, x.sent, x.answered)
		switch {
		case ok && dated:
			all = all.And(one)
		case ok:
			all, dated = one, true
		}
	}
	switch {
	case !dated:
		return point.is(Unclear, "no answer had a Date")
	case all.Least > all.Most:
		return point.is(Unclear, "the Dates of the answers contradict each other")
	}
	skew, margin := all.Middle(), all.Margin()
	switch {
	case skew.Abs() <= margin:
		return point.is(Told, "no difference, give or take %.1f s", (skew.Abs() + margin).Seconds())
	case skew < 0:
		return point.is(Told, "%.1f s behind, give or take %.1f s", -skew.Seconds(), margin.Seconds())
	}
	return point.is(Told, "%.1f s ahead, give or take %.1f s", skew.Seconds(), margin.Seconds())
}
