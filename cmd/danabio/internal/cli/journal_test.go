package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/journal"
)

// danabio prints the started circuit even if it cannot record it in the journal.
func TestRunStartWhoseJournalFailsAfterwards(t *testing.T) {
	watched(t, func(*http.Request) {
		if err := os.WriteFile("starts.journal", []byte("damage\nand more\n"), 0o600); err != nil {
			t.Error(err)
		}
	})
	code, stdout, stderr := run(t.Context(), nil, startWith("--journal", "starts.journal", "--receipt", "sent.json",
		"contract.pdf")...)
	if code != failure.ExitFailed || !strings.HasPrefix(stdout, "circuitId=") || !strings.Contains(stdout, "link=") {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	if !strings.Contains(stderr, "was started, but ") ||
		!strings.Contains(stderr, `the journal could not take that request "loan-4711" is "started"`) {
		t.Errorf("stderr %q", stderr)
	}
	holdsOnly(t, "contract.pdf", "sent.json", "starts.journal")
}

// Several processes can share a journal, and no request is sent twice.
func TestRunStartsShareAJournal(t *testing.T) {
	var sent atomic.Int32
	watched(t, func(*http.Request) { sent.Add(1) })
	const starts, ids = 12, 4
	var done, existing atomic.Int32
	var wait sync.WaitGroup
	for n := range starts {
		wait.Go(func() {
			args := startWith("--journal", "starts.journal", "contract.pdf")
			args = append(args, "--id", fmt.Sprintf("loan-%d", n%ids))
			switch code, _, stderr := run(t.Context(), nil, args...); code {
			case failure.ExitDone:
				done.Add(1)
			case failure.ExitUsage, failure.ExitUnknown: // it was started or is in progress
				existing.Add(1)
			default:
				t.Errorf("exit code %d: %s", code, stderr)
			}
		})
	}
	wait.Wait()
	if sent.Load() != ids || done.Load() != ids || existing.Load() != starts-ids {
		t.Errorf("%d starts were sent, %d succeeded and %d found an earlier one; want %d, %d and %d", sent.Load(),
			done.Load(), existing.Load(), ids, ids, starts-ids)
	}
	code, stdout, _ := run(t.Context(), nil, "journal", "list", "starts.journal")
	if code != failure.ExitDone || strings.Count(stdout, "  started  ") != ids || strings.Count(stdout, "\n") != ids {
		t.Errorf("exit code %d, list %q", code, stdout)
	}
}

func TestStartWaitsForTheJournalNoLongerThanItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "starts.journal")
	held, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = startJournal{path}.Begin(ctx, danabio.StartIntent{RequestID: "loan-4711"})
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, journal.ErrLocked) {
		t.Errorf("got %v, want the deadline and that the journal is in use", err)
	}
}

func TestExitCodeOfAnEarlierStart(t *testing.T) {
	for outcome, want := range map[danabio.OutcomeState]int{
		danabio.Started: failure.ExitUsage, danabio.OutcomeUnknown: failure.ExitUnknown,
		danabio.PartlySent: failure.ExitUnknown,
		"":                 failure.ExitUnknown,
	} {
		err := fmt.Errorf("start: %w", &danabio.IntentExistsError{Result: danabio.StartResult{Outcome: outcome}})
		if got := failure.ExitCode(err); got != want {
			t.Errorf("exit code %d after %q, want %d", got, outcome, want)
		}
	}
}

// If a journal ends in the middle of an intent, nothing is sent until the user confirms it.
func TestRunACutJournalIsSettledByHand(t *testing.T) {
	var sent atomic.Int32
	watched(t, func(*http.Request) { sent.Add(1) })
	start := startWith("--id", "loan-1", "--journal", "starts.journal", "contract.pdf")
	if code, _, stderr := run(t.Context(), nil, start...); code != failure.ExitDone {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	content, err := os.ReadFile("starts.journal")
	if err != nil {
		t.Fatal(err)
	}
	cut := strings.ReplaceAll(string(content[:strings.Index(string(content), `"bodySha256"`)+20]), "loan-1", "loan-2")
	if err := os.WriteFile("starts.journal", append(content, cut...), 0o600); err != nil {
		t.Fatal(err)
	}
	again := startWith("--id", "loan-2", "--journal", "starts.journal", "contract.pdf")
	code, _, stderr := run(t.Context(), nil, again...)
	if code != failure.ExitFailed || !strings.Contains(stderr, `request "loan-2"`) ||
		!strings.Contains(stderr, "danabio journal settle FILE --cut") || sent.Load() != 1 {
		t.Errorf("exit code %d, %d starts sent: %s", code, sent.Load(), stderr)
	}
	if code, _, stderr := run(t.Context(), nil, "journal", "settle", "starts.journal", "--cut",
		"--none"); code != failure.ExitUsage || !strings.Contains(stderr, "other flags") {
		t.Errorf("with --none: exit code %d: %s", code, stderr)
	}
	if code, stdout, stderr := run(t.Context(), nil, "journal", "settle", "starts.journal",
		"--cut"); code != failure.ExitDone || stdout != "removed=true\n" {
		t.Errorf("exit code %d, %q: %s", code, stdout, stderr)
	}
	if code, _, stderr := run(t.Context(), nil, "journal", "settle", "starts.journal",
		"--cut"); code != failure.ExitUsage ||
		!strings.Contains(stderr, "no line is cut off") {
		t.Errorf("twice: exit code %d: %s", code, stderr)
	}
	if code, _, stderr := run(t.Context(), nil, again...); code != failure.ExitDone || sent.Load() != 2 {
		t.Errorf("exit code %d, %d starts sent: %s", code, sent.Load(), stderr)
	}
}
