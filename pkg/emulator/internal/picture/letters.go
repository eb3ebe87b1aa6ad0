package picture

import (
	"image/color"
	"math"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Letters are five dots wide and seven high, with two dots above for accents.
const (
	letterWidth  = 5
	letterHeight = 7
	letterStep   = letterWidth + 1
)

// letters holds each letter's rows, top first, as one octal digit pair a row: five bits, the
// highest of them at the left.
var letters = map[rune][letterHeight]uint8{
	'A': {016, 021, 021, 037, 021, 021, 021}, 'B': {036, 021, 021, 036, 021, 021, 036},
	'C': {016, 021, 020, 020, 020, 021, 016}, 'D': {036, 021, 021, 021, 021, 021, 036},
	'E': {037, 020, 020, 036, 020, 020, 037}, 'F': {037, 020, 020, 036, 020, 020, 020},
	'G': {016, 021, 020, 027, 021, 021, 017}, 'H': {021, 021, 021, 037, 021, 021, 021},
	'I': {016, 004, 004, 004, 004, 004, 016}, 'J': {007, 002, 002, 002, 002, 022, 014},
	'K': {021, 022, 024, 030, 024, 022, 021}, 'L': {020, 020, 020, 020, 020, 020, 037},
	'M': {021, 033, 025, 025, 021, 021, 021}, 'N': {021, 031, 025, 023, 021, 021, 021},
	'O': {016, 021, 021, 021, 021, 021, 016}, 'P': {036, 021, 021, 036, 020, 020, 020},
	'Q': {016, 021, 021, 021, 025, 022, 015}, 'R': {036, 021, 021, 036, 024, 022, 021},
	'S': {017, 020, 020, 016, 001, 001, 036}, 'T': {037, 004, 004, 004, 004, 004, 004},
	'U': {021, 021, 021, 021, 021, 021, 016}, 'V': {021, 021, 021, 021, 021, 012, 004},
	'W': {021, 021, 021, 025, 025, 033, 021}, 'X': {021, 021, 012, 004, 012, 021, 021},
	'Y': {021, 021, 012, 004, 004, 004, 004}, 'Z': {037, 001, 002, 004, 010, 020, 037},
	'0': {016, 021, 023, 025, 031, 021, 016}, '1': {004, 014, 004, 004, 004, 004, 016},
	'2': {016, 021, 001, 006, 010, 020, 037}, '3': {016, 021, 001, 006, 001, 021, 016},
	'4': {002, 006, 012, 022, 037, 002, 002}, '5': {037, 020, 036, 001, 001, 021, 016},
	'6': {016, 020, 036, 021, 021, 021, 016}, '7': {037, 001, 002, 004, 010, 010, 010},
	'8': {016, 021, 021, 016, 021, 021, 016}, '9': {016, 021, 021, 017, 001, 001, 016},
	'-': {0, 0, 0, 016, 0, 0, 0}, '.': {0, 0, 0, 0, 0, 014, 014}, ',': {0, 0, 0, 0, 014, 004, 010},
	':': {0, 014, 014, 0, 014, 014, 0}, '/': {001, 001, 002, 004, 010, 020, 020}, '\'': {004, 004, 010, 0, 0, 0, 0},
	'(': {002, 004, 010, 010, 010, 004, 002}, ')': {010, 004, 002, 002, 002, 004, 010},
	'<': {001, 002, 004, 010, 004, 002, 001}, '?': {016, 021, 001, 002, 004, 0, 004}, ' ': {},
}

// accents holds two rows each, which stand right above a letter.
var accents = map[rune][2]uint8{
	'\u0300': {010, 004}, '\u0301': {002, 004}, '\u0302': {004, 012}, '\u0303': {015, 026},
	'\u0308': {012, 0}, '\u030A': {004, 004}, '\u030C': {012, 004},
}

// glyph is a letter with its accent, nine rows in all.
type glyph [letterHeight + 2]uint8

// spell turns text into glyphs: capitals only, a question mark for what has no letter.
func spell(text string) []glyph {
	var result []glyph
	for _, c := range norm.NFD.String(strings.ToUpper(text)) {
		if unicode.Is(unicode.Mn, c) {
			if rows, ok := accents[c]; ok && len(result) > 0 {
				last := &result[len(result)-1]
				last[0] |= rows[0]
				last[1] |= rows[1]
			}
			continue
		}
		rows, ok := letters[c]
		if !ok {
			rows = letters['?']
		}
		var g glyph
		copy(g[2:], rows[:])
		result = append(result, g)
	}
	return result
}

// dot tells whether a text has ink at a place, in dots from the upper left of its first letter.
func dot(text []glyph, x, y float64) bool {
	column, row := int(math.Floor(x)), int(math.Floor(y))+2
	if column < 0 || row < 0 || row >= len(glyph{}) || column/letterStep >= len(text) ||
		column%letterStep >= letterWidth {
		return false
	}
	return text[column/letterStep][row]>>(letterWidth-1-column%letterStep)&1 == 1
}

// textWidth is how wide a text is at a size, in pixels.
func textWidth(text string, size float64) float64 {
	return float64(len(spell(text))*letterStep-1) * size
}

// text writes with dots of the given size, from the upper left corner of the first letter.
func (c *canvas) text(x, y, size float64, text string, paint color.RGBA) {
	for i, g := range spell(text) {
		for row, bits := range g {
			for column := range letterWidth {
				if bits>>(letterWidth-1-column)&1 == 1 {
					left, top := x+float64(i*letterStep+column)*size, y+float64(row-2)*size
					c.block(box{left, top, left + size, top + size}, paint)
				}
			}
		}
	}
}

// fitText writes text as text does, smaller where it would be wider than width.
func (c *canvas) fitText(x, y, size, width float64, text string, paint color.RGBA) {
	c.text(x, y, min(size, size*width/max(1, textWidth(text, size))), text, paint)
}

// centerText writes text in the middle between two sides.
func (c *canvas) centerText(left, right, y, size float64, text string, paint color.RGBA) {
	c.text((left+right-textWidth(text, size))/2, y, size, text, paint)
}

// slantText writes along a line that rises by the angle, in radians. Each pixel is the mean of four
// samples.
func (c *canvas) slantText(x0, y0, size, angle float64, text string, paint color.RGBA, opacity float64) {
	glyphs := spell(text)
	width, height := float64(len(glyphs)*letterStep)*size, float64(letterHeight)*size
	sin, cos := math.Sincos(angle)
	left, right := x0-3*size*sin, x0+width*cos+height*sin
	top, bottom := y0-width*sin-3*size, y0+height*cos
	for y := max(0, int(top)); y < min(c.height, int(bottom)+2); y++ {
		for x := max(0, int(left)); x < min(c.width, int(right)+2); x++ {
			ink := 0
			if row := ((float64(x)-x0)*sin + (float64(y)-y0)*cos) / size; row < -4 || row > letterHeight+2 {
				continue
			}
			for _, sample := range [4][2]float64{{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}, {0.75, 0.75}} {
				dx, dy := float64(x)+sample[0]-x0, float64(y)+sample[1]-y0
				if dot(glyphs, (dx*cos-dy*sin)/size, (dx*sin+dy*cos)/size) {
					ink++
				}
			}
			c.paint(x, y, paint, float64(ink)/4*opacity)
		}
	}
}
