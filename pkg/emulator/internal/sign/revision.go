package sign

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/danabio/danabio-go/internal/pdf"
)

// revision collects the objects that an incremental update adds or replaces.
type revision struct {
	base           *pdf.Document
	document       []byte
	changedObjects map[pdf.Reference]pdf.Object
	next           uint32
	form           form
}

func newRevision(base *pdf.Document, document []byte) *revision {
	next := base.Highest()
	if size := base.Trailer().Get("Size"); size.Kind == pdf.Integer && size.Int > int64(next) {
		next = uint32(min(size.Int-1, math.MaxUint32))
	}
	return &revision{base: base, document: document, changedObjects: map[pdf.Reference]pdf.Object{}, next: next}
}

// create returns an unused object number. Some readers accept no number above 8,388,607, the limit
// that PDF 1.7 names.
func (r *revision) create() (pdf.Reference, error) {
	const highest = 8_388_607
	if r.next >= highest {
		return pdf.Reference{}, &Error{Reason: fmt.Sprintf("the PDF leaves no object numbers below %d", highest)}
	}
	r.next++
	return pdf.Reference{Number: r.next}, nil
}

// resolve follows references, and sees the objects that this revision has changed.
func (r *revision) resolve(o pdf.Object) (pdf.Object, pdf.Reference, error) {
	object, ref, err := r.base.Resolve(o)
	if err != nil {
		return pdf.Object{}, pdf.Reference{}, err
	}
	if changed, ok := r.changedObjects[ref]; ok {
		object = changed
	}
	return object, ref, nil
}

// replace replaces an object of the base document.
func (r *revision) replace(ref pdf.Reference, object pdf.Object) error {
	loaded, err := r.base.Load(ref)
	if err != nil {
		return err
	}
	if loaded.Stream >= 0 {
		return &Error{Reason: fmt.Sprintf("object %d of the PDF is a stream where a plain object should be",
			ref.Number)}
	}
	r.changedObjects[ref] = object
	return nil
}

// extend appends an item to the array under a dictionary's key. The array may be direct, a
// reference, null or missing. extend returns the dictionary, and whether it has changed: an array
// behind a reference is itself replaced.
func (r *revision) extend(owner pdf.Object, key string, item pdf.Object) (pdf.Object, bool, error) {
	array, ref, err := r.resolve(owner.Get(key))
	if err != nil {
		return pdf.Object{}, false, err
	}
	if array.Kind == pdf.Null {
		return owner.With(key, pdf.NewArray(item)), true, nil
	}
	if array.Kind != pdf.Array {
		return pdf.Object{}, false, &Error{Reason: fmt.Sprintf("the PDF's /%s is not an array", key)}
	}
	if n := len(array.Items); n > 0 && array.Items[n-1].Equal(item) {
		return owner, false, nil // some programs share one array between /Annots and /Fields
	}
	extended := pdf.NewArray(append(slices.Clone(array.Items), item)...)
	if ref == (pdf.Reference{}) {
		return owner.With(key, extended), true, nil
	}
	return owner, false, r.replace(ref, extended)
}

// xrefOffset is the position of an object in the new file.
type xrefOffset struct {
	reference pdf.Reference
	offset    int64
}

// write returns the base document followed by the update, and the offset of the object mark.
// streams holds the content of the objects that are streams.
func (r *revision) write(streams map[pdf.Reference][]byte, mark pdf.Reference) ([]byte, int64, error) {
	out := make([]byte, len(r.document), len(r.document)+32<<10)
	copy(out, r.document)
	if out[len(out)-1] != '\n' {
		out = append(out, '\n')
	}
	references := make([]pdf.Reference, 0, len(r.changedObjects))
	for ref := range r.changedObjects {
		references = append(references, ref)
	}
	slices.SortFunc(references, func(a, b pdf.Reference) int { return int(int64(a.Number) - int64(b.Number)) })

	var objects []xrefOffset
	var marked int64
	for _, ref := range references {
		if ref == mark {
			marked = int64(len(out))
		}
		objects = append(objects, xrefOffset{ref, int64(len(out))})
		content, isStream := streams[ref]
		out = fmt.Appendf(out, "%d %d obj\n", ref.Number, ref.Generation)
		out = r.changedObjects[ref].Append(out)
		if isStream {
			out = append(append(append(out, "\nstream\n"...), content...), "\nendstream"...)
		}
		out = append(out, "\nendobj\n"...)
	}
	start := int64(len(out))
	var err error
	if r.base.Sections()[0].Stream {
		out, err = r.writeStream(out, objects)
	} else {
		out = r.writeTable(out, objects)
	}
	if err != nil {
		return nil, 0, err
	}
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", start-r.base.Header()), marked, nil
}

// trailer returns the base document's trailer with this revision's changes, and without what
// applies only to the base.
func (r *revision) trailer(start int64) pdf.Object {
	trailer := r.base.Trailer().Without("Prev", "Size", "XRefStm", "ID", "DocChecksum",
		"Type", "W", "Index", "Length", "Filter", "DecodeParms", "F", "FFilter", "FDecodeParms", "DL")
	changing := sha256.Sum256(strconv.AppendInt([]byte("update at "), start, 10))
	permanent := pdf.NewHex(changing[:16])
	if ids, _, err := r.base.Resolve(r.base.Trailer().Get("ID")); err == nil && ids.Kind == pdf.Array &&
		len(ids.Items) == 2 && ids.Items[0].IsString() {
		permanent = ids.Items[0]
	}
	return trailer.
		With("Size", pdf.NewInteger(int64(r.next)+1)).
		With("Prev", pdf.NewInteger(r.base.Sections()[0].Offset-r.base.Header())).
		With("ID", pdf.NewArray(permanent, pdf.NewHex(changing[:16])))
}

// runs splits a sorted list where the numbers are not consecutive.
func runs(objects []xrefOffset) [][]xrefOffset {
	var result [][]xrefOffset
	for i := 0; i < len(objects); {
		j := i + 1
		for j < len(objects) && objects[j].reference.Number == objects[j-1].reference.Number+1 {
			j++
		}
		result = append(result, objects[i:j])
		i = j
	}
	return result
}

func (r *revision) writeTable(out []byte, objects []xrefOffset) []byte {
	start := int64(len(out))
	out = append(out, "xref\n"...)
	for _, run := range runs(objects) {
		out = fmt.Appendf(out, "%d %d\n", run[0].reference.Number, len(run))
		for _, object := range run {
			out = fmt.Appendf(out, "%010d %05d n \n", object.offset-r.base.Header(), object.reference.Generation)
		}
	}
	out = append(out, "trailer\n"...)
	return append(r.trailer(start).Append(out), '\n')
}

// writeStream writes an uncompressed cross-reference stream, which has only a handful of lines.
func (r *revision) writeStream(out []byte, objects []xrefOffset) ([]byte, error) {
	self, err := r.create()
	if err != nil {
		return nil, err
	}
	start := int64(len(out))
	objects = append(objects, xrefOffset{self, start})
	var lines []byte
	var index []pdf.Object
	for _, run := range runs(objects) {
		index = append(index, pdf.NewInteger(int64(run[0].reference.Number)), pdf.NewInteger(int64(len(run))))
		for _, object := range run {
			offset := object.offset - r.base.Header()
			lines = append(lines, 1, byte(offset>>32), byte(offset>>24), byte(offset>>16), byte(offset>>8),
				byte(offset),
				byte(object.reference.Generation>>8), byte(object.reference.Generation))
		}
	}
	dictionary := r.trailer(start).
		With("Type", pdf.NewName("XRef")).
		With("W", pdf.NewArray(pdf.NewInteger(1), pdf.NewInteger(5), pdf.NewInteger(2))).
		With("Index", pdf.NewArray(index...)).
		With("Length", pdf.NewInteger(int64(len(lines))))
	out = fmt.Appendf(out, "%d 0 obj\n", self.Number)
	out = dictionary.Append(out)
	out = append(append(out, "\nstream\n"...), lines...)
	return append(out, "\nendstream\nendobj\n"...), nil
}
