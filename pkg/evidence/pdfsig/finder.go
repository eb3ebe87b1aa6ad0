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
	maxFieldName   = 128 // characters shown of a name
	findBudgetBase = 64 << 20
)

// candidate is the position of a signature dictionary.
type candidate struct {
	entry        pdf.Entry // of the object that is the dictionary or contains it
	offset       int64     // of the dictionary, in the file or in its object stream
	isSuperseded bool
	field        pdf.Object // the form field whose value it is, or null
}

// fileOffset returns the offset that findings report, which is 0 for an object in an object stream.
func (c candidate) fileOffset() int64 {
	if c.entry.Type == pdf.Compressed {
		return 0
	}
	return c.offset
}

// finder visits all objects of a document once. It keeps positions rather than objects, since a
// signature dictionary can take 16 MiB.
type finder struct {
	ctx               context.Context
	document          *pdf.Document
	candidates        []candidate
	extents           extents
	seen              map[dictionaryPlace]bool
	fields            map[pdf.Reference]pdf.Object // by the object that is the field's value; without the values
	unreadableObjects int
	unreadableReason  string // why the first object could not be read
	tooMany           bool
}

// dictionaryPlace is the position of a dictionary. The stream is zero for one in the file itself.
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

// signatureNames are names of which every object that interests [finder.search] contains at least
// one.
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
		// what stood at the offsets of earlier revisions may be long gone
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

// searchField records the value of a form field.
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

// trimField keeps the entries that determine the field's name and type.
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

// isSignature reports whether any reader might take the dictionary for a signature.
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

// addValues adds the objects that are signatures only because they are the value of a signature
// field.
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

// isReadError reports whether an error comes from reading rather than from the file's content.
func isReadError(err error) bool {
	var fault *pdf.Error
	return err != nil && !errors.As(err, &fault)
}

// ancestry visits a field and the nodes above it.
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

// fieldName returns the printable part of the full name, with dots.
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

// printable removes unprintable characters, which a terminal might interpret, and shortens long
// text.
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
