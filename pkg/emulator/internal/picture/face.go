package picture

import (
	"image/color"
	"math"
)

const (
	selfieWidth  = 480
	selfieHeight = 600
)

// face is the appearance of a holder.
type face struct {
	skin, hair, shirt, eyes, wall color.RGBA
	longHair, glasses, beard      bool
	width                         float64
}

func newFace(holder string) face {
	r := random(holder)
	pick := func(choices ...uint32) color.RGBA { return rgb(choices[r.IntN(len(choices))]) }
	f := face{
		skin:     pick(0xF2D0B4, 0xE3B58F, 0xCC9468, 0xA9714B, 0x7E5134),
		hair:     pick(0x2B1D15, 0x1C1A1B, 0x4A2F1D, 0x6B4A2B, 0x8C8580),
		shirt:    pick(0x2F5D8A, 0x6E3B5E, 0x2E6B57, 0x4A4F63, 0x8A4B2F),
		eyes:     pick(0x4B2E1E, 0x3A2A20, 0x53683A, 0x466A86),
		wall:     pick(0xC9D3DA, 0xD8D2C4, 0xC8D4C9),
		longHair: r.IntN(2) == 0,
		glasses:  r.IntN(3) == 0,
		width:    0.94 + 0.12*r.Float64(),
	}
	f.beard = !f.longHair && r.IntN(2) == 0
	return f
}

// draw draws head and shoulders into an area.
func (f face) draw(c *canvas, area box) {
	unit := (area.right - area.left) / selfieWidth
	px := func(x float64) float64 { return area.left + x*unit }
	py := func(y float64) float64 { return area.top + y*unit }
	oval := func(x, y, rx, ry float64, paint color.RGBA, opacity float64) {
		c.ellipse(px(x), py(y), rx*unit, ry*unit, paint, opacity)
	}
	// clipped draws in the coordinates of a whole selfie, between two heights and inside the area
	clipped := func(top, bottom float64, paint color.RGBA, opacity float64, distance func(x, y float64) float64) {
		part := box{area.left, max(area.top, py(top)), area.right, min(area.bottom, py(bottom))}
		c.shape(part, paint, opacity, func(x, y float64) float64 {
			return max(distance((x-area.left)/unit, (y-area.top)/unit)*unit, y-part.bottom, area.left-x, x-area.right)
		})
	}
	dark, light := mix(f.skin, rgb(0x3A1D10), 0.28), mix(f.skin, rgb(0xFFFFFF), 0.22)

	c.gradient(area, mix(f.wall, rgb(0xFFFFFF), 0.35), mix(f.wall, rgb(0x30343A), 0.18))
	w := 112 * f.width
	if f.longHair {
		clipped(100, 500, f.hair, 1, ellipseDistance(240, 300, w+44, 200))
	}
	shoulders, lit := ellipseDistance(240, 640, 205, 180), ellipseDistance(225, 650, 190, 182)
	clipped(455, 600, f.shirt, 1, shoulders)
	clipped(455, 600, mix(f.shirt, rgb(0), 0.25), 0.5, func(x, y float64) float64 {
		return max(shoulders(x, y), -lit(x, y))
	})
	clipped(385, 520, dark, 1, ellipseDistance(240, 452, 58, 62))
	c.rectangle(box{px(186), py(360), px(294), py(455)}, 20*unit, dark, 1)

	oval(240-w-2, 290, 17, 32, dark, 1)
	oval(240+w+2, 290, 17, 32, dark, 1)
	oval(240, 272, w+8, 148, f.hair, 1)
	oval(240, 290, w, 146, f.skin, 1)
	for i := range 6 { // light from the upper left
		oval(214-float64(i), 262, w*(0.72-0.09*float64(i)), 110-14*float64(i), light, 0.10)
	}
	head, skin := ellipseDistance(240, 272, w+8, 148), ellipseDistance(240, 290, w, 146)
	if f.beard {
		chin := ellipseDistance(240, 268, w*0.9, 112)
		clipped(290, 440, mix(f.hair, f.skin, 0.25), 0.9, func(x, y float64) float64 {
			return max(skin(x, y), -chin(x, y), 290-y)
		})
	}
	// hairline: the part of the head above a flat curve
	forehead := ellipseDistance(252, 330, w+26, 136)
	clipped(120, 300, f.hair, 1, func(x, y float64) float64 { return max(head(x, y), -forehead(x, y)) })

	for _, side := range []float64{-1, 1} {
		x := 240 + side*46*f.width
		oval(x, 288, 23, 13, rgb(0xFAF8F4), 1)
		oval(x, 288, 11.5, 11.5, f.eyes, 1)
		oval(x, 288, 5.5, 5.5, rgb(0x0D0B0A), 1)
		oval(x-3.5, 284, 2.8, 2.8, rgb(0xFFFFFF), 0.9)
		c.arc(px(x), py(300), 26*unit, 1.25*math.Pi, 1.75*math.Pi, 4*unit, mix(f.hair, dark, 0.3), 1)
		c.arc(px(x), py(292), 44*unit, 1.31*math.Pi, 1.69*math.Pi, 8*unit, f.hair, 0.95)
		oval(x+side*14, 334, 24, 16, rgb(0xD8604F), 0.10)
	}
	c.arc(px(240), py(334), 17*unit, 0.15*math.Pi, 0.85*math.Pi, 4.5*unit, dark, 0.9)
	c.arc(px(262), py(318), 34*unit, 0.86*math.Pi, 1.12*math.Pi, 3*unit, dark, 0.45)
	oval(240, 380, 36, 9.5, rgb(0xB4564F), 1)
	c.arc(px(240), py(346), 47*unit, 0.26*math.Pi, 0.74*math.Pi, 3*unit, rgb(0x6E2A28), 0.9)
	if f.glasses {
		for _, side := range []float64{-1, 1} {
			c.arc(px(240+side*46*f.width), py(290), 36*unit, 0, 2*math.Pi, 4*unit, rgb(0x22252B), 0.95)
		}
		c.arc(px(240), py(296), 13*unit, 1.15*math.Pi, 1.85*math.Pi, 4*unit, rgb(0x22252B), 0.95)
	}
}

func drawSelfie(c *canvas, holder string) {
	newFace(holder).draw(c, box{0, 0, selfieWidth, selfieHeight})
	c.slantText(72, 540, 0.86, style{bold, 54, color.NRGBA{R: 255, G: 255, B: 255, A: 46}}, "EMULATOR EMULADOR")
	warn(c, selfieHeight-58, "EMULATOR - NOT A REAL PERSON", "EMULADOR - NO ES UNA PERSONA REAL")
}

// warn draws the band at the lower edge of every picture, below a height.
func warn(c *canvas, top int, english, spanish string) {
	c.block(0, top, c.width, c.height, rgb(0xB3201C))
	scale := min(float64(c.height-top)/56, float64(c.width)/480)
	middle := float64(top+c.height) / 2
	c.centerText(middle-1*scale, style{bold, 22 * scale, rgb(0xFFFFFF)}, english)
	c.centerText(middle+20*scale, style{regular, 16 * scale, rgb(0xFFE3DF)}, spanish)
}
