package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/danabio/danabio-go/internal/language"
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

// output is where a command prints to.
type output struct {
	stdout, stderr io.Writer
	stdoutFile     *os.File      // what stdout writes to in the end; nil unless that is a file
	json           bool          // --json
	quiet, verbose bool          // --quiet, --verbose
	jsonLines      bool          // each JSON value on one line
	colour         bool          // stderr shows it
	line           *progressLine // nil unless stderr is a terminal
	language       language.Language
}

// newOutput looks at stderr, and at TERM and NO_COLOR, for what a terminal can show.
func newOutput(stdout, stderr io.Writer) *output {
	out := &output{stdout: stdout, stderr: &oneAtATime{stream: stderr}, language: language.English}
	out.stdoutFile, _ = stdout.(*os.File)
	file, ok := stderr.(*os.File)
	if !ok {
		return out
	}
	if _, err := columnsOf(file); err != nil {
		return out
	}
	erases := canErase(file, os.Getenv("TERM"))
	out.colour = erases && os.Getenv("NO_COLOR") == ""
	out.useLine(&progressLine{screen: stderr, plain: !erases, dim: out.colour, first: firstLine, width: func() int {
		if columns, err := columnsOf(file); err == nil && columns > 0 {
			return columns
		}
		return 80
	}})
	return out
}

// oneAtATime is a stream to which several goroutines write: with --verbose, the client's too.
type oneAtATime struct {
	mu     sync.Mutex
	stream io.Writer
}

func (w *oneAtATime) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stream.Write(p)
}

// useLine has all else that is printed make room for the line.
func (o *output) useLine(line *progressLine) {
	if line.plain {
		line.first = firstPlainLine
	}
	o.line = line
	o.stdout, o.stderr = besideLine{o.stdout, line}, besideLine{o.stderr, line}
}

// progress shows on the line how far the work is, until hide is called, which may be called again.
func (o *output) progress(text func(now time.Time) string) (hide func()) {
	if o.line == nil || o.quiet {
		return func() {}
	}
	return o.line.show(text)
}

// say is a text for people that is part of another one, or stands on the progress line.
func (o *output) say(format string, args ...any) string { return textf(format, args...).in(o.language) }

// logger is where the client's log goes: nowhere, unless it is asked for.
func (o *output) logger() *slog.Logger {
	if o == nil || !o.verbose {
		return nil
	}
	return slog.New(slog.NewTextHandler(o.stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// line is one line of data.
type line struct{ name, value string }

// data prints value as JSON, or else the lines.
func (o *output) data(value any, lines ...line) error {
	if o.json {
		return o.jsonData(value)
	}
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s=%s\n", l.name, shellQuoted(l.value))
	}
	return o.text(b.String())
}

// text prints data that has a form of its own.
func (o *output) text(text string) error {
	_, err := io.WriteString(o.stdout, text)
	return printing(err)
}

// lines prints as many lines, each made when it is printed.
func (o *output) lines(n int, line func(i int) string) error {
	w := bufio.NewWriterSize(o.stdout, 32<<10)
	for i := range n {
		_, _ = w.WriteString(line(i) + "\n") // a failure stays until it is asked for
	}
	return printing(w.Flush())
}

func printing(err error) error {
	if err != nil {
		return &printError{errorf("write standard output: %w", err)}
	}
	return nil
}

// printError is that standard output cannot be written.
type printError struct{ error }

func (e *printError) Unwrap() error { return e.error }
func (e *printError) advice() *message {
	return textf("Only what is printed was lost: what the command has sent or stored stays.")
}

// keptFailure is a stream that remembers its first failure, for those who write to it and do not
// look.
type keptFailure struct {
	stream io.Writer
	err    error
}

func (w *keptFailure) Write(p []byte) (int, error) {
	n, err := w.stream.Write(p)
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// checkStandardOutput fails, before anything is sent, if what is printed cannot arrive. The null
// device is right only if the circuit is kept elsewhere too.
func (o *output) checkStandardOutput(kept bool) error {
	if o.stdoutFile == nil {
		return nil
	}
	if err := unwritable(o.stdoutFile); err != nil {
		return &unsentError{errorf("nothing was sent, since standard output cannot be written: %w", err)}
	}
	if !kept && isNull(o.stdoutFile) {
		return &unsentError{errorf("nothing was sent, since standard output is closed or the null device, and nobody " +
			"would learn the circuit's id and link")}
	}
	return nil
}

// unsentError is that nothing was sent, since what comes of it could not be printed.
type unsentError struct{ error }

func (e *unsentError) Unwrap() error { return e.error }
func (e *unsentError) advice() *message {
	return textf("Have standard output go to a file or to a program that reads it. A start with --receipt or " +
		"--journal keeps the circuit's id without it.")
}

// note tells a person what is going on.
func (o *output) note(format string, args ...any) {
	if o.line != nil && !o.quiet {
		fmt.Fprintln(o.stderr, textf(format, args...).in(o.language))
	}
}

// notice tells what somebody should know about what works all the same. With --json standard error
// is for failures alone.
func (o *output) notice(text *message) {
	if o != nil && text != nil && !o.quiet && !o.json {
		fmt.Fprintln(o.stderr, "danabio: "+textf("notice: %s", text).in(o.language))
	}
}

// inFlags puts the names of flags into the errors of package danabio, which speak of what its
// callers know.
var inFlags = strings.NewReplacer(
	"Config.Credentials", "--client-id and DANABIO_CLIENT_SECRET",
	"set Config.AllowPlainHTTP", "give --allow-plain-http",
	"Config.EvidenceLimits allows", "the limit is",
	"CircuitRequest.ID", "--id",
	"Signer.Name", "--signer-name",
	"Signer.Email", "--signer-email",
	"Signer.NIF", "--signer-nif",
	"context canceled", "interrupted",
)

// oneLine makes foreign text safe for a terminal: what would move the cursor or change the reading
// direction is replaced.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
