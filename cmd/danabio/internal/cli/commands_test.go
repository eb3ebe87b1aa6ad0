package cli

import (
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// leaves returns the commands that have no subcommands.
func leaves() []*cobra.Command {
	var found []*cobra.Command
	root := newRoot(term.NewOutput(io.Discard, io.Discard))
	walkCommands(root, func(cmd *cobra.Command) {
		if !cmd.HasSubCommands() {
			found = append(found, cmd)
		}
	})
	return found
}

func TestScriptsRunEveryCommandAndMeetEveryExitCode(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	succeeded, codes := map[string]bool{}, map[int]bool{}
	for _, script := range scripts {
		content, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			words := strings.Fields(line)
			if len(words) < 3 || words[0] != "exits" && words[0] != "interrupts" {
				continue
			}
			code, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatalf("%s: %s", script, line)
			}
			codes[code] = true
			cmd, _, err := newRoot(term.NewOutput(io.Discard, io.Discard)).Find(words[2:])
			if err == nil && code == failure.ExitDone && !strings.Contains(line, "--help") {
				succeeded[cmd.CommandPath()] = true
			}
		}
	}
	for _, cmd := range leaves() {
		if !succeeded[cmd.CommandPath()] {
			t.Errorf("no script runs %q with success", cmd.CommandPath())
		}
	}
	want := []int{failure.ExitDone, failure.ExitFailed, failure.ExitUsage, failure.ExitNotReady,
		failure.ExitUnauthorized, failure.ExitUnknown, failure.ExitIntegrity,
		failure.ExitRefused, failure.ExitInterrupted}
	if got := slices.Sorted(maps.Keys(codes)); !slices.Equal(got, want) {
		t.Errorf("scripts meet the exit codes %d, want %d", got, want)
	}
}

func TestExamplesAreRightUsage(t *testing.T) {
	for _, cmd := range append(leaves(), newRoot(term.NewOutput(io.Discard, io.Discard))) {
		if cmd.Name() == "help" {
			continue
		}
		lines := exampleCalls(cmd.Example)
		if !slices.ContainsFunc(lines,
			func(words []string) bool { return strings.HasPrefix(strings.Join(words, " "), cmd.CommandPath()) }) {
			t.Errorf("%s has no example of itself: %s", cmd.CommandPath(), cmd.Example)
		}
		for _, words := range lines {
			if slices.Contains(words, "…") {
				continue
			}
			root := newRoot(term.NewOutput(io.Discard, io.Discard))
			called, rest, err := root.Find(words[1:])
			if err == nil {
				err = called.ParseFlags(rest)
			}
			if err == nil {
				err = called.ValidateArgs(called.Flags().Args())
			}
			if err != nil {
				t.Errorf("example of %s: %q: %v", cmd.CommandPath(), words, err)
				continue
			}
			if called.ArgsLenAtDash() < 0 {
				for _, arg := range called.Flags().Args() {
					if err := checkCircuit(called, arg); err != nil {
						t.Errorf("example of %s: %q: %v", cmd.CommandPath(), words, err)
					}
				}
			}
			called.LocalFlags().VisitAll(func(flag *pflag.Flag) {
				if strings.Contains(flag.Usage, "(required)") && !flag.Changed {
					t.Errorf("example of %s: %q lacks --%s", cmd.CommandPath(), words, flag.Name)
				}
			})
		}
	}
}

// exampleCalls returns the words of each danabio call in an example. It reads each line like a
// shell: a backslash continues the line, and three spaces end it, because an explanation follows
// them.
func exampleCalls(example string) [][]string {
	var calls [][]string
	for line := range strings.Lines(strings.ReplaceAll(example, "\\\n", " ")) {
		for _, words := range shellCommands(line) {
			if len(words) > 0 && words[0] == "danabio" {
				calls = append(calls, words)
			}
		}
	}
	return calls
}

// shellCommands splits a line into commands and each command into words. It omits redirections.
func shellCommands(line string) [][]string {
	var commands [][]string
	var words []string
	var word strings.Builder
	quoted, redirected, some := false, false, false
	end := func() {
		if some && !redirected {
			words = append(words, word.String())
		}
		if some {
			redirected = false
		}
		word.Reset()
		some = false
	}
	line = strings.TrimSpace(line)
	for i, r := range line {
		switch {
		case r == '"':
			quoted, some = !quoted, true
		case quoted:
			word.WriteRune(r)
		case len(words) > 1 && strings.HasPrefix(line[i:], "   ") &&
			!strings.HasPrefix(strings.TrimLeft(line[i:], " "), "-"):
			end()
			return append(commands, words)
		case r == ' ' || r == '\n':
			end()
		case r == '|' || r == '&' || r == ';':
			end()
			commands, words = append(commands, words), nil
		case r == '>' || r == '<':
			end()
			redirected = true
		default:
			word.WriteRune(r)
			some = true
		}
	}
	end()
	return append(commands, words)
}
