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

// The output rules:
//
//   - Data goes to standard output, all else to standard error.
//   - Data is lines NAME=value, which a shell can take as they are (eval, or a file to source): a
//     value with other characters than plain ones stands in single quotes, and its control
//     characters are replaced. With --json it is one JSON value, and with several files one on a
//     line for each. The tables of "evidence list", "contract", "config show" and "doctor", the
//     files of "evidence extract", the steps of the demo, the version and the spec have forms of
//     their own.
//   - A failed command prints no data, but for a start that succeeded, the JSON report on evidence
//     that is not good, the files that were good among several, what "contract" and "doctor" found,
//     and the steps that a demo came through.
//   - Standard error gets "danabio: " and what went wrong, then what can be done about it, and the
//     notices on evidence that is good. With --json a failure is one line of JSON there. Notes go
//     there only if it is a terminal, and so does the line that says how far the work is, which is
//     gone in the end.
//   - With --quiet there are no notes, no notices and no such line. With --verbose the client's log
//     is there too, whatever it is.
//   - Colour is only on terminals, and means nothing: red is the name in front of what went wrong,
//     dim is the line.
//   - Text is in the language that is asked for; data and JSON are the same in each.
//   - The secret, tokens, and the signer's data are printed nowhere; the link by start alone. The
//     emulator prints its own secret.

// Output is where a command prints to.
type Output struct {
	Stdout, Stderr io.Writer
	StdoutFile     *os.File      // what stdout writes to in the end; nil unless that is a file
	JSON           bool          // --json
	Quiet, Verbose bool          // --quiet, --verbose
	JSONLines      bool          // each JSON value on one line
	Colour         bool          // stderr shows it
	Line           *ProgressLine // nil unless stderr is a terminal
	Language       string        // of texts, such as es
}

// NewOutput looks at stderr, and at TERM and NO_COLOR, for what a terminal can show.
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

// syncWriter is a stream to which several goroutines write: with --verbose, the client's too.
type syncWriter struct {
	mu     sync.Mutex
	stream io.Writer
}

func (w *syncWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stream.Write(p)
}

// UseLine has all else that is printed make room for the line.
func (o *Output) UseLine(line *ProgressLine) {
	if line.plain {
		line.First = firstPlainLine
	}
	o.Line = line
	o.Stdout, o.Stderr = besideLine{o.Stdout, line}, besideLine{o.Stderr, line}
}

// Progress shows on the line how far the work is, until hide is called, which may be called again.
func (o *Output) Progress(text func(now time.Time) string) (hide func()) {
	if o.Line == nil || o.Quiet {
		return func() {}
	}
	return o.Line.show(text)
}

// Logger is where the client's log goes: nowhere, unless it is asked for.
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

// Text prints data that has a form of its own.
func (o *Output) Text(text string) error {
	_, err := io.WriteString(o.Stdout, text)
	return Printing(err)
}

// Lines prints as many lines, each made when it is printed.
func (o *Output) Lines(n int, line func(i int) string) error {
	w := bufio.NewWriterSize(o.Stdout, 32<<10)
	for i := range n {
		_, _ = w.WriteString(line(i) + "\n") // a failure stays until it is asked for
	}
	return Printing(w.Flush())
}

// text is a text for people, which knows itself in each language.
type text interface {
	In(language string) string
}

// Note tells a person what is going on.
func (o *Output) Note(text text) {
	if o.Line != nil && !o.Quiet {
		fmt.Fprintln(o.Stderr, text.In(o.Language))
	}
}

// Notice tells what somebody should know about what works all the same, unless its text is empty.
// With --json standard error is for failures alone.
func (o *Output) Notice(text text) {
	if o == nil || o.Quiet || o.JSON {
		return
	}
	if words := text.In(o.Language); words != "" {
		fmt.Fprintln(o.Stderr, "danabio: "+words)
	}
}
