package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

// interruptedStarts leaves starts with these ids and an unknown outcome in starts.journal.
func interruptedStarts(t *testing.T, ids ...string) {
	t.Helper()
	watched(t, func(*http.Request) { panic(http.ErrAbortHandler) })
	for _, id := range ids {
		if code, _, stderr := run(t.Context(), nil,
			startWith("--journal", "starts.journal", "--id", id, "contract.pdf")...); code != failure.ExitUnknown {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
	}
}

// Output for programs does not depend on the user's language.
func TestJSONIsTheSameInEveryLanguage(t *testing.T) {
	interruptedStarts(t, "loan-4711")
	for _, args := range [][]string{
		{"nosuch"}, {"token", "--nosuch"}, {"version"}, {"journal", "list", "starts.journal"},
		{"evidence", "verify", "contract.pdf"}, {"evidence", "verify", "nosuch.zip", "contract.pdf"},
		startWith("nosuch.pdf"), startWith("--journal", "starts.journal", "contract.pdf"),
	} {
		code, stdout, stderr := run(t.Context(), nil, append(args, "--json", "--lang", "en")...)
		codeES, stdoutES, stderrES := run(t.Context(), nil, append(args, "--json", "--lang", "es")...)
		if code != codeES || stdout != stdoutES || stderr != stderrES {
			t.Errorf("%q: %d, %q, %q\nin Spanish %d, %q, %q", args, code, stdout, stderr, codeES, stdoutES, stderrES)
		}
		if code == failure.ExitDone {
			continue
		}
		for line := range strings.Lines(stderr) {
			var data failure.JSON
			if err := json.Unmarshal([]byte(line), &data); err != nil || data.Error == "" || data.Message == "" ||
				data.ExitCode != data.Error.ExitCode() {
				t.Errorf("%q: %v in %q", args, err, line)
			}
		}
	}
}

// The commands on the error pages do what the pages say.
func TestCommandsOfThePagesOnErrors(t *testing.T) {
	for _, name := range []string{"errors.md", "errors.es.md"} {
		t.Run(name, func(t *testing.T) {
			page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", name))
			if err != nil {
				t.Fatal(err)
			}
			interruptedStarts(t, "loan-4711", "loan-4712")
			count := 0
			for line := range strings.Lines(string(page)) {
				args := strings.Fields(line)
				if !strings.HasPrefix(strings.TrimSpace(line), "danabio journal ") || args[0] != "danabio" {
					continue
				}
				count++
				if code, stdout, stderr := run(t.Context(), nil, args[1:]...); code != failure.ExitDone ||
					stdout == "" {
					t.Errorf("%q: exit code %d, stdout %q, stderr %q", line, code, stdout, stderr)
				}
			}
			if count != 3 {
				t.Errorf("%d commands", count)
			}
			if _, stdout, _ := run(t.Context(), nil, "journal", "list", "--unknown", "starts.journal"); stdout != "" {
				t.Errorf("still unknown: %q", stdout)
			}
		})
	}
}
