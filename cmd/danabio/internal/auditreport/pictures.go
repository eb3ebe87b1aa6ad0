package auditreport

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"github.com/danabio/danabio-go/internal/picture"
	"github.com/danabio/danabio-go/pkg/evidence"
)

const (
	maxPictures     = 40
	maxPictureBytes = 8 << 20 // of all pictures in the page without first pages, in bytes
)

// Picture is a picture of the evidence.
type Picture struct {
	Entry string `json:"entry"`
	// Width and Height are the dimensions of the foreign picture in pixels, or 0 if not known.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`
	// Shown is the picture in the report.
	Shown *Shown `json:"shown,omitempty"`
	// NotShown says why there is none.
	NotShown NotShown `json:"notShown,omitempty"`

	Kind evidence.Kind `json:"-"`
}

// Shown is a picture as embedded in the report.
type Shown struct {
	MediaType string `json:"mediaType"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Size      int    `json:"size"` // in bytes
	Shrunk    bool   `json:"shrunk,omitempty"`

	content []byte
}

func shown(p *picture.Picture) *Shown {
	return &Shown{
		MediaType: p.MediaType, Width: p.Width, Height: p.Height, Size: len(p.Content), Shrunk: p.Shrunk(),
		content: p.Content,
	}
}

// Source returns an attribute with the whole picture. Its content comes only from Go's encoders.
func (s *Shown) Source() template.HTMLAttr {
	return template.HTMLAttr(`src="data:` + s.MediaType + `;base64,` + base64.StdEncoding.EncodeToString(s.content) +
		`"`)
}

func isPicture(entry evidence.EntryReport) bool { return strings.HasPrefix(entry.MediaType, "image/") }

// pictureBudget limits what one report shows.
type pictureBudget struct{ count, bytes int }

// collect re-encodes a picture. It fails only if the content cannot be read.
func (b *pictureBudget) collect(content fs.FS, entry evidence.EntryReport) (Picture, error) {
	result := Picture{Entry: entry.Name, Kind: entry.Kind}
	switch {
	case b.count == maxPictures:
		result.NotShown = NotShownTooMany
	case entry.MediaType != picture.TypeJPEG && entry.MediaType != picture.TypePNG:
		result.NotShown = NotShownType
	case entry.Size > picture.MaxBytes:
		result.NotShown = NotShownTooLarge
	}
	if result.NotShown != "" {
		return result, nil
	}
	b.count++
	raw, err := readEntry(content, entry, picture.MaxBytes)
	if err != nil {
		return result, err
	}
	plain, err := picture.Plain(raw)
	if err != nil {
		result.NotShown = pictureFault(err)
		return result, nil
	}
	result.Width, result.Height = plain.OriginalWidth, plain.OriginalHeight
	if b.bytes += len(plain.Content); b.bytes > maxPictureBytes {
		b.count = maxPictures
		result.NotShown = NotShownTooMany
		return result, nil
	}
	result.Shown = shown(plain)
	return result, nil
}

func pictureFault(err error) NotShown {
	switch {
	case errors.Is(err, picture.ErrBytes):
		return NotShownTooLarge
	case errors.Is(err, picture.ErrType):
		return NotShownType
	case errors.Is(err, picture.ErrDimensions):
		return NotShownDimensions
	}
	return NotShownBroken
}

// readEntry reads an entry of at most limit bytes to its end, where the archive compares it with
// what was verified.
func readEntry(content fs.FS, entry evidence.EntryReport, limit int64) ([]byte, error) {
	file, err := content.Open(entry.Name)
	if err != nil {
		return nil, fmt.Errorf("audit report: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, fmt.Errorf("audit report: %w", err)
	}
	return raw, nil
}
