package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// english is an English text with its Spanish one. The English is the key: who changes it has to
// look at the Spanish again. Tables of them are arrays and no maps, so that a run in English pays
// nothing for them.
type english struct{ en, es string }

// spanishOf finds the Spanish for a format string. A test holds that each has one.
func spanishOf(format string) string {
	for _, table := range [...][]english{spanishMessages[:], spanishSettings[:], spanishDoctor[:]} {
		for i := range table {
			if table[i].en == format {
				return table[i].es
			}
		}
	}
	return format
}

// spanishHelp finds the Spanish for a text of the help.
func spanishHelp(text string) (string, bool) {
	for _, table := range [...][]english{spanishShort[:], spanishHelps[:], spanishEvidenceHelps[:],
		spanishConfigHelps[:], spanishFlags[:]} {
		for i := range table {
			if table[i].en == text {
				return table[i].es, true
			}
		}
	}
	return text, false
}

// speakSpanish turns the help of a command and of all below it into Spanish. A long text is looked
// up paragraph by paragraph, since many commands share some.
func speakSpanish(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		speakSpanish(sub)
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	if !cmd.DisableFlagsInUseLine {
		cmd.Use, cmd.DisableFlagsInUseLine = cmd.Use+" [opciones]", true
	}
	cmd.Short, _ = spanishHelp(cmd.Short)
	cmd.Long = paragraphsInSpanish(cmd.Long)
	cmd.Example = paragraphsInSpanish(cmd.Example)
	cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
		switch flag.Name {
		case "help":
			flag.Usage = "muestra esta ayuda"
		case "version":
			flag.Usage = "muestra la versión"
		default:
			flag.Usage = flagInSpanish(flag)
		}
	})
}

func paragraphsInSpanish(text string) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, paragraph := range paragraphs {
		body := strings.Trim(paragraph, "\n")
		if spanish, known := spanishHelp(body); known {
			paragraphs[i] = strings.Replace(paragraph, body, spanish, 1)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// flagInSpanish also has the default, which pflag would announce in English.
func flagInSpanish(flag *pflag.Flag) string {
	usage, known := spanishHelp(flag.Usage)
	if !known {
		return flag.Usage
	}
	switch flag.Value.Type() {
	case "duration":
		if flag.DefValue != "0s" {
			usage, flag.DefValue = usage+" (por omisión "+flag.DefValue+")", "0s"
		}
	case "string":
		if flag.DefValue != "" {
			usage, flag.DefValue = usage+" (por omisión \""+flag.DefValue+"\")", ""
		}
	}
	return usage
}

// usageTemplate is cobra's, but that a command that only holds others has one line of usage, not
// two.
func usageTemplate(root *cobra.Command, spanish bool) string {
	template := strings.Replace(root.UsageTemplate(),
		"{{if .HasAvailableSubCommands}}\n  {{.CommandPath}} [command]{{end}}", "", 1)
	if spanish {
		for _, part := range spanishTemplate {
			template = strings.Replace(template, part.en, part.es, 1)
		}
	}
	return template
}

// spanishTemplate is what cobra's template says.
var spanishTemplate = [...]english{
	{"Usage:", "Uso:"},
	{"\n\nAliases:\n", "\n\nOtros nombres:\n"},
	{"\n\nExamples:\n", "\n\nEjemplos:\n"},
	{"\n\nAvailable Commands:", "\n\nComandos:"},
	{"\n\nAdditional Commands:", "\n\nOtros comandos:"},
	{"\n\nFlags:\n", "\n\nOpciones:\n"},
	{"\n\nGlobal Flags:\n", "\n\nOpciones de todos los comandos:\n"},
	{"\n\nAdditional help topics:", "\n\nOtros temas de ayuda:"},
	{"\n\nUse \"{{.CommandPath}} [command] --help\" for more information about a command.",
		"\n\nMás sobre un comando: \"{{.CommandPath}} [comando] --help\"."},
}
