package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
)

// maxScans is how many scans a JPEG may have. A scan of a few bytes makes the decoder process the
// whole picture, and no camera writes more than a dozen.
const maxScans = 200

// Limits are what a file may have. [Read] checks them before it decodes the pixels.
type Limits struct {
	Bytes  int // of the file
	Pixels int // width times height
	Side   int // of width and of height, in pixels
}

// Photo is a foreign picture that was read.
type Photo struct {
	Upright       *image.RGBA // turned upright and shrunk
	Photographic  bool        // the file is a JPEG
	Width, Height int         // of the picture as stored, in pixels
}

// Read decodes a JPEG or PNG, which it recognizes by content. It turns the picture upright, and
// shrinks it to at most side pixels on the longer side. The error is one of this package's.
func Read(content []byte, limits Limits, side int) (*Photo, error) {
	if len(content) > limits.Bytes {
		return nil, ErrBytes
	}
	photo := &Photo{}
	decodeConfig, decode := png.DecodeConfig, png.Decode
	switch {
	case bytes.HasPrefix(content, []byte("\xff\xd8\xff")):
		photo.Photographic = true
		decodeConfig, decode = jpeg.DecodeConfig, jpeg.Decode
		if bytes.Count(content, []byte{0xff, 0xda}) > maxScans {
			return nil, ErrBroken
		}
	case !bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		return nil, ErrType
	}
	config, err := decodeConfig(bytes.NewReader(content))
	if err != nil {
		return nil, ErrBroken
	}
	photo.Width, photo.Height = config.Width, config.Height
	if config.Width < 1 || config.Height < 1 || config.Width > limits.Side || config.Height > limits.Side ||
		config.Width > limits.Pixels/config.Height {
		return nil, ErrDimensions
	}
	decoded, err := decode(bytes.NewReader(content))
	if err != nil {
		return nil, ErrBroken
	}
	photo.Upright = shrink(decoded, side)
	if photo.Photographic {
		photo.Upright = upright(photo.Upright, orientationOf(content))
	}
	return photo, nil
}
