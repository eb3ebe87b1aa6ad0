package danabio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// responseFields finds fields in an answer that may be odd in every other way. The answer to a
// start names a circuit that exists, and its ID must not be lost because of something else in the
// answer.
type responseFields struct {
	matches   map[string][]fieldMatch // by wanted name
	truncated bool                    // only the first part is JSON
	notices   []string                // what is odd about the answer
}

// fieldMatch is one occurrence of a field.
type fieldMatch struct {
	value any // string, json.Number, bool or nil; a json.Delim for an object or array
	depth int // 0 at the top
	exact bool
}

// readFields looks for the names in a JSON answer, at the top and in nested objects. It reads as
// far as the answer is JSON.
func readFields(body []byte, names ...string) *responseFields {
	f := &responseFields{matches: make(map[string][]fieldMatch)}
	body, marked := bytes.CutPrefix(body, []byte("\ufeff"))
	if marked {
		f.addNotice("it begins with a byte order mark")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	walk := &fieldWalker{fields: f, decoder: decoder, body: body, names: names}
	if _, err := walk.value(0); err != nil {
		f.truncated = true
		f.addNotice("it is not complete JSON")
	} else if rest := body[decoder.InputOffset():]; len(bytes.TrimSpace(rest)) > 0 {
		f.addNotice("text follows its JSON")
	}
	return f
}

func (f *responseFields) addNotice(format string, args ...any) {
	f.notices = append(f.notices, "the answer is odd: "+fmt.Sprintf(format, args...))
}

// fieldWalker walks through one JSON value, token by token.
type fieldWalker struct {
	fields  *responseFields
	decoder *json.Decoder
	body    []byte
	names   []string
}

// value reads one value. For an object or array it returns the opening bracket.
func (w *fieldWalker) value(depth int) (any, error) {
	token, err := w.decoder.Token()
	if err != nil {
		return nil, err
	}
	end := w.decoder.InputOffset()
	if _, number := token.(json.Number); number && end == int64(len(w.body)) && depth > 0 {
		return nil, fmt.Errorf("the number may be cut")
	}
	open, ok := token.(json.Delim)
	if !ok {
		return token, nil
	}
	for w.decoder.More() {
		name := ""
		if open == '{' {
			key, err := w.decoder.Token()
			if err != nil {
				return open, err
			}
			name, _ = key.(string)
		}
		from := w.decoder.InputOffset()
		value, err := w.value(depth + 1)
		if err == nil || value != nil {
			w.addMatch(name, value, depth, from)
		}
		if err != nil {
			return open, err
		}
	}
	_, err = w.decoder.Token()
	return open, err
}

func (w *fieldWalker) addMatch(name string, value any, depth int, from int64) {
	if _, ok := value.(string); ok && !utf8.Valid(w.body[from:w.decoder.InputOffset()]) {
		w.fields.addNotice("it contains bytes that are not UTF-8")
		value = json.Delim('{') // the original text cannot be known
	}
	for _, wanted := range w.names {
		if normalizeName(name) == normalizeName(wanted) {
			w.fields.matches[wanted] = append(w.fields.matches[wanted], fieldMatch{value, depth, name == wanted})
		}
	}
}

// normalizeName makes circuit_id, CircuitID and circuit-id equal.
func normalizeName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

// get returns the field nearest to the top, and prefers the exact name to a similar one. If two
// equally good fields have different values, it returns neither, since nobody can tell which is
// meant.
func (f *responseFields) get(name string) (value any, found bool) {
	var best []fieldMatch
	for _, one := range f.matches[name] {
		switch {
		case len(best) == 0 || one.betterThan(best[0]):
			best = []fieldMatch{one}
		case !best[0].betterThan(one):
			best = append(best, one)
		}
	}
	if len(best) == 0 {
		return nil, false
	}
	for _, other := range best[1:] {
		if other.value != best[0].value {
			f.addNotice("%s occurs in it more than once, with different values", name)
			return nil, false
		}
	}
	if !best[0].exact {
		f.addNotice("%s has another spelling in it", name)
	}
	if best[0].depth > 0 {
		f.addNotice("%s is inside another value", name)
	}
	return best[0].value, true
}

func (f fieldMatch) betterThan(other fieldMatch) bool {
	if f.exact != other.exact {
		return f.exact
	}
	return f.depth < other.depth
}

// text returns a field that is a string, or a number as written.
func (f *responseFields) text(name string) (text string, found bool) {
	value, found := f.get(name)
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		f.addNotice("%s is a number", name)
		return value.String(), true
	}
	if found && value != nil {
		f.addNotice("%s is not text", name)
	}
	return "", false
}
