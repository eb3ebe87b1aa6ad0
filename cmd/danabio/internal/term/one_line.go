package term

import (
	"strings"
	"unicode"
)

// OneLine makes foreign text safe for a terminal. It replaces characters that would move the cursor
// or change the reading direction.
func OneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
