package journal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// Entry is what the journal knows about a request ID.
type Entry struct {
	Intent danabio.StartIntent
	Result danabio.StartResult // zero if there is none
}

// Outcome returns the outcome of the start. It is OutcomeUnknown if there is no result.
func (e Entry) Outcome() danabio.OutcomeState {
	if e.Result.Outcome == "" {
		return danabio.OutcomeUnknown
	}
	return e.Result.Outcome
}

// history maps request IDs to their entries.
type history map[string]*numberedEntry

type numberedEntry struct {
	Entry
	number int // position by the first Begin of the ID
}

// check returns an error if a record must not follow.
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

// add adds a record that check has accepted.
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

// entries returns all entries, in the order in which their IDs first began.
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
