package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/language"
)

// All texts for people are messages. Each is one whole English format string, given to a function
// whose last parameters are format and args; by it the Spanish one is found in spanishmessages.go.
// What stands in a text may be a message itself. Data, and all that is printed with --json, is the
// same in every language.

// message is a text in English, which can say itself in Spanish. Its error args are found in it as
// in an error of [fmt.Errorf].
type message struct {
	error
	format string
	args   []any
}

// textf is a text, or a part of one.
func textf(format string, args ...any) *message {
	return &message{fmt.Errorf(format, args...), format, args}
}

// errorf is an error whose text is for people.
func errorf(format string, args ...any) error { return textf(format, args...) }

func (m *message) Unwrap() error { return m.error }

// in is the text in a language; that of no message is empty.
func (m *message) in(wanted language.Language) string {
	switch {
	case m == nil:
		return ""
	case wanted == language.Spanish:
		return m.spanish().text
	}
	return m.Error()
}

// saying is an error in Spanish.
type saying struct {
	text    string
	details []string // English texts of what is told in Spanish by its kind alone
}

func (m *message) spanish() saying {
	var s saying
	args := slices.Clone(m.args)
	for i, arg := range args {
		if err, ok := arg.(error); ok {
			part := inSpanish(err)
			args[i], s.details = said(part.text), append(s.details, part.details...)
		}
	}
	s.text = fmt.Errorf(spanishOf(m.format), args...).Error()
	return s
}

// said is a text that is the same in every language, or that is in the right one already.
type said string

func (s said) Error() string   { return string(s) }
func (s said) spanish() saying { return saying{text: string(s)} }

// inLanguage is an error with its text in a language.
func inLanguage(wanted language.Language, err error) error {
	if err == nil || wanted != language.Spanish {
		return err
	}
	return said(inSpanish(err).text)
}

// inSpanish says an error in Spanish: ours as they say it, all others by their kind.
func inSpanish(err error) saying {
	if speaker, ok := err.(interface{ spanish() saying }); ok {
		return speaker.spanish()
	}
	var inside []error
	switch wrapper := err.(type) {
	case interface{ Unwrap() error }:
		inside = []error{wrapper.Unwrap()}
	case interface{ Unwrap() []error }:
		inside = wrapper.Unwrap()
	}
	if len(inside) > 1 && err.Error() == errors.Join(inside...).Error() {
		var all saying
		for i, part := range inside {
			one := inSpanish(part)
			if i > 0 {
				all.text += "\n"
			}
			all.text, all.details = all.text+one.text, append(all.details, one.details...)
		}
		return all
	}
	for _, part := range inside {
		if part != nil && part.Error() == err.Error() { // it adds no words
			return inSpanish(part)
		}
	}
	return foreignInSpanish(err)
}

// languageFlag is --lang. What it says is known before it is parsed, since help and errors of
// parsing must be in that language too.
type languageFlag struct{ out *output }

func (f languageFlag) String() string { return "" }
func (f languageFlag) Type() string   { return "en|es" }

func (f languageFlag) Set(value string) error {
	switch wanted := language.Language(value); wanted {
	case language.English, language.Spanish:
		f.out.language = wanted
		return nil
	}
	return errLanguage
}

var errLanguage = errors.New("no such language")

// languageOf is the language that args ask for, or else the user's settings.
func languageOf(args []string) language.Language {
	wanted := language.OfUser(os.Getenv)
	for i, arg := range args {
		value, given := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, given = args[i+1], true
		}
		if arg == "--" {
			break
		}
		if given {
			wanted = language.Of(value)
		}
	}
	return wanted
}
