// Package help contains the texts of --help, one file per command and language, and formats them.
// Call [Apply] and [Text].
//
// A file is named after the command's path without danabio, such as evidence-verify.txt. Its first
// line is a short description of the command. The full description follows, then the examples below
// a line "Examples:", and the flags below a line "Flags:", one per line. A line {{NAME}} is
// replaced by the text in shared/NAME.txt, whose flags then also belong to the command, or by the
// command's annotation NAME.
//
// The package contains only help texts and their form. Messages are in package i18n.
package help

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

//go:embed en es
var files embed.FS

// Page is the help text of one command.
type Page struct {
	Short, Long, Example string
	Flags                map[string]string // by name, without dashes
}

// Name returns the file name of a command's help text.
func Name(cmd *cobra.Command) string {
	words := strings.Fields(cmd.CommandPath())
	if len(words) > 1 {
		words = words[1:]
	}
	return strings.Join(words, "-") + ".txt"
}

// Names returns the file names of all commands' help texts in a language.
func Names(language string) []string {
	entries, _ := files.ReadDir(language)
	var names []string
	for _, entry := range entries {
		if !entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

// Read reads the page of a command and replaces its lines {{NAME}}.
func Read(cmd *cobra.Command, language string) (Page, error) {
	text, err := files.ReadFile(path.Join(language, Name(cmd)))
	if err != nil {
		return Page{}, fmt.Errorf("help of %q: %w", cmd.CommandPath(), err)
	}
	short, rest, _ := strings.Cut(string(text), "\n")
	page := Page{Short: short, Flags: map[string]string{}}
	if page.Long, err = page.take(cmd, language, rest); err != nil {
		return Page{}, fmt.Errorf("help of %q: %w", cmd.CommandPath(), err)
	}
	return page, nil
}

// take moves flags and examples from a text into the page, and returns the rest.
func (p *Page) take(cmd *cobra.Command, language, text string) (string, error) {
	text, flags, _ := strings.Cut(text, "\nFlags:\n")
	for line := range strings.Lines(flags) {
		flag, usage, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "--"), "  ")
		if !ok {
			return "", fmt.Errorf("%q says nothing of a flag", line)
		}
		p.Flags[flag] = usage
	}
	text, example, found := strings.Cut(text, "\nExamples:\n")
	if found {
		p.Example = strings.TrimRight(example, "\n")
	}
	if !strings.Contains(text, "{{") {
		return strings.Trim(text, "\n"), nil
	}
	var whole strings.Builder
	for line := range strings.Lines(text) {
		name, ok := strings.CutSuffix(strings.TrimRight(line, "\n"), "}}")
		if name = strings.TrimPrefix(name, "{{"); !ok {
			whole.WriteString(line)
			continue
		}
		said, ok := cmd.Annotations[name]
		if !ok {
			shared, err := files.ReadFile(path.Join(language, "shared", name+".txt"))
			if err != nil {
				return "", err
			}
			if said, err = p.take(cmd, language, string(shared)); err != nil {
				return "", err
			}
		}
		whole.WriteString(strings.TrimRight(said, "\n") + "\n")
	}
	return strings.Trim(whole.String(), "\n"), nil
}

// Apply sets the help texts of a command and its subcommands in a language. It panics if one is
// missing; a test checks that none is.
func Apply(cmd *cobra.Command, language string) {
	page, err := Read(cmd, language)
	if err != nil {
		panic(err)
	}
	spanish := language == i18n.Spanish
	cmd.Short, cmd.Long, cmd.Example = page.Short, page.Long, page.Example
	if spanish {
		cmd.InitDefaultHelpFlag()
		cmd.InitDefaultVersionFlag()
	}
	if spanish && !cmd.DisableFlagsInUseLine {
		cmd.Use, cmd.DisableFlagsInUseLine = cmd.Use+" [opciones]", true
	}
	describe := func(flag *pflag.Flag) {
		usage, found := page.Flags[flag.Name]
		switch {
		case !found && spanish && flag.Name == "help":
			flag.Usage = "muestra esta ayuda"
		case !found && spanish && flag.Name == "version":
			flag.Usage = "muestra la versión"
		case found && spanish:
			flag.Usage = usage
			sayDefault(flag)
		case found:
			flag.Usage = usage
		}
	}
	cmd.Flags().VisitAll(describe)
	cmd.PersistentFlags().VisitAll(describe)
	for _, sub := range cmd.Commands() {
		Apply(sub, language)
	}
}

// Text returns the help of a command, wrapped to columns. With 0 columns it is not wrapped.
func Text(cmd *cobra.Command, columns int) string {
	text := strings.TrimRight(cmp.Or(cmd.Long, cmd.Short), " \n") + "\n\n" + cmd.UsageString()
	if columns <= 0 {
		return text
	}
	return term.Wrap(text, columns)
}
