package failure

import (
	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// usageError reports wrong usage of a command.
type usageError struct {
	command string
	err     error
}

// Usage returns an error for wrong usage of a command.
func Usage(cmd *cobra.Command, err error) error { return &usageError{cmd.CommandPath(), err} }

// Usagef is Usage with a message.
func Usagef(cmd *cobra.Command, format string, args ...any) error {
	return Usage(cmd, i18n.Errorf(format, args...))
}

func (e *usageError) Error() string { return e.err.Error() }

func (e *usageError) Unwrap() error { return e.err }

func (e *usageError) Advice() *i18n.Message {
	return i18n.Textf("Run %q to see how it is used.", e.command+" --help")
}

// inputError reports bad input that the command found before the client did.
type inputError struct {
	*i18n.Message
	kind Kind
}

// BadInput returns an error for invalid input.
func BadInput(format string, args ...any) error {
	return &inputError{i18n.Textf(format, args...), KindBadInput}
}

// FileExists returns an error for a target that already exists.
func FileExists(format string, args ...any) error {
	return &inputError{i18n.Textf(format, args...), KindFileExists}
}

func (e *inputError) Unwrap() []error { return []error{danabio.ErrInvalidRequest, e.Message} }

// FailedChecks reports that checks failed. Each has printed its advice; kind is that of the first.
func FailedChecks(err error, kind Kind) error { return &failedChecks{err, kind} }

type failedChecks struct {
	error
	kind Kind
}

func (e *failedChecks) Unwrap() error { return e.error }

func (e *failedChecks) Advice() *i18n.Message { return nil }
