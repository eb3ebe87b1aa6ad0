package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func TestEachFileIsDoneAndTheWorstDecides(t *testing.T) {
	refused, missing, unread := error(&failure.RefusedFile{File: "x.zip", RefusedError: &evidence.RefusedError{}}),
		failure.BadInput("is not there"),
		fs.ErrPermission
	tests := []struct {
		name string
		errs []error
		want int
		done int
	}{
		{"all good", []error{nil, nil}, 0, 2},
		{"missing", []error{missing, nil}, 2, 2},
		{"unread after missing", []error{missing, unread, nil}, 1, 3},
		{"unread before missing", []error{unread, nil, missing}, 1, 3},
		{"refused first", []error{refused, unread, missing}, 6, 3},
		{"refused last", []error{missing, unread, refused}, 6, 3},
		{"interrupted", []error{refused, context.Canceled, nil}, 130, 2},
		{"standard output is full", []error{nil, term.Printing(errFull), nil}, 1, 2},
		{"standard output is full after a refusal", []error{refused, term.Printing(errFull), nil}, 1, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			files, done := make([]string, len(test.errs)), 0
			err := each(term.NewOutput(&stdout, &stderr), files, func(string) error {
				done++
				return test.errs[done-1]
			})
			if got := failure.ExitCode(err); got != test.want || done != test.done {
				t.Errorf("exit code %d after %d files, want %d after %d; %v", got, done, test.want, test.done, err)
			}
		})
	}
}

func TestWorseKeepsToTheOrderOfTheHelp(t *testing.T) {
	for i, worst := range failure.ByWeight {
		for _, other := range failure.ByWeight[i:] {
			if failure.Worse(worst, other) != worst || failure.Worse(other, worst) != worst {
				t.Errorf("of %d and %d, %d is worse", worst, other, worst)
			}
		}
	}
	// The help of commands that take several arguments lists the exit codes in this order.
	for _, path := range [][]string{{"wait"}, {"evidence", "verify"}} {
		last := -1
		cmd, _, err := newRoot(term.NewOutput(io.Discard, io.Discard)).Find(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(cmd.Long) {
			var code int
			if n, _ := fmt.Sscanf(line, "  %d ", &code); n == 0 {
				continue
			}
			at := slices.Index(failure.ByWeight, code)
			if at <= last {
				t.Errorf("the help has %d in the wrong place", code)
			}
			last = at
		}
		if last < 0 {
			t.Error("the help tells no order")
		}
	}
}

func TestOneFileFailsAsItIs(t *testing.T) {
	var stderr bytes.Buffer
	unread := errors.New("input/output error")
	if err := each(term.NewOutput(&stderr, &stderr), []string{"a.zip"},
		func(string) error { return unread }); !errors.Is(err,
		unread) || err.Error() != unread.Error() || stderr.Len() > 0 {
		t.Errorf("got %v, stderr %q", err, stderr.String())
	}
}

func TestReasonsAreBoundedAndSafeForATerminal(t *testing.T) {
	many := &evidence.RefusedError{Omitted: 5}
	for n := range 30 {
		many.Findings = append(many.Findings,
			evidence.Finding{Code: evidence.CodeCRC, Entry: fmt.Sprintf("\x1b[2J\n%d", n), Message: "wrong"})
	}
	var stderr bytes.Buffer
	failure.Print(term.NewOutput(&stderr, &stderr), &failure.RefusedFile{File: "a\n\x1b.zip", RefusedError: many})
	lines := strings.Split(strings.TrimSuffix(stderr.String(), "\n"), "\n")
	if len(lines) != 21 || !strings.Contains(lines[20], "and 15 more reasons") ||
		strings.Contains(stderr.String(), "\x1b") {
		t.Errorf("%d lines: %q", len(lines), stderr.String())
	}
}

func TestNoticesAreOneForEachCode(t *testing.T) {
	report := &evidence.Report{
		Findings: []evidence.Finding{
			{Code: "owner", Severity: evidence.SeverityNotice, Entry: "a", Message: "it names its owner"},
			{Code: "odd-date", Severity: evidence.SeverityNotice, Entry: "a", Message: "its date is none"},
			{Code: "name-colon", Severity: evidence.SeverityAccepted, Entry: "a:b", Message: "it has a colon"},
			{Code: "owner", Severity: evidence.SeverityNotice, Entry: "b", Message: "it names its owner"},
		},
		OmittedFindings: map[evidence.Code]int{"owner": 40},
	}
	want := `owner: "a": it names its owner (and 41 more)|odd-date: "a": its date is none`
	var lines []string
	for _, notice := range notices(report) {
		lines = append(lines, notice.Error())
	}
	if got := strings.Join(lines, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestExtractionNames(t *testing.T) {
	for file, want := range map[string]string{
		"a.zip": "a", "in/b.ZIP": "b", "c": "c", "d.zip.rejected": "d.zip.rejected", ".zip": ".zip",
		"e.zip.zip": "e.zip", "-": "stdin", "./-": "-", "..": "..",
	} {
		if got := extractionName(file); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}
