package evidence

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// readName decodes a name whose bytes programs interpret in different ways. A name without the
// UTF-8 flag is UTF-8 if it is valid, and otherwise CP437 (the ZIP specification, APPNOTE 6.3.10,
// appendix D, names both). A backslash separates folders. All rules for names apply to the result.
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
