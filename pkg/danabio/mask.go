package danabio

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// mask hides the values of a request in a text from the server, which may quote them in capitals,
// without accents, or with other punctuation.
type mask struct {
	parts [][]rune // folded letters and digits, hidden wherever they occur in sequence
	words [][]rune // folded values that are too short for that, hidden only as whole words
}

const (
	maskText      = "***"
	minMaskLength = 4 // shortest part, in letters and digits
)

// longRun matches what may be an echo of a document's content, or of a part of a token.
var longRun = regexp.MustCompile(`[A-Za-z0-9+/=_~.-]{40,}`)

// particles occur in many names, and in every sentence.
var particles = []string{"de", "del", "la", "las", "los", "el", "y", "e", "da", "das", "do", "dos"}

// newMask hides the values and their parts: a server may quote only the surname, or the mailbox
// without the host.
func newMask(carried []string) mask {
	m := newWholeValueMask(carried)
	for _, value := range carried {
		for _, part := range strings.FieldsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '@' }) {
			if !slices.Contains(particles, strings.ToLower(part)) {
				m.addForms(part)
			}
		}
	}
	return m
}

// newWholeValueMask hides the values, but not their parts.
func newWholeValueMask(carried []string) mask {
	var m mask
	for _, value := range carried {
		m.addForms(value)
	}
	return m
}

// addForms adds a value as it is, and as it may appear in a URL, a form or JSON.
func (m *mask) addForms(value string) {
	m.add(value)
	m.add(url.QueryEscape(value))
	m.add(url.PathEscape(value))
	m.add(strings.Trim(strconv.QuoteToASCII(value), `"`))
}

func (m *mask) add(value string) {
	folded := fold([]rune(plainText(value)))
	if core, _ := lettersAndDigits(folded); len(core) >= minMaskLength {
		m.parts = append(m.parts, core)
	} else if len(folded) > 0 {
		m.words = append(m.words, folded)
	}
}

// clean makes the text printable, hides the values in it, and shortens it, in this order: a
// truncated value could no longer be found.
func (m mask) clean(text string, limit int) string {
	runes := []rune(longRun.ReplaceAllString(plainText(text), maskText))
	folded := fold(runes)
	hidden := make([]bool, len(runes))
	core, at := lettersAndDigits(folded)
	for _, part := range m.parts {
		for i := range core {
			if startsWith(core[i:], part) {
				markHidden(hidden, at[i], at[i+len(part)-1]+1)
			}
		}
	}
	// A hidden part also ends a word, since it is shown as "***".
	edge := func(i int) bool { return i < 0 || i == len(folded) || hidden[i] || !isWordRune(folded[i]) }
	for _, word := range m.words {
		for i := range folded {
			if startsWith(folded[i:], word) && edge(i-1) && edge(i+len(word)) {
				markHidden(hidden, i, i+len(word))
			}
		}
	}
	var b []rune
	for i, r := range runes {
		switch {
		case !hidden[i]:
			b = append(b, r)
		case i == 0 || !hidden[i-1]:
			b = append(b, []rune(maskText)...)
		}
	}
	if len(b) > limit {
		b = append(b[:limit-1], '…')
	}
	return string(b)
}

func markHidden(hidden []bool, from, to int) {
	for i := from; i < to; i++ {
		hidden[i] = true
	}
}

func startsWith(text, value []rune) bool {
	return len(text) >= len(value) && string(text[:len(value)]) == string(value)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// lettersAndDigits returns only the letters and digits, and the position of each.
func lettersAndDigits(text []rune) (core []rune, at []int) {
	for i, r := range text {
		if isWordRune(r) {
			core, at = append(core, r), append(at, i)
		}
	}
	return core, at
}

// fold converts to lower case without accents, rune by rune.
func fold(text []rune) []rune {
	folded := make([]rune, len(text))
	for i, r := range text {
		base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(r)))
		folded[i] = unicode.ToLower(base)
	}
	return folded
}

// plainText decodes markup entities, and replaces each run of white space and unprintable
// characters by one space.
func plainText(text string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFC.String(html.UnescapeString(text)) {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
