package failure

import (
	"errors"
	"io/fs"
	"os"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// Reason leaves operation and path out of an error of the system, where the text before it names
// the file already.
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

// FileName is how texts call a FILE.
func FileName(file string) error {
	if file == StandardInput {
		return i18n.Textf("standard input")
	}
	return i18n.Verbatim(term.OneLine(file))
}

// StandardInput is what a file is called that is read from there.
const StandardInput = "-"

// writeErrorText is a [term.WriteError] as a message.
func writeErrorText(err *term.WriteError) *i18n.Message {
	return i18n.Textf("write standard output: %w", err.Unwrap())
}
