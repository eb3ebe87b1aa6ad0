package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// extractData is what "evidence extract --json" prints.
type extractData struct {
	File   string   `json:"file"`
	Folder string   `json:"folder"`
	Files  []string `json:"files"` // including the folder
}

func newEvidenceExtract(out *term.Output) *cobra.Command {
	accept := acceptFlags{tables: zipCodes()}
	var folder string
	cmd := &cobra.Command{
		Annotations: accept.codes(out),
		Use:         "extract " + manyEvidence + " -o DIR",
		Args:        evidenceArguments,
		RunE: func(cmd *cobra.Command, files []string) error {
			policy, err := accept.policy(cmd)
			if err != nil {
				return err
			}
			folders, err := extractionFolders(cmd, files, folder)
			if err != nil {
				return err
			}
			if len(files) > 1 {
				if err := os.Mkdir(folder, 0o700); err != nil {
					return i18n.Errorf("create folder %s: %w", folder, failure.Reason(err))
				}
				defer os.Remove(folder) // does nothing unless the folder is empty
			}
			return each(out, files, func(file string) error {
				report, err := extractFile(cmd, out, file, folders[file], policy)
				if err != nil {
					return err
				}
				entries := filesIn(report.Entries)
				path := func(i int) string { return extractedPath(folders[file], entries[i]) }
				if out.JSON {
					return out.PrintJSON(extractData{file, folders[file], []string{}},
						term.JSONList{Key: "files", Length: len(entries), Item: func(i int) any { return path(i) }})
				}
				return out.Lines(len(entries), func(i int) string { return term.OneLine(path(i)) })
			})
		},
	}
	cmd.Flags().StringVarP(&folder, "output", "o", "", "")
	accept.addFlags(cmd)
	return cmd
}

// extractionFolders returns the target folder of each file: folder itself for one file, and a
// subfolder of it for each of several. It fails if folder exists, if it cannot be created, or if
// two files have the same target.
func extractionFolders(cmd *cobra.Command, files []string, folder string) (map[string]string, error) {
	if folder == "" {
		return nil, failure.Usagef(cmd, "-o DIR is missing")
	}
	if err := checkFolder(filepath.Dir(filepath.Clean(folder))); err != nil {
		return nil, err
	}
	if fileExists(folder) {
		return nil, folderExists(folder)
	}
	if len(files) == 1 {
		return map[string]string{files[0]: folder}, nil
	}
	folders, taken := map[string]string{}, map[string]string{}
	for _, file := range files {
		name := extractionName(file)
		if !plainName(name) {
			return nil, failure.Usagef(cmd, "no folder can be named after %q; extract it by itself", file)
		}
		// Some file systems ignore the case of names, or how an accent is encoded.
		key := strings.ToLower(norm.NFC.String(name))
		if other, clash := taken[key]; clash {
			return nil,
				failure.Usagef(cmd,
					"%q and %q would both be extracted into a folder called %q; extract one of them by itself",
					other, file, name)
		}
		taken[key] = file
		folders[file] = filepath.Join(folder, name)
	}
	return folders, nil
}

// extractionName returns the name of the folder for a file among several.
func extractionName(file string) string {
	if file == failure.StandardInput {
		return "stdin"
	}
	name := filepath.Base(file)
	if extension := filepath.Ext(name); strings.EqualFold(extension, ".zip") && name != extension {
		return strings.TrimSuffix(name, extension)
	}
	return name
}

func folderExists(folder string) error {
	return failure.FileExists("folder %s exists; choose another name", folder)
}

// extractFile reads the evidence once. It verifies the evidence while writing it, and compares it
// with its receipt before the folder appears.
func extractFile(cmd *cobra.Command, out *term.Output, file, folder string,
	policy evidence.Policy) (*evidence.Report, error) {
	archive, err := openEvidence(cmd, out, file, policy)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	defer archive.showProgress(say(out, "Extracting"))()
	err = archive.Extract(cmd.Context(), folder, evidence.WithPolicy(archive.policy), archive.progress(),
		evidence.WithApproval(func(report *evidence.Report) error { return checkReceipt(file, report) }))
	var (
		refused *evidence.RefusedError
		name    *evidence.SystemNameError
	)
	switch {
	case errors.As(err, &refused):
		return nil, &failure.RefusedFile{File: file, RefusedError: refused}
	case errors.As(err, &name):
		return nil,
			i18n.Errorf("evidence %s: Windows cannot hold the name %q, so nothing was extracted; extract it on Linux "+
				"or macOS, or in WSL",
				failure.FileName(file), name.Entry)
	case errors.Is(err, fs.ErrExist) && fileExists(folder):
		return nil, folderExists(folder)
	case err != nil:
		return nil, err
	}
	return archive.Report(), nil
}

// extractedPaths returns the paths of the extracted files.
func extractedPaths(folder string, report *evidence.Report) []string {
	files := []string{}
	for _, entry := range filesIn(report.Entries) {
		files = append(files, extractedPath(folder, entry))
	}
	return files
}

func extractedPath(folder string, entry *evidence.EntryReport) string {
	return filepath.Join(folder, filepath.FromSlash(entry.Name))
}
