// Package help holds what --help says: a text file for each command in each language, and how it is
// shown. Call [Apply] and [Text].
//
// A file is named after the command's path without danabio, such as evidence-verify.txt. Its first
// line says what the command does in a few words. Then come its description, its examples below a
// line "Examples:", and its flags below a line "Flags:", one line for each. A line {{NAME}} stands
// for the text in shared/NAME.txt, whose flags are then the command's too, or for what the command
// itself says of NAME in its annotations.
//
// What may live here: texts of the help, and their form. Messages are in package i18n.
package help

import (
	"cmp"
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

//go:embed en es
var files embed.FS

// Page is what a file says of one command.
type Page struct {
	Short, Long, Example string
	Flags                map[string]string // by their names, without dashes
}

// Name is how the files of a command are called.
func Name(cmd *cobra.Command) string {
	words := strings.Fields(cmd.CommandPath())
	if len(words) > 1 {
		words = words[1:]
	}
	return strings.Join(words, "-") + ".txt"
}

// Names are the names of all files of commands in a language.
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

// Read reads the page of a command, with what its lines {{NAME}} stand for.
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

var inclusion = regexp.MustCompile(`(?m)^\{\{([a-z]+)\}\}$`)

// take takes flags and examples out of a text, and returns the rest.
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
	var failed error
	text = inclusion.ReplaceAllStringFunc(text, func(line string) string {
		name := strings.Trim(line, "{}")
		if said, ok := cmd.Annotations[name]; ok {
			return strings.TrimRight(said, "\n")
		}
		shared, err := files.ReadFile(path.Join(language, "shared", name+".txt"))
		if err != nil {
			failed = err
			return ""
		}
		said, err := p.take(cmd, language, string(shared))
		failed = cmp.Or(failed, err)
		return said
	})
	return strings.Trim(text, "\n"), failed
}

// Apply gives a command and all below it their texts in a language. It panics for one that has
// none, which a test would have found.
func Apply(cmd *cobra.Command, language string) {
	page, err := Read(cmd, language)
	if err != nil {
		panic(err)
	}
	spanish := language == i18n.Spanish
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	cmd.Short, cmd.Long, cmd.Example = page.Short, page.Long, page.Example
	if spanish && !cmd.DisableFlagsInUseLine {
		cmd.Use, cmd.DisableFlagsInUseLine = cmd.Use+" [opciones]", true
	}
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
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
	})
	for _, sub := range cmd.Commands() {
		Apply(sub, language)
	}
}

// Text is the help of a command, for a terminal of so many columns; 0 is none, for which it stays
// as it is.
func Text(cmd *cobra.Command, columns int) string {
	text := strings.TrimRight(cmp.Or(cmd.Long, cmd.Short), " \n") + "\n\n" + cmd.UsageString()
	if columns <= 0 {
		return text
	}
	return term.Wrap(text, columns)
}
