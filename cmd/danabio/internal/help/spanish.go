package help

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// SpanishHelp finds the Spanish for a text of the help.
func SpanishHelp(text string) (string, bool) {
	for _, table := range [...][]Pair{SpanishShort[:], SpanishHelps[:], SpanishEvidenceHelps[:],
		SpanishConfigHelps[:], SpanishFlags[:]} {
		for i := range table {
			if table[i].EN == text {
				return table[i].ES, true
			}
		}
	}
	return text, false
}

// SpeakSpanish turns the help of a command and of all below it into Spanish. A long text is looked
// up paragraph by paragraph, since many commands share some.
func SpeakSpanish(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		SpeakSpanish(sub)
	}
	cmd.InitDefaultHelpFlag()
	cmd.InitDefaultVersionFlag()
	if !cmd.DisableFlagsInUseLine {
		cmd.Use, cmd.DisableFlagsInUseLine = cmd.Use+" [opciones]", true
	}
	cmd.Short, _ = SpanishHelp(cmd.Short)
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
		if spanish, known := SpanishHelp(body); known {
			paragraphs[i] = strings.Replace(paragraph, body, spanish, 1)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// flagInSpanish also has the default, which pflag would announce in English.
func flagInSpanish(flag *pflag.Flag) string {
	usage, known := SpanishHelp(flag.Usage)
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

// UsageTemplate is cobra's, but that a command that only holds others has one line of usage, not
// two.
func UsageTemplate(root *cobra.Command, spanish bool) string {
	template := strings.Replace(root.UsageTemplate(),
		"{{if .HasAvailableSubCommands}}\n  {{.CommandPath}} [command]{{end}}", "", 1)
	if spanish {
		for _, part := range SpanishTemplate {
			template = strings.Replace(template, part.EN, part.ES, 1)
		}
	}
	return template
}

// SpanishTemplate is what cobra's template says.
var SpanishTemplate = [...]Pair{
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

// Pair is a text in both languages.
type Pair struct{ EN, ES string }
