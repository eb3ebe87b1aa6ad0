// Package picture turns foreign pictures into plain ones. It re-encodes them with Go's own
// encoders, so that only the pixels of the foreign file are passed on.
//
// Call [Plain], or [Read] to draw on the pixels. This package reads, turns, shrinks and writes
// pictures. It knows nothing about what they show.
package picture

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
)

const (
	// MaxBytes is the largest file that is accepted.
	MaxBytes = 16 << 20
	// MaxPixels is the largest picture that is decoded. Decoding a progressive JPEG of that size
	// takes about 250 MB.
	MaxPixels = 16 << 20
	// maxSide is the longest side of the result, in pixels.
	maxSide = 1200
	// maxPNG is the largest PNG of the result, in bytes. A larger one becomes a JPEG, which is far
	// smaller for photographs.
	maxPNG = 400 << 10

	jpegQuality = 85
)

// Media types of a [Picture], and of what [Plain] reads.
const (
	TypeJPEG = "image/jpeg"
	TypePNG  = "image/png"
)

// Errors of [Read] and [Plain].
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
	Width     int    // in pixels
	Height    int
	// OriginalWidth and OriginalHeight are the dimensions of the foreign picture as stored, before
	// turning.
	OriginalWidth, OriginalHeight int
}

// Shrunk reports whether the picture has fewer pixels than the foreign one.
func (p *Picture) Shrunk() bool { return p.Width*p.Height < p.OriginalWidth*p.OriginalHeight }

// Plain re-encodes a JPEG or PNG, which it recognizes by content. The result is upright, and at
// most 1,200 pixels long on the longer side. The error is one of this package's.
func Plain(content []byte) (*Picture, error) {
	photo, err := Read(content, Limits{Bytes: MaxBytes, Pixels: MaxPixels, Side: MaxPixels}, maxSide)
	if err != nil {
		return nil, err
	}
	drawn, err := encode(photo.Upright, photo.Photographic)
	if err != nil {
		return nil, ErrBroken
	}
	drawn.OriginalWidth, drawn.OriginalHeight = photo.Width, photo.Height
	return drawn, nil
}

// encode encodes photographs as JPEG and everything else as PNG, or as JPEG if the PNG is too
// large.
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
		if err := jpeg.Encode(&out, OnWhite(pixels), &jpeg.Options{Quality: jpegQuality}); err != nil {
			return nil, err
		}
	}
	result.Content = out.Bytes()
	return result, nil
}
