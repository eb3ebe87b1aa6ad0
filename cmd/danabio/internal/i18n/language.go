// Package i18n contains the Spanish texts, builds messages that exist in both languages, see
// [Textf], and determines the language of the user, see [OfUser].
package i18n

import "strings"

// Language is a language of this project's texts.
type Language = string

const (
	English Language = "en"
	Spanish Language = "es"
)

// Of returns the language of a locale such as es_CO.UTF-8: Spanish, or English for any other.
func Of(locale string) Language {
	if lower := strings.ToLower(locale); lower == "es" || strings.HasPrefix(lower, "es_") ||
		strings.HasPrefix(lower, "es-") ||
		strings.HasPrefix(lower, "es.") || strings.HasPrefix(lower, "es@") {
		return Spanish
	}
	return English
}

// OfUser returns the language of the first of LC_ALL, LC_MESSAGES and LANG that is set. If none is,
// it uses the user's settings on Windows, and English elsewhere.
func OfUser(getenv func(string) string) Language { return of(getenv, ofSystem) }

func of(getenv func(string) string, system func() string) Language {
	for _, name := range [...]string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(name); locale != "" {
			return Of(locale)
		}
	}
	return Of(system())
}
