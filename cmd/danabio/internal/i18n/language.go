// Package language says which language a person wants to be spoken to in. Begin with [OfUser]. What
// may live here: the languages there are and how one is chosen; the texts stand where they are
// shown.
package i18n

import "strings"

// Language is one that this project's texts are written in.
type Language = string

const (
	English Language = "en"
	Spanish Language = "es"
)

// Of returns the language that a locale such as es_CO.UTF-8 asks for: Spanish or, for whatever
// else, English.
func Of(locale string) Language {
	if lower := strings.ToLower(locale); lower == "es" || strings.HasPrefix(lower, "es_") ||
		strings.HasPrefix(lower, "es-") ||
		strings.HasPrefix(lower, "es.") || strings.HasPrefix(lower, "es@") {
		return Spanish
	}
	return English
}

// OfUser returns the language of the first of LC_ALL, LC_MESSAGES and LANG that is set. If none is,
// it is that of the user's settings on Windows, and English elsewhere.
func OfUser(getenv func(string) string) Language { return of(getenv, ofSystem) }

func of(getenv func(string) string, system func() string) Language {
	for _, name := range [...]string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := getenv(name); locale != "" {
			return Of(locale)
		}
	}
	return Of(system())
}
