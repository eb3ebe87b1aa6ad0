package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/journal"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

func intent(id string) danabio.StartIntent {
	return danabio.StartIntent{RequestID: id, Channel: "acme", BodySHA256: strings.Repeat("0a", 32), At: noon}
}

func result(id string, outcome danabio.OutcomeState) danabio.StartResult {
	r := danabio.StartResult{RequestID: id, Outcome: outcome, At: noon.Add(time.Second)}
	if outcome == danabio.Started {
		r.CircuitID = "circuit-of-" + id
	}
	return r
}

func open(t testing.TB, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func reopen(t testing.TB, j *journal.Journal, path string) *journal.Journal {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func begin(t testing.TB, j *journal.Journal, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := j.Begin(t.Context(), intent(id)); err != nil {
			t.Fatal(err)
		}
	}
}

func end(t testing.TB, j *journal.Journal, id string, outcome danabio.OutcomeState) {
	t.Helper()
	if err := j.End(t.Context(), result(id, outcome)); err != nil {
		t.Fatal(err)
	}
}

// A journal that is opened again has the same entries.
func TestWhatWasWrittenIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.journal")
	j := open(t, path)
	outcomes := []danabio.OutcomeState{danabio.Started, danabio.Refused, danabio.NotSent, danabio.PartlySent,
		danabio.OutcomeUnknown}
	begin(t, j, "z-crashed", "préstamo \"<7>\" \u2028")
	for _, outcome := range outcomes {
		begin(t, j, string(outcome))
		end(t, j, string(outcome), outcome)
	}
	begin(t, j, "a-crashed")
	for _, j := range []*journal.Journal{j, reopen(t, j, path)} {
		for _, outcome := range outcomes {
			got, ok := j.Lookup(string(outcome))
			if want := (journal.Entry{Intent: intent(string(outcome)),
				Result: result(string(outcome), outcome)}); !ok || got != want || got.Outcome() != outcome {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		if got, ok := j.Lookup("z-crashed"); !ok || got != (journal.Entry{Intent: intent("z-crashed")}) ||
			got.Outcome() != danabio.OutcomeUnknown {
			t.Errorf("got %+v, %v for an intent without a result", got, ok)
		}
		if got, ok := j.Lookup("never"); ok || got != (journal.Entry{}) {
			t.Errorf("got %+v for a request that never was", got)
		}
		want := []danabio.StartIntent{intent("z-crashed"), intent("préstamo \"<7>\" \u2028"), intent("a-crashed")}
		if got := j.Unfinished(); !slices.Equal(got, want) {
			t.Errorf("unfinished %+v, want %+v", got, want)
		}
		var ids []string
		for _, entry := range j.Entries() {
			if found, _ := j.Lookup(entry.Intent.RequestID); found != entry {
				t.Errorf("entry %+v, but found %+v", entry, found)
			}
			ids = append(ids, entry.Intent.RequestID)
		}
		if want := []string{"z-crashed", "préstamo \"<7>\" \u2028", "started", "refused", "not sent", "partly sent",
			"outcome unknown", "a-crashed"}; !slices.Equal(ids, want) {
			t.Errorf("entries %q, want %q", ids, want)
		}
	}
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("got mode %v, %v", info.Mode(), err)
		}
	}
}

func TestRequestBeginsAgainOnlyIfItStartedNothing(t *testing.T) {
	for name, test := range map[string]struct {
		outcome danabio.OutcomeState // "" means no result
		again   bool
	}{
		"no result":    {"", false},
		"started":      {danabio.Started, false},
		"unknown":      {danabio.OutcomeUnknown, false},
		"partly sent":  {danabio.PartlySent, false},
		"refused":      {danabio.Refused, true},
		"was not sent": {danabio.NotSent, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "starts.journal")
			j := open(t, path)
			begin(t, j, "loan-1")
			var want danabio.StartResult
			if test.outcome != "" {
				end(t, j, "loan-1", test.outcome)
				want = result("loan-1", test.outcome)
			}
			j = reopen(t, j, path)
			err := j.Begin(t.Context(), intent("loan-1"))
			var exists *danabio.IntentExistsError
			if errors.As(err, &exists) == test.again || (err == nil) != test.again {
				t.Fatalf("got %v", err)
			}
			if !test.again && (exists.Intent != intent("loan-1") || exists.Result != want) {
				t.Errorf("got %+v", exists)
			}
			if test.again {
				j = reopen(t, j, path)
				if got := j.Unfinished(); len(got) != 1 {
					t.Errorf("unfinished %+v, want the second intent", got)
				}
			}
		})
	}
}

func TestOnlyAnUnknownResultCanBeReplaced(t *testing.T) {
	for _, earlier := range []danabio.OutcomeState{"", danabio.OutcomeUnknown, danabio.PartlySent, danabio.Started,
		danabio.Refused, danabio.NotSent} {
		for _, later := range []danabio.OutcomeState{danabio.Started, danabio.NotSent} {
			t.Run(fmt.Sprintf("%s then %s", earlier, later), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "starts.journal")
				j := open(t, path)
				begin(t, j, "loan-1")
				if earlier != "" {
					end(t, j, "loan-1", earlier)
				}
				open := earlier == "" || earlier == danabio.OutcomeUnknown || earlier == danabio.PartlySent
				if err := j.End(t.Context(), result("loan-1", later)); (err == nil) != open {
					t.Errorf("got %v", err)
				}
				want := earlier
				if open {
					want = later
				}
				if got, _ := reopen(t, j, path).Lookup("loan-1"); got.Outcome() != want {
					t.Errorf("got %q, want %q", got.Outcome(), want)
				}
			})
		}
	}
}

func TestWhatCannotStandInAJournalIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.journal")
	j := open(t, path)
	begin(t, j, "loan-1")
	before, _ := os.ReadFile(path)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	bad := func(change func(*danabio.StartIntent)) error {
		i := intent("loan-2")
		change(&i)
		return j.Begin(t.Context(), i)
	}
	for name, err := range map[string]error{
		"canceled":           j.Begin(canceled, intent("loan-2")),
		"no request ID":      bad(func(i *danabio.StartIntent) { i.RequestID = "" }),
		"ID is no UTF-8":     bad(func(i *danabio.StartIntent) { i.RequestID = "\xff" }),
		"no digest":          bad(func(i *danabio.StartIntent) { i.BodySHA256 = "" }),
		"digest in capitals": bad(func(i *danabio.StartIntent) { i.BodySHA256 = strings.Repeat("0A", 32) }),
		"digest too short":   bad(func(i *danabio.StartIntent) { i.BodySHA256 = "0a" }),
		"too long":           bad(func(i *danabio.StartIntent) { i.Channel = strings.Repeat("x", 70_000) }),
		"a year without JSON": bad(func(i *danabio.StartIntent) {
			i.At = time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)
		}),
		"result without intent": j.End(t.Context(), result("loan-2", danabio.Refused)),
		"no outcome":            j.End(t.Context(), danabio.StartResult{RequestID: "loan-1", At: noon}),
		"no outcome of ours": j.End(t.Context(), danabio.StartResult{RequestID: "loan-1", Outcome: "fine",
			At: noon}),
		"started without an ID": j.End(t.Context(), danabio.StartResult{RequestID: "loan-1", Outcome: danabio.Started,
			At: noon}),
		"refused with a circuit": j.End(t.Context(), danabio.StartResult{RequestID: "loan-1", Outcome: danabio.Refused,
			CircuitID: "c", At: noon}),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Errorf("the file has become %q", after)
	}
	// The failed calls do not prevent valid ones.
	begin(t, j, "loan-2")
	end(t, j, "loan-1", danabio.Started)
}

func TestOneJournalAtATimeHasTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.journal")
	j := open(t, path)
	if _, err := journal.Open(path); !errors.Is(err, journal.ErrLocked) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want ErrLocked that names the file", err)
	}
	begin(t, j, "loan-1")
	j = reopen(t, j, path)
	begin(t, j, "loan-2")
}

func TestClosedJournalTakesNothing(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "starts.journal"))
	begin(t, j, "loan-1")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Begin": j.Begin(t.Context(), intent("loan-2")),
		"End":   j.End(t.Context(), result("loan-1", danabio.Started)),
		"Close": j.Close(),
	} {
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", name, err)
		}
	}
	if _, ok := j.Lookup("loan-1"); !ok {
		t.Error("what is known is forgotten")
	}
}

// Only the first caller begins; the others get an error. Run this test with -race.
func TestConcurrentBeginningsOfOneIDAreOneIntent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.journal")
	j := open(t, path)
	const ids, callers = 20, 8
	var wait sync.WaitGroup
	var mu sync.Mutex
	won := map[string]int{}
	for range callers {
		wait.Go(func() {
			for n := range ids {
				id := fmt.Sprint("loan-", n)
				err := j.Begin(t.Context(), intent(id))
				var exists *danabio.IntentExistsError
				if err == nil {
					mu.Lock()
					won[id]++
					mu.Unlock()
					err = j.End(t.Context(), result(id, danabio.Started))
				}
				if err != nil && !errors.As(err, &exists) {
					t.Error(err)
				}
				j.Lookup(id)
				j.Unfinished()
			}
		})
	}
	wait.Wait()
	for id, n := range won {
		if n != 1 {
			t.Errorf("%s began %d times", id, n)
		}
	}
	if len(won) != ids || len(reopen(t, j, path).Unfinished()) != 0 {
		t.Errorf("%d ids began", len(won))
	}
}

// Old journals may say "circuit" instead of "circuitId", as other files of danabio once did. The
// journal still reads them.
func TestCircuitOfAnOldJournalIsRead(t *testing.T) {
	line := `{"danabioJournal":1,"requestId":"loan-1","outcome":"started","circuit":"circuit-7","at":"2026-11-01T00:00:00Z"`
	line = fmt.Sprintf("%s,\"crc32c\":\"%08x\"}\n", line,
		crc32.Checksum([]byte(line), crc32.MakeTable(crc32.Castagnoli)))
	first := sampleLines(t)[0]
	j := open(t, write(t, append(bytes.Clone(first), line...)))
	if entry, ok := j.Lookup("loan-1"); !ok || entry.Result.CircuitID != "circuit-7" {
		t.Errorf("read %+v, %v", entry, ok)
	}
}
