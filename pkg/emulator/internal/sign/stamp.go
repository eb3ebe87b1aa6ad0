package sign

import (
	"fmt"
	"math"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
)

// Size and margins of the stamp, in points.
const (
	stampWidth  = 236.0
	stampHeight = 30.0
	stampMargin = 14.0
	stampGap    = 4.0
	stampName   = 44   // characters of the signer's name
	inkWidth    = 84.0 // beside the text
)

// stampPlace returns the stamp's rectangle, at the page's lower left above the stamps of earlier
// signatures, and its width. The width includes the signer's ink if there is some and the page is
// wide enough. It is zero if the page is too small or its size is unknown.
func (r *revision) stampPlace(options Options) (rectangle pdf.Object, width float64) {
	left, bottom, right, top, ok := r.pageBox()
	x := left + stampMargin
	y := bottom + stampMargin + float64(r.form.signatureCount)*(stampHeight+stampGap)
	width = stampWidth
	if given := options.Ink.Name != "" || len(options.Ink.Strokes) > 0; given && x+stampWidth+inkWidth <= right {
		width += inkWidth
	}
	if !ok || x+width > right || y+stampHeight > top {
		zero := pdf.NewInteger(0)
		return pdf.NewArray(zero, zero, zero, zero), 0
	}
	return pdf.NewArray(pdf.NewReal(x), pdf.NewReal(y), pdf.NewReal(x+width), pdf.NewReal(y+stampHeight)), width
}

func (r *revision) pageBox() (left, bottom, right, top float64, ok bool) {
	for _, key := range []string{"CropBox", "MediaBox"} {
		box, _, err := r.base.Resolve(r.form.page.Inherited(key))
		if err != nil || box.Kind != pdf.Array || len(box.Items) != 4 {
			continue
		}
		var sides [4]float64
		ok = true
		for i, item := range box.Items {
			side, _, err := r.base.Resolve(item)
			number, isNumber := side.Number()
			ok = ok && err == nil && isNumber && math.Abs(number) < 1e6
			sides[i] = number
		}
		if ok {
			return min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3]),
				true
		}
	}
	return 0, 0, 0, 0, false
}

// newStamp draws the appearance of the signature, which says whose it is.
func newStamp(options Options, width float64) (dictionary pdf.Object, content []byte) {
	lines := []string{"Firma del emulador danabio - sin valor legal / not a real signature"}
	if options.Signer != "" {
		signer := []rune(options.Signer)
		if len(signer) > stampName {
			signer = append(signer[:stampName-3], '.', '.', '.')
		}
		lines = append(lines, "Firmante / signer: "+string(signer))
	}
	lines = append(lines, options.Time.Format("2006-01-02 15:04:05 UTC"))
	content = fmt.Appendf(nil, "q 0.75 w 0.70 0.10 0.10 RG 0.5 0.5 %.1f %.1f re S Q\n", width-1, stampHeight-1)
	content = append(content, "BT /F 6.5 Tf 0.45 0.05 0.05 rg 8.5 TL 5 21 Td\n"...)
	for i, line := range lines {
		if i > 0 {
			content = append(content, "T* "...)
		}
		content = append(pdf.Object{Kind: pdf.Literal, Text: winAnsi(line)}.Append(content), " Tj\n"...)
	}
	content = append(content, "ET"...)
	fonts := newDictionary("F", newFont("Helvetica"))
	if width > stampWidth {
		content = appendInk(content, options.Ink)
		fonts = fonts.With("I", newFont("Times-Italic"))
	}
	zero := pdf.NewInteger(0)
	return newDictionary(
		"Type", pdf.NewName("XObject"),
		"Subtype", pdf.NewName("Form"),
		"BBox", pdf.NewArray(zero, zero, pdf.NewReal(width), pdf.NewReal(stampHeight)),
		"Resources", newDictionary("Font", fonts),
		"Length", pdf.NewInteger(int64(len(content))),
	), content
}

// newFont returns one of the fonts that every reader has.
func newFont(name string) pdf.Object {
	return newDictionary(
		"Type", pdf.NewName("Font"),
		"Subtype", pdf.NewName("Type1"),
		"BaseFont", pdf.NewName(name),
		"Encoding", pdf.NewName("WinAnsiEncoding"),
	)
}

// appendInk draws the signer's own signature at the right of the stamp: strokes as lines, a name in
// italics.
func appendInk(content []byte, ink pen.Signature) []byte {
	const (
		scale  = (inkWidth - 4) / pen.Width
		bottom = (stampHeight - pen.Height*scale) / 2
	)
	content = append(content, "\nq 0.08 0.19 0.48 rg 0.08 0.19 0.48 RG 0.8 w 1 J 1 j\n"...)
	for _, stroke := range ink.Strokes {
		move := func(to pen.Point, operator string) {
			content = fmt.Appendf(content, "%.1f %.1f %s\n", stampWidth+float64(to.X)*scale, bottom+
				float64(pen.Height-to.Y)*scale, operator)
		}
		move(stroke[0], "m")
		for _, point := range stroke { // repeats the first point, so that a single point is a dot
			move(point, "l")
		}
		content = append(content, "S\n"...)
	}
	if ink.Name != "" {
		name := winAnsi(ink.Name)
		const widest = 0.6 // of the font's size: an upper bound of the average letter width
		size := min(16, (inkWidth-6)/(widest*float64(len(name))))
		content = fmt.Appendf(content, "BT /I %.2f Tf %.1f %.2f Td\n", size, stampWidth+2, (stampHeight-0.5*size)/2)
		content = append(pdf.Object{Kind: pdf.Literal, Text: name}.Append(content), " Tj ET\n"...)
	}
	return append(content, 'Q')
}

// winAnsi encodes the characters that the stamp's font can show, and replaces others by question
// marks.
func winAnsi(text string) []byte {
	var result []byte
	for _, c := range text {
		switch {
		case ' ' <= c && c <= '~', 0xA1 <= c && c <= 0xFF:
			result = append(result, byte(c))
		default:
			result = append(result, '?')
		}
	}
	return result
}
