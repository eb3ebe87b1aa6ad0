package journal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// Entry is what is known of a request ID.
type Entry struct {
	Intent danabio.StartIntent
	Result danabio.StartResult // the zero StartResult if there is none
}

// Outcome is what became of the start: OutcomeUnknown if there is no result.
func (e Entry) Outcome() danabio.OutcomeState {
	if e.Result.Outcome == "" {
		return danabio.OutcomeUnknown
	}
	return e.Result.Outcome
}

// history is all entries by their request IDs.
type history map[string]*numberedEntry

type numberedEntry struct {
	Entry
	number int // of the ID's first beginning
}

// check says whether a record may follow.
func (h history) check(r record) error {
	entry, known := h[r.RequestID]
	if r.isIntent() {
		if !known || entry.Result.Outcome == danabio.NotSent || entry.Result.Outcome == danabio.Refused {
			return nil
		}
		return &danabio.IntentExistsError{Intent: entry.Intent, Result: entry.Result}
	}
	switch {
	case !known:
		return fmt.Errorf("request %q has a result, but no intent", r.RequestID)
	case entry.Result.Outcome == "" || entry.Outcome() == danabio.PartlySent ||
		entry.Outcome() == danabio.OutcomeUnknown:
		return nil
	}
	return fmt.Errorf("request %q has the result %q already", r.RequestID, entry.Result.Outcome)
}

// add takes in a record that was checked.
func (h history) add(r record) {
	if !r.isIntent() {
		h[r.RequestID].Result = r.result()
		return
	}
	number := len(h)
	if earlier, known := h[r.RequestID]; known {
		number = earlier.number
	}
	h[r.RequestID] = &numberedEntry{Entry{Intent: r.intent()}, number}
}

func (h history) lookup(requestID string) (Entry, bool) {
	entry, known := h[requestID]
	if !known {
		return Entry{}, false
	}
	return entry.Entry, true
}

// entries returns all, in the order in which their IDs first began.
func (h history) entries() []Entry {
	ordered := slices.SortedFunc(maps.Values(h),
		func(a, b *numberedEntry) int { return cmp.Compare(a.number, b.number) })
	entries := make([]Entry, len(ordered))
	for i, entry := range ordered {
		entries[i] = entry.Entry
	}
	return entries
}

func (h history) unfinishedIntents() []danabio.StartIntent {
	intents := []danabio.StartIntent{}
	for _, entry := range h.entries() {
		if entry.Result.Outcome == "" {
			intents = append(intents, entry.Intent)
		}
	}
	return intents
}
