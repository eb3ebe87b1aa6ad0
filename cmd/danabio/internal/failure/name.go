package failure

import (
	"errors"
	"io/fs"
	"os"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// Reason removes operation and path from a system error, for messages that already name the file.
func Reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

// FileName returns the name of a FILE for messages.
func FileName(file string) error {
	if file == StandardInput {
		return i18n.Textf("standard input")
	}
	return i18n.Verbatim(term.OneLine(file))
}

// StandardInput is the file argument that stands for standard input.
const StandardInput = "-"

// writeErrorText converts a [term.WriteError] to a message.
func writeErrorText(err *term.WriteError) *i18n.Message {
	return i18n.Textf("write standard output: %w", err.Unwrap())
}
