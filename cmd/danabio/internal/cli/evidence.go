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
		Use:  "evidence COMMAND",
		Args: cobra.ArbitraryArgs,
		RunE: group,
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

// manyEvidence names the arguments of the commands that read evidence.
const manyEvidence = "FILE.zip…"

func evidenceArguments(cmd *cobra.Command, files []string) error {
	if piped := countOf(files, failure.StandardInput); piped > 1 {
		return failure.Usagef(cmd, "standard input can be only one FILE.zip, but - is given %d times", piped)
	}
	return arguments(manyEvidence)(cmd, files)
}

// listEntry is the JSON form of an entry in "evidence list --json".
type listEntry struct {
	evidence.EntryReport
	File string `json:"file"`
}

func newEvidenceList(out *term.Output) *cobra.Command {
	accept := acceptFlags{tables: zipCodes()}
	cmd := &cobra.Command{
		Annotations: accept.codes(out),
		Use:         "list " + manyEvidence,
		Args:        evidenceArguments,
		RunE: func(cmd *cobra.Command, files []string) error {
			policy, err := accept.policy(cmd)
			if err != nil {
				return err
			}
			return each(out, files, func(file string) error {
				archive, report, err := openVerified(cmd, out, file, policy)
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
	accept.addFlags(cmd)
	return cmd
}

// printEntries prints the entries that are files in columns, with front before each line.
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
