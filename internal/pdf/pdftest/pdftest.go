// Package pdftest writes small PDFs by hand, for tests that need a structure that no available
// program writes. Call [Table], [Stream] or [Hybrid]. Only tests import it.
package pdftest

import (
	"bytes"
	"fmt"
	"strings"
)

// Table returns a PDF with a cross-reference table. Objects are numbered from 1, the first is the
// catalog, and an empty string is a free object.
func Table(objects ...string) []byte {
	w := begin("%PDF-1.4\n", objects)
	return w.table("")
}

// TableWith is like Table, with more trailer entries.
func TableWith(trailer string, objects ...string) []byte {
	w := begin("%PDF-1.4\n", objects)
	return w.table(trailer)
}

// Stream returns a PDF with a cross-reference stream. Objects from number packed on go into an
// object stream; if packed is 0, none do.
func Stream(packed int, objects ...string) []byte {
	plain, hidden := objects, []string(nil)
	if packed > 0 {
		plain, hidden = objects[:packed-1], objects[packed-1:]
	}
	w := begin("%PDF-1.5\n", plain)
	container := len(objects) + 1
	if hidden != nil {
		w.pack(container, packed, hidden)
	}
	start := w.Len()
	w.xrefStream(container+1, w.lines(container, packed, len(hidden), start))
	fmt.Fprintf(w, "startxref\n%d\n%%%%EOF\n", start)
	return w.Bytes()
}

// Hybrid returns a PDF whose table lists the objects from number packed on as free, and whose
// /XRefStm finds them in an object stream.
func Hybrid(packed int, objects ...string) []byte {
	w := begin("%PDF-1.5\n", objects[:packed-1])
	container := len(objects) + 1
	w.pack(container, packed, objects[packed-1:])
	for range objects[packed-1:] {
		w.offsets = append(w.offsets, 0)
	}
	// the object stream itself is listed in the table
	w.offsets = append(w.offsets[:container-1], w.container)
	hidden := w.Len()
	w.xrefStream(container+1, w.lines(container, packed, len(objects)-packed+1, hidden))
	return w.table(fmt.Sprintf("/XRefStm %d", hidden))
}

// Update appends one object to a PDF with a table, as an incremental update whose /Prev is
// previous.
func Update(base []byte, previous, number int, object string) []byte {
	w := &writer{}
	w.Write(base)
	offset := w.Len()
	fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", number, object)
	start := w.Len()
	fmt.Fprintf(w,
		"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size 100 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		number, offset, previous, start)
	return w.Bytes()
}

// StartXRef returns the number after the last startxref.
func StartXRef(file []byte) int {
	var offset int
	at := bytes.LastIndex(file, []byte("startxref"))
	if _, err := fmt.Sscan(string(file[at+len("startxref"):]), &offset); err != nil {
		panic(err)
	}
	return offset
}

// Pages returns the three objects of a one-page document. The arguments are added to the catalog
// and the page.
func Pages(catalog, page string) []string {
	return []string{
		"<< /Type /Catalog /Pages 2 0 R " + catalog + " >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>",
		"<< /Type /Page /Parent 2 0 R " + page + " >>",
	}
}

type writer struct {
	bytes.Buffer
	offsets   []int // by object number, from 1; 0 for free ones
	container int
}

func begin(header string, objects []string) *writer {
	w := &writer{}
	w.WriteString(header)
	for i, object := range objects {
		if object == "" {
			w.offsets = append(w.offsets, 0)
			continue
		}
		w.offsets = append(w.offsets, w.Len())
		fmt.Fprintf(w, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	return w
}

func (w *writer) table(trailer string) []byte {
	start := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, offset := range w.offsets {
		kind := "n"
		if offset == 0 {
			kind = "f"
		}
		fmt.Fprintf(w, "%010d 00000 %s \n", offset, kind)
	}
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, trailer, start)
	return w.Bytes()
}

func (w *writer) pack(container, first int, objects []string) {
	var head, body strings.Builder
	for i, object := range objects {
		fmt.Fprintf(&head, "%d %d ", first+i, body.Len())
		body.WriteString(object + "\n")
	}
	w.container = w.Len()
	fmt.Fprintf(w, "%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Length %d >>\nstream\n%s%s\nendstream\nendobj\n",
		container, len(objects), head.Len(), head.Len()+body.Len(), head.String(), body.String())
}

// lines returns the lines of a cross-reference stream with widths 1, 3 and 1, for objects 0 to
// container+1.
func (w *writer) lines(container, packed, hidden, start int) []byte {
	line := func(kind, second, third int) []byte {
		return []byte{byte(kind), byte(second >> 16), byte(second >> 8), byte(second), byte(third)}
	}
	result := line(0, 0, 0)
	for number := 1; number < container; number++ {
		switch {
		case packed > 0 && number >= packed && number < packed+hidden:
			result = append(result, line(2, container, number-packed)...)
		case w.offsets[number-1] == 0:
			result = append(result, line(0, 0, 0)...)
		default:
			result = append(result, line(1, w.offsets[number-1], 0)...)
		}
	}
	if hidden > 0 {
		result = append(result, line(1, w.container, 0)...)
	} else {
		result = append(result, line(0, 0, 0)...)
	}
	return append(result, line(1, start, 0)...)
}

func (w *writer) xrefStream(number int, lines []byte) {
	fmt.Fprintf(w,
		"%d 0 obj\n<< /Type /XRef /Size %d /W [1 3 1] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n",
		number, number+1, len(lines), lines)
}
