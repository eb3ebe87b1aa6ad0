package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// shrink scales the picture to at most side pixels on its longer side. Each pixel is the mean of
// those that it replaces.
func shrink(source image.Image, side int) *image.RGBA {
	from := source.Bounds()
	width, height := fit(from.Dx(), from.Dy(), side)
	result := image.NewRGBA(image.Rect(0, 0, width, height))
	// Convert one row of boxes at a time to a fixed format, whatever the source's format is.
	strip := image.NewRGBA(image.Rect(0, 0, from.Dx(), (from.Dy()+height-1)/height))
	for y := range height {
		top, bottom := y*from.Dy()/height, (y+1)*from.Dy()/height
		draw.Draw(strip, image.Rect(0, 0, from.Dx(), bottom-top), source, image.Pt(from.Min.X, from.Min.Y+top),
			draw.Src)
		for x := range width {
			left, right := x*from.Dx()/width, (x+1)*from.Dx()/width
			result.SetRGBA(x, y, mean(strip, image.Rect(left, 0, right, bottom-top)))
		}
	}
	return result
}

// fit returns the dimensions scaled to at most side on the longer one, and at least 1 on the other.
func fit(width, height, side int) (int, int) {
	longer := max(width, height)
	if longer <= side {
		return width, height
	}
	return max(1, width*side/longer), max(1, height*side/longer)
}

func mean(pixels *image.RGBA, box image.Rectangle) color.RGBA {
	var sum [4]int
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := pixels.Pix[pixels.PixOffset(box.Min.X, y):pixels.PixOffset(box.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			sum[0] += int(row[i])
			sum[1] += int(row[i+1])
			sum[2] += int(row[i+2])
			sum[3] += int(row[i+3])
		}
	}
	count := box.Dx() * box.Dy()
	part := func(i int) uint8 { return uint8((sum[i] + count/2) / count) }
	return color.RGBA{part(0), part(1), part(2), part(3)}
}

// OnWhite puts a white background behind transparent pixels.
func OnWhite(pixels *image.RGBA) *image.RGBA {
	if pixels.Opaque() {
		return pixels
	}
	result := image.NewRGBA(pixels.Rect)
	draw.Draw(result, result.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(result, result.Rect, pixels, pixels.Rect.Min, draw.Over)
	return result
}
