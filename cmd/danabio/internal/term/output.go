// Package term prints: to standard output data as JSON or as lines NAME=value, to standard error
// notes and a line that shows progress, in the width and colours that a terminal has. It also
// quotes words for shells. Call [NewOutput].
//
// This package knows streams and terminals. It imports nothing of this module.
package term

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
)

// The rules for output are:
//
//   - Data goes to standard output, everything else to standard error.
//   - Data is lines NAME=value that a shell can read (with eval, or by sourcing a file). A value
//     with special characters is in single quotes, and its control characters are replaced. With
//     --json it is one JSON value, or one per line with several files. The tables of "evidence
//     list", "contract", "config show" and "doctor", the files of "evidence extract", the steps of
//     the demo, the version and the spec have their own formats.
//   - A failed command prints no data. The exceptions are a start that succeeded, the JSON report
//     on evidence that is not good, the good files among several, the results of "contract" and
//     "doctor", and the completed steps of a demo.
//   - Standard error gets "danabio: " and the error, what can be done about it, and the notices on
//     good evidence. With --json a failure is one line of JSON there. Notes and the progress line
//     appear only if it is a terminal; the progress line is erased at the end.
//   - With --quiet there are no notes, no notices and no progress line. With --verbose standard
//     error also gets the client's log, even if it is not a terminal.
//   - Colour is used only on terminals and carries no information: the prefix of an error is red,
//     the progress line is dim.
//   - Text is in the requested language; data and JSON are the same in each.
//   - The secret, tokens and the signer's data are never printed. Only start prints the link. The
//     emulator prints its own secret.

// Output is where and how a command prints.
type Output struct {
	Stdout, Stderr io.Writer
	StdoutFile     *os.File      // the file behind Stdout; nil if it is not a file
	JSON           bool          // --json
	Quiet, Verbose bool          // --quiet, --verbose
	JSONLines      bool          // each JSON value is on one line
	Colour         bool          // stderr supports it
	Line           *ProgressLine // nil unless stderr is a terminal
	Language       string        // language of texts, such as es
}

// NewOutput checks stderr, TERM and NO_COLOR to find out what the terminal supports.
func NewOutput(stdout, stderr io.Writer) *Output {
	out := &Output{Stdout: stdout, Stderr: &syncWriter{stream: stderr}, Language: "en"}
	out.StdoutFile, _ = stdout.(*os.File)
	file, ok := stderr.(*os.File)
	if !ok {
		return out
	}
	if _, err := columnsOf(file); err != nil {
		return out
	}
	erases := canErase(file, os.Getenv("TERM"))
	out.Colour = erases && os.Getenv("NO_COLOR") == ""
	out.UseLine(&ProgressLine{Screen: stderr, plain: !erases, dim: out.Colour, First: FirstLine, Width: func() int {
		if columns, err := columnsOf(file); err == nil && columns > 0 {
			return columns
		}
		return 80
	}})
	return out
}

// syncWriter is a stream that several goroutines can write to. With --verbose the client does too.
type syncWriter struct {
	mu     sync.Mutex
	stream io.Writer
}

func (w *syncWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stream.Write(p)
}

// UseLine sets the progress line, and makes all other output erase it first.
func (o *Output) UseLine(line *ProgressLine) {
	if line.plain {
		line.First = firstPlainLine
	}
	o.Line = line
	o.Stdout, o.Stderr = besideLine{o.Stdout, line}, besideLine{o.Stderr, line}
}

// Progress shows text on the progress line until hide is called. hide may be called more than once.
func (o *Output) Progress(text func(now time.Time) string) (hide func()) {
	if o.Line == nil || o.Quiet {
		return func() {}
	}
	return o.Line.show(text)
}

// Logger returns the logger for the client, or nil without --verbose.
func (o *Output) Logger() *slog.Logger {
	if o == nil || !o.Verbose {
		return nil
	}
	return slog.New(slog.NewTextHandler(o.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Line is one line of data.
type Line struct{ Name, Value string }

// Data prints value as JSON, or else the lines.
func (o *Output) Data(value any, lines ...Line) error {
	if o.JSON {
		return o.PrintJSON(value)
	}
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s=%s\n", l.Name, shellQuoted(l.Value))
	}
	return o.Text(b.String())
}

// Text prints data that has its own format.
func (o *Output) Text(text string) error {
	_, err := io.WriteString(o.Stdout, text)
	return Printing(err)
}

// Lines prints n lines, and makes each one when it is printed.
func (o *Output) Lines(n int, line func(i int) string) error {
	w := bufio.NewWriterSize(o.Stdout, 32<<10)
	for i := range n {
		_, _ = w.WriteString(line(i) + "\n") // the writer keeps an error until Flush
	}
	return Printing(w.Flush())
}

// text is a text for people in each language.
type text interface {
	In(language string) string
}

// Note prints what the command is doing, if a person watches.
func (o *Output) Note(text text) {
	if o.Line != nil && !o.Quiet {
		fmt.Fprintln(o.Stderr, text.In(o.Language))
	}
}

// Notice prints a warning about something that works anyway, unless its text is empty. With --json
// it prints nothing, because standard error is then for failures only.
func (o *Output) Notice(text text) {
	if o == nil || o.Quiet || o.JSON {
		return
	}
	if words := text.In(o.Language); words != "" {
		fmt.Fprintln(o.Stderr, "danabio: "+words)
	}
}
