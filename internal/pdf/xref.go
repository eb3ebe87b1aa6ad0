package pdf

import (
	"bytes"
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"
)

// EntryType is the type of a cross-reference entry.
type EntryType uint8

// Types of entries.
const (
	Free       EntryType = iota
	InUse                // at Offset
	Compressed           // in the object stream Stream, at Index
)

// Entry is an object's cross-reference entry.
type Entry struct {
	Number     uint32
	Generation uint16 // of an InUse entry; a Compressed object always has 0
	Type       EntryType
	Offset     int64  // InUse: offset in the file, from 0
	Stream     uint32 // Compressed: number of the object stream
	Index      int    // Compressed: index of the object in that stream
}

// line is a compact [Entry]. A document may have a million of them.
type line struct {
	place      int64 // Offset, or Index<<32 | Stream
	number     uint32
	generation uint16
	kind       uint16 // the EntryType in the low two bits; above them, the number of newer sections
}

const kindBits = 2

func lineOf(e Entry) line {
	l := line{number: e.Number, generation: e.Generation, kind: uint16(e.Type), place: e.Offset}
	if e.Type == Compressed {
		l.place = int64(e.Index)<<32 | int64(e.Stream)
	}
	return l
}

func (l line) entry() Entry {
	e := Entry{Number: l.number, Generation: l.generation, Type: EntryType(l.kind & (1<<kindBits - 1))}
	switch e.Type {
	case InUse:
		e.Offset = l.place
	case Compressed:
		e.Stream, e.Index = uint32(l.place), int(l.place>>32)
	}
	return e
}

// settle sorts the lines of all sections and keeps one per object: the first line of the newest
// section that lists it.
func (d *Document) settle() {
	byNumber := func(a, b line) int {
		if order := cmp.Compare(a.number, b.number); order != 0 {
			return order
		}
		return cmp.Compare(a.kind>>kindBits, b.kind>>kindBits)
	}
	if !slices.IsSortedFunc(d.lines, byNumber) {
		slices.SortStableFunc(d.lines, byNumber)
	}
	kept := d.lines[:0]
	for _, one := range d.lines {
		if len(kept) == 0 || kept[len(kept)-1].number != one.number {
			kept = append(kept, one)
			continue
		}
		newest := kept[len(kept)-1]
		old := one.entry()
		if old.Type == InUse && old != newest.entry() {
			d.superseded = append(d.superseded, one)
		}
		if section := one.kind >> kindBits; section == newest.kind>>kindBits && old != newest.entry() &&
			(d.repeated == nil || section < d.repeated.kind>>kindBits) {
			again := one
			d.repeated = &again
		}
	}
	d.lines = kept
	if len(kept) > 0 {
		d.highest = kept[len(kept)-1].number
	}
}

// inFile iterates over lines by offset in the file, and over those in object streams last.
func inFile(lines []line) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		order := make([]uint32, 0, len(lines))
		for i := range lines {
			if lines[i].entry().Type != Free {
				order = append(order, uint32(i))
			}
		}
		slices.SortFunc(order, func(i, j uint32) int {
			a, b := lines[i].entry(), lines[j].entry()
			switch { // cmp.Or would allocate for each comparison
			case a.Stream != b.Stream:
				return cmp.Compare(a.Stream, b.Stream)
			case a.Index != b.Index:
				return cmp.Compare(a.Index, b.Index)
			case a.Offset != b.Offset:
				return cmp.Compare(a.Offset, b.Offset)
			}
			return cmp.Compare(i, j)
		})
		for _, i := range order {
			if !yield(lines[i].entry()) {
				return
			}
		}
	}
}

// Reference returns the object that the entry describes.
func (e Entry) Reference() Reference { return Reference{e.Number, e.Generation} }

// Section is one section of the cross-reference: what one revision of the file added, or one of the
// two parts of a linearized file.
type Section struct {
	Offset int64 // offset of the keyword xref, or of the cross-reference stream's object number
	// Stream is true for a cross-reference stream. A hybrid section counts as a table.
	Stream  bool
	Trailer Object // the trailer dictionary, or the stream's
}

// readSections follows the chain of sections from the last startxref.
func (d *Document) readSections() error {
	next, err := d.findStart()
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for {
		if seen[next] {
			return fault(ErrCrossReference, next, "the sections' chain of /Prev is a loop")
		}
		seen[next] = true
		if len(d.sections) == maxSections {
			return fault(ErrLimit, next, "more than %d cross-reference sections", maxSections)
		}
		section, lines, err := d.readSection(next, maxEntries-len(d.lines))
		if err != nil {
			return err
		}
		for i := range lines {
			lines[i].kind |= uint16(len(d.sections)) << kindBits
		}
		d.sections = append(d.sections, section)
		if len(d.lines) == 0 {
			d.lines = lines
		} else {
			d.lines = append(d.lines, lines...)
		}
		previous := section.Trailer.Get("Prev")
		// Some programs write /Prev 0 for "none": only the header can stand at offset 0.
		if previous.Kind == Null || previous.Kind == Integer && previous.Int == 0 {
			d.settle()
			return nil
		}
		if next, err = d.place(previous); err != nil {
			return err
		}
	}
}

// place turns an offset counted from "%PDF-" into an offset in the file.
func (d *Document) place(offset Object) (int64, error) {
	if offset.Kind != Integer || offset.Int < 0 || offset.Int >= d.size-d.header {
		return 0, fault(ErrCrossReference, offset.Offset, "an offset lies outside the file")
	}
	return d.header + offset.Int, nil
}

// findStart searches backward for the last startxref and reads its number.
func (d *Document) findStart() (int64, error) {
	const near, block = 1 << 10, 64 << 10
	word := []byte("startxref")
	start := max(d.header, d.size-near) // where it nearly always is
	part, err := d.source.bytes(start, int(d.size-start))
	if err != nil {
		return 0, err
	}
	var buffer []byte
	for {
		if at := bytes.LastIndex(part, word); at >= 0 {
			return d.readStart(start + int64(at))
		}
		if start <= d.header {
			return 0, fault(ErrCrossReference, -1, "the file has no startxref")
		}
		if buffer == nil {
			buffer = make([]byte, block+len(word)-1)
		}
		end := start
		start = max(d.header, end-block)
		part = buffer[:min(end+int64(len(word))-1, d.size)-start]
		if n, err := d.source.reader.ReadAt(part, start); n < len(part) {
			return 0, fmt.Errorf("searching the cross-reference: %w", err)
		}
	}
}

// readStart reads the number after the startxref at an offset.
func (d *Document) readStart(offset int64) (int64, error) {
	p := parser{source: d.source, at: offset}
	if p.keyword("startxref") {
		if number, ok := p.natural(math.MaxInt64 / 10); ok {
			p.skip()
			d.rest = p.at
			return d.place(Object{Kind: Integer, Int: number, Offset: offset})
		}
	}
	return 0, p.broken(offset, "no number follows the last startxref")
}

func (p *parser) broken(offset int64, format string, args ...any) error {
	if p.source.err != nil {
		return p.source.err
	}
	return fault(ErrCrossReference, offset, format, args...)
}

// readSection reads the section at an offset, including the hidden part of a hybrid section. The
// first of several entries for one object wins.
func (d *Document) readSection(offset int64, limit int) (Section, []line, error) {
	p := parser{source: d.source, at: offset}
	if !p.keyword("xref") {
		return d.readSectionStream(offset, limit)
	}
	section := Section{Offset: p.at - int64(len("xref"))}
	lines, err := d.readTable(&p, limit)
	if err != nil {
		return Section{}, nil, err
	}
	trailer, err := p.object()
	if err != nil {
		return Section{}, nil, err
	}
	if trailer.Kind != Dictionary {
		return Section{}, nil, fault(ErrCrossReference, trailer.Offset, "the trailer is not a dictionary")
	}
	section.Trailer = trailer
	hidden := trailer.Get("XRefStm")
	if hidden.Kind == Null {
		return section, lines, nil
	}
	// In a hybrid file the table lists as free the objects that only the stream lists, so that old
	// readers ignore them. The stream's entries therefore take precedence over the free ones.
	at, err := d.place(hidden)
	if err != nil {
		return Section{}, nil, err
	}
	_, more, err := d.readSectionStream(at, limit-len(lines))
	if err != nil {
		return Section{}, nil, err
	}
	var free []line
	inUse := lines[:0]
	for _, one := range lines {
		if one.entry().Type == Free {
			free = append(free, one)
		} else {
			inUse = append(inUse, one)
		}
	}
	return section, append(append(inUse, more...), free...), nil
}

// readTable reads the lines between xref and trailer.
func (d *Document) readTable(p *parser, limit int) ([]line, error) {
	var lines []line
	for !p.keyword("trailer") {
		first, ok := p.natural(math.MaxUint32)
		if !ok {
			return nil, p.broken(p.at, "the cross-reference table has neither a subsection nor a trailer here")
		}
		count, ok := p.natural(math.MaxUint32)
		if !ok || first+count > math.MaxUint32 {
			return nil, p.broken(p.at, "a subsection of the cross-reference table has no count")
		}
		if count > int64(limit-len(lines)) {
			return nil, fault(ErrLimit, p.at, "more than %d cross-reference entries", maxEntries)
		}
		lines = slices.Grow(lines, int(min(count, (d.size-p.at)/shortestLine))) // the file may claim any count
		for number := first; number < first+count; number++ {
			entry, err := d.readLine(p, uint32(number))
			if err != nil {
				return nil, err
			}
			lines = append(lines, lineOf(entry))
		}
	}
	return lines, nil
}

// shortestLine is the least number of bytes in a cross-reference table line: "0 0 f ".
const shortestLine = 6

func (d *Document) readLine(p *parser, number uint32) (Entry, error) {
	offset, ok := p.natural(math.MaxInt64 / 10)
	if !ok {
		return Entry{}, p.broken(p.at, "the cross-reference table's line for object %d has no offset", number)
	}
	generation, ok := p.natural(math.MaxUint32) // mutool gives free objects 65536
	if !ok {
		return Entry{}, p.broken(p.at, "the cross-reference table's line for object %d has no generation", number)
	}
	switch {
	case p.keyword("f"):
		return Entry{Number: number, Type: Free}, nil
	case p.keyword("n"):
		// some programs write offset 0 for objects that they never wrote
		if offset == 0 {
			return Entry{Number: number, Type: Free}, nil
		}
		if generation > math.MaxUint16 {
			return Entry{},
				p.broken(p.at, "the cross-reference table's line for object %d has a generation above 65535", number)
		}
		return Entry{Number: number, Type: InUse, Generation: uint16(generation), Offset: d.header + offset}, nil
	}
	return Entry{}, p.broken(p.at, "the cross-reference table's line for object %d ends neither with n nor with f",
		number)
}
