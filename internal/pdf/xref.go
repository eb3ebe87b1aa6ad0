package pdf

import (
	"bytes"
	"fmt"
	"math"
	"slices"
)

// EntryType is what the cross-reference says of an object.
type EntryType uint8

// The types of entries.
const (
	Free       EntryType = iota
	InUse                // at Offset
	Compressed           // in the object stream Stream, at Index
)

// Entry is one object's line in the cross-reference.
type Entry struct {
	Number     uint32
	Generation uint16 // of an InUse entry; a Compressed object always has 0
	Type       EntryType
	Offset     int64  // InUse: byte of the file, from 0
	Stream     uint32 // Compressed: number of the object stream
	Index      int    // Compressed: which of its objects
}

// Reference is the entry's object.
func (e Entry) Reference() Reference { return Reference{e.Number, e.Generation} }

// Section is one part of the cross-reference: what one revision of the file added, or one of
// the two parts of a linearized file.
type Section struct {
	Offset int64 // of the keyword xref or of the cross-reference stream's object number
	// Stream tells that it is a cross-reference stream, not a table. A hybrid section is a table.
	Stream  bool
	Trailer Object // the trailer dictionary, or the stream's
}

// readSections follows the chain from the last startxref.
func (d *Document) readSections() error {
	next, err := d.findStart()
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for total := 0; ; {
		if seen[next] {
			return fault(ErrCrossReference, next, "the sections' chain of /Prev is a loop")
		}
		seen[next] = true
		if len(d.sections) == maxSections {
			return fault(ErrLimit, next, "more than %d cross-reference sections", maxSections)
		}
		section, entries, err := d.readSection(next, maxEntries-total)
		if err != nil {
			return err
		}
		d.sections = append(d.sections, section)
		total += len(entries)
		if len(d.entries) == 0 {
			d.entries = make(map[uint32]Entry, len(entries))
		}
		for _, entry := range entries {
			d.highest = max(d.highest, entry.Number)
			newer, ok := d.entries[entry.Number]
			switch {
			case !ok:
				d.entries[entry.Number] = entry
			case entry.Type == InUse && entry != newer:
				d.superseded = append(d.superseded, entry)
			}
		}
		previous := section.Trailer.Get("Prev")
		// some programs write /Prev 0 for "none": nothing can stand there but the header
		if previous.Kind == Null || previous.Kind == Integer && previous.Int == 0 {
			return nil
		}
		if next, err = d.place(previous); err != nil {
			return err
		}
	}
}

// place turns an offset as PDF counts them into one of the file.
func (d *Document) place(offset Object) (int64, error) {
	if offset.Kind != Integer || offset.Int < 0 || offset.Int >= d.size-d.header {
		return 0, fault(ErrCrossReference, offset.Offset, "an offset lies outside the file")
	}
	return d.header + offset.Int, nil
}

// findStart reads the number behind the last startxref of the file, searching backward.
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

// readStart reads the number behind the startxref at an offset.
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

// readSection reads the section at an offset, with the hidden part of a hybrid one. Of
// several entries for one object the first counts.
func (d *Document) readSection(offset int64, limit int) (Section, []Entry, error) {
	p := parser{source: d.source, at: offset}
	if !p.keyword("xref") {
		return d.readSectionStream(offset, limit)
	}
	section := Section{Offset: p.at - int64(len("xref"))}
	entries, err := d.readTable(&p, limit)
	if err != nil {
		return Section{}, nil, err
	}
	trailer, err := p.object()
	if err != nil {
		return Section{}, nil, err
	}
	if trailer.Kind != Dictionary {
		return Section{}, nil, fault(ErrCrossReference, trailer.Offset, "the trailer is no dictionary")
	}
	section.Trailer = trailer
	hidden := trailer.Get("XRefStm")
	if hidden.Kind == Null {
		return section, entries, nil
	}
	// The table calls free what only the stream names, so that old readers overlook it:
	// the stream's entries go between those in use and those free.
	at, err := d.place(hidden)
	if err != nil {
		return Section{}, nil, err
	}
	_, more, err := d.readSectionStream(at, limit-len(entries))
	if err != nil {
		return Section{}, nil, err
	}
	var free []Entry
	inUse := entries[:0]
	for _, entry := range entries {
		if entry.Type == Free {
			free = append(free, entry)
		} else {
			inUse = append(inUse, entry)
		}
	}
	return section, append(append(inUse, more...), free...), nil
}

// readTable reads the lines between xref and trailer.
func (d *Document) readTable(p *parser, limit int) ([]Entry, error) {
	var entries []Entry
	for !p.keyword("trailer") {
		first, ok := p.natural(math.MaxUint32)
		if !ok {
			return nil, p.broken(p.at, "the cross-reference table has neither a subsection nor a trailer here")
		}
		count, ok := p.natural(math.MaxUint32)
		if !ok || first+count > math.MaxUint32 {
			return nil, p.broken(p.at, "a subsection of the cross-reference table has no count")
		}
		if count > int64(limit-len(entries)) {
			return nil, fault(ErrLimit, p.at, "more than %d cross-reference entries", maxEntries)
		}
		entries = slices.Grow(entries, int(min(count, 4096))) // a file may claim any count
		for number := first; number < first+count; number++ {
			entry, err := d.readLine(p, uint32(number))
			if err != nil {
				return nil, err
			}
			entries = append(entries, entry)
		}
	}
	return entries, nil
}

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
			return Entry{}, p.broken(p.at, "the cross-reference table's line for object %d has a generation above 65535", number)
		}
		return Entry{Number: number, Type: InUse, Generation: uint16(generation), Offset: d.header + offset}, nil
	}
	return Entry{}, p.broken(p.at, "the cross-reference table's line for object %d ends neither with n nor with f", number)
}
