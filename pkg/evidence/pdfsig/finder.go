package pdfsig

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/danabio/danabio-go/internal/pdf"
)

const (
	maxSignatures  = 100
	maxFieldDepth  = 32
	maxPageNodes   = 1 << 17
	maxFieldName   = 128 // characters that are shown
	findBudgetBase = 64 << 20
)

// candidate is the place of a signature dictionary.
type candidate struct {
	entry        pdf.Entry // of the object that it is or stands in
	offset       int64     // of the dictionary: in the file, or in its object stream
	isSuperseded bool
	field        pdf.Object // the form field that has it, or null
}

// fileOffset is what findings say of the place: bytes inside an object stream have none in the
// file.
func (c candidate) fileOffset() int64 {
	if c.entry.Type == pdf.Compressed {
		return 0
	}
	return c.offset
}

// finder goes through all objects of a document once. It keeps places, not objects: a signature
// dictionary can have 16 MiB.
type finder struct {
	ctx               context.Context
	document          *pdf.Document
	candidates        []candidate
	extents           extents
	seen              map[dictionaryPlace]bool
	fields            map[pdf.Reference]pdf.Object // by the object that is their value; without their values
	unreadableObjects int
	unreadableReason  string // why the first object could not be read
	tooMany           bool
}

// dictionaryPlace is where a dictionary stands; stream is zero in the file itself.
type dictionaryPlace struct {
	stream uint32
	offset int64
}

// find fills found. The error is the context's, the reader's, or errBudget.
func (f *finder) find() error {
	for entry := range f.document.InFile() {
		if err := f.searchObject(entry, false); err != nil {
			return err
		}
	}
	if err := f.addValues(); err != nil {
		return err
	}
	for entry := range f.document.Superseded() {
		if err := f.searchObject(entry, true); err != nil {
			return err
		}
	}
	for i := range f.candidates {
		if c := &f.candidates[i]; c.field.Kind == pdf.Null {
			c.field = f.fields[c.entry.Reference()]
		}
	}
	if len(f.candidates) == 0 {
		return nil
	}
	return f.extents.resolve(f.ctx, f.document)
}

// signatureNames are names of which one is in each object that [finder.search] finds something in.
var signatureNames = []string{"ByteRange", "Sig", "DocTimeStamp", "SubFilter", "V"}

// searchObject reads one object and searches it.
func (f *finder) searchObject(entry pdf.Entry, superseded bool) error {
	if err := f.ctx.Err(); err != nil {
		return err
	}
	loaded, mentioned, err := f.document.Mentions(entry, signatureNames...)
	if mentioned {
		loaded, err = f.document.LoadEntry(entry)
	}
	if err != nil {
		var fault *pdf.Error
		if !errors.As(err, &fault) {
			return err
		}
		// what stood at the places of earlier revisions may be long gone
		if !superseded {
			if f.unreadableObjects++; f.unreadableObjects == 1 {
				f.unreadableReason = fault.Error()
			}
		}
		return nil
	}
	if !superseded {
		if err := f.extents.add(f.document, loaded); err != nil {
			return err
		}
	}
	if mentioned {
		f.search(loaded.Object, entry, superseded)
	}
	return nil
}

// search finds the signature dictionaries and signature fields inside a value.
func (f *finder) search(o pdf.Object, entry pdf.Entry, superseded bool) {
	if o.Kind == pdf.Dictionary {
		if isSignature(o) {
			f.add(candidate{entry: entry, offset: o.Offset, isSuperseded: superseded})
		}
		f.searchField(o, entry, superseded)
	}
	for _, item := range o.Items {
		if item.Kind == pdf.Dictionary || item.Kind == pdf.Array {
			f.search(item, entry, superseded)
		}
	}
}

// searchField notes what a form field has for a value.
func (f *finder) searchField(o pdf.Object, entry pdf.Entry, superseded bool) {
	value := o.Get("V")
	switch {
	case value.Kind == pdf.Ref && (o.Get("FT").Kind != pdf.Null || o.Get("Parent").Kind != pdf.Null):
		if _, known := f.fields[value.Reference()]; !known || !superseded {
			if f.fields == nil {
				f.fields = map[pdf.Reference]pdf.Object{}
			}
			f.fields[value.Reference()] = trimField(o)
		}
	case value.Kind == pdf.Dictionary && o.Get("FT").IsName("Sig"):
		f.add(candidate{entry: entry, offset: value.Offset, isSuperseded: superseded, field: trimField(o)})
	}
}

// trimField keeps what the field's name and type need.
func trimField(o pdf.Object) pdf.Object {
	short := pdf.Object{Kind: pdf.Dictionary}
	for _, key := range []string{"T", "FT", "Parent"} {
		if value := o.Get(key); value.Kind == pdf.Ref || value.Kind == pdf.Name || value.IsString() &&
			len(value.Text) <= 4*maxFieldName {
			short = short.With(key, value)
		}
	}
	return short
}

func (f *finder) add(c candidate) {
	where := dictionaryPlace{offset: c.offset}
	if c.entry.Type == pdf.Compressed {
		where.stream = c.entry.Stream
	}
	if f.seen[where] {
		return
	}
	if len(f.candidates) == maxSignatures {
		f.tooMany = true
		return
	}
	if f.seen == nil {
		f.seen = map[dictionaryPlace]bool{}
	}
	f.seen[where] = true
	f.candidates = append(f.candidates, c)
}

// isSignature tells a signature dictionary by what any reader might know it by.
func isSignature(o pdf.Object) bool {
	contents, subFilter := false, false
	for i := 0; i+1 < len(o.Items); i += 2 {
		value := o.Items[i+1]
		switch string(o.Items[i].Text) {
		case "ByteRange":
			return true
		case "Type":
			if value.IsName("Sig") || value.IsName("DocTimeStamp") {
				return true
			}
		case "Contents":
			contents = true
		case "SubFilter":
			subFilter = value.Kind == pdf.Name
		}
	}
	return contents && subFilter
}

// addValues adds what is a signature only because a signature field has it for a value.
func (f *finder) addValues() error {
	if len(f.fields) == 0 {
		return nil
	}
	known := map[pdf.Reference]bool{}
	for _, c := range f.candidates {
		known[c.entry.Reference()] = true
	}
	references := slices.SortedFunc(maps.Keys(f.fields), func(a, b pdf.Reference) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Generation, b.Generation))
	})
	for _, ref := range references {
		field := f.fields[ref]
		entry, ok := f.document.Entry(ref.Number)
		if known[ref] || !ok || entry.Reference() != ref {
			continue
		}
		isSig, err := f.signatureField(field)
		if err != nil {
			return err
		}
		if !isSig {
			continue
		}
		loaded, err := f.document.LoadEntry(entry)
		if isReadError(err) {
			return err
		}
		if err == nil && loaded.Object.Kind != pdf.Null {
			f.add(candidate{entry: entry, offset: loaded.Object.Offset})
		}
	}
	return nil
}

// isReadError tells what the system says from what the file is.
func isReadError(err error) bool {
	var fault *pdf.Error
	return err != nil && !errors.As(err, &fault)
}

// ancestry goes from a field to the nodes above it.
func (f *finder) ancestry(field pdf.Object, visit func(pdf.Object) bool) error {
	for range maxFieldDepth {
		if field.Kind != pdf.Dictionary || !visit(field) {
			return nil
		}
		var err error
		if field, _, err = f.document.Resolve(field.Get("Parent")); err != nil {
			if isReadError(err) {
				return err
			}
			return nil
		}
	}
	return nil
}

func (f *finder) signatureField(field pdf.Object) (bool, error) {
	result := false
	err := f.ancestry(field, func(node pdf.Object) bool {
		kind := node.Get("FT")
		result = kind.IsName("Sig")
		return kind.Kind == pdf.Null
	})
	return result, err
}

// fieldName is the full name, with dots, of what can be shown.
func (f *finder) fieldName(field pdf.Object) (string, error) {
	var parts []string
	err := f.ancestry(field, func(node pdf.Object) bool {
		if name := node.Get("T"); name.IsString() {
			parts = append(parts, printable(pdf.DecodeText(name.Text)))
		}
		return true
	})
	slices.Reverse(parts)
	return printable(strings.Join(parts, ".")), err
}

// printable leaves out what terminals might act upon, and what is too long.
func printable(text string) string {
	var result []rune
	for _, c := range text {
		if len(result) == maxFieldName {
			break
		}
		if unicode.IsPrint(c) {
			result = append(result, c)
		}
	}
	return string(result)
}
