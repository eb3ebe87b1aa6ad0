package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// each calls do for each file. With several files it continues after a failure, prints each failure
// as it occurs, and returns an error with the most important exit code; JSON is then one line per
// file. Only an interrupt or an unwritable standard output stops it early.
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

// failedFiles reports that some of several files failed. Each failure has been printed already.
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

// interruptedError reports that the user interrupted a command before it was finished.
type interruptedError struct {
	error
	left *i18n.Message
}

func (e *interruptedError) Unwrap() error { return e.error }
func (e *interruptedError) Advice() *i18n.Message {
	return i18n.Textf("Nothing half done is left behind. Not done: %s", e.left)
}

// shownLeft is the largest number of names that [listed] shows.
const shownLeft = 10

// shortList joins names for a message, and shows only the first ones if there are many.
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
