// Package pen represents a signature as its signer gave it: lines drawn with mouse or finger, or a
// typed name. Call [Parse] on what a page sends, [Typed] on a name, or [Sample]. Package picture
// draws the result, and package sign puts it on PDFs.
package pen

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width and Height are the size of the drawing area. Points lie within it, including its edges,
// counted from its upper left corner.
const (
	Width  = 600
	Height = 200
)

// Limits of a signature.
const (
	MaxPoints = 3000
	MaxName   = 100 // in characters
)

// Signature is either drawn or typed.
type Signature struct {
	Strokes []Stroke
	Name    string
}

// Stroke is a line from where the pen came down to where it was lifted. A single point is a dot.
type Stroke []Point

// Point is a position in the drawing area.
type Point struct{ X, Y int }

// Reasons to refuse a signature. ErrEmpty is the signer's oversight. No page of ours sends the
// others.
var (
	ErrEmpty   = errors.New("signature: nothing was drawn or typed")
	ErrTooLong = fmt.Errorf("signature: more than %d points, or than %d characters", MaxPoints, MaxName)
	ErrForm    = fmt.Errorf("signature: strokes such as %q are expected, with points inside of %d by %d",
		"10,20 11,25;40,40", Width, Height)
)

// Parse parses strokes: points "x,y" in whole numbers, with a space between points and a semicolon
// between strokes.
func Parse(text string) (Signature, error) {
	if text == "" {
		return Signature{}, ErrEmpty
	}
	if strings.Count(text, ",") > MaxPoints {
		return Signature{}, ErrTooLong
	}
	var signature Signature
	for stroke := range strings.SplitSeq(text, ";") {
		var points Stroke
		for pair := range strings.SplitSeq(stroke, " ") {
			x, y, _ := strings.Cut(pair, ",")
			point := Point{coordinate(x, Width), coordinate(y, Height)}
			if point.X < 0 || point.Y < 0 {
				return Signature{}, ErrForm
			}
			points = append(points, point)
		}
		signature.Strokes = append(signature.Strokes, points)
	}
	return signature, nil
}

// coordinate parses a number from 0 to most, without sign or leading zeros. It returns -1 for
// anything else.
func coordinate(text string, most int) int {
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || number > most || strconv.Itoa(number) != text {
		return -1
	}
	return number
}

// Typed returns a signature with the name, with white space normalized.
func Typed(name string) (Signature, error) {
	name = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(name, "?"), func(c rune) bool {
		return unicode.IsSpace(c) || !unicode.IsPrint(c)
	}), " ")
	switch {
	case name == "":
		return Signature{}, ErrEmpty
	case utf8.RuneCountInString(name) > MaxName:
		return Signature{}, ErrTooLong
	}
	return Signature{Name: name}, nil
}

// Points returns the total number of points of all strokes.
func (s Signature) Points() (n int) {
	for _, stroke := range s.Strokes {
		n += len(stroke)
	}
	return n
}

// String formats strokes as [Parse] reads them.
func (s Signature) String() string {
	var text strings.Builder
	for i, stroke := range s.Strokes {
		for j, point := range stroke {
			switch {
			case j > 0:
				text.WriteByte(' ')
			case i > 0:
				text.WriteByte(';')
			}
			fmt.Fprintf(&text, "%d,%d", point.X, point.Y)
		}
	}
	return text.String()
}
