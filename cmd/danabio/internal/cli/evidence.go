package cli

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func newEvidence(out *term.Output) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence COMMAND",
		Short: "List, verify, extract and report on evidence",
		Long: `Look into the evidence ZIP of a circuit. Nothing is taken from a ZIP that has more than one
reading, or that is damaged: then the exit code is 6.`,
		Example: `  danabio evidence verify evidence.zip`,
		Args:    cobra.ArbitraryArgs,
		RunE:    group,
	}
	cmd.AddCommand(newEvidenceList(out), newEvidenceVerify(out), newEvidenceExtract(out))
	if term.OnWindows {
		for _, sub := range cmd.Commands() {
			run := sub.RunE
			sub.RunE = func(cmd *cobra.Command, files []string) error { return run(cmd, expandPatterns(files)) }
		}
	}
	cmd.AddCommand(newEvidenceReport(out))
	return cmd
}

// manyEvidence is how the commands call their arguments.
const manyEvidence = "FILE.zip…"

func evidenceArguments(cmd *cobra.Command, files []string) error {
	if piped := countOf(files, failure.StandardInput); piped > 1 {
		return failure.Usagef(cmd, "standard input can be one FILE.zip only, but - is given %d times", piped)
	}
	return arguments(manyEvidence)(cmd, files)
}

// evidenceHelp stands in the help of every command that reads evidence.
const evidenceHelp = `
A FILE.zip of - is read from standard input. It is stored in a temporary file meanwhile, which
only the user can read.

After a FILE that fails come the others. The exit code is the worst one, in this order:
  6  a FILE is not acceptable, or is not the one of its receipt: whatever the system can read
  1  a FILE cannot be read, or something cannot be written
  2  a FILE does not exist, or is no file
  0  all are good; there may be notices
Standard error gets the reasons, one a line.
`

// listEntry is an entry as "evidence list --json" prints it.
type listEntry struct {
	evidence.EntryReport
	File string `json:"file"`
}

func newEvidenceList(out *term.Output) *cobra.Command {
	judging := judging{tables: ofZIP()}
	cmd := &cobra.Command{
		Use:   "list " + manyEvidence,
		Short: "List the files in the evidence",
		Long: `Verify each ZIP, then list its files: size in bytes, type, what it is for (assumed, as the
vendor publishes no layout), and name. With several FILEs, each line begins with the FILE.

With --json, for each good FILE: [{"name": …, "size": …, "sha256": …, "mediaType": …,
"kind": …, …, "file": FILE}]; with several FILEs, each on one line.
` + evidenceHelp + judging.acceptHelp(out),
		Example: `  danabio evidence list evidence.zip`,
		Args:    evidenceArguments,
		RunE: func(cmd *cobra.Command, files []string) error {
			policy, err := judging.policy(cmd)
			if err != nil {
				return err
			}
			return each(out, files, func(file string) error {
				archive, report, err := verified(cmd, out, file, policy)
				if err != nil {
					return err
				}
				archive.Close()
				if out.JSON {
					return out.PrintJSON([]listEntry{}, term.JSONList{Key: "", Length: len(report.Entries),
						Item: func(i int) any { return listEntry{report.Entries[i], file} }})
				}
				front := ""
				if len(files) > 1 {
					front = term.OneLine(file) + "  "
				}
				return printEntries(out, report.Entries, front)
			})
		},
	}
	judging.addFlags(cmd)
	return cmd
}

// printEntries prints the entries that are files, in columns, with front in front of each line.
func printEntries(o *term.Output, entries []evidence.EntryReport, front string) error {
	files, size, mediaType, kind := filesIn(entries), 0, 0, 0
	for _, file := range files {
		size = max(size, len(strconv.FormatInt(file.Size, 10)))
		mediaType, kind = max(mediaType, len(file.MediaType)), max(kind, len(file.Kind))
	}
	return o.Lines(len(files), func(i int) string {
		file := files[i]
		return fmt.Sprintf("%s%-*d  %-*s  %-*s  %s", front, size, file.Size, mediaType, file.MediaType, kind, file.Kind,
			term.OneLine(file.Name))
	})
}

func filesIn(entries []evidence.EntryReport) []*evidence.EntryReport {
	var files []*evidence.EntryReport
	for i := range entries {
		if !entries[i].Folder {
			files = append(files, &entries[i])
		}
	}
	return files
}
