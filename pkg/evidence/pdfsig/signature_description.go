package pdfsig

import (
	"strings"

	"github.com/danabio/danabio-go/internal/pdf"
)

// describe records what the signature dictionary says about itself.
func (c *checker) describe(s *Signature, dictionary pdf.Object, where candidate) error {
	if name := dictionary.Get("SubFilter"); name.Kind == pdf.Name {
		s.SubFilter = printable(string(name.Text))
	}
	if s.SubFilter == subFilterTimeStamp {
		s.Kind = KindTimeStamp
	}
	s.ByteRange = integers(dictionary.Get("ByteRange"))
	if stated := dictionary.Get("M"); stated.IsString() {
		if when, ok := parseDate(string(stated.Text)); ok {
			s.StatedTime = &when
		}
	}
	name, err := c.finder.fieldName(where.field)
	if err != nil {
		return err
	}
	s.Field = strings.Trim(name, ".")
	level, err := c.docMDP(dictionary)
	if err != nil {
		return err
	}
	if s.DocMDP = level; level > 0 && s.Kind == KindSignature {
		s.Kind = KindCertification
	}
	return nil
}

// docMDP returns what a certification signature allows, and 0 for other signatures.
func (c *checker) docMDP(dictionary pdf.Object) (int, error) {
	resolve := func(o pdf.Object) (pdf.Object, error) {
		o, _, err := c.document.Resolve(o)
		if err != nil && !isReadError(err) {
			return pdf.Object{}, nil
		}
		return o, err
	}
	references, err := resolve(dictionary.Get("Reference"))
	if err != nil || references.Kind != pdf.Array {
		return 0, err
	}
	const shown = 16
	for _, item := range references.Items[:min(len(references.Items), shown)] {
		reference, err := resolve(item)
		if err != nil {
			return 0, err
		}
		if !reference.Get("TransformMethod").IsName("DocMDP") {
			continue
		}
		parameters, err := resolve(reference.Get("TransformParams"))
		if err != nil {
			return 0, err
		}
		level, err := resolve(parameters.Get("P"))
		if err != nil {
			return 0, err
		}
		if level.Kind == pdf.Integer && level.Int >= 1 && level.Int <= 3 {
			return int(level.Int), nil
		}
		return 2, nil // the default
	}
	return 0, nil
}
