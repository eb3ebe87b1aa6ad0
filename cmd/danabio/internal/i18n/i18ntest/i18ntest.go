package i18ntest

import (
	"regexp"
	"strings"
)

// EnglishIn returns the first line with English in it, but for details, for what stands in quotes,
// and for the codes of findings.
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

// englishWords are words that no Spanish text has.
var englishWords = regexp.MustCompile(`(?i)\b(the|is|are|of|and|with|not|was|which|that|this|from|its|by|for|to|if|or|be|has|it|than|there|default|duration)\b`)

// inQuotes are values of JSON and commands, and names.
var inQuotes = regexp.MustCompile(`"[^"]*"`)

var findingCodes = regexp.MustCompile(`\b[a-z0-9]+(-[a-z0-9]+)+\b`)

// OurCommands are the commands of danabio.
var OurCommands = regexp.MustCompile(`(danabio(?: (?:start|wait|download|demo|token|evidence|journal|emulator|contract|spec|version|list|verify|extract|report|settle|help|completion)\b)+)`)
