package sign

import (
	"fmt"
	"math"

	"github.com/danabio/danabio-go/internal/pdf"
)

// The stamp's size and margins in points.
const (
	stampWidth  = 236.0
	stampHeight = 30.0
	stampMargin = 14.0
	stampGap    = 4.0
	stampName   = 44 // characters of the signer's name
)

// stampPlace gives the stamp's rectangle at the page's lower left, above those of earlier
// signatures; an empty one if the page is too small or its size unknown.
func (r *revision) stampPlace() (rectangle pdf.Object, visible bool) {
	left, bottom, right, top, ok := r.pageBox()
	x := left + stampMargin
	y := bottom + stampMargin + float64(r.form.earlier)*(stampHeight+stampGap)
	if !ok || x+stampWidth > right || y+stampHeight > top {
		zero := pdf.NewInteger(0)
		return pdf.NewArray(zero, zero, zero, zero), false
	}
	return pdf.NewArray(pdf.NewReal(x), pdf.NewReal(y), pdf.NewReal(x+stampWidth), pdf.NewReal(y+stampHeight)), true
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
			return min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3]), true
		}
	}
	return 0, 0, 0, 0, false
}

// newStamp draws the signature's appearance, which says whose it is.
func newStamp(options Options) (dictionary pdf.Object, content []byte) {
	lines := []string{"Firma del emulador danabio - sin valor legal / not a real signature"}
	if options.Signer != "" {
		signer := []rune(options.Signer)
		if len(signer) > stampName {
			signer = append(signer[:stampName-3], '.', '.', '.')
		}
		lines = append(lines, "Firmante / signer: "+string(signer))
	}
	lines = append(lines, options.Time.Format("2006-01-02 15:04:05 UTC"))
	content = fmt.Appendf(nil, "q 0.75 w 0.70 0.10 0.10 RG 0.5 0.5 %.1f %.1f re S Q\n", stampWidth-1, stampHeight-1)
	content = append(content, "BT /F 6.5 Tf 0.45 0.05 0.05 rg 8.5 TL 5 21 Td\n"...)
	for i, line := range lines {
		if i > 0 {
			content = append(content, "T* "...)
		}
		content = append(pdf.Object{Kind: pdf.Literal, Text: winAnsi(line)}.Append(content), " Tj\n"...)
	}
	content = append(content, "ET"...)
	font := newDictionary(
		"Type", pdf.NewName("Font"),
		"Subtype", pdf.NewName("Type1"),
		"BaseFont", pdf.NewName("Helvetica"),
		"Encoding", pdf.NewName("WinAnsiEncoding"),
	)
	zero := pdf.NewInteger(0)
	return newDictionary(
		"Type", pdf.NewName("XObject"),
		"Subtype", pdf.NewName("Form"),
		"BBox", pdf.NewArray(zero, zero, pdf.NewReal(stampWidth), pdf.NewReal(stampHeight)),
		"Resources", newDictionary("Font", newDictionary("F", font)),
		"Length", pdf.NewInteger(int64(len(content))),
	), content
}

// winAnsi encodes what the stamp's font can show; a question mark stands for the rest.
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
