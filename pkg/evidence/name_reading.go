package evidence

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// readName is the one reading of a name whose bytes programs take in different ways. A name that
// is not said to be UTF-8 is UTF-8 if it can be, else CP437 (the ZIP specification, APPNOTE 6.3.10,
// appendix D, names both), and a backslash separates folders. All rules for names are applied to
// what this returns.
func readName(written string, utf8Flag bool) string {
	name := written
	if !utf8Flag && !utf8.ValidString(name) {
		var b strings.Builder
		for i := range len(name) {
			b.WriteRune(charmap.CodePage437.DecodeByte(name[i]))
		}
		name = b.String()
	}
	return strings.ReplaceAll(name, `\`, "/")
}
