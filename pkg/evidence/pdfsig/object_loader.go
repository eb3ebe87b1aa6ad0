package pdfsig

import (
	"context"

	"github.com/danabio/danabio-go/internal/pdf"
)

// minLoadCost is the least that loading an object takes from the budget, in bytes.
const minLoadCost = 512

// objectLoader reads objects of revisions. Parsed bytes count against the budget like bytes read,
// because a small file can refer to the same large object any number of times.
type objectLoader struct {
	ctx    context.Context
	budget *budgetReader
}

// loadEntry reads the object that an entry points to. A free entry gives null.
func (l objectLoader) loadEntry(d *pdf.Document, entry pdf.Entry) (pdf.Indirect, error) {
	if err := l.ctx.Err(); err != nil {
		return pdf.Indirect{}, err
	}
	if entry.Type == pdf.Free {
		return pdf.Indirect{Stream: -1}, nil
	}
	loaded, err := d.LoadEntry(entry)
	if l.budget.remaining -= max(minLoadCost, loaded.Object.End-loaded.Object.Offset); l.budget.remaining < 0 {
		return pdf.Indirect{}, errBudget
	}
	return loaded, err
}

// loadNumber reads an object by its number.
func (l objectLoader) loadNumber(d *pdf.Document, number uint32) (pdf.Indirect, error) {
	entry, _ := d.Entry(number)
	return l.loadEntry(d, entry)
}

// resolve follows references, as [pdf.Document.Resolve] does.
func (l objectLoader) resolve(d *pdf.Document, value pdf.Object) (pdf.Object, error) {
	for range maxFieldDepth {
		if value.Kind != pdf.Ref {
			return value, nil
		}
		entry, _ := d.Entry(value.Reference().Number)
		if entry.Reference() != value.Reference() { // another generation; objects in object streams have 0
			return pdf.Object{}, nil
		}
		loaded, err := l.loadEntry(d, entry)
		if err != nil {
			return pdf.Object{}, err
		}
		value = loaded.Object
	}
	return pdf.Object{}, &pdf.Error{Kind: pdf.ErrLimit, Offset: -1, Detail: "references lead to references"}
}

// list resolves an array. Null counts as an empty one.
func (l objectLoader) list(d *pdf.Document, value pdf.Object) ([]pdf.Object, error) {
	resolved, err := l.resolve(d, value)
	if err != nil {
		return nil, err
	}
	if resolved.Kind != pdf.Array && resolved.Kind != pdf.Null {
		return nil, &pdf.Error{Kind: pdf.ErrStructure, Offset: -1, Detail: "a value that should be an array is not one"}
	}
	return resolved.Items, nil
}
