// Package picture makes plain pictures of foreign ones: what comes out was drawn anew by Go's own
// encoders, so that nothing of the foreign file is passed on but its pixels.
//
// Call [Plain]. What may live here: the reading, turning, shrinking and writing of pictures, and
// nothing about what they show.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"

	"github.com/danabio/danabio-go/internal/exif"
)

const (
	// MaxBytes is the size of a file from which on it is not looked at.
	MaxBytes = 16 << 20
	// MaxPixels bounds what is decoded; a progressive JPEG of that size takes some 250 MB while it
	// is.
	MaxPixels = 16 << 20
	// maxSide is the longest side of what comes out, in pixels.
	maxSide = 1200
	// maxPNG is the size from which on a PNG becomes a JPEG, which for photographs is far smaller.
	maxPNG = 400 << 10

	jpegQuality = 85
)

// The types of a [Picture], and of what is read.
const (
	TypeJPEG = "image/jpeg"
	TypePNG  = "image/png"
)

// Why there is no picture.
var (
	ErrType       = errors.New("neither JPEG nor PNG")
	ErrBytes      = errors.New("the file is too large")
	ErrDimensions = errors.New("the picture has no pixels, or too many")
	ErrBroken     = errors.New("the picture cannot be decoded")
)

// Picture is a plain picture.
type Picture struct {
	Content   []byte
	MediaType string // TypeJPEG or TypePNG
	Width     int    // pixels
	Height    int
	// OriginalWidth and OriginalHeight are those of the foreign picture, as it is stored: not yet
	// turned.
	OriginalWidth, OriginalHeight int
}

// Shrunk says that the picture has fewer pixels than the foreign one.
func (p *Picture) Shrunk() bool { return p.Width*p.Height < p.OriginalWidth*p.OriginalHeight }

// Plain draws a JPEG or PNG anew, told by its content: upright, and shrunk to 1,200 pixels on the
// longer side if it is larger. Its dimensions are looked at before anything is decoded. The error
// is one of this package's.
func Plain(content []byte) (*Picture, error) {
	if len(content) > MaxBytes {
		return nil, ErrBytes
	}
	var (
		reader       = bytes.NewReader
		config       image.Config
		err          error
		photographic bool
	)
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xd8\xff")):
		photographic = true
		config, err = jpeg.DecodeConfig(reader(content))
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		config, err = png.DecodeConfig(reader(content))
	default:
		return nil, ErrType
	}
	if err != nil {
		return nil, ErrBroken
	}
	if config.Width < 1 || config.Height < 1 || config.Width > MaxPixels/config.Height {
		return nil, ErrDimensions
	}
	var decoded image.Image
	if photographic {
		decoded, err = jpeg.Decode(reader(content))
	} else {
		decoded, err = png.Decode(reader(content))
	}
	if err != nil {
		return nil, ErrBroken
	}
	small := shrink(decoded, maxSide)
	if photographic {
		small = upright(small, exif.OrientationOf(content))
	}
	drawn, err := encode(small, photographic)
	if err != nil {
		return nil, ErrBroken
	}
	drawn.OriginalWidth, drawn.OriginalHeight = config.Width, config.Height
	return drawn, nil
}

// encode draws photographs as JPEG and all else as PNG, unless that becomes too large.
func encode(pixels *image.RGBA, photographic bool) (*Picture, error) {
	result := &Picture{Width: pixels.Rect.Dx(), Height: pixels.Rect.Dy(), MediaType: TypePNG}
	var out bytes.Buffer
	if !photographic {
		if err := png.Encode(&out, pixels); err != nil {
			return nil, err
		}
		photographic = out.Len() > maxPNG
	}
	if photographic {
		out.Reset()
		result.MediaType = TypeJPEG
		if err := jpeg.Encode(&out, onWhite(pixels), &jpeg.Options{Quality: jpegQuality}); err != nil {
			return nil, err
		}
	}
	result.Content = out.Bytes()
	return result, nil
}
