package i18n

import (
	"errors"
	"fmt"
	"slices"
)

// All texts for people are messages. Each is a complete English format string, passed to a function
// whose last parameters are format and args. The format string is the key of the Spanish one in
// messages_es.go. An argument may be a message too. Data and all --json output are the same in
// every language.

// Message is an English text that knows its Spanish translation. Errors among its arguments are
// wrapped as by [fmt.Errorf].
type Message struct {
	error
	format string
	args   []any
}

// Textf returns a text, or a part of one.
func Textf(format string, args ...any) *Message {
	return &Message{fmt.Errorf(format, args...), format, args}
}

// Errorf returns an error whose text is for people.
func Errorf(format string, args ...any) error { return Textf(format, args...) }

func (m *Message) Unwrap() error { return m.error }

// Notice returns the text of a notice, or nil for a nil message.
func Notice(text *Message) *Message {
	if text == nil {
		return nil
	}
	return Textf("notice: %s", text)
}

// In returns the text in a language, or "" for a nil message.
func (m *Message) In(wanted Language) string {
	switch {
	case m == nil:
		return ""
	case wanted == Spanish:
		return m.Spanish().Text
	}
	return m.Error()
}

// Translation is the Spanish form of an error.
type Translation struct {
	Text    string
	Details []string // English texts of errors whose Spanish names only the kind
}

func (m *Message) Spanish() Translation {
	var s Translation
	args := slices.Clone(m.args)
	for i, arg := range args {
		if err, ok := arg.(error); ok {
			part := InSpanish(err)
			args[i], s.Details = Verbatim(part.Text), append(s.Details, part.Details...)
		}
	}
	s.Text = fmt.Errorf(spanishOf(m.format), args...).Error()
	return s
}

// Verbatim is a text that is the same in every language, or already in the right one.
type Verbatim string

func (s Verbatim) Error() string        { return string(s) }
func (s Verbatim) Spanish() Translation { return Translation{Text: string(s)} }

// ErrorIn returns an error with its text in a language.
func ErrorIn(wanted Language, err error) error {
	if err == nil || wanted != Spanish {
		return err
	}
	return Verbatim(InSpanish(err).Text)
}

// InSpanish describes an error in Spanish. This program's errors translate themselves; all others
// are described by their kind.
func InSpanish(err error) Translation {
	if speaker, ok := err.(interface{ Spanish() Translation }); ok {
		return speaker.Spanish()
	}
	var inside []error
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		inside = []error{wrapper.Unwrap()}
	case interface{ Unwrap() []error }:
		inside = wrapper.Unwrap()
	}
	if len(inside) > 1 && err.Error() == errors.Join(inside...).Error() {
		var all Translation
		for i, part := range inside {
			one := InSpanish(part)
			if i > 0 {
				all.Text += "\n"
			}
			all.Text, all.Details = all.Text+one.Text, append(all.Details, one.Details...)
		}
		return all
	}
	for _, part := range inside {
		if part != nil && part.Error() == err.Error() { // it adds no words
			return InSpanish(part)
		}
	}
	return foreign(err)
}

// Detail is a text that exists in English only.
type Detail string

func (d Detail) Error() string { return string(d) }

func (d Detail) Spanish() Translation { return Translation{"vea el detalle", []string{string(d)}} }

// foreign describes an error from outside this program in Spanish.
var foreign = func(err error) Translation { return Translation{Details: []string{err.Error()}} }

// SayForeign sets the function that describes errors from outside this program in Spanish. It is
// set by a package that imports the packages of those errors.
func SayForeign(say func(err error) Translation) { foreign = say }
