package contract

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFaultsOfJSON(t *testing.T) {
	checker := &Checker{names: map[string]bool{"a": true, "b": true}}
	for _, test := range []struct {
		text string
		want []string // prefixes of the faults
	}{
		{`{"a": [{"b": 1}, {"b": 2}], "b": {"a": "a", "b": "a"}, "c": "\u00e1\ud83d\ude00"}`, nil},
		{` "a" `, nil},
		{`[1, 1, ["a", "a"], {}, []]`, nil},
		{`{"a": 1, "a": 2, "a": 3}`, []string{"has /a twice", "has /a twice"}},
		{`{"a": 1, "\u0061": 2}`, []string{"has /a twice"}},
		{`{"A": 1, "a": 2}`, nil},
		{`{"b": [0, [{}, {"x": {"y": 1, "z": [], "y": {}}}]]}`, []string{"has /b/1/1/{…}/{…} twice"}},
		{`[{"a": {}, "a": {"b": 1}, "b": [{"b": 1, "b": 1}], "b": 1}]`,
			[]string{"has /0/a twice", "has /0/b/0/b twice", "has /0/b twice"}},
		{"{\"a\": \"\xff\"}", []string{"is not valid UTF-8"}},
		{"{\"\xff\": 1}", []string{"is not valid UTF-8"}},
		{`"\ud83d"`, []string{"has half a surrogate pair"}},
		{`"\ude00\ud83d"`, []string{"has half a surrogate pair"}},
		{`"\ud83dx\ude00"`, []string{"has half a surrogate pair"}},
		{`"\\ud83d \" \ud83d\ude00"`, nil},
		{"\ufeff[]", []string{"begins with a byte order mark"}},
		{"\ufeff", []string{"begins with a byte order mark", "is not one valid JSON value: it is empty"}},
		{"", []string{"is not one valid JSON value: it is empty"}},
		{" \n", []string{"is not one valid JSON value: it is empty"}},
		{`{}{}`, []string{"is not one valid JSON value: it continues after its value"}},
		{`{},`, []string{"is not one valid JSON value: it continues after its value"}},
		{`{"a": [1`, []string{"is not one valid JSON value: it breaks off"}},
		{`{"a": tru`, []string{"is not one valid JSON value: it breaks off"}},
		{"\n<html>", []string{"is not one valid JSON value: it is HTML or XML"}},
		{"\xfe\xff\x00{\x00}", []string{"is not one valid JSON value: it is not in UTF-8"}},
		{"{\x00}\x00", []string{"is not one valid JSON value: it is not in UTF-8"}},
		{`{a: 1}`, []string{"is not one valid JSON value: its syntax is not JSON's"}},
		{`{"a": NaN}`, []string{"is not one valid JSON value: its syntax is not JSON's"}},
	} {
		_, clean, faults := checker.jsonValue([]byte(test.text))
		same := slices.EqualFunc(faults, test.want, strings.HasPrefix)
		if !same || (clean == nil) != slices.ContainsFunc(test.want,
			func(s string) bool { return strings.HasPrefix(s, "is not one") }) {
			t.Errorf("%q: %q, %q; want %q", test.text, clean, faults, test.want)
		}
	}
}

// The test finds duplicate names and half surrogate pairs in other ways than the code. It counts
// the names that are left after decoding, and looks for the characters that decoding inserts.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"a":2}`, `{"a":{"b":[{}]},"a":0}`, `{"a":{"a":1}}`, `["\ud83d\ude00","\ud83d"]`, `"\\ud83d"`,
		`{"\ud800":1}`, `{}`, `[[],{"a":""}]`, "\ufeff1", `"\\\ud83d"`,
	} {
		f.Add([]byte(seed))
	}
	checker := &Checker{}
	f.Fuzz(func(t *testing.T, text []byte) {
		value, clean, faults := checker.jsonValue(text)
		if valid := json.Valid(bytes.TrimPrefix(text, []byte("\ufeff"))); valid != (clean != nil) {
			t.Fatalf("valid: %v, %q", valid, faults)
		}
		if clean == nil || !utf8.Valid(clean) {
			if len(faults) == 0 {
				t.Error("nothing is wrong")
			}
			return
		}
		found := func(start string) bool {
			return slices.ContainsFunc(faults, func(fault string) bool { return strings.HasPrefix(fault, start) })
		}
		half := strings.ContainsRune(joined(value), utf8.RuneError)
		if !bytes.ContainsRune(clean, utf8.RuneError) && !bytes.Contains(bytes.ToLower(clean), []byte(`\ufffd`)) &&
			found("has half") != half {
			t.Errorf("%q, half a character: %v", faults, half)
		}
		if half {
			return // different names may have become equal
		}
		if twice := names(value) != colons(clean); found("has /") != twice {
			t.Errorf("%q, twice: %v", faults, twice)
		}
	})
}

// joined returns all text in a value.
func joined(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []any:
		var b strings.Builder
		for _, item := range value {
			b.WriteString(joined(item))
		}
		return b.String()
	case map[string]any:
		var b strings.Builder
		for name, item := range value {
			b.WriteString(name + joined(item))
		}
		return b.String()
	}
	return ""
}

// names counts the names of all objects in a value.
func names(value any) int {
	n := 0
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			n += names(item)
		}
	case map[string]any:
		n = len(value)
		for _, item := range value {
			n += names(item)
		}
	}
	return n
}

// colons counts the colons outside of strings. There is one for each name.
func colons(text []byte) int {
	n, inside := 0, false
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			inside = !inside
		case inside && text[i] == '\\':
			i++
		case !inside && text[i] == ':':
			n++
		}
	}
	return n
}
