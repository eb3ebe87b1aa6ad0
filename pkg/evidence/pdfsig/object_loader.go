package pdfsig

import (
	"context"

	"github.com/danabio/danabio-go/internal/pdf"
)

// leastLoad is what an object counts at least of what may be read.
const leastLoad = 512

// loader reads objects of revisions. What it parses counts against the meter as what it reads does:
// a small file can lead to the same large object any number of times.
type loader struct {
	ctx     context.Context
	metered *meter
}

// entry reads the object that an entry leads to; a free one is null.
func (l loader) entry(d *pdf.Document, entry pdf.Entry) (pdf.Indirect, error) {
	if err := l.ctx.Err(); err != nil {
		return pdf.Indirect{}, err
	}
	if entry.Type == pdf.Free {
		return pdf.Indirect{Stream: -1}, nil
	}
	loaded, err := d.LoadEntry(entry)
	if l.metered.left -= max(leastLoad, loaded.Object.End-loaded.Object.Offset); l.metered.left < 0 {
		return pdf.Indirect{}, errBudget
	}
	return loaded, err
}

// number reads an object by its number.
func (l loader) number(d *pdf.Document, number uint32) (pdf.Indirect, error) {
	entry, _ := d.Entry(number)
	return l.entry(d, entry)
}

// resolve follows references, as [pdf.Document.Resolve] does.
func (l loader) resolve(d *pdf.Document, value pdf.Object) (pdf.Object, error) {
	for range maxFieldDepth {
		if value.Kind != pdf.Ref {
			return value, nil
		}
		entry, _ := d.Entry(value.Reference().Number)
		if entry.Reference() != value.Reference() { // another generation; one in an object stream has 0
			return pdf.Object{}, nil
		}
		loaded, err := l.entry(d, entry)
		if err != nil {
			return pdf.Object{}, err
		}
		value = loaded.Object
	}
	return pdf.Object{}, &pdf.Error{Kind: pdf.ErrLimit, Offset: -1, Detail: "references lead to references"}
}

// list resolves an array; null counts as an empty one.
func (l loader) list(d *pdf.Document, value pdf.Object) ([]pdf.Object, error) {
	resolved, err := l.resolve(d, value)
	if err != nil {
		return nil, err
	}
	if resolved.Kind != pdf.Array && resolved.Kind != pdf.Null {
		return nil, &pdf.Error{Kind: pdf.ErrStructure, Offset: -1, Detail: "an array is none"}
	}
	return resolved.Items, nil
}
