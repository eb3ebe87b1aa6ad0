// Package credential says which texts can be a client id or a client secret, so that the client,
// which refuses all others, and the command line, which knows where they come from, have one rule.
//
// Call [Text] for what a variable, a flag or a file says, and [Check] for what a program gives.
// What may live here: that rule. Errors name what is wrong with a text, and hold nothing of it.
package credential

import (
	"errors"
	"io"
	"strings"
	"unicode"
)

// Fault is what is wrong with a text, as the rest of a sentence that begins with what the text is.
type Fault string

// The faults, in the order in which they are looked for.
const (
	UTF16          Fault = "is text in UTF-16; save it as UTF-8"
	ByteOrderMark  Fault = "begins with a byte order mark; leave it out"
	SeveralLines   Fault = "has more than one line; leave only the one that counts"
	LineBreak      Fault = "ends in a line break; leave it out"
	CarriageReturn Fault = "ends in a carriage return, as lines of Windows do; leave it out"
	Control        Fault = "holds a control character, which no keyboard types; copy it anew"
	Quotes         Fault = "stands in quotes; leave them out"
)

// Faults are all of them.
var Faults = [...]Fault{UTF16, ByteOrderMark, SeveralLines, LineBreak, CarriageReturn, Control, Quotes}

// Error is that a text can be no credential.
type Error struct{ Fault Fault }

func (e *Error) Error() string { return string(e.Fault) }

const byteOrderMark = "\ufeff"

// Text takes what a variable, a flag or a file says: without a byte order mark, which editors put
// before it, and without one line break at its end, which they put behind it. Its error is an
// [*Error].
func Text(raw string) (string, error) {
	text := strings.TrimPrefix(raw, byteOrderMark)
	if line, found := strings.CutSuffix(text, "\n"); found {
		text = strings.TrimSuffix(line, "\r")
	}
	return text, Check(text)
}

// Check fails with an [*Error] for a text that can be no credential: it came with something that
// belongs to its file or its shell. No server gives out such a one, since RFC 6749 (appendix A.1
// and A.2) has printable ASCII alone; other letters are left to the server.
func Check(text string) error {
	line, broken := strings.CutSuffix(text, "\n")
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"), strings.Contains(text, "\x00"):
		return &Error{UTF16}
	case strings.HasPrefix(text, byteOrderMark):
		return &Error{ByteOrderMark}
	case strings.Contains(line, "\n"):
		return &Error{SeveralLines}
	case broken:
		return &Error{LineBreak}
	case strings.HasSuffix(text, "\r"):
		return &Error{CarriageReturn}
	case strings.ContainsFunc(text, unicode.IsControl):
		return &Error{Control}
	case quoted(text):
		return &Error{Quotes}
	}
	return nil
}

var quotes = [...][2]string{{`"`, `"`}, {`'`, `'`}, {"“", "”"}, {"‘", "’"}, {"«", "»"}}

func quoted(text string) bool {
	for _, pair := range quotes {
		if inside, found := strings.CutPrefix(text, pair[0]); found && strings.HasSuffix(inside, pair[1]) {
			return true
		}
	}
	return false
}

// Stray reports whether a text that can be a credential looks as if something had come along with
// it: a blank or a quote at one of its ends, or a character that shows nowhere.
func Stray(text string) bool {
	for _, pair := range quotes {
		if strings.HasPrefix(text, pair[0]) || strings.HasSuffix(text, pair[1]) {
			return true
		}
	}
	return text != strings.TrimSpace(text) ||
		strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cf, r) })
}

// MaxSize bounds what is read of a file: no credential is that long, but a file given by mistake
// may be.
const MaxSize = 64 << 10 // bytes

// ErrTooLong is that there is more than [MaxSize].
var ErrTooLong = errors.New("too long for a credential")

// Read takes the whole source as [Text] does. It fails with [ErrTooLong], an [*Error], or the
// source's error.
func Read(source io.Reader) (string, error) {
	content, err := io.ReadAll(io.LimitReader(source, MaxSize+1))
	switch {
	case err != nil:
		return "", err
	case len(content) > MaxSize:
		return "", ErrTooLong
	}
	return Text(string(content))
}
