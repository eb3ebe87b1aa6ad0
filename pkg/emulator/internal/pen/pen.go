// Package pen is a signature as its signer gave it: lines drawn by mouse or finger, or a typed
// name. Call [Parse] on what a page sends, [Typed] on a name, or [Sample]; package picture draws
// the result, and package sign puts it on PDFs.
//
// Only the signature's own form lives here, and the bounds on it; it draws nothing.
package pen

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width and Height are the size of the area that a signature is drawn in. Points lie within it,
// edges included, counted from its upper left corner.
const (
	Width  = 600
	Height = 200
)

// The most that a signature may have.
const (
	MaxPoints = 3000
	MaxName   = 100 // characters
)

// Signature is what was drawn or typed, one of the two.
type Signature struct {
	Strokes []Stroke
	Name    string
}

// Stroke is a line from where the pen came down to where it was lifted; one point is a dot.
type Stroke []Point

// Point is a place in the area.
type Point struct{ X, Y int }

// What is wrong with a signature that is refused. ErrEmpty is an oversight of the signer's, the
// others are no page's work.
var (
	ErrEmpty   = errors.New("signature: nothing was drawn or typed")
	ErrTooLong = fmt.Errorf("signature: more than %d points, or than %d characters", MaxPoints, MaxName)
	ErrForm    = fmt.Errorf("signature: strokes such as %q are expected, with points inside of %d by %d",
		"10,20 11,25;40,40", Width, Height)
)

// Parse reads strokes: points "x,y" in whole numbers with a space between two, and a semicolon
// between two strokes.
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

// coordinate reads a number from 0 to most, without sign or leading zeros; anything else is -1.
func coordinate(text string, most int) int {
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || number > most || strconv.Itoa(number) != text {
		return -1
	}
	return number
}

// Typed makes a signature of a name, without space around it.
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

// Points is how many points the strokes have together.
func (s Signature) Points() (n int) {
	for _, stroke := range s.Strokes {
		n += len(stroke)
	}
	return n
}

// String writes strokes as [Parse] reads them.
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
