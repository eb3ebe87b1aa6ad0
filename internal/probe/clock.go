package probe

import (
	"context"
	"net/http"
	"time"
)

// askClock compares the Date of each answer, which has whole seconds, with this machine's clock before and after it was made, and takes what all
// of them together leave possible.
func (p *prober) askClock(context.Context) (Point, error) {
	point := Point{Name: "clock", Question: "How far is the server's clock from this machine's?", Answer: Told}
	least, most, dated := time.Duration(0), time.Duration(0), 0
	for _, x := range p.seen {
		date, err := http.ParseTime(x.header.Get("Date"))
		if err != nil {
			continue
		}
		low, high := date.Sub(x.answered.Round(0)), date.Add(time.Second).Sub(x.sent.Round(0))
		if dated == 0 {
			least, most = low, high
		} else {
			least, most = max(least, low), min(most, high)
		}
		dated++
	}
	switch {
	case dated == 0:
		return point.is(Unclear, "no answer had a Date")
	case least > most:
		return point.is(Unclear, "the Dates of the answers contradict each other")
	}
	skew, margin := (least+most)/2, (most-least)/2
	switch {
	case skew.Abs() <= margin:
		return point.is(Told, "no difference, give or take %.1f s", (skew.Abs() + margin).Seconds())
	case skew < 0:
		return point.is(Told, "%.1f s behind, give or take %.1f s", -skew.Seconds(), margin.Seconds())
	}
	return point.is(Told, "%.1f s ahead, give or take %.1f s", skew.Seconds(), margin.Seconds())
}
