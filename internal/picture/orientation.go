package picture

import (
	"image"
)

// upright turns a picture according to its orientation.
func upright(source *image.RGBA, held orientation) *image.RGBA {
	if held == 1 {
		return source
	}
	width, height := source.Rect.Dx(), source.Rect.Dy()
	across, down := width, height
	if held.swaps() {
		across, down = height, width
	}
	result := image.NewRGBA(image.Rect(0, 0, across, down))
	for y := range down {
		for x := range across {
			result.SetRGBA(x, y, source.RGBAAt(held.source(x, y, width, height)))
		}
	}
	return result
}
