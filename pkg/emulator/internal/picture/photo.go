package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/danabio/danabio-go/internal/exif"
)

// Limits of a photograph, whatever its file claims.
const (
	MaxPixels = 25_000_000
	maxSide   = 12_000
	maxScans  = 200
)

// photoSide is the longest side of a result of [Photo], in pixels.
const photoSide = 1280

// Errors of [Photo].
var (
	ErrFormat     = errors.New("picture: no JPEG or PNG file, or a damaged one")
	ErrDimensions = fmt.Errorf("picture: more than %d megapixels or %d pixels on a side", MaxPixels/1_000_000, maxSide)
)

// Photo re-encodes an uploaded photograph as a JPEG. The result is upright, at most 1,280 pixels on
// its longest side, and keeps nothing of the file except its pixels. A band says what happened to
// it. Photo checks the dimensions before it decodes the pixels; decoding [MaxPixels] takes up to
// 400 MB.
func Photo(file []byte) ([]byte, error) {
	photo, err := decodePhoto(file)
	if err != nil {
		return nil, err
	}
	c := shrink(photo, exif.OrientationOf(file))
	top := c.height
	c.extend(max(24, c.width/12))
	warn(c, top, "EMULATOR - NOTHING WAS VERIFIED", "EMULADOR - NO SE VERIFICÓ NADA")
	return encode(c), nil
}

func decodePhoto(file []byte) (image.Image, error) {
	decodeConfig, decode := jpeg.DecodeConfig, jpeg.Decode
	if bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")) {
		decodeConfig, decode = png.DecodeConfig, png.Decode
	} else if bytes.Count(file, []byte{0xFF, 0xDA}) > maxScans {
		// A scan of a few bytes makes the decoder process the whole picture. No camera writes more
		// than a dozen.
		return nil, ErrFormat
	}
	config, err := decodeConfig(bytes.NewReader(file))
	switch {
	case err != nil, config.Width < 1, config.Height < 1:
		return nil, ErrFormat
	case config.Width > maxSide, config.Height > maxSide, config.Width*config.Height > MaxPixels:
		return nil, ErrDimensions
	}
	photo, err := decode(bytes.NewReader(file))
	if err != nil {
		return nil, ErrFormat
	}
	return photo, nil
}

// shrink draws a photo upright, on white. If the photo is larger, each pixel is the mean of nine
// samples.
func shrink(photo image.Image, turned exif.Orientation) *canvas {
	bounds := photo.Bounds()
	width, height := bounds.Dx(), bounds.Dy()
	if turned.Swaps() {
		width, height = height, width
	}
	ratio := max(1, float64(max(width, height))/photoSide)
	c := newCanvas(max(1, int(float64(width)/ratio)), max(1, int(float64(height)/ratio)))
	samples := 3
	if ratio == 1 {
		samples = 1
	}
	at := func(x, y int) color.RGBA64 { return color.RGBA64Model.Convert(photo.At(x, y)).(color.RGBA64) }
	if quick, ok := photo.(image.RGBA64Image); ok {
		at = quick.RGBA64At
	}
	for y := range c.height {
		for x := range c.width {
			var red, green, blue uint32
			for i := range samples * samples {
				u := int((float64(x) + (float64(i%samples)+0.5)/float64(samples)) * ratio)
				v := int((float64(y) + (float64(i/samples)+0.5)/float64(samples)) * ratio)
				u, v = turned.Source(min(u, width-1), min(v, height-1), bounds.Dx(), bounds.Dy())
				pixel := at(bounds.Min.X+u, bounds.Min.Y+v)
				white := 0xFFFF - uint32(pixel.A)
				red, green, blue = red+uint32(pixel.R)+white, green+uint32(pixel.G)+white, blue+uint32(pixel.B)+white
			}
			n := uint32(samples * samples)
			c.image.SetRGBA(x, y, color.RGBA{R: uint8(red / n >> 8), G: uint8(green / n >> 8), B: uint8(blue / n >> 8),
				A: 255})
		}
	}
	return c
}

// extend adds rows at the bottom.
func (c *canvas) extend(rows int) {
	taller := newCanvas(c.width, c.height+rows)
	copy(taller.image.Pix, c.image.Pix)
	*c = *taller
}
