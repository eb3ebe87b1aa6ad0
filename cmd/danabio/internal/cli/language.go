package cli

import (
	"os"
	"strconv"
	"strings"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// languageFlag is the flag --lang. Its value is known before the flags are parsed, because help
// texts and parser errors use that language too.
type languageFlag struct{ out *term.Output }

func (f languageFlag) String() string { return "" }

func (f languageFlag) Type() string { return "en|es" }

func (f languageFlag) Set(value string) error {
	switch wanted := i18n.Language(value); wanted {
	case i18n.English, i18n.Spanish:
		f.out.Language = wanted
		return nil
	}
	return strconv.ErrSyntax // it is not shown
}

// languageOf returns the language that args ask for, or else that of the user's settings.
func languageOf(args []string) i18n.Language {
	wanted := i18n.OfUser(os.Getenv)
	for i, arg := range args {
		value, given := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, given = args[i+1], true
		}
		if arg == "--" {
			break
		}
		if given {
			wanted = i18n.Of(value)
		}
	}
	return wanted
}
