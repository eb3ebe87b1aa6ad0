package cli

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/help"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

func TestHelpIsBrokenBetweenWords(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
	}{
		{"what fits stays", "a paragraph\nof two lines\n\nend", "a paragraph\nof two lines\n\nend"},
		{"a paragraph is filled anew", "año tras año se dice lo mismo\nen dos líneas",
			"año tras año se dice\nlo mismo en dos\nlíneas"},
		{"the last column stays one", "  -a  what the flag is for", "  -a  what the flag\n      is for"},
		{"a first column that is wide stands alone", "  --a-long-flag  says what it is for",
			"  --a-long-flag\n    says what it is\n    for"},
		{"a command stays whole", "  danabio download CIRCUIT -o FILE.zip", "  danabio download CIRCUIT -o FILE.zip"},
		{"a word that is too long stays whole", "see https://example.com/a/long/address for more",
			"see\nhttps://example.com/a/long/address\nfor more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := term.Wrap(test.text, 20); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// At every width, the help keeps all its words, and everything except commands fits the width.
func TestHelpOfEveryCommandKeepsToTheWidth(t *testing.T) {
	for _, wanted := range []i18n.Language{i18n.English, i18n.Spanish} {
		out := term.NewOutput(new(strings.Builder), new(strings.Builder))
		out.Language = wanted
		walkCommands(newRoot(out), func(cmd *cobra.Command) {
			whole := help.Text(cmd, 0)
			for _, columns := range []int{20, 80, 100} {
				text := help.Text(cmd, columns)
				if strings.Join(strings.Fields(text), " ") != strings.Join(strings.Fields(whole), " ") {
					t.Errorf("%s, %s, %d columns: other words:\n%s", cmd.CommandPath(), wanted, columns, text)
				}
				for line := range strings.SplitSeq(text, "\n") {
					row := strings.TrimSpace(line)
					if columns >= 80 && utf8.RuneCountInString(line) > columns &&
						(line == row || strings.Contains(row, "  ")) && strings.Contains(row, " ") {
						t.Errorf("%s, %s: more than %d columns: %q", cmd.CommandPath(), wanted, columns, line)
					}
				}
			}
		})
	}
}
