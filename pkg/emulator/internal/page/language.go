package page

import (
	"fmt"
	"slices"
	"sync"

	"golang.org/x/text/language"
)

// Language is a language of the pages.
type Language string

// Supported languages.
const (
	English Language = "en"
	Spanish Language = "es"
)

// Languages lists all languages. The first serves everyone who asks for none of them.
var Languages = []Language{English, Spanish}

var matcher = sync.OnceValue(func() language.Matcher {
	return language.NewMatcher([]language.Tag{language.English, language.Spanish})
})

// Choose returns the language that the address asks for, and true. If it asks for none, Choose
// returns the best match for the Accept-Language header, and false.
func Choose(asked, accepted string) (chosen Language, byAddress bool) {
	if slices.Contains(Languages, Language(asked)) {
		return Language(asked), true
	}
	_, best := language.MatchStrings(matcher(), accepted)
	return Languages[best], false
}

// Name returns the language's own name.
func (l Language) Name() string {
	return map[Language]string{English: "English", Spanish: "Español"}[l]
}

// Both returns a text in all languages, one after the other.
func Both(key string) (string, error) {
	var both string
	for i, language := range Languages {
		one, err := text(language, key)
		if err != nil {
			return "", err
		}
		if i > 0 {
			both += " / "
		}
		both += one
	}
	return both, nil
}

func text(language Language, key string) (string, error) {
	for i := range texts {
		switch {
		case texts[i].key != key:
		case language == Spanish:
			return texts[i].spanish, nil
		case language == English:
			return texts[i].english, nil
		}
	}
	return "", fmt.Errorf("there is no text %q in the language %q", key, language)
}
