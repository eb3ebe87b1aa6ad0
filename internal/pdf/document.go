// Package pdf reads the structure of PDF files: the header, the cross-reference, the objects with
// their places in the file, and the page tree. Signing and signature checking share it. It knows
// nothing about signatures or page content.
//
// Call [Open] first. It reads the header and the whole chain of cross-reference sections.
// [Document.Load] and [Document.Resolve] read objects on demand. [Document.Unlock] makes a document
// readable that is encrypted with the empty user password. A Document is not safe for concurrent
// use.
//
// The reader works on an [io.ReaderAt]. It keeps only the cross-reference and the current object in
// memory. It repairs nothing: where other programs search a broken file for objects, this one
// returns an [*Error].
//
// Offsets inside a PDF count from its "%PDF-", which may start anywhere within the first 1,024
// bytes. Every offset in this package's API counts from byte 0 of the file.
//
// Exceeding any of these limits returns an error of kind [ErrLimit]: 1,048,576 cross-reference
// entries, 4,096 sections, 100 levels of nesting, 262,144 values and 16 MiB of text in one object,
// 16 MiB in a decoded stream, 256 MiB in all streams that one Document decodes, 65,536 objects in
// an object stream, 64 levels and 131,072 nodes of page tree.
package pdf

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"iter"
	"math"
	"slices"
)

const (
	headerWindow  = 1024
	maxEntries    = 1 << 20
	maxSections   = 4096
	maxReferences = 32 // from reference to reference
)

// Document is an opened PDF.
type Document struct {
	source   *source
	size     int64
	header   int64
	rest     int64
	sections []Section
	lines    []line // sorted by object number
	// superseded holds in-use entries that another entry replaces.
	superseded []line
	repeated   *line
	highest    uint32
	cached     *objectStream
	decryption *decryption // nil if the document is not encrypted or not unlocked
	opening    bool        // an object stream is being opened
	decoded    int64       // total bytes decoded from streams
	seeker     parser
}

// Open reads the header and all cross-reference sections. It returns an [*Error], or wraps the
// error that r returns.
func Open(r io.ReaderAt, size int64) (*Document, error) {
	d := &Document{source: &source{reader: r, size: size}, size: size}
	var err error
	if d.header, err = d.findHeader(); err != nil {
		return nil, err
	}
	if err := d.readSections(); err != nil {
		return nil, err
	}
	return d, nil
}

// Close returns the document's buffer to a pool. The document cannot be read afterwards, but
// objects that were already read stay valid. A document that is never closed only leaves its buffer
// to the garbage collector.
func (d *Document) Close() { d.source.release() }

func (d *Document) findHeader() (int64, error) {
	var window []byte
	if d.size > 0 {
		var err error
		if window, err = d.source.bytes(0, int(min(d.size, headerWindow))); err != nil {
			return 0, err
		}
	}
	at := bytes.Index(window, []byte("%PDF-"))
	if at < 0 {
		return 0, fault(ErrNotPDF, -1, "no %%PDF- within the first %d bytes", headerWindow)
	}
	return int64(at), nil
}

// Size returns the file's length in bytes.
func (d *Document) Size() int64 { return d.size }

// Decoded returns the total number of bytes decoded from streams so far.
func (d *Document) Decoded() int64 { return d.decoded }

// Header returns the offset of "%PDF-".
func (d *Document) Header() int64 { return d.header }

// Rest returns the offset of the first byte after the last startxref and its number that is neither
// white space nor part of a comment. Such bytes belong to nothing: they are junk, or an update that
// was cut off. If there are none, Rest returns Size.
func (d *Document) Rest() int64 { return d.rest }

// Sections returns the cross-reference sections, newest first. There is at least one.
func (d *Document) Sections() []Section { return d.sections }

// Trailer returns the newest section's trailer dictionary.
func (d *Document) Trailer() Object { return d.sections[0].Trailer }

// Encrypted reports whether any trailer names an encryption dictionary.
func (d *Document) Encrypted() bool {
	return slices.ContainsFunc(d.sections, func(s Section) bool {
		return s.Trailer.Get("Encrypt").Kind != Null
	})
}

// Highest returns the highest object number that any section names, including free ones.
func (d *Document) Highest() uint32 { return d.highest }

// Entry returns the object's entry from the newest section that has one.
func (d *Document) Entry(number uint32) (Entry, bool) {
	i, found := slices.BinarySearchFunc(d.lines, number,
		func(l line, number uint32) int { return cmp.Compare(l.number, number) })
	if !found {
		return Entry{}, false
	}
	return d.lines[i].entry(), true
}

// Entries iterates over the cross-reference in order of object number.
func (d *Document) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, one := range d.lines {
			if !yield(one.entry()) {
				return
			}
		}
	}
}

// InFile iterates over the entries that are not free: first those in the file, by offset, then
// those in object streams, stream by stream. A caller that loads them in this order reads each part
// of the file once and decodes each stream once.
func (d *Document) InFile() iter.Seq[Entry] { return inFile(d.lines) }

// Superseded iterates, in the same order, over in-use entries that a newer section moves elsewhere,
// or that repeat an object within one section. They hold what earlier revisions contained.
// [Document.LoadEntry] reads them.
func (d *Document) Superseded() iter.Seq[Entry] { return inFile(d.superseded) }

// Repeated returns an object that one section lists twice with different places, and the index of
// that section in [Document.Sections]. Readers differ in which of the two they use. If several
// sections do this, Repeated returns the newest. The last result is false if there is none.
func (d *Document) Repeated() (number uint32, section int, found bool) {
	if d.repeated == nil {
		return 0, 0, false
	}
	return d.repeated.number, int(d.repeated.kind >> kindBits), true
}

// Indirect is an object with its number.
type Indirect struct {
	Reference Reference
	// Compressed is true for an object in an object stream. Offset and the offsets in Object then
	// count from the start of that stream's decoded content.
	Compressed bool
	Offset     int64 // of the object number in "N G obj"
	Object     Object
	// Stream is the offset of the stream's first byte, or -1 if the object is not a stream.
	Stream int64
	// Length is a stream's /Length as written: an integer or a reference. Anything else is null.
	Length Object

	end int64 // after endobj, or where the stream begins
}

// End returns where an uncompressed object ends: after its endobj, or after its stream data
// according to /Length. If /Length is not a number, End returns where the stream data begins.
func (i Indirect) End() int64 {
	if i.Length.Kind == Integer && i.Length.Int > 0 && i.Stream >= 0 {
		return i.Stream + min(i.Length.Int, math.MaxInt64-i.Stream)
	}
	return max(i.end, i.Stream)
}

// Load reads one object. It returns [ErrNotFound] for an object that the cross-reference does not
// list or lists as free, which PDF treats as null, and [ErrCrossReference] for one that is not
// where the cross-reference says.
func (d *Document) Load(ref Reference) (Indirect, error) {
	entry, ok := d.Entry(ref.Number)
	switch {
	case !ok || entry.Type == Free || entry.Generation != ref.Generation:
		return Indirect{}, fault(ErrNotFound, -1, "object %d %d", ref.Number, ref.Generation)
	}
	return d.LoadEntry(entry)
}

// LoadEntry reads the object that an entry points to, which may belong to an earlier revision.
func (d *Document) LoadEntry(entry Entry) (Indirect, error) { return d.load(entry, &parser{}) }

// Mentions reports whether the object that an entry points to contains one of the names, as a key
// or as a value, at any depth. Names must be at most 63 bytes long. Mentions stops at the first
// name it finds and then returns no object. Otherwise it returns only where the object and its
// stream are, which avoids garbage, and fails as LoadEntry does.
func (d *Document) Mentions(entry Entry, names ...string) (Indirect, bool, error) {
	d.seeker = parser{sought: names}
	object, err := d.load(entry, &d.seeker)
	if errors.Is(err, errMentioned) {
		return Indirect{}, true, nil
	}
	return object, false, err
}

func (d *Document) load(entry Entry, p *parser) (Indirect, error) {
	switch entry.Type {
	case Free:
		return Indirect{}, fault(ErrNotFound, -1, "object %d %d", entry.Number, entry.Generation)
	case Compressed:
		return d.loadCompressed(entry, p)
	}
	return d.loadPlain(entry, p)
}

func (d *Document) loadPlain(entry Entry, p *parser) (Indirect, error) {
	p.source, p.at = d.source, entry.Offset
	found, offset, err := p.objectHeader()
	if err != nil {
		return Indirect{}, mismatch(entry, err)
	}
	if found != entry.Reference() {
		return Indirect{}, fault(ErrCrossReference, offset, "object %d %d is where object %d %d should be",
			found.Number, found.Generation, entry.Number, entry.Generation)
	}
	object, err := p.objectBody(found, offset)
	if err == nil && d.decryption != nil && p.sought == nil && !object.Object.Get("Type").IsName("XRef") {
		d.decryption.openStrings(&object.Object, found)
	}
	return object, err
}

// mismatch turns a syntax error at an entry's offset into the cross-reference error that it means
// there.
func mismatch(entry Entry, err error) error {
	if errors.Is(err, ErrSyntax) {
		return fault(ErrCrossReference, entry.Offset, "object %d %d is not where the cross-reference says",
			entry.Number, entry.Generation)
	}
	return err
}

// Resolve follows references. The second result is the object's own number, or zero for a direct
// object. A reference to a missing object resolves to null, as PDF requires.
func (d *Document) Resolve(o Object) (Object, Reference, error) {
	var ref Reference
	for range maxReferences {
		if o.Kind != Ref {
			return o, ref, nil
		}
		ref = o.Reference()
		loaded, err := d.Load(ref)
		if errors.Is(err, ErrNotFound) {
			return Object{}, Reference{}, nil
		}
		if err != nil {
			return Object{}, Reference{}, err
		}
		o = loaded.Object
	}
	return Object{}, Reference{}, fault(ErrLimit, -1, "references that lead to references, %d times", maxReferences)
}

// Check verifies that every cross-reference entry points to its object and returns an
// [ErrCrossReference] for the first that does not. It does not read the objects themselves.
func (d *Document) Check() error {
	for entry := range d.InFile() {
		switch entry.Type {
		case InUse:
			p := parser{source: d.source, at: entry.Offset}
			found, offset, err := p.objectHeader()
			if err != nil {
				return mismatch(entry, err)
			}
			if found != entry.Reference() {
				return fault(ErrCrossReference, offset, "object %d %d is where object %d %d should be",
					found.Number, found.Generation, entry.Number, entry.Generation)
			}
		case Compressed:
			if stream, _ := d.Entry(entry.Stream); stream.Type != InUse {
				return fault(ErrCrossReference, -1,
					"object %d should be in object stream %d, which does not exist",
					entry.Number, entry.Stream)
			}
		}
	}
	return nil
}
