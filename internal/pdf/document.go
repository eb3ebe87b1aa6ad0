// Package pdf reads the structure of PDF files: header, cross-reference, objects with
// their places in the file, and the way from the trailer to the pages. It is what
// signing and signature checking share, and knows neither signatures nor content.
//
// Call [Open] first. It reads the header and the whole chain of cross-reference
// sections; objects are read when asked for, by [Document.Load] and [Document.Resolve].
// [Document.Unlock] makes one readable that is encrypted with the empty user password.
// A Document is not safe for concurrent use.
//
// The reader works on an [io.ReaderAt] and holds no document in memory: the
// cross-reference, and the object that is being read. It repairs nothing: where other
// programs search a broken file for objects, this one returns an [*Error].
//
// Offsets inside a PDF count from its "%PDF-", which may stand anywhere within the
// first 1,024 bytes; every offset in this package's own API counts from byte 0 of the file.
//
// Bounds, each an error of kind [ErrLimit]: 1,048,576 cross-reference entries, 4,096 sections, 100
// levels of nesting, 262,144 values and 16 MiB of text in one object, 16 MiB in a decoded stream,
// 256 MiB in all streams that one Document decodes, 65,536 objects in an object stream, 64 levels
// and 131,072 nodes of page tree.
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
	lines    []line // by object number
	// superseded are entries in use that another takes the place of.
	superseded []line
	repeated   *line
	highest    uint32
	cached     *objectStream
	decryption *decryption // nil: not encrypted, or not unlocked
	opening    bool        // an object stream is being opened
	decoded    int64       // bytes of all streams so far
	seeker     parser
}

// Open reads the header and all cross-reference sections. Errors are [*Error]; what r
// returns is passed on wrapped.
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

// Close gives the document's buffer to those that are opened later. Nothing can be read afterwards;
// what was read stays. A document that is not closed costs memory for the garbage collector, and
// nothing else.
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

// Size is the file's length in bytes.
func (d *Document) Size() int64 { return d.size }

// Decoded is how many bytes all streams have that were decoded so far.
func (d *Document) Decoded() int64 { return d.decoded }

// Header is the offset of "%PDF-".
func (d *Document) Header() int64 { return d.header }

// Rest is the offset of the first byte behind the last startxref and its number that is neither
// white space nor comment, and so belongs to nothing: junk, or an update that was cut. It is Size
// if there is none.
func (d *Document) Rest() int64 { return d.rest }

// Sections are the cross-reference sections, newest first: at least one.
func (d *Document) Sections() []Section { return d.sections }

// Trailer is the newest section's trailer dictionary.
func (d *Document) Trailer() Object { return d.sections[0].Trailer }

// Encrypted tells whether any trailer names an encryption dictionary.
func (d *Document) Encrypted() bool {
	return slices.ContainsFunc(d.sections, func(s Section) bool {
		return s.Trailer.Get("Encrypt").Kind != Null
	})
}

// Highest is the highest object number that any section names, free ones too.
func (d *Document) Highest() uint32 { return d.highest }

// Entry is what the newest section that names the object says of it.
func (d *Document) Entry(number uint32) (Entry, bool) {
	i, found := slices.BinarySearchFunc(d.lines, number,
		func(l line, number uint32) int { return cmp.Compare(l.number, number) })
	if !found {
		return Entry{}, false
	}
	return d.lines[i].entry(), true
}

// Entries goes through the cross-reference in the order of object numbers.
func (d *Document) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, one := range d.lines {
			if !yield(one.entry()) {
				return
			}
		}
	}
}

// InFile goes through the entries that are not free in the order of the file, and then through
// those in object streams, stream by stream: so each part of the file is read once, and each stream
// decoded once.
func (d *Document) InFile() iter.Seq[Entry] { return inFile(d.lines) }

// Superseded goes, in the same order, through the entries in use that a newer section overrides
// with another place, or that a section has in a second line: what earlier revisions held.
// [Document.LoadEntry] reads them.
func (d *Document) Superseded() iter.Seq[Entry] { return inFile(d.superseded) }

// Repeated is an object that one section names twice, with different places, so that readers differ
// in which they take: of the newest such section, whose index in [Document.Sections] comes second.
// The last result is false if there is none.
func (d *Document) Repeated() (number uint32, section int, found bool) {
	if d.repeated == nil {
		return 0, 0, false
	}
	return d.repeated.number, int(d.repeated.kind >> kindBits), true
}

// Indirect is an object with its number.
type Indirect struct {
	Reference Reference
	// Compressed tells that the object stands in an object stream: Offset and those of
	// its Object count inside that stream's decoded content then, not in the file.
	Compressed bool
	Offset     int64 // of the object number in "N G obj"
	Object     Object
	// Stream is the offset of a stream's first byte, or -1 where there is no stream.
	Stream int64
	// Length is a stream's /Length as written: an integer or a reference. Anything else is null.
	Length Object

	end int64 // behind endobj, or where the stream begins
}

// End is where an object ends that is not compressed: behind its endobj, or behind the data of its
// stream as /Length says. Of a stream with a /Length that is no number it is where the data begin.
func (i Indirect) End() int64 {
	if i.Length.Kind == Integer && i.Length.Int > 0 && i.Stream >= 0 {
		return i.Stream + min(i.Length.Int, math.MaxInt64-i.Stream)
	}
	return max(i.end, i.Stream)
}

// Load reads one object. An object that the cross-reference does not know or calls free is
// [ErrNotFound], which PDF takes for null; one that is not where the cross-reference says is
// [ErrCrossReference].
func (d *Document) Load(ref Reference) (Indirect, error) {
	entry, ok := d.Entry(ref.Number)
	switch {
	case !ok || entry.Type == Free || entry.Generation != ref.Generation:
		return Indirect{}, fault(ErrNotFound, -1, "object %d %d", ref.Number, ref.Generation)
	}
	return d.LoadEntry(entry)
}

// LoadEntry reads the object that an entry leads to, one of an earlier revision too.
func (d *Document) LoadEntry(entry Entry) (Indirect, error) { return d.load(entry, &parser{}) }

// Mentions tells whether the object that an entry leads to holds one of the names, as a key or as a
// value, at whatever depth; names have 63 bytes at most. It keeps nothing of the object but its
// place and its stream's, and so makes no garbage. It reads no further than the first of the names,
// and then returns no object; where there is none it fails as LoadEntry does.
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
		return Indirect{}, fault(ErrCrossReference, offset, "object %d %d stands where object %d %d should",
			found.Number, found.Generation, entry.Number, entry.Generation)
	}
	object, err := p.objectBody(found, offset)
	if err == nil && d.decryption != nil && p.sought == nil && !object.Object.Get("Type").IsName("XRef") {
		d.decryption.openStrings(&object.Object, found)
	}
	return object, err
}

// mismatch turns a syntax error at the place an entry points to into what it means there.
func mismatch(entry Entry, err error) error {
	if errors.Is(err, ErrSyntax) {
		return fault(ErrCrossReference, entry.Offset, "object %d %d is not where the cross-reference says",
			entry.Number, entry.Generation)
	}
	return err
}

// Resolve follows references. The second result is the object's own number, or zero
// for a direct object. A reference to nothing gives null, as PDF has it.
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

// Check looks at every entry of the cross-reference and returns an [ErrCrossReference] for the
// first that does not point to its object. It does not read the objects.
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
				return fault(ErrCrossReference, offset, "object %d %d stands where object %d %d should",
					found.Number, found.Generation, entry.Number, entry.Generation)
			}
		case Compressed:
			if stream, _ := d.Entry(entry.Stream); stream.Type != InUse {
				return fault(ErrCrossReference, -1,
					"object %d is said to stand in object stream %d, which does not exist",
					entry.Number, entry.Stream)
			}
		}
	}
	return nil
}
