package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
	"github.com/danabio/danabio-go/pkg/emulator/internal/picture"
)

// views returns all pages in all their forms.
func views() (all []View) {
	problems := []string{"", ProblemLarge, ProblemKind, ProblemDimensions, ProblemNoPicture, ProblemNoInk,
		ProblemNoName, ProblemLongName}
	for _, language := range Languages {
		for _, name := range slices.Sorted(maps.Keys(bodies())) {
			for i, problem := range problems {
				if i > 0 && !slices.Contains(Steps, name) {
					break // only steps show problems
				}
				all = append(all, View{
					Language: language, Name: name, Problem: problem, Next: Signature, Given: Pictures, Key: "canary",
					Signer:    "Ana",
					Documents: []Document{{"contract.pdf", 1234}}, Alone: time.Second, Back: true, MaxUpload: 10 << 20,
				})
			}
		}
		all = append(all, View{Language: language, Name: Front, Next: Front}, View{Language: language, Name: List})
		for _, state := range []string{"open", "completed", "rejected", "expired"} {
			all = append(all, View{Language: language, Name: List, Circuits: []Circuit{{State: state}}})
		}
	}
	return all
}

func TestEveryTextIsThereInEveryLanguageAndUsed(t *testing.T) {
	shown := map[Language]string{}
	for _, view := range views() {
		made, err := Render(view)
		if err != nil {
			t.Errorf("%s in %q: %v", view.Name, view.Language, err)
		}
		shown[view.Language] += html.UnescapeString(string(made))
	}
	verb := regexp.MustCompile(`%[a-z]`)
	seen := map[string]bool{}
	for _, one := range texts {
		key, translations := one.key, map[Language]string{English: one.english, Spanish: one.spanish}
		if seen[key] {
			t.Errorf("%q is there twice", key)
		}
		seen[key] = true
		for _, language := range Languages {
			text := translations[language]
			if text == "" {
				t.Errorf("there is no text %q in the language %q", key, language)
			}
			if got, want := fmt.Sprint(verb.FindAllString(text, -1)),
				fmt.Sprint(verb.FindAllString(translations[English], -1)); got != want {
				t.Errorf("%q in %q has the values %s, not %s", key, language, got, want)
			}
			for _, part := range verb.Split(text, -1) {
				if !strings.Contains(shown[language], part) {
					t.Errorf("%q in %q stands on no page", key, language)
				}
			}
		}
	}
	for _, language := range Languages {
		if strings.Contains(shown[language], "%!") {
			t.Errorf("a text in %q has a value too many or too few", language)
		}
		for key, number := range map[string]int{"problem.too-many-pixels": picture.MaxPixels / 1_000_000,
			"problem.long-name": pen.MaxName} {
			said, err := text(language, key)
			if err != nil || !strings.Contains(said, fmt.Sprint(" ", number, " ")) {
				t.Errorf("%q in %q does not name the limit: %v", key, language, err)
			}
		}
	}
}

func TestAMissingTextOrPageIsAnError(t *testing.T) {
	for _, view := range []View{{Language: "xx", Name: Consent}, {Language: English, Name: "canary"},
		{Language: English, Name: Front, Problem: "canary"}} {
		if made, err := Render(view); err == nil || made != nil {
			t.Errorf("%+v: %v", view, err)
		}
	}
}

// The policy allows the exact style and script in the pages. They contain and load nothing else.
func TestPolicyFitsThePages(t *testing.T) {
	inline := regexp.MustCompile(`(?s)<(style|script)>(.*?)</`)
	for _, view := range views() {
		made, err := Render(view)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range inline.FindAllSubmatch(made, -1) {
			sum := sha256.Sum256(found[2])
			if source := string(found[1]) + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
				"'"; !strings.Contains(Policy(), source) {
				t.Errorf("%s: the policy does not allow its %s", view.Name, found[1])
			}
		}
		for _, never := range []string{" style=", " onclick", " onload", " onerror", "javascript:", "http://",
			"https://", "//", "TODO"} {
			if rest := inline.ReplaceAll(made, nil); bytes.Contains(rest, []byte(never)) {
				t.Errorf("%s: holds %q", view.Name, never)
			}
		}
	}
	if err := fs.WalkDir(files, ".", func(name string, _ fs.DirEntry, err error) error {
		if content, readErr := files.ReadFile(name); readErr == nil && bytes.Contains(content, []byte("http")) {
			t.Errorf("%s names an address", name)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestLanguageIsThatOfTheAddressThenOfTheBrowser(t *testing.T) {
	for _, test := range []struct {
		asked, accepted string
		want            Language
		chosen          bool
	}{
		{"", "", English, false}, {"", "es", Spanish, false}, {"", "es-419, en;q=0.1", Spanish, false},
		{"", "fr, es;q=0.5", Spanish, false},
		{"", "de", English, false}, {"", "not a header;;", English, false}, {"es", "en", Spanish, true},
		{"en", "es", English, true}, {"ES", "es", Spanish, false},
	} {
		if got, chosen := Choose(test.asked, test.accepted); got != test.want || chosen != test.chosen {
			t.Errorf("%q, %q: %s %v", test.asked, test.accepted, got, chosen)
		}
	}
}
