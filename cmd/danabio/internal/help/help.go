package help

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// HelpText is the help of a command, for a terminal of so many columns; 0 is none, for which it
// stays as it is.
func HelpText(cmd *cobra.Command, columns int) string {
	text := strings.TrimRight(cmp.Or(cmd.Long, cmd.Short), " \n") + "\n\n" + cmd.UsageString()
	if columns <= 0 {
		return text
	}
	return term.Wrap(text, columns)
}
