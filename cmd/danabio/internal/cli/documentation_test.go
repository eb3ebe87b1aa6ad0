package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/markdown"
)

// variableNames returns the names of danabio's variables that occur in a text.
func variableNames(text string) []string {
	return regexp.MustCompile(`DANABIO_[A-Z_]*[A-Z]`).FindAllString(text, -1)
}

// isPlaceholder reports whether a word stands for a command, like COMMAND or "…".
func isPlaceholder(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return first == '…' || unicode.IsUpper(first)
}

// Every command, flag and variable that the documentation names exists.
func TestDocumentationNamesWhatExists(t *testing.T) {
	root := newRoot(term.NewOutput(io.Discard, io.Discard))
	files, err := markdown.Documentation("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	variables := sourceVariables(t)
	// This matches danabio where a shell would run it.
	commandInCode := regexp.MustCompile(`(?m)(?:^\s*(?:run: )?|[|&;(]\s*)danabio((?: [^\n|&;()<>]+)?)`)
	calls := 0
	for _, file := range files {
		check := func(line int, call string) {
			t.Helper()
			calls++
			if err := checkCall(root, strings.Fields(call)); err != nil {
				t.Errorf("%s:%d: danabio%s: %v", file.Path, line, call, err)
			}
		}
		for _, span := range file.Codes {
			switch {
			case strings.HasPrefix(span.Text, "danabio "):
				check(span.Line, strings.TrimPrefix(span.Text, "danabio"))
			case strings.HasPrefix(span.Text, "--") && span.Text != "--":
				name, _, _ := strings.Cut(strings.Fields(span.Text)[0][2:], "=")
				if !hasFlag(root, name) {
					t.Errorf("%s:%d: no command has a flag --%s", file.Path, span.Line, name)
				}
			}
			for _, name := range variableNames(span.Text) {
				if !variables[name] {
					t.Errorf("%s:%d: there is no variable %s", file.Path, span.Line, name)
				}
			}
		}
		for _, block := range file.Blocks {
			if block.Mark == "output" || block.Is("go") {
				continue
			}
			for _, found := range commandInCode.FindAllStringSubmatch(strings.ReplaceAll(block.Text, "\\\n", " "), -1) {
				check(block.Line, found[1])
			}
			for _, name := range variableNames(block.Text) {
				if !variables[name] {
					t.Errorf("%s:%d: there is no variable %s", file.Path, block.Line, name)
				}
			}
		}
	}
	if calls < 20 {
		t.Errorf("%d calls of danabio were found", calls)
	}
}

// checkCall follows words down the command tree and fails if a command or flag does not exist.
// "list|verify" stands for both.
func checkCall(command *cobra.Command, words []string) error {
	command.InitDefaultHelpFlag()
	command.InitDefaultVersionFlag()
	isValue := false // the word is the value of the previous flag
	for i, word := range words {
		if strings.HasPrefix(word, "#") || word == "--" {
			return nil
		}
		if strings.HasPrefix(word, "-") && word != "-" {
			flag, err := namedFlag(command, strings.TrimRight(word, `"'`))
			if err != nil {
				return err
			}
			isValue = flag.NoOptDefVal == "" && !strings.Contains(word, "=")
			continue
		}
		if isValue {
			isValue = false
			continue
		}
		if err := checkCircuit(command, word); err != nil {
			return err
		}
		if !command.HasSubCommands() || isPlaceholder(word) {
			continue
		}
		for name := range strings.SplitSeq(word, "|") {
			below := slices.IndexFunc(command.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
			if below < 0 {
				return fmt.Errorf("there is no command %q below %q", name, command.CommandPath())
			}
			if err := checkCall(command.Commands()[below], words[i+1:]); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

// checkCircuit fails if a circuit has no -- in front of it. The server chooses the id, so it may
// begin with a -.
func checkCircuit(command *cobra.Command, word string) error {
	if strings.Contains(command.Use, manyCircuits) && word != failure.StandardInput && !isPlaceholder(word) {
		return fmt.Errorf("there is no -- in front of circuit %s", word)
	}
	return nil
}

func namedFlag(command *cobra.Command, word string) (*pflag.Flag, error) {
	name, _, _ := strings.Cut(word, "=")
	var flag *pflag.Flag
	if long, found := strings.CutPrefix(name, "--"); found {
		if flag = command.Flags().Lookup(long); flag == nil {
			flag = command.InheritedFlags().Lookup(long)
		}
	} else if flag = command.Flags().ShorthandLookup(name[1:2]); flag == nil {
		flag = command.InheritedFlags().ShorthandLookup(name[1:2])
	}
	if flag == nil {
		return nil, fmt.Errorf("%q has no flag %s", command.CommandPath(), name)
	}
	return flag, nil
}

// hasFlag reports whether any command has the flag.
func hasFlag(command *cobra.Command, name string) bool {
	command.InitDefaultHelpFlag()
	return command.Flags().Lookup(name) != nil || command.PersistentFlags().Lookup(name) != nil ||
		slices.ContainsFunc(command.Commands(), func(c *cobra.Command) bool { return hasFlag(c, name) })
}

// sourceVariables returns the variables that the source mentions.
func sourceVariables(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("../../../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" && entry.Name() != "Makefile" {
			return err
		}
		content, err := os.ReadFile(path)
		for _, name := range variableNames(string(content)) {
			names[name] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// This checks that the documentation test can fail.
func TestCallsThatDoNotExistAreFound(t *testing.T) {
	root := newRoot(term.NewOutput(io.Discard, io.Discard))
	for call, good := range map[string]bool{
		"":                                  true,
		"--help":                            true,
		"--version":                         true,
		"version --json":                    true,
		"wait CIRCUIT -o FILE.zip":          true,
		"wait -o e.zip -- --nosuch":         true,
		"wait c -o e.zip":                   false,
		"download - -o DIR":                 true,
		"COMMAND --json":                    true,
		"--json version":                    true,
		"--json versions":                   false,
		"evidence --lang en|es":             true,
		"evidence --lang en|es verifies":    false,
		"evidence list|verify FILE.zip":     true,
		"evidence verify --sent=START.json": true,
		"evidence list|verifies FILE.zip":   false,
		"wait CIRCUIT -x FILE.zip":          false,
		"watch CIRCUIT":                     false,
		"evidence list --sent START.json":   false,
		"--nosuch":                          false,
	} {
		if err := checkCall(root, strings.Fields(call)); err == nil != good {
			t.Errorf("%q: %v", call, err)
		}
	}
}
