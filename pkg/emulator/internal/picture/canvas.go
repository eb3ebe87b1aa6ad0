package picture

import (
	"image"
	"image/color"
	"image/draw"
	"math"
)

// canvas is a picture to draw on. Coordinates are pixels from the upper left corner.
type canvas struct {
	image         *image.RGBA
	width, height int
}

func newCanvas(width, height int) *canvas {
	return &canvas{image: image.NewRGBA(image.Rect(0, 0, width, height)), width: width, height: height}
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 255}
}

// mix interpolates between a, for share 0, and b, for share 1.
func mix(a, b color.RGBA, share float64) color.RGBA {
	channel := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*share + 0.5) }
	return color.RGBA{R: channel(a.R, b.R), G: channel(a.G, b.G), B: channel(a.B, b.B), A: 255}
}

// paint covers a share, from 0 to 1, of a pixel.
func (c *canvas) paint(x, y int, paint color.RGBA, share float64) {
	if share <= 0 || x < 0 || y < 0 || x >= c.width || y >= c.height {
		return
	}
	at := y*c.image.Stride + 4*x
	pixel := c.image.Pix[at : at+4 : at+4]
	cover := uint32(min(share, 1)*256 + 0.5)
	if cover == 256 {
		pixel[0], pixel[1], pixel[2], pixel[3] = paint.R, paint.G, paint.B, 255
		return
	}
	blend := func(old, new uint8) uint8 { return uint8((uint32(old)*(256-cover) + uint32(new)*cover) >> 8) }
	pixel[0], pixel[1], pixel[2], pixel[3] = blend(pixel[0], paint.R), blend(pixel[1], paint.G),
		blend(pixel[2], paint.B), 255
}

// box is the area that contains a shape.
type box struct{ left, top, right, bottom float64 }

// shape paints the points at a negative distance from an outline, with soft edges.
func (c *canvas) shape(area box, paint color.RGBA, opacity float64, distance func(x, y float64) float64) {
	left, right := max(0, int(area.left)-1), min(c.width, int(area.right)+2)
	top, bottom := max(0, int(area.top)-1), min(c.height, int(area.bottom)+2)
	for y := top; y < bottom; y++ {
		for x := left; x < right; x++ {
			if d := distance(float64(x)+0.5, float64(y)+0.5); d < 0.5 {
				c.paint(x, y, paint, min(1, 0.5-d)*opacity)
			}
		}
	}
}

// gradient fills an area with colors from top to bottom.
func (c *canvas) gradient(area box, top, bottom color.RGBA) {
	for y := int(area.top); y < int(area.bottom); y++ {
		paint := mix(top, bottom, (float64(y)-area.top)/(area.bottom-area.top))
		c.block(int(area.left), y, int(area.right), y+1, paint)
	}
}

func (c *canvas) rectangle(area box, radius float64, paint color.RGBA, opacity float64) {
	x0, y0 := (area.left+area.right)/2, (area.top+area.bottom)/2
	w, h := (area.right-area.left)/2-radius, (area.bottom-area.top)/2-radius
	c.shape(area, paint, opacity, func(x, y float64) float64 {
		dx, dy := math.Abs(x-x0)-w, math.Abs(y-y0)-h
		if dx <= 0 || dy <= 0 {
			return max(dx, dy) - radius
		}
		return math.Sqrt(dx*dx+dy*dy) - radius
	})
}

// block fills whole pixels.
func (c *canvas) block(left, top, right, bottom int, paint color.RGBA) {
	draw.Draw(c.image, image.Rect(left, top, right, bottom), image.NewUniform(paint), image.Point{}, draw.Src)
}

func (c *canvas) ellipse(x0, y0, rx, ry float64, paint color.RGBA, opacity float64) {
	c.shape(box{x0 - rx, y0 - ry, x0 + rx, y0 + ry}, paint, opacity, ellipseDistance(x0, y0, rx, ry))
}

// ellipseDistance approximates the distance from an ellipse near its outline. Its sign is right
// everywhere.
func ellipseDistance(x0, y0, rx, ry float64) func(x, y float64) float64 {
	edge := 2 / min(rx, ry)
	inner, outer := max(0, 1-edge)*max(0, 1-edge), (1+edge)*(1+edge)
	return func(x, y float64) float64 {
		u, v := (x-x0)/rx, (y-y0)/ry
		switch square := u*u + v*v; {
		case square <= inner: // far from the outline only the sign matters
			return -2
		case square >= outer:
			return 2
		default:
			length := math.Sqrt(square)
			return (length - 1) * length / math.Sqrt(u*u/(rx*rx)+v*v/(ry*ry))
		}
	}
}

// arc draws an arc between two angles in radians, clockwise from the right.
func (c *canvas) arc(x0, y0, radius, from, to, thickness float64, paint color.RGBA, opacity float64) {
	reach := radius + thickness
	c.shape(box{x0 - reach, y0 - reach, x0 + reach, y0 + reach}, paint, opacity, func(x, y float64) float64 {
		if dx, dy := x-x0, y-y0; math.Abs(math.Sqrt(dx*dx+dy*dy)-radius) > thickness {
			return thickness
		}
		angle := math.Atan2(y-y0, x-x0)
		if angle < 0 {
			angle += 2 * math.Pi
		}
		angle = min(max(angle, from), to)
		return math.Hypot(x-x0-radius*math.Cos(angle), y-y0-radius*math.Sin(angle)) - thickness/2
	})
}

// waves draws fine background lines like those of identity documents.
func (c *canvas) waves(area box, paint color.RGBA, spacing, phase float64) {
	for line := area.top - 20; line < area.bottom+20; line += spacing {
		for x := int(area.left); x < int(area.right); x++ {
			y := line + 9*math.Sin(float64(x)/37+phase+line/90) + 4*math.Sin(float64(x)/11+phase)
			if y < area.top || y >= area.bottom-1 {
				continue
			}
			below := y - math.Floor(y)
			c.paint(x, int(y), paint, (1-below)*0.35)
			c.paint(x, int(y)+1, paint, below*0.35)
		}
	}
}
