package probe

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/reach"
)

func (p *prober) askNotFound(ctx context.Context) (Point, error) {
	point := Point{Name: "not-found", Question: "Can an unknown circuit be told from one that is not completed?"}
	switch {
	case p.unfinished == "":
		return point.is(Unclear, "needs a circuit that is not completed")
	case p.answers.unknown == nil || p.answers.unfinished == nil:
		return point.is(Unclear, "one of the two was not answered, or is completed")
	case p.answers.unknown.status != p.answers.unfinished.status:
		return point.is(Yes, "%d for an unknown circuit, %d for one that is not completed", p.answers.unknown.status,
			p.answers.unfinished.status)
	}
	// A second unknown circuit shows how responses differ anyway.
	other := reach.UnknownCircuit()
	request, err := p.downloadRequest(other, p.token)
	if err != nil {
		return point, err
	}
	second := p.send(ctx, "not-found", request, p.plain, maxBody)
	if second.status != p.answers.unknown.status {
		return point.is(Unclear, "a second unknown circuit was answered in another way than the first")
	}
	unknown, again, unfinished := without(p.answers.unknown, p.unknown), without(second, other),
		without(p.answers.unfinished, p.unfinished)
	first, repeated, compared := leaves(unknown), leaves(again), leaves(unfinished)
	switch {
	case bytes.Equal(unknown, unfinished):
		return point.is(No, "both have the same %d body", second.status)
	case first == nil || repeated == nil || compared == nil:
		if bytes.Equal(unknown, again) {
			return point.is(Yes, "by the text of the body")
		}
		return point.is(Unclear, "the bodies are not JSON, and differ from one answer to the next anyway")
	}
	var places []string
	all := maps.Clone(first)
	maps.Copy(all, compared)
	for place := range all {
		if slices.Equal(first[place], repeated[place]) && !slices.Equal(first[place], compared[place]) {
			places = append(places, place)
		}
	}
	if len(places) == 0 {
		return point.is(No, "the %d bodies differ only in what differs from one answer to the next anyway",
			second.status)
	}
	slices.Sort(places)
	return point.is(Yes, "by the body's %s", strings.Join(places[:min(len(places), 5)], ", "))
}

// without returns the body with the circuit's ID removed.
func without(x *exchange, circuit string) []byte {
	return bytes.ReplaceAll(x.body, []byte(circuit), nil)
}
