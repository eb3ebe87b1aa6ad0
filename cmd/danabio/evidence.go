package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func newEvidence(out *output) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence COMMAND",
		Short: "List, verify and extract evidence",
		Long: `Look into the evidence ZIP of a circuit. Nothing is taken from a ZIP that has more than one
reading, or that is damaged: then the exit code is 6.`,
		Example: `  danabio evidence verify evidence.zip`,
		Args:    cobra.ArbitraryArgs,
		RunE:    group,
	}
	cmd.AddCommand(newEvidenceList(out), newEvidenceVerify(out), newEvidenceExtract(out))
	return cmd
}

func newEvidenceList(out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "list FILE.zip",
		Short: "List the files in the evidence",
		Long: `Verify the ZIP, then list its files: size in bytes, type, what it is for (assumed, as the
vendor publishes no layout), and name.

With --json: [{"name": …, "size": …, "sha256": …, "mediaType": …, "kind": …, …}]`,
		Example: `  danabio evidence list evidence.zip`,
		Args:    arguments("FILE.zip"),
		RunE: func(cmd *cobra.Command, args []string) error {
			archive, report, err := verified(cmd, args[0])
			if err != nil {
				return err
			}
			defer archive.Close()
			if out.json {
				return out.jsonData(report.Entries)
			}
			return out.text(table(report.Entries))
		},
	}
}

func table(entries []evidence.EntryReport) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, entry := range entries {
		if !entry.Folder {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", entry.Size, oneLine(entry.MediaType), entry.Kind, oneLine(entry.Name))
		}
	}
	_ = w.Flush() // into memory
	return b.String()
}

// verifyData is what "evidence verify --json" prints: the report, and what the receipt said.
type verifyData struct {
	*evidence.Report
	Receipt receiptCheck `json:"receipt"`
}

func newEvidenceVerify(out *output) *cobra.Command {
	return &cobra.Command{
		Use:   "verify FILE.zip",
		Short: "Verify the evidence, and compare it with its receipt",
		Long: `Read every byte of the ZIP, and accept it only if every ZIP reader reads the same content from
it. If FILE.zip.receipt.json lies beside it, also compare: the file must still be the one that
was received. That is what a receipt proves, and no more: nothing about who made the file.

  verdict=accepted
  receipt=matches
  entries=6
  size=123456
  sha256=…

receipt=none: no receipt lies beside it.

With --json: the report, and "receipt": "matches", "differs", "unreadable", "none" or, for a
refused ZIP, "unchecked". It is printed for evidence that is refused too.`,
		Example: `  danabio evidence verify evidence.zip`,
		Args:    arguments("FILE.zip"),
		RunE: func(cmd *cobra.Command, args []string) error {
			archive, err := openEvidence(args[0])
			if err != nil {
				return err
			}
			defer archive.Close()
			report, err := archive.VerifyContext(cmd.Context())
			if err != nil && !errors.Is(err, evidence.ErrRefused) {
				return err
			}
			receipt := receiptUnchecked
			if err == nil {
				receipt, err = checkReceipt(args[0], report)
			}
			if err != nil && !out.json {
				return err
			}
			return errors.Join(err, out.data(verifyData{report, receipt},
				line{"verdict", string(report.Verdict)}, line{"receipt", string(receipt)},
				line{"entries", strconv.Itoa(len(report.Entries))},
				line{"size", strconv.FormatInt(report.Size, 10)}, line{"sha256", report.SHA256}))
		},
	}
}

// extractData is what "evidence extract --json" prints.
type extractData struct {
	Folder string   `json:"folder"`
	Files  []string `json:"files"` // with the folder
}

func newEvidenceExtract(out *output) *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use:   "extract FILE.zip -o DIR",
		Short: "Extract the evidence into a new folder",
		Long: `Verify the ZIP, compare it with its receipt if there is one, and extract it into a new folder:
all of it or nothing. Printed is each file, one a line.

With --json: {"folder": …, "files": […]}`,
		Example: `  danabio evidence extract evidence.zip -o evidence`,
		Args:    arguments("FILE.zip"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if folder == "" {
				return usagef(cmd, "-o DIR is missing")
			}
			if err := checkFolder(filepath.Dir(filepath.Clean(folder))); err != nil {
				return err
			}
			archive, report, err := verified(cmd, args[0])
			if err != nil {
				return err
			}
			defer archive.Close()
			files, err := extract(cmd, archive, report, folder)
			if err != nil {
				return err
			}
			if out.json {
				return out.jsonData(extractData{folder, files})
			}
			var b strings.Builder
			for _, file := range files {
				b.WriteString(oneLine(file) + "\n")
			}
			return out.text(b.String())
		},
	}
	cmd.Flags().StringVarP(&folder, "output", "o", "", "new folder `DIR` (required)")
	return cmd
}

// extract returns the paths of the files.
func extract(cmd *cobra.Command, archive *evidence.Archive, report *evidence.Report, folder string) ([]string, error) {
	err := archive.ExtractContext(cmd.Context(), folder)
	if errors.Is(err, fs.ErrExist) {
		return nil, badInput("folder %s exists; choose another name", folder)
	}
	if err != nil {
		return nil, err
	}
	files := []string{}
	for _, entry := range report.Entries {
		if !entry.Folder {
			files = append(files, filepath.Join(folder, filepath.FromSlash(entry.Name)))
		}
	}
	return files, nil
}

func openEvidence(path string) (*evidence.Archive, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, badInput("evidence %s: %w", path, reason(err))
	}
	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		return nil, badInput("%w", err)
	}
	return archive, nil
}

// verified opens evidence that is acceptable and agrees with its receipt, if it has one.
func verified(cmd *cobra.Command, path string) (*evidence.Archive, *evidence.Report, error) {
	archive, err := openEvidence(path)
	if err != nil {
		return nil, nil, err
	}
	report, err := archive.VerifyContext(cmd.Context())
	if err == nil {
		_, err = checkReceipt(path, report)
	}
	if err != nil {
		_ = archive.Close()
		return nil, nil, err
	}
	return archive, report, nil
}

// receiptCheck is what came of comparing evidence with its receipt.
type receiptCheck string

const (
	receiptMatches    receiptCheck = "matches"
	receiptDiffers    receiptCheck = "differs"
	receiptUnreadable receiptCheck = "unreadable"
	receiptNone       receiptCheck = "none"
	receiptUnchecked  receiptCheck = "unchecked"
)

// checkReceipt compares evidence with the receipt that lies beside it, if one does.
func checkReceipt(path string, report *evidence.Report) (receiptCheck, error) {
	receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return receiptNone, nil
	case err != nil:
		return receiptUnreadable, fmt.Errorf("%w: its receipt cannot be used: %w", danabio.ErrIntegrity, err)
	}
	differs := func(what string) (receiptCheck, error) {
		return receiptDiffers, fmt.Errorf("%w: %s is not the file that was received: %s the one in %s",
			danabio.ErrIntegrity, path, what, danabio.ReceiptPath(path))
	}
	switch {
	case receipt.Size != report.Size:
		return differs("its size is not")
	case receipt.SHA256 != report.SHA256:
		return differs("its SHA-256 is not")
	case !sameEntries(receipt.Entries, report.Entries):
		return differs("its list of files is not")
	}
	return receiptMatches, nil
}

func sameEntries(received []danabio.ReceiptEntry, found []evidence.EntryReport) bool {
	if len(received) != len(found) {
		return false
	}
	for i, entry := range found {
		if received[i] != (danabio.ReceiptEntry{Name: entry.Name, Size: entry.Size, SHA256: entry.SHA256}) {
			return false
		}
	}
	return true
}
