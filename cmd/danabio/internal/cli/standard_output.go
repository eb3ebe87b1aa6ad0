package cli

import (
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// checkStandardOutput fails, before anything is sent, if the output could not be printed. The null
// device is allowed only if the circuit is recorded elsewhere too.
func checkStandardOutput(o *term.Output, kept bool) error {
	if o.StdoutFile == nil {
		return nil
	}
	if err := term.Unwritable(o.StdoutFile); err != nil {
		return &unsentError{i18n.Errorf("nothing was sent, since standard output cannot be written: %w", err)}
	}
	if !kept && term.IsNull(o.StdoutFile) {
		return &unsentError{i18n.Errorf("nothing was sent, since standard output is closed or the null device, and " +
			"nobody would learn the circuit's id and link")}
	}
	return nil
}

// unsentError reports that nothing was sent, because the result could not have been printed.
type unsentError struct{ error }

func (e *unsentError) Unwrap() error { return e.error }

func (e *unsentError) Advice() *i18n.Message {
	return i18n.Textf("Redirect standard output to a file or to a program that reads it. A start with --receipt or " +
		"--journal keeps the circuit's id without it.")
}
