package picture

import (
	"image"
	"image/color"
	"math"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
	"golang.org/x/text/unicode/norm"
)

// typeface returns one of the Go fonts, and parses it on the first call.
type typeface func() *sfnt.Font

var (
	regular = newTypeface(goregular.TTF)
	bold    = newTypeface(gobold.TTF)
	italic  = newTypeface(goitalic.TTF)
	mono    = newTypeface(gomonobold.TTF)
)

func newTypeface(file []byte) typeface {
	return sync.OnceValue(func() *sfnt.Font { return must(sfnt.Parse(file)) })
}

// must panics on an error: the fonts are compiled in, so none occurs.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// style is how text looks.
type style struct {
	face  typeface
	size  float64 // pixels of an em; a capital is 0.72 of it high
	paint color.Color
}

// glyphs calls visit, unless it is nil, with each letter's outline and distance from the start, and
// returns the width of the text, both in ems. A letter that the font lacks is replaced by the same
// letter without its accent, or else by a question mark.
func (f typeface) glyphs(text string, visit func(outline sfnt.Segments, at float64)) (width float64) {
	parsed := f()
	em := fixed.Int26_6(parsed.UnitsPerEm()) // so that results are in the font's own units
	var buffer sfnt.Buffer
	for _, letter := range norm.NFC.String(text) {
		if unicode.Is(unicode.Mn, letter) {
			continue // an accent that no letter of the font has
		}
		base, _ := utf8.DecodeRuneInString(norm.NFD.String(string(letter)))
		var index sfnt.GlyphIndex
		for _, candidate := range []rune{letter, base, '?'} {
			if index = must(parsed.GlyphIndex(&buffer, candidate)); index != 0 {
				break
			}
		}
		if visit != nil {
			visit(must(parsed.LoadGlyph(&buffer, index, em, nil)), width)
		}
		advance := must(parsed.GlyphAdvance(&buffer, index, em, font.HintingNone))
		width += float64(advance) / float64(em)
	}
	return width
}

// text writes from the left end of the baseline.
func (c *canvas) text(x, y float64, style style, text string) { c.slantText(x, y, 0, style, text) }

// fitText writes like text, in a smaller size if the text would be wider than width.
func (c *canvas) fitText(x, y, width float64, style style, text string) {
	style.size = min(style.size, width/max(0.1, style.face.glyphs(text, nil)))
	c.text(x, y, style, text)
}

// centerText writes text in the middle of the canvas.
func (c *canvas) centerText(y float64, style style, text string) {
	c.text((float64(c.width)-style.size*style.face.glyphs(text, nil))/2, y, style, text)
}

// slantText writes along a baseline that rises by the angle, in radians.
func (c *canvas) slantText(x, y, angle float64, style style, text string) {
	sin, cos := math.Sincos(angle)
	place := func(right, down float64) (float64, float64) { // of ems from the start of the baseline
		return x + style.size*(right*cos+down*sin), y + style.size*(down*cos-right*sin)
	}
	var area image.Rectangle
	width := style.face.glyphs(text, nil)
	for _, corner := range [][2]float64{{-0.5, -1.5}, {-0.5, 0.5}, {width + 0.5, -1.5}, {width + 0.5, 0.5}} {
		x, y := place(corner[0], corner[1])
		area = area.Union(image.Rect(int(x)-1, int(y)-1, int(x)+1, int(y)+1))
	}
	if area = area.Intersect(c.image.Bounds()); area.Empty() {
		return
	}
	raster := vector.NewRasterizer(area.Dx(), area.Dy())
	em := float64(style.face().UnitsPerEm())
	style.face.glyphs(text, func(outline sfnt.Segments, at float64) {
		place := func(p fixed.Point26_6) (float32, float32) {
			x, y := place(at+float64(p.X)/em, float64(p.Y)/em)
			return float32(x - float64(area.Min.X)), float32(y - float64(area.Min.Y))
		}
		for _, segment := range outline {
			switch x, y := place(segment.Args[0]); segment.Op {
			case sfnt.SegmentOpMoveTo:
				raster.MoveTo(x, y)
			case sfnt.SegmentOpLineTo:
				raster.LineTo(x, y)
			default: // TrueType has quadratic curves only
				toX, toY := place(segment.Args[1])
				raster.QuadTo(x, y, toX, toY)
			}
		}
	})
	raster.Draw(c.image, area, image.NewUniform(style.paint), image.Point{})
}
