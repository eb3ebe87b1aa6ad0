package journal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/journal"
)

// sampleLines returns the lines of a journal with three requests: one was started, one was refused
// and begun again, and one has no result.
func sampleLines(t testing.TB) [][]byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "starts.journal")
	j := open(t, path)
	begin(t, j, "loan-1")
	end(t, j, "loan-1", danabio.Started)
	begin(t, j, "loan-2")
	end(t, j, "loan-2", danabio.Refused)
	begin(t, j, "loan-3", "loan-2")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	return lines[:len(lines)-1] // nothing follows the last line break
}

func write(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "starts.journal")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTornLastRecordIsCutOff(t *testing.T) {
	lines := sampleLines(t)
	last := lines[len(lines)-1]
	whole := bytes.Join(lines[:len(lines)-1], nil)
	for name, rest := range map[string][]byte{
		"zeros":                make([]byte, len(last)),
		"half, then zeros":     append(bytes.Clone(last[:len(last)/2]), make([]byte, 40)...),
		"nothing":              nil,
		"the start, and zeros": append(bytes.Clone(last[:5]), 0, 0),
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, append(bytes.Clone(whole), rest...))
			j := open(t, path)
			if content, _ := os.ReadFile(path); !bytes.Equal(content, whole) {
				t.Fatalf("%d bytes are left, want %d", len(content), len(whole))
			}
			if got, _ := j.Lookup("loan-2"); got.Outcome() != danabio.Refused {
				t.Errorf("loan-2 is %q, want it refused: it has begun once only", got.Outcome())
			}
			begin(t, j, "loan-2", "loan-4")
			j = reopen(t, j, path)
			if got := j.Unfinished(); len(got) != 3 || got[2].RequestID != "loan-4" {
				t.Errorf("unfinished %+v", got)
			}
		})
	}
}

// A crash while the journal writes an intent leaves the same bytes as a copy that ends within an
// intent. In a copy the start may have been sent, so the journal discards nothing until somebody
// calls RemoveCut.
func TestACutIntentIsRefusedUntilItIsSettled(t *testing.T) {
	lines := sampleLines(t)
	last := lines[len(lines)-1] // the second intent of loan-2
	whole := bytes.Join(lines[:len(lines)-1], nil)
	for name, test := range map[string]struct {
		rest []byte
		id   string
	}{
		"one byte":              {last[:1], ""},
		"within the request ID": {last[:bytes.Index(last, []byte("loan-2"))+3], ""},
		"half":                  {last[:len(last)/2], "loan-2"},
		"all but the newline":   {last[:len(last)-1], "loan-2"},
	} {
		t.Run(name, func(t *testing.T) {
			content := append(bytes.Clone(whole), test.rest...)
			path := write(t, content)
			for range 2 {
				_, err := journal.Open(path)
				var damage *journal.DamageError
				if !errors.As(err, &damage) || !damage.Cut || damage.RequestID != test.id ||
					!strings.Contains(err.Error(), test.id) {
					t.Fatalf("got %v, want a DamageError for a cut intent of %q", err, test.id)
				}
				if now, _ := os.ReadFile(path); !bytes.Equal(now, content) {
					t.Fatal("the file was changed")
				}
			}
			if err := journal.RemoveCut(path); err != nil {
				t.Fatal(err)
			}
			j := open(t, path)
			if now, _ := os.ReadFile(path); !bytes.Equal(now, whole) {
				t.Errorf("%d bytes are left, want %d", len(now), len(whole))
			}
			begin(t, j, "loan-2")
			if err := journal.RemoveCut(path); !errors.Is(err, journal.ErrLocked) {
				t.Errorf("while it is open: %v", err)
			}
		})
	}
}

// A cut result leaves its intent without a result, so the journal loses no intent.
func TestACutResultIsCutOff(t *testing.T) {
	lines := sampleLines(t)
	result := lines[1] // the result of loan-1
	for _, length := range []int{bytes.Index(result, []byte("loan-1")) + len(`loan-1"`), len(result) / 2,
		len(result) - 1} {
		path := write(t, append(bytes.Clone(lines[0]), result[:length]...))
		j := open(t, path)
		if got := j.Unfinished(); len(got) != 1 || got[0].RequestID != "loan-1" {
			t.Errorf("cut after %d bytes: unfinished %+v", length, got)
		}
	}
}

func TestRemoveCutRemovesNothingElse(t *testing.T) {
	lines := sampleLines(t)
	for name, content := range map[string][]byte{
		"a whole journal":  bytes.Join(lines, nil),
		"an empty one":     nil,
		"a cut result":     append(bytes.Clone(lines[0]), lines[1][:len(lines[1])-1]...),
		"damage before":    append([]byte("note to self\n"), lines[0][:50]...),
		"another file":     []byte(`{"key":"value"}`),
		"zeros at the end": append(bytes.Clone(lines[0]), make([]byte, 20)...),
	} {
		path := write(t, content)
		if err := journal.RemoveCut(path); err == nil {
			t.Errorf("%s: it succeeded", name)
		}
		if now, _ := os.ReadFile(path); !bytes.Equal(now, content) {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if err := journal.RemoveCut(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestDamageIsTold(t *testing.T) {
	lines := sampleLines(t)
	joined := func(lines ...[]byte) []byte { return bytes.Join(lines, nil) }
	flipped := func(line []byte, at int) []byte {
		line = bytes.Clone(line)
		line[at] ^= 1
		return line
	}
	last := lines[len(lines)-1]
	for name, test := range map[string]struct {
		content []byte
		line    int
		says    string
	}{
		"a bit in the first line":   {joined(flipped(lines[0], 40), lines[1]), 1, "checksum"},
		"a bit in the last line":    {joined(lines[0], flipped(lines[1], 60)), 2, "checksum"},
		"a bit in the checksum":     {joined(lines[0], flipped(lines[1], len(lines[1])-5)), 2, "checksum"},
		"a line is missing":         {joined(lines[1], lines[2]), 1, "no intent"},
		"a line stands twice":       {joined(lines[0], lines[0]), 2, "may have started"},
		"a result stands twice":     {joined(lines[0], lines[1], lines[1]), 3, "already"},
		"torn in the middle":        {joined(lines[0][:50], lines[1]), 1, "checksum"},
		"an empty line":             {joined(lines[0], []byte("\n")), 2, "not a record"},
		"a short line":              {joined(lines[0], []byte("{\"danabioJournal\":1}\n")), 2, "damaged"},
		"a later version":           {[]byte("{\"danabioJournal\":2,\"x\":1}\n"), 1, "later version"},
		"zeros before a line break": {joined(lines[0], append(make([]byte, 20), '\n')), 2, "not a record"},
		"another file":              {[]byte("circuitId=1\nlink=2\n"), 1, "not a record"},
		"another file of one line":  {[]byte(`{"key":"value"}`), 1, "no"},
		"another after a record":    {joined(lines[0], []byte("note to self")), 2, "neither"},
		"a line that never ends": {append(bytes.Clone(last[:50]), bytes.Repeat([]byte("x"), 70_000)...), 1,
			"longer"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, test.content)
			_, err := journal.Open(path)
			var damage *journal.DamageError
			if !errors.As(err, &damage) {
				t.Fatalf("got %v, want a DamageError", err)
			}
			if damage.Line != test.line || damage.Path != path || !strings.Contains(err.Error(), path) ||
				!strings.Contains(err.Error(), test.says) ||
				!strings.Contains(err.Error(), "move it away") {
				t.Errorf("got %v, line %d, want line %d and %q", err, damage.Line, test.line, test.says)
			}
			if content, _ := os.ReadFile(path); !bytes.Equal(content, test.content) {
				t.Error("the file was changed")
			}
			// The file must not stay locked.
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			open(t, path)
		})
	}
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	folder := t.TempDir()
	if _, err := journal.Open(folder); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("folder: got %v", err)
	}
	if _, err := journal.Open(os.DevNull); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("device: got %v", err)
	}
	if _, err := journal.Open(filepath.Join(folder, "none", "starts.journal")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: got %v", err)
	}
}
