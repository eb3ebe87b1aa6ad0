package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// each does one thing to each file. With several it goes on past failures, tells each as it comes,
// and fails with the worst of them in the end; then JSON stands on one line for each file. Only an
// interrupt and a standard output that cannot be written end it early.
func each(o *term.Output, files []string, do func(file string) error) error {
	defer limitMemory()()
	if len(files) == 1 {
		err := failure.AboutFile(files[0], do(files[0]))
		if errors.Is(err, context.Canceled) {
			err = &interruptedError{err, shortList(files)}
		}
		return err
	}
	o.JSONLines = true
	failed := failedFiles{files: len(files)}
	for i, file := range files {
		err := failure.AboutFile(file, do(file))
		var unwritten *term.WriteError
		switch {
		case err == nil:
			continue
		case errors.Is(err, context.Canceled):
			return &interruptedError{err, shortList(files[i:])}
		case errors.As(err, &unwritten):
			return err
		}
		failure.Print(o, err)
		failed.count++
		failed.code = failure.Worse(failed.code, failure.ExitCode(err))
	}
	if failed.count > 0 {
		return &failed
	}
	return nil
}

// failedFiles says that some of several files failed; each was told already.
type failedFiles struct {
	count, files int
	code         int
}

func (e *failedFiles) text() *i18n.Message {
	return i18n.Textf("%d of %d files failed", e.count, e.files)
}
func (e *failedFiles) Error() string             { return e.text().Error() }
func (e *failedFiles) Spanish() i18n.Translation { return e.text().Spanish() }

func (e *failedFiles) Worst() int { return e.code }

// interruptedError is that the user ended a command that had something left to do.
type interruptedError struct {
	error
	left *i18n.Message
}

func (e *interruptedError) Unwrap() error { return e.error }
func (e *interruptedError) Advice() *i18n.Message {
	return i18n.Textf("Nothing half done is left behind. Not done: %s", e.left)
}

// shownLeft bounds what is listed.
const shownLeft = 10

// shortList names things, the first of them if there are many.
func shortList(names []string) *i18n.Message {
	var shown []string
	for _, name := range names[:min(len(names), shownLeft)] {
		shown = append(shown, term.OneLine(name))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		return i18n.Textf("%s and %d more", text, more)
	}
	return i18n.Textf("%s", text)
}
