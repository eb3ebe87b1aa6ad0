package term

import (
	"strings"
	"unicode"
)

// OneLine makes foreign text safe for a terminal: what would move the cursor or change the reading
// direction is replaced.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
