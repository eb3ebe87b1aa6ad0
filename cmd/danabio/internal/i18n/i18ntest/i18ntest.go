// Package i18ntest finds English in what should be Spanish. Call [EnglishIn].
package i18ntest

import (
	"regexp"
	"strings"
)

// EnglishIn returns the first line with English text, apart from details, quoted text, and the
// codes of findings.
func EnglishIn(text string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "Detalle: ") || strings.HasPrefix(line, "  danabio ") {
			continue
		}
		if englishWords.MatchString(
			OurCommands.ReplaceAllString(findingCodes.ReplaceAllString(inQuotes.ReplaceAllString(line, ""), ""), "")) {
			return line
		}
	}
	return ""
}

// englishWords matches words that no Spanish text contains.
var englishWords = regexp.MustCompile(`(?i)\b(the|is|are|of|and|with|not|was|which|that|this|from|its|by|for|to|if|or|be|has|it|than|there|default|duration)\b`)

// inQuotes matches JSON values, commands and names.
var inQuotes = regexp.MustCompile(`"[^"]*"`)

var findingCodes = regexp.MustCompile(`\b[a-z0-9]+(-[a-z0-9]+)+\b`)

// OurCommands matches the commands of danabio.
var OurCommands = regexp.MustCompile(`(danabio(?: (?:start|wait|download|demo|token|evidence|journal|emulator|contract|spec|version|list|verify|extract|report|settle|help|completion)\b)+)`)
