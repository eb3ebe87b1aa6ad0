package help

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// sayDefault appends the default of a flag to its text, because pflag would add it in English.
func sayDefault(flag *pflag.Flag) {
	switch flag.Value.Type() {
	case "duration":
		if flag.DefValue != "0s" {
			flag.Usage, flag.DefValue = flag.Usage+" (por omisión "+flag.DefValue+")", "0s"
		}
	case "string":
		if flag.DefValue != "" {
			flag.Usage, flag.DefValue = flag.Usage+" (por omisión \""+flag.DefValue+"\")", ""
		}
	}
}

// UsageTemplate returns cobra's template, except that a command with subcommands only has one usage
// line instead of two.
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

// SpanishTemplate translates the texts of cobra's template.
var SpanishTemplate = [...]struct{ EN, ES string }{
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
