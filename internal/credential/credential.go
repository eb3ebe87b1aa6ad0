// Package credential decides which texts can be a client ID or a client secret. The client, which
// refuses all others, and the command line, which knows where they come from, share this rule.
//
// Call [Text] for the content of a variable, a flag or a file, and [Check] for a value that a
// program sets. Errors say what is wrong with a text, and contain nothing of it.
package credential

import (
	"errors"
	"io"
	"strings"
	"unicode"
)

// Fault says what is wrong with a text, as the rest of a sentence whose subject is the text.
type Fault string

// Faults, in the order in which they are checked.
const (
	UTF16          Fault = "is text in UTF-16; save it as UTF-8"
	ByteOrderMark  Fault = "begins with a byte order mark; leave it out"
	SeveralLines   Fault = "has more than one line; leave only the one that counts"
	LineBreak      Fault = "ends in a line break; leave it out"
	CarriageReturn Fault = "ends in a carriage return, as lines of Windows do; leave it out"
	Control        Fault = "contains a control character, which no keyboard types; copy it again"
	Quotes         Fault = "is in quotes; leave them out"
)

// Faults lists all faults.
var Faults = [...]Fault{UTF16, ByteOrderMark, SeveralLines, LineBreak, CarriageReturn, Control, Quotes}

// Error means that a text cannot be a credential.
type Error struct{ Fault Fault }

func (e *Error) Error() string { return string(e.Fault) }

const byteOrderMark = "\ufeff"

// Text returns the credential in the content of a variable, a flag or a file. It removes a leading
// byte order mark and one final line break, which editors add. The error is an [*Error].
func Text(raw string) (string, error) {
	text := strings.TrimPrefix(raw, byteOrderMark)
	if line, found := strings.CutSuffix(text, "\n"); found {
		text = strings.TrimSuffix(line, "\r")
	}
	return text, Check(text)
}

// Check returns an [*Error] for a text that cannot be a credential because it contains something
// from its file or shell. No server issues such credentials: RFC 6749 (appendix A.1 and A.2) allows
// only printable ASCII. Check leaves other non-ASCII letters to the server.
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

// Stray reports whether a text that can be a credential looks as if it had picked up something: a
// space or a quote at one end, or an invisible character.
func Stray(text string) bool {
	for _, pair := range quotes {
		if strings.HasPrefix(text, pair[0]) || strings.HasSuffix(text, pair[1]) {
			return true
		}
	}
	return text != strings.TrimSpace(text) ||
		strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Cf, r) })
}

// MaxSize limits what is read of a file. No credential is that long, but a file given by mistake
// may be.
const MaxSize = 64 << 10 // in bytes

// ErrTooLong means that there is more than [MaxSize].
var ErrTooLong = errors.New("too long for a credential")

// Read reads the whole source and returns it as [Text] does. It fails with [ErrTooLong], an
// [*Error], or the source's error.
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
