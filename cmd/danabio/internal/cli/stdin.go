package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/robustio"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// inputOf returns standard input. If nothing can come from it, reading fails rather than yielding
// an empty document, list or secret.
func inputOf(stdin io.Reader) io.Reader {
	if file, ok := stdin.(*os.File); ok && term.IsNull(file) {
		return closedInput{}
	}
	return stdin
}

// closedInput is a standard input that is closed or the null device, which is the default in a
// container.
type closedInput struct{}

func (closedInput) Read([]byte) (int, error) {
	return 0, i18n.Errorf("it is closed or the null device, so nothing comes from it")
}

// checkDashes fails if - is given for a file that is neither read from standard input nor written
// to standard output, because nobody means a file of that name. --request is the only flag that
// reads standard input; the commands check their own arguments.
func checkDashes(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if err != nil || flag.Value.String() != failure.StandardInput || flag.Name == "request" {
			return
		}
		switch name, _ := pflag.UnquoteUsage(flag); {
		case flag.Name == "client-secret-file":
			err = failure.Usagef(cmd,
				"--client-secret-file - is not a file; for standard input use --client-secret-stdin")
		case flag.Shorthand != "" && namesAFile(name):
			err = dashIsNoFile(cmd, "-"+flag.Shorthand)
		case namesAFile(name):
			err = dashIsNoFile(cmd, "--"+flag.Name)
		}
	})
	return err
}

// namesAFile reports whether a name in usage or flags stands for a file or folder: FILE, DIR, or a
// word with an extension.
func namesAFile(name string) bool {
	stem, ending, found := strings.Cut(name, ".")
	return name == "FILE" || strings.HasSuffix(name, "DIR") || found && ending != "" && stem == strings.ToUpper(stem) &&
		stem != "NAME"
}

func dashIsNoFile(cmd *cobra.Command, name string) error {
	return failure.Usagef(cmd, "%s - is not a file, since nothing there goes to standard output or comes from "+
		"standard input; name a file, or give ./- for one that is called -", name)
}

func countOf(files []string, wanted string) int {
	count := 0
	for _, file := range files {
		if file == wanted {
			count++
		}
	}
	return count
}

// readStandardInput returns a reader that stops when the command is interrupted. It shows the
// progress until hide is called.
func readStandardInput(o *term.Output, cmd *cobra.Command) (source io.Reader, hide func()) {
	read := newReadProgress(o, say(o, "Reading standard input"))
	return countingReader{settings.Interruptible(cmd.Context(), cmd.InOrStdin()), read}, o.Progress(read.text)
}

// spool stores a document from standard input, because its size must be known before it is sent.
// The file is called name, is in a private temporary folder, and only the user can read it. The
// returned function removes both.
func spool(source io.Reader, name string) (path string, remove func(), err error) {
	folder, err := os.MkdirTemp("", "danabio-*") // mode 0700
	if err != nil {
		return "", nil, i18n.Errorf("store the document from standard input: %w", err)
	}
	remove = func() { _ = robustio.RemoveAll(folder) }
	path = filepath.Join(folder, name)
	if err := spoolInto(path, source); err != nil {
		remove()
		return "", nil, i18n.Errorf("store the document from standard input: %w", err)
	}
	return path, remove, nil
}

func spoolInto(path string, source io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, source)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// spoolEvidence stores evidence from standard input, because a ZIP is read from its end. Only the
// user can read the temporary file. Where the system allows it, the file has no name any more, so
// that even a killed process leaves nothing behind. The returned function closes and removes it.
func spoolEvidence(source io.Reader, limit int64) (file *os.File, remove func(), err error) {
	file, err = os.CreateTemp("", "danabio-*.zip") // mode 0600
	if err != nil {
		return nil, nil, i18n.Errorf("store the evidence from standard input: %w", err)
	}
	named := os.Remove(file.Name()) != nil
	remove = func() {
		_ = file.Close()
		if named {
			_ = robustio.RemoveAll(file.Name())
		}
	}
	size, err := io.CopyBuffer(struct{ io.Writer }{file}, io.LimitReader(source, limit+1), make([]byte, 256<<10))
	switch {
	case err != nil:
		err = i18n.Errorf("store the evidence from standard input: %w", failure.Reason(err))
	case size > limit:
		err = &failure.RefusedFile{File: failure.StandardInput,
			RefusedError: &evidence.RefusedError{Findings: []evidence.Finding{{
				Class: evidence.ClassLimit, Code: evidence.CodeFileTooLarge, Severity: evidence.SeverityRefusal,
				Offset:  limit,
				Message: fmt.Sprintf("the ZIP has more than %d bytes", limit),
			}}}}
	}
	if err != nil {
		remove()
		return nil, nil, err
	}
	return file, remove, nil
}
