package failure

import (
	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// usageError is wrong usage of a command.
type usageError struct {
	command string
	err     error
}

// Usage says that a command was used wrongly.
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

// inputError is bad input that was found here, before the client could find it.
type inputError struct {
	*i18n.Message
	kind Kind
}

// BadInput says what is wrong with what was given.
func BadInput(format string, args ...any) error {
	return &inputError{i18n.Textf(format, args...), KindBadInput}
}

// FileExists says that the target already exists.
func FileExists(format string, args ...any) error {
	return &inputError{i18n.Textf(format, args...), kindFileExists}
}

func (e *inputError) Unwrap() []error { return []error{danabio.ErrInvalidRequest, e.Message} }

// FailedChecks says that checks failed, of which each has told its advice; the kind is that of the
// first.
func FailedChecks(err error, kind Kind) error { return &failedChecks{err, kind} }

type failedChecks struct {
	error
	kind Kind
}

func (e *failedChecks) Unwrap() error { return e.error }

func (e *failedChecks) Advice() *i18n.Message { return nil }
