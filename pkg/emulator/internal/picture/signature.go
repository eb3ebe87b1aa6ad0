package picture

import (
	"bytes"
	"image/color"
	"image/png"
	"math"

	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
)

const signatureBand = 48

// Signature draws a signature as a PNG of 600 by 248 pixels.
func Signature(signature pen.Signature) []byte {
	c := newCanvas(pen.Width, pen.Height+signatureBand)
	c.block(0, 0, pen.Width, pen.Height, rgb(0xFFFFFF))
	for _, stroke := range signature.Strokes {
		last := stroke[0]
		for _, point := range stroke {
			c.line(float64(last.X), float64(last.Y), float64(point.X), float64(point.Y), 1.9, penBlue)
			last = point
		}
	}
	if signature.Name != "" {
		const margin = 40
		name := style{italic, 72, penBlue}
		name.size = min(name.size, (pen.Width-2*margin)/name.face.glyphs(signature.Name, nil))
		c.centerText(pen.Height/2+0.3*name.size, name, signature.Name)
	}
	warn(c, pen.Height, "EMULATOR - NOT A REAL SIGNATURE", "EMULADOR - NO ES UNA FIRMA REAL")
	var out bytes.Buffer
	if err := png.Encode(&out, c.image); err != nil {
		panic(err) // impossible, since a buffer accepts everything and the size is fixed
	}
	return out.Bytes()
}

// penBlue is the blue of ballpoint pens.
var penBlue = rgb(0x14307A)

// line draws a line with a round pen.
func (c *canvas) line(x0, y0, x1, y1, radius float64, paint color.RGBA) {
	steps := max(1, math.Ceil(math.Hypot(x1-x0, y1-y0)))
	for i := range int(steps) + 1 {
		along := float64(i) / steps
		c.ellipse(x0+(x1-x0)*along, y0+(y1-y0)*along, radius, radius, paint, 1)
	}
}
