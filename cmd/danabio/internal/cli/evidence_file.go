package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// evidenceFile is evidence from a file or from standard input.
type evidenceFile struct {
	*evidence.Archive
	policy  evidence.Policy
	remove  func()        // removes the temporary file
	out     *term.Output  // where to print the progress
	reading *readProgress // nil unless progress is shown
}

func newEvidenceFile(archive *evidence.Archive, policy evidence.Policy, out *term.Output,
	remove func()) *evidenceFile {
	opened := &evidenceFile{Archive: archive, policy: policy, remove: remove, out: out}
	if out.Line != nil && !out.Quiet {
		opened.reading = newReadProgress(out, "")
	}
	return opened
}

// progress returns the option that shows the progress of a verification or an extraction.
func (e *evidenceFile) progress() evidence.Option {
	if e.reading == nil {
		return evidence.WithProgress(nil)
	}
	return evidence.WithProgress(e.reading.update)
}

// showProgress shows the progress of the reading, labelled with what, until hide is called.
func (e *evidenceFile) showProgress(what string) (hide func()) {
	if e.reading == nil {
		return func() {}
	}
	e.reading.what = what
	return e.out.Progress(e.reading.text)
}

func (e *evidenceFile) verify(ctx context.Context, inspectors ...evidence.Inspector) (*evidence.Report, error) {
	defer e.showProgress(say(e.out, "Verifying"))()
	return e.Verify(ctx, evidence.WithPolicy(e.policy), e.progress(), evidence.WithInspectors(inspectors...))
}

func (e *evidenceFile) Close() {
	_ = e.Archive.Close()
	e.remove()
}

// openEvidence opens evidence, whether acceptable or not. A path that does not exist or is not a
// file is bad input; any other failure to read it is a system error.
func openEvidence(cmd *cobra.Command, out *term.Output, file string, policy evidence.Policy) (*evidenceFile, error) {
	if file == failure.StandardInput {
		return openPiped(cmd, out, policy)
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil, failure.BadInput("evidence %s: %w", file, failure.Reason(err))
	case err != nil:
		return nil, i18n.Errorf("evidence %s: %w", file, failure.Reason(err))
	case info.IsDir():
		return nil, failure.BadInput("evidence %s is a folder; give the ZIP itself", file)
	case !info.Mode().IsRegular():
		return nil, failure.BadInput("evidence %s is a device or a pipe; give - and redirect standard input from it",
			file)
	}
	archive, err := evidence.Open(file, evidence.Limits{})
	if err != nil {
		return nil, err
	}
	return newEvidenceFile(archive, policy, out, func() {}), nil
}

func openPiped(cmd *cobra.Command, out *term.Output, policy evidence.Policy) (*evidenceFile, error) {
	source, hide := readStandardInput(out, cmd)
	defer hide()
	limits, err := evidence.Limits{}.WithDefaults()
	if err != nil {
		return nil, err
	}
	file, remove, err := spoolEvidence(source, limits.MaxFileSize)
	if err != nil {
		return nil, err
	}
	archive, err := openSpooled(file)
	if err != nil {
		remove()
		return nil, err
	}
	return newEvidenceFile(archive, policy, out, remove), nil
}

func openSpooled(file *os.File) (*evidence.Archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return evidence.OpenReader(file, info.Size(), evidence.Limits{})
}

// openVerified opens evidence and returns it if it is acceptable and matches its receipt, if it has
// one.
func openVerified(cmd *cobra.Command, out *term.Output, file string,
	policy evidence.Policy) (*evidenceFile, *evidence.Report, error) {
	archive, err := openEvidence(cmd, out, file, policy)
	if err != nil {
		return nil, nil, err
	}
	report, err := archive.verify(cmd.Context())
	var refused *evidence.RefusedError
	if errors.As(err, &refused) {
		err = &failure.RefusedFile{File: file, RefusedError: refused}
	}
	if err == nil {
		err = checkReceipt(file, report)
	}
	if err != nil {
		archive.Close()
		return nil, nil, err
	}
	return archive, report, nil
}
