package picture

import (
	"errors"
	"fmt"

	plain "github.com/danabio/danabio-go/internal/picture"
)

// Limits of a photograph, whatever its file claims.
const (
	MaxPixels = 25_000_000
	maxSide   = 12_000
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
	limits := plain.Limits{Bytes: len(file), Pixels: MaxPixels, Side: maxSide}
	photo, err := plain.Read(file, limits, photoSide)
	switch {
	case errors.Is(err, plain.ErrDimensions):
		return nil, ErrDimensions
	case err != nil:
		return nil, ErrFormat
	}
	pixels := plain.OnWhite(photo.Upright)
	c := &canvas{image: pixels, width: pixels.Rect.Dx(), height: pixels.Rect.Dy()}
	top := c.height
	c.extend(max(24, c.width/12))
	warn(c, top, "EMULATOR - NOTHING WAS VERIFIED", "EMULADOR - NO SE VERIFICÓ NADA")
	return encode(c), nil
}

// extend adds rows at the bottom.
func (c *canvas) extend(rows int) {
	taller := newCanvas(c.width, c.height+rows)
	copy(taller.image.Pix, c.image.Pix)
	*c = *taller
}
