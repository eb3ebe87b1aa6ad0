package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonValue gives the value of a text that should be JSON, and the text without a byte order mark.
// What is wrong with the text is in faults, one line each. With a value that is nothing that
// decoders refuse: they read on, each in its own way. Without one, clean is nil.
func (c *Checker) jsonValue(text []byte) (value any, clean []byte, faults []string) {
	clean, marked := bytes.CutPrefix(text, []byte("\ufeff"))
	if marked {
		faults = append(faults, "begins with a byte order mark, which JSON must not have")
	}
	if fault := syntaxFault(clean); fault != "" {
		return nil, nil, append(faults, "is not one valid JSON value: "+fault)
	}
	decoder := json.NewDecoder(bytes.NewReader(clean))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, nil, append(faults, "is not one valid JSON value")
	}
	if !utf8.Valid(clean) {
		faults = append(faults, "is not valid UTF-8")
	}
	if hasHalfSurrogate(clean) {
		faults = append(faults,
			`has half a surrogate pair ("\u" and a number from D800 to DFFF), which is no character`)
	}
	return value, clean, append(faults, c.duplicateNames(clean)...)
}

// syntaxFault says why a text is not one JSON value, "" if it is one.
func syntaxFault(text []byte) string {
	if json.Valid(text) {
		return ""
	}
	start := bytes.TrimSpace(text)
	switch {
	case len(start) == 0:
		return "it is empty"
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")),
		bytes.IndexByte(text, 0) >= 0:
		return "it is not in UTF-8"
	case start[0] == '<':
		return "it is HTML or XML"
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	var first json.RawMessage
	switch err := decoder.Decode(&first); {
	case err == nil:
		return "it goes on after its value"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it breaks off"
	}
	return "its syntax is not JSON's"
}

// duplicateNames finds the names that stand twice in one object of a valid JSON text.
func (c *Checker) duplicateNames(text []byte) []string {
	var faults []string
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	// level is an object or a list that is open.
	type level struct {
		names map[string]bool // nil in a list
		index int             // of the next value in a list
		shown string          // where the next value stands
		named bool            // the next token is a value whose name was read
	}
	var open []level
	for {
		token, err := decoder.Token()
		if err != nil {
			return faults // the end: the text is valid
		}
		var here *level
		if len(open) > 0 {
			here = &open[len(open)-1]
		}
		if name, ok := token.(string); ok && here != nil && here.names != nil && !here.named {
			here.shown, here.named = c.printableName(name), true
			if here.names[name] {
				place := ""
				for _, outer := range open {
					place += "/" + outer.shown
				}
				faults = append(faults, "has "+place+" twice, and which of the two counts is left to the reader")
			}
			here.names[name] = true
			continue
		}
		switch token {
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
			continue
		}
		if here != nil {
			here.named = false
			if here.names == nil {
				here.shown = strconv.Itoa(here.index)
				here.index++
			}
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{names: make(map[string]bool)})
		case json.Delim('['):
			open = append(open, level{})
		}
	}
}

// printableName gives a name if the spec has it too: names are content.
func (c *Checker) printableName(name string) string {
	if c.names[name] {
		return name
	}
	return "{…}"
}

// hasHalfSurrogate reports whether a valid JSON text has an escape for one half of a surrogate pair
// without its other half.
func hasHalfSurrogate(text []byte) bool {
	for len(text) > 0 {
		at := bytes.IndexByte(text, '\\') // stands in strings only
		if at < 0 {
			return false
		}
		text = text[at:]
		first, ok := unescapeRune(text)
		switch {
		case !ok:
			text = text[2:] // another escape
		case !utf16.IsSurrogate(first):
			text = text[6:]
		default:
			second, ok := unescapeRune(text[6:])
			if !ok || utf16.DecodeRune(first, second) == utf8.RuneError {
				return true
			}
			text = text[12:]
		}
	}
	return false
}

// unescapeRune reads an escape such as \u00e1 at the start of a text.
func unescapeRune(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	number, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(number), err == nil
}
