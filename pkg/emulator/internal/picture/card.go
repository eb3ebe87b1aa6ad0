package picture

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Format of bank and identity cards, ID-1.
const (
	cardWidth  = 720
	cardHeight = 454
	bandTop    = cardHeight - 56
)

var (
	ink   = rgb(0x1B2430)
	faint = rgb(0x5B6B7C)
	navy  = rgb(0x17406B)

	watermark = style{bold, 54, color.NRGBA{R: 0xB3, G: 0x20, B: 0x1C, A: 36}}
)

// number returns an identity number in a format that no country uses.
func number(holder string) string {
	r := random("number of " + holder)
	return fmt.Sprintf("X-%03d-%03d-X", r.IntN(1000), r.IntN(1000))
}

func drawGround(c *canvas, holder string, phase float64) {
	whole := box{0, 0, cardWidth, cardHeight}
	tints := []uint32{0xDCE9F2, 0xE3EDE0, 0xEEE7DA}
	tint := rgb(tints[random(holder).IntN(len(tints))])
	c.gradient(whole, mix(tint, rgb(0xFFFFFF), 0.5), tint)
	c.waves(whole, mix(tint, navy, 0.45), 15, phase)
	c.waves(whole, mix(tint, rgb(0xA8523A), 0.35), 23, phase+2)
}

func drawFront(c *canvas, holder string) {
	drawGround(c, holder, 0)
	c.block(0, 0, cardWidth, 66, navy)
	c.text(24, 35, style{bold, 25, rgb(0xFFFFFF)}, "REPÚBLICA DE EJEMPLO")
	c.text(24, 55, style{regular, 14, rgb(0xC9DCEE)}, "DOCUMENTO DE IDENTIDAD / SPECIMEN")
	star(c, 672, 33, 22, rgb(0xF2C14E))

	photo := box{26, 90, 226, 340}
	c.rectangle(box{photo.left - 4, photo.top - 4, photo.right + 4, photo.bottom + 4}, 4, rgb(0xFFFFFF), 1)
	newFace(holder).draw(c, photo)

	fields := []struct {
		label, value string
		size         float64
	}{
		{"NOMBRE / NAME", strings.ToUpper(holder), 25},
		{"NÚMERO / NUMBER", number(holder), 25},
		{"NACIMIENTO / BIRTH", "31 02 1990", 21}, // a day that does not exist
		{"VÁLIDO HASTA / VALID UNTIL", "NUNCA / NEVER", 21},
	}
	for i, field := range fields {
		y := 108 + float64(i)*62
		c.text(254, y, style{regular, 13, faint}, field.label)
		c.fitText(254, y+27, cardWidth-254-24, style{bold, field.size, ink}, field.value)
	}
	c.text(26, 376, style{bold, 18, rgb(0xA8523A)}, "SPECIMEN")
	c.slantText(446, 392, 0.56, watermark, "EMULADOR")
	warn(c, bandTop, "EMULATOR - NOT A REAL DOCUMENT", "EMULADOR - NO ES UN DOCUMENTO REAL")
}

func drawBack(c *canvas, holder string) {
	drawGround(c, holder, 1.3)
	c.block(0, 28, cardWidth, 92, rgb(0x26292E))
	c.text(24, 124, style{bold, 16, ink}, "EMITIDO POR / ISSUED BY: DANABIO EMULATOR")
	c.text(24, 146, style{regular, 14, faint}, "SOLO PARA PRUEBAS. NO IDENTIFICA A NADIE.")
	c.text(24, 166, style{regular, 14, faint}, "FOR TESTS ONLY. IDENTIFIES NOBODY.")

	r := random("pattern of " + holder)
	const cell, cells = 5, 26
	const left, top = cardWidth - 24 - cell*cells, 112
	c.rectangle(box{left - 6, top - 6, left + cell*cells + 6, top + cell*cells + 6}, 3, rgb(0xFFFFFF), 1)
	for row := range cells {
		for column := range cells {
			if r.IntN(2) == 0 {
				x, y := left+column*cell, top+row*cell
				c.block(x, y, x+cell, y+cell, ink)
			}
		}
	}
	print := func(radius, from, to float64) {
		c.arc(90, 232, radius, from*math.Pi, to*math.Pi, 2.2, mix(navy, rgb(0xFFFFFF), 0.25), 0.8)
	}
	for i := range 7 {
		from := 0.85 + 0.3*r.Float64()
		print(5+6*float64(i), from, 2)
		print(5+6*float64(i), 0, 0.3+0.4*r.Float64())
	}
	c.text(154, 226, style{regular, 14, faint}, "HUELLA DIBUJADA / DRAWN PRINT")

	c.rectangle(box{0, 284, cardWidth, bandTop}, 0, rgb(0xFFFFFF), 0.65)
	for i, line := range readableText(holder) {
		c.text(24, 319+float64(i)*33, style{mono, 37, ink}, line)
	}
	c.slantText(250, 392, 0.56, watermark, "EMULADOR")
	warn(c, bandTop, "EMULATOR - NOT A REAL DOCUMENT", "EMULADOR - NO ES UN DOCUMENTO REAL")
}

// readableText returns three lines that look like a machine readable zone and have its length, but
// name no country and have no valid check digits.
func readableText(holder string) [3]string {
	letters := func(text string) string {
		return strings.Map(func(c rune) rune {
			switch {
			case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
				return c
			case c == ' ', c == '-':
				return '<'
			}
			return -1
		}, norm.NFD.String(strings.ToUpper(text)))
	}
	var lines [3]string
	for i, line := range []string{
		"IDXXX" + letters(number(holder)) + "<SPECIMEN",
		"900231XNEVERXXXX<EMULATOR",
		letters(holder) + "<<EMULATOR",
	} {
		const length = 30
		line += strings.Repeat("<", length)
		lines[i] = line[:length]
	}
	return lines
}

// star draws the emblem of a republic that does not exist.
func star(c *canvas, x0, y0, radius float64, paint color.RGBA) {
	c.shape(box{x0 - radius, y0 - radius, x0 + radius, y0 + radius}, paint, 1, func(x, y float64) float64 {
		angle := math.Atan2(x-x0, y0-y)
		sector := 2 * math.Pi / 5
		angle = math.Abs(math.Mod(angle+2*math.Pi+sector/2, sector) - sector/2)
		distance := math.Hypot(x-x0, y-y0)
		u, v := distance*math.Cos(angle), distance*math.Sin(angle)
		// edge from the tip to the notch between two tips
		notchX, notchY := 0.40*radius*math.Cos(sector/2), 0.40*radius*math.Sin(sector/2)
		edgeX, edgeY := notchX-radius, notchY
		return (edgeX*v - edgeY*(u-radius)) / math.Hypot(edgeX, edgeY) * -1
	})
}
