package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/internal/auditreport"
	"github.com/danabio/danabio-go/internal/language"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// shownName is how texts call a FILE.
func shownName(file string) error {
	if file == standardInput {
		return textf("standard input")
	}
	return said(oneLine(file))
}

// openedEvidence is evidence in a file, or one that came from standard input.
type openedEvidence struct {
	*evidence.Archive
	remove  func()   // what was stored for it
	out     *output  // where to tell how far its reading is
	reading *reading // nil unless that is told
}

func newOpenedEvidence(archive *evidence.Archive, out *output, remove func()) *openedEvidence {
	opened := &openedEvidence{Archive: archive, remove: remove, out: out}
	if out.line != nil && !out.quiet {
		opened.reading = out.newReading("")
		archive.OnProgress(opened.reading.at)
	}
	return opened
}

// shows tells how far the reading is, under the name of what is done, until hide is called.
func (e *openedEvidence) shows(what string) (hide func()) {
	if e.reading == nil {
		return func() {}
	}
	e.reading.what = what
	return e.out.progress(e.reading.text)
}

func (e *openedEvidence) verify(ctx context.Context, inspectors ...evidence.Inspector) (*evidence.Report, error) {
	defer e.shows(e.out.say("Verifying"))()
	return e.VerifyContext(ctx, inspectors...)
}

func (e *openedEvidence) Close() {
	_ = e.Archive.Close()
	e.remove()
}

// openEvidence opens evidence, acceptable or not. What does not exist and what is no file is bad
// input; all else that keeps it from being read is a failure of the system's.
func openEvidence(cmd *cobra.Command, out *output, file string, limits evidence.Limits) (*openedEvidence, error) {
	if file == standardInput {
		return openPiped(cmd, out, limits)
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil, badInput("evidence %s: %w", file, reason(err))
	case err != nil:
		return nil, errorf("evidence %s: %w", file, reason(err))
	case info.IsDir():
		return nil, badInput("evidence %s is a folder; give the ZIP itself", file)
	case !info.Mode().IsRegular():
		return nil, badInput("evidence %s is a device or a pipe; give - and redirect standard input from it", file)
	}
	archive, err := evidence.Open(file, limits)
	if err != nil {
		return nil, err
	}
	return newOpenedEvidence(archive, out, func() {}), nil
}

func openPiped(cmd *cobra.Command, out *output, limits evidence.Limits) (*openedEvidence, error) {
	source, hide := out.fromStandardInput(cmd)
	defer hide()
	file, remove, err := spoolEvidence(source, limits.MaxFileSize)
	if err != nil {
		return nil, err
	}
	archive, err := openSpooled(file, limits)
	if err != nil {
		remove()
		return nil, err
	}
	return newOpenedEvidence(archive, out, remove), nil
}

func openSpooled(file *os.File, limits evidence.Limits) (*evidence.Archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return evidence.OpenReader(file, info.Size(), limits)
}

// verified opens evidence that is acceptable and agrees with its receipt, if it has one.
func verified(cmd *cobra.Command, out *output, file string,
	limits evidence.Limits) (*openedEvidence, *evidence.Report, error) {
	archive, err := openEvidence(cmd, out, file, limits)
	if err != nil {
		return nil, nil, err
	}
	report, err := archive.verify(cmd.Context())
	var refused *evidence.RefusedError
	if errors.As(err, &refused) {
		err = &refusedFile{file, refused}
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

// refusedFile is evidence that is not acceptable. Its text has a line for each reason.
type refusedFile struct {
	file string
	*evidence.RefusedError
}

func (e *refusedFile) Unwrap() error { return e.RefusedError }

// shownReasons bounds what a hostile ZIP can print.
const shownReasons = 20

func (e *refusedFile) reasons() error {
	name := shownName(e.file)
	var reasons []error
	for _, finding := range e.Findings[:min(len(e.Findings), shownReasons)] {
		reasons = append(reasons, errorf("evidence refused: %s: %w", name, shownFinding(finding)))
	}
	if rest := len(e.Findings) + e.Omitted - len(reasons); rest > 0 {
		reasons = append(reasons,
			errorf("evidence refused: %s: and %d more reasons; \"danabio evidence verify --json\" tells more", name,
				rest))
	}
	if len(reasons) == 0 {
		return errorf("evidence refused: %s", name)
	}
	return errors.Join(reasons...)
}

func (e *refusedFile) Error() string   { return e.reasons().Error() }
func (e *refusedFile) spanish() saying { return inSpanish(e.reasons()) }

// shownFinding is a finding in a text for people. Its message is in English; other languages have
// the general sentence of its code.
type shownFinding evidence.Finding

func (f shownFinding) Error() string { return evidence.Finding(f).String() }

func (f shownFinding) spanish() saying {
	text := auditreport.CodeText(language.Spanish, f.Code)
	if text == "" {
		return saying{string(f.Code), []string{f.Error()}}
	}
	if f.Entry == "" {
		return saying{text: fmt.Sprintf("%s: %s", f.Code, text)}
	}
	return saying{text: fmt.Sprintf("%s: %q: %s", f.Code, f.Entry, text)}
}
