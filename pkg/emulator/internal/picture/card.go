package picture

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// The format of bank and identity cards, ID-1.
const (
	cardWidth  = 720
	cardHeight = 454
	bandTop    = cardHeight - 56
)

var (
	ink   = rgb(0x1B2430)
	faint = rgb(0x5B6B7C)
	navy  = rgb(0x17406B)
)

// number is an identity number of a form that no country uses.
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
	c.block(box{0, 0, cardWidth, 66}, navy)
	c.text(24, 18, 2.6, "REPÚBLICA DE EJEMPLO", rgb(0xFFFFFF))
	c.text(24, 46, 1.5, "DOCUMENTO DE IDENTIDAD / SPECIMEN", rgb(0xC9DCEE))
	star(c, 672, 33, 22, rgb(0xF2C14E))

	photo := box{26, 90, 226, 340}
	c.rectangle(box{photo.left - 4, photo.top - 4, photo.right + 4, photo.bottom + 4}, 4, rgb(0xFFFFFF), 1)
	newFace(holder).draw(c, photo)

	fields := []struct {
		label, value string
		size         float64
	}{
		{"NOMBRE / NAME", holder, 2.6},
		{"NÚMERO / NUMBER", number(holder), 2.6},
		{"NACIMIENTO / BIRTH", "31 02 1990", 2.2}, // a day that does not exist
		{"VÁLIDO HASTA / VALID UNTIL", "NUNCA / NEVER", 2.2},
	}
	for i, field := range fields {
		y := 98 + float64(i)*62
		c.text(254, y, 1.4, field.label, faint)
		c.fitText(254, y+20, field.size, cardWidth-254-24, field.value, ink)
	}
	c.text(26, 362, 1.8, "SPECIMEN", rgb(0xA8523A))
	c.slantText(236, 390, 5.4, 0.56, "EMULADOR", rgb(0xB3201C), 0.15)
	warn(c, bandTop, "EMULATOR - NOT A REAL DOCUMENT", "EMULADOR - NO ES UN DOCUMENTO REAL")
}

func drawBack(c *canvas, holder string) {
	drawGround(c, holder, 1.3)
	c.block(box{0, 28, cardWidth, 92}, rgb(0x26292E))
	c.text(24, 112, 1.6, "EMITIDO POR / ISSUED BY: DANABIO EMULATOR", ink)
	c.text(24, 136, 1.4, "SOLO PARA PRUEBAS. NO IDENTIFICA A NADIE.", faint)
	c.text(24, 156, 1.4, "FOR TESTS ONLY. IDENTIFIES NOBODY.", faint)

	r := random("pattern of " + holder)
	const cell, cells = 5.0, 26
	left, top := float64(cardWidth)-24-cell*cells, 112.0
	c.rectangle(box{left - 6, top - 6, left + cell*cells + 6, top + cell*cells + 6}, 3, rgb(0xFFFFFF), 1)
	for row := range cells {
		for column := range cells {
			if r.IntN(2) == 0 {
				x, y := left+float64(column)*cell, top+float64(row)*cell
				c.block(box{x, y, x + cell, y + cell}, ink)
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
	c.text(154, 216, 1.4, "HUELLA DIBUJADA / DRAWN PRINT", faint)

	c.rectangle(box{0, 284, cardWidth, bandTop}, 0, rgb(0xFFFFFF), 0.65)
	for i, line := range readableText(holder) {
		c.text(24, 298+float64(i)*33, 3.7, line, ink)
	}
	c.slantText(250, 380, 5.4, 0.56, "EMULADOR", rgb(0xB3201C), 0.15)
	warn(c, bandTop, "EMULATOR - NOT A REAL DOCUMENT", "EMULADOR - NO ES UN DOCUMENTO REAL")
}

// readableText gives three lines that look like the machine readable zone and have its length, but
// name no country and carry no valid check digits.
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

// star is the emblem of a republic that does not exist.
func star(c *canvas, x0, y0, radius float64, paint color.RGBA) {
	c.shape(box{x0 - radius, y0 - radius, x0 + radius, y0 + radius}, paint, 1, func(x, y float64) float64 {
		angle := math.Atan2(x-x0, y0-y)
		sector := 2 * math.Pi / 5
		angle = math.Abs(math.Mod(angle+2*math.Pi+sector/2, sector) - sector/2)
		distance := math.Hypot(x-x0, y-y0)
		u, v := distance*math.Cos(angle), distance*math.Sin(angle)
		// the edge from the tip to the notch between two tips
		notchX, notchY := 0.40*radius*math.Cos(sector/2), 0.40*radius*math.Sin(sector/2)
		edgeX, edgeY := notchX-radius, notchY
		return (edgeX*v - edgeY*(u-radius)) / math.Hypot(edgeX, edgeY) * -1
	})
}
