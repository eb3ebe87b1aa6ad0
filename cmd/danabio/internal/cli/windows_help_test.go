package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/help"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// No example uses syntax that PowerShell lacks.
func TestExamplesForWindows(t *testing.T) {
	for _, language := range []i18n.Language{i18n.English, i18n.Spanish} {
		root := newRoot(&term.Output{Language: language})
		before := map[string]string{}
		var visit func(*cobra.Command, func(*cobra.Command))
		visit = func(cmd *cobra.Command, do func(*cobra.Command)) {
			do(cmd)
			for _, sub := range cmd.Commands() {
				visit(sub, do)
			}
		}
		visit(root, func(cmd *cobra.Command) { before[cmd.CommandPath()] = cmd.Example })
		help.ExamplesForWindows(root)
		visit(root, func(cmd *cobra.Command) {
			if strings.HasPrefix(cmd.CommandPath(), "danabio completion ") {
				return // each script is for the shell that it is named after
			}
			for line := range strings.Lines(cmd.Example) {
				for _, never := range []string{"\\\n", " <", "$(", "&\n", "set -a", "export ", "'\\''", " >"} {
					if strings.Contains(line, never) {
						t.Errorf("%s: %q has %q", cmd.CommandPath(), line, never)
					}
				}
			}
		})
		for path, wants := range map[string]string{
			"danabio start": "12345678A `\n", "danabio wait": "Get-Content circuits.txt | danabio wait",
			"danabio evidence verify": `archive\*.zip`,
		} {
			cmd, _, err := root.Find(strings.Fields(path)[1:])
			if err != nil || !strings.Contains(cmd.Example, wants) || cmd.Example == before[path] {
				t.Errorf("%s: %v: %s", path, err, cmd.Example)
			}
		}
	}
}

func TestExpandPatterns(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a.zip", "b.zip", "c.txt", "[d].zip"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(names ...string) (paths []string) {
		for _, name := range names {
			paths = append(paths, filepath.Join(folder, name))
		}
		return paths
	}
	got := expandPatterns(append([]string{"-"}, in("c.txt", "?.zip", "*.pdf", "[d].zip", "none.zip")...))
	if want := append([]string{"-"},
		in("c.txt", "a.zip", "b.zip", "*.pdf", "[d].zip", "none.zip")...); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
