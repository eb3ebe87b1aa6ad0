package i18n

import (
	"errors"
	"fmt"
	"slices"
)

// All texts for people are messages. Each is one whole English format string, given to a function
// whose last parameters are format and args; by it the Spanish one is found in spanishmessages.go.
// What stands in a text may be a message itself. Data, and all that is printed with --json, is the
// same in every language.

// Message is a text in English, which can say itself in Spanish. Its error args are found in it as
// in an error of [fmt.Errorf].
type Message struct {
	error
	format string
	args   []any
}

// Textf is a text, or a part of one.
func Textf(format string, args ...any) *Message {
	return &Message{fmt.Errorf(format, args...), format, args}
}

// Errorf is an error whose text is for people.
func Errorf(format string, args ...any) error { return Textf(format, args...) }

func (m *Message) Unwrap() error { return m.error }

// Notice is the text of a notice; that of no message is nil.
func Notice(text *Message) *Message {
	if text == nil {
		return nil
	}
	return Textf("notice: %s", text)
}

// In is the text in a language; that of no message is empty.
func (m *Message) In(wanted Language) string {
	switch {
	case m == nil:
		return ""
	case wanted == Spanish:
		return m.Spanish().Text
	}
	return m.Error()
}

// Translation is an error in Spanish.
type Translation struct {
	Text    string
	Details []string // English texts of what is told in Spanish by its kind alone
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

// Verbatim is a text that is the same in every language, or that is in the right one already.
type Verbatim string

func (s Verbatim) Error() string        { return string(s) }
func (s Verbatim) Spanish() Translation { return Translation{Text: string(s)} }

// ErrorIn is an error with its text in a language.
func ErrorIn(wanted Language, err error) error {
	if err == nil || wanted != Spanish {
		return err
	}
	return Verbatim(InSpanish(err).Text)
}

// InSpanish says an error in Spanish: ours as they say it, all others by their kind.
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

// Detail is a text that is in English only.
type Detail string

func (d Detail) Error() string { return string(d) }

func (d Detail) Spanish() Translation { return Translation{"vea el detalle", []string{string(d)}} }

// foreign says an error in Spanish whose text is not ours.
var foreign = func(err error) Translation { return Translation{Details: []string{err.Error()}} }

// SayForeign sets how errors are said in Spanish whose texts are not ours. What they are, only
// those know who import the packages that they come from.
func SayForeign(say func(err error) Translation) { foreign = say }
