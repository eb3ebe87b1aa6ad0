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

// jsonValue parses text that should be JSON. It returns the value, the text without a byte order
// mark, and the faults of the text, one line each. If it returns a value, decoders accept the text
// despite its faults, though each in its own way. Otherwise clean is nil.
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
			`has half a surrogate pair ("\u" and a number from D800 to DFFF), which is not a character`)
	}
	return value, clean, append(faults, c.duplicateNames(clean)...)
}

// syntaxFault says why a text is not one JSON value. It returns "" if it is one.
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
		return "it continues after its value"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it breaks off"
	}
	return "its syntax is not JSON's"
}

// duplicateNames reports duplicate names within an object of a valid JSON text.
func (c *Checker) duplicateNames(text []byte) []string {
	var faults []string
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	// level is an open object or list.
	type level struct {
		names map[string]bool // nil in a list
		index int             // of the next value in a list
		shown string          // position of the next value
		named bool            // the next token is the value of the name just read
	}
	var open []level
	for {
		token, err := decoder.Token()
		if err != nil {
			return faults // the end, since the text is valid
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

// printableName returns a name if the spec contains it too. Other names are content.
func (c *Checker) printableName(name string) string {
	if c.names[name] {
		return name
	}
	return "{…}"
}

// hasHalfSurrogate reports whether a valid JSON text contains an unpaired surrogate escape.
func hasHalfSurrogate(text []byte) bool {
	for len(text) > 0 {
		at := bytes.IndexByte(text, '\\') // occurs only in strings
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

// unescapeRune decodes an escape such as \u00e1 at the start of a text.
func unescapeRune(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	number, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(number), err == nil
}
