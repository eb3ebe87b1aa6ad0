package sign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/danabio/danabio-go/internal/pdf"
)

// byteRangeWidth is enough for three offsets of ten digits.
const byteRangeWidth = len("[0 1234567890 1234567890 1234567890]")

// signature is a signature dictionary under construction, with the streams that belong to it.
type signature struct {
	reference pdf.Reference
	streams   map[pdf.Reference][]byte
}

// place adds the signature dictionary, its widget with a stamp, and the entries that refer to them.
// It leaves the byte range and the contents blank.
func (a *Authority) place(r *revision, options Options) (*signature, error) {
	s := &signature{streams: map[pdf.Reference][]byte{}}
	var widget pdf.Reference
	var err error
	if s.reference, err = r.create(); err != nil {
		return nil, err
	}
	if widget, err = r.create(); err != nil {
		return nil, err
	}
	// complete relies on /ByteRange being first and /Contents second. A number is written as its
	// text, so a number made of spaces reserves room.
	room := pdf.Object{Kind: pdf.Real, Text: bytes.Repeat([]byte{' '}, byteRangeWidth)}
	dictionary := newDictionary(
		"ByteRange", room,
		"Contents", pdf.NewHex(make([]byte, a.reserve)),
		"Type", pdf.NewName("Sig"),
		"Filter", pdf.NewName("Adobe.PPKLite"),
		"SubFilter", pdf.NewName("adbe.pkcs7.detached"),
		"M", pdf.Object{Kind: pdf.Literal, Text: []byte(options.Time.Format("D:20060102150405Z"))},
	)
	if options.Signer != "" {
		dictionary = dictionary.With("Name", encodeText(options.Signer))
	}
	if options.Reason != "" {
		dictionary = dictionary.With("Reason", encodeText(options.Reason))
	}
	r.changedObjects[s.reference] = dictionary

	const printed, locked = 4, 128
	field := newDictionary(
		"Type", pdf.NewName("Annot"),
		"Subtype", pdf.NewName("Widget"),
		"FT", pdf.NewName("Sig"),
		"T", encodeText(r.form.fieldName()),
		"V", pdf.NewReference(s.reference),
		"F", pdf.NewInteger(printed|locked),
		"P", pdf.NewReference(r.form.page.Reference),
	)
	rectangle, width := r.stampPlace(options)
	field = field.With("Rect", rectangle)
	if width > 0 {
		stamp, err := r.create()
		if err != nil {
			return nil, err
		}
		object, content := newStamp(options, width)
		r.changedObjects[stamp] = object
		s.streams[stamp] = content
		field = field.With("AP", newDictionary("N", pdf.NewReference(stamp)))
	}
	r.changedObjects[widget] = field
	if err := r.enter(widget); err != nil {
		return nil, refuse(err)
	}
	return s, nil
}

func newDictionary(keysAndValues ...any) pdf.Object {
	o := pdf.Object{Kind: pdf.Dictionary}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		o.Items = append(o.Items, pdf.NewName(keysAndValues[i].(string)), keysAndValues[i+1].(pdf.Object))
	}
	return o
}

// complete writes the revision and fills in the byte range and the contents.
func (a *Authority) complete(r *revision, s *signature, options Options) ([]byte, error) {
	out, at, err := r.write(s.streams, s.reference)
	if err != nil {
		return nil, err
	}
	update := out[at:]
	keyRange, keyContents := []byte("/ByteRange "), []byte("/Contents ")
	rangeAt := bytes.Index(update, keyRange) + len(keyRange)
	open := int(at) + bytes.Index(update, keyContents) + len(keyContents)
	end := open + 2*a.reserve + len("<>")
	if out[open] != '<' || out[end-1] != '>' {
		return nil, fmt.Errorf("the room for the signature is not where it was put")
	}
	byteRange := fmt.Sprintf("[0 %d %d %d]", open, end, len(out)-end)
	if len(byteRange) > byteRangeWidth {
		return nil, fmt.Errorf("the document is too large for its byte range")
	}
	copy(update[rangeAt:], byteRange)

	hash := sha256.New()
	hash.Write(out[:open])
	hash.Write(out[end:])
	cms, err := a.newCMS(hash.Sum(nil), options.Time)
	if err != nil {
		return nil, err
	}
	if len(cms) > a.reserve {
		return nil, fmt.Errorf("the CMS has %d bytes, and there is room for %d", len(cms), a.reserve)
	}
	hex.Encode(out[open+1:], cms)
	return out, nil
}
