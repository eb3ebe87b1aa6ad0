package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/journal"
)

// startJournal is a journal that several processes can write. Each opens the file for one record
// only.
type startJournal struct{ path string }

func (j startJournal) Begin(ctx context.Context, intent danabio.StartIntent) error {
	return j.open(ctx, func(file *journal.Journal) error { return file.Begin(ctx, intent) })
}

func (j startJournal) End(ctx context.Context, result danabio.StartResult) error {
	return j.open(ctx, func(file *journal.Journal) error { return file.End(ctx, result) })
}

// open opens the journal and waits for its turn, at most until ctx ends.
func (j startJournal) open(ctx context.Context, use func(*journal.Journal) error) error {
	for {
		file, err := journal.Open(j.path)
		if err == nil {
			return errors.Join(use(file), file.Close())
		}
		if !errors.Is(err, journal.ErrLocked) {
			return err
		}
		select {
		case <-ctx.Done():
			return i18n.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// checkJournal fails if there can be no journal at path.
func checkJournal(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return failure.BadInput("journal %s is not a regular file", path)
	}
	return checkFolder(filepath.Dir(path))
}

func newJournal(out *term.Output) *cobra.Command {
	cmd := &cobra.Command{
		Use:  "journal COMMAND",
		Args: cobra.ArbitraryArgs,
		RunE: group,
	}
	cmd.AddCommand(newJournalList(out), newJournalSettle(out))
	return cmd
}

// journalEntry is the JSON form of a start in "journal list --json".
type journalEntry struct {
	RequestID  string               `json:"requestId"`
	Channel    string               `json:"channel"`
	Outcome    danabio.OutcomeState `json:"outcome"`
	CircuitID  string               `json:"circuitId,omitempty"`
	BodySHA256 string               `json:"bodySha256"`
	StartedAt  time.Time            `json:"startedAt"`
}

func newJournalList(out *term.Output) *cobra.Command {
	var unknown bool
	cmd := &cobra.Command{
		Use:  "list FILE",
		Args: arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			entries := []journalEntry{}
			err := openJournal(cmd.Context(), args[0], func(file *journal.Journal) error {
				for _, entry := range file.Entries() {
					outcome := entry.Outcome()
					if unknown && !isUnsettled(outcome) {
						continue
					}
					entries = append(entries, journalEntry{
						entry.Intent.RequestID, entry.Intent.Channel, outcome, entry.Result.CircuitID,
						entry.Intent.BodySHA256, entry.Intent.At.UTC(),
					})
				}
				return nil
			})
			if err != nil {
				return err
			}
			if out.JSON {
				return out.PrintJSON(entries)
			}
			return out.Text(startTable(entries))
		},
	}
	cmd.Flags().BoolVar(&unknown, "unknown", false, "")
	return cmd
}

func startTable(entries []journalEntry) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, entry := range entries {
		circuit := entry.CircuitID
		if circuit == "" {
			circuit = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", entry.StartedAt.Format(time.RFC3339), entry.Outcome, term.OneLine(circuit),
			term.OneLine(entry.RequestID))
	}
	_ = w.Flush() // writes to memory
	return b.String()
}

func newJournalSettle(out *term.Output) *cobra.Command {
	var (
		id, circuit string
		none, cut   bool
	)
	cmd := &cobra.Command{
		Use:  "settle FILE --id ID --circuit CIRCUIT | --id ID --none | --cut",
		Args: arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case cut && (id != "" || circuit != "" || none):
				return failure.Usagef(cmd, "--cut cannot be combined with other flags: it only removes the line")
			case cut:
				return removeCutLine(out, args[0])
			case id == "":
				return failure.Usagef(cmd, "--id is missing")
			case (circuit == "") == !none:
				return failure.Usagef(cmd, "give either --circuit, with the circuit that was started, or --none")
			}
			result := danabio.StartResult{RequestID: id, Outcome: danabio.Refused, At: time.Now().UTC()}
			if circuit != "" {
				result.Outcome, result.CircuitID = danabio.Started, circuit
			}
			err := openJournal(cmd.Context(), args[0], func(file *journal.Journal) error {
				entry, known := file.Lookup(id)
				switch outcome := entry.Outcome(); {
				case !known:
					return failure.BadInput("journal %s has no request %q", args[0], id)
				case !isUnsettled(outcome):
					return failure.BadInput("request %q is settled already: %s %s", id, outcome, entry.Result.CircuitID)
				}
				return file.End(cmd.Context(), result)
			})
			if err != nil {
				return err
			}
			return out.Data(struct {
				RequestID string               `json:"requestId"`
				Outcome   danabio.OutcomeState `json:"outcome"`
			}{id, result.Outcome}, term.Line{Name: "outcome", Value: string(result.Outcome)})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&id, "id", "", "")
	flags.StringVar(&circuit, "circuit", "", "")
	flags.BoolVar(&none, "none", false, "")
	flags.BoolVar(&cut, "cut", false, "")
	return cmd
}

// removeCutLine removes the truncated last line of a journal.
func removeCutLine(out *term.Output, path string) error {
	if err := journal.RemoveCut(path); err != nil {
		return failure.BadInput("%w", err)
	}
	return out.Data(struct {
		Removed bool `json:"removed"`
	}{true}, term.Line{Name: "removed", Value: "true"})
}

// isUnsettled reports whether a start with this outcome is still unsettled.
func isUnsettled(outcome danabio.OutcomeState) bool {
	return outcome == danabio.OutcomeUnknown || outcome == danabio.PartlySent
}

// openJournal opens an existing journal.
func openJournal(ctx context.Context, path string, use func(*journal.Journal) error) error {
	if _, err := os.Stat(path); err != nil {
		return failure.BadInput("journal %s: %w", path, failure.Reason(err))
	}
	return startJournal{path}.open(ctx, use)
}
