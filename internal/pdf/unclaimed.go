package pdf

import "math"

// Unclaimed returns the offset of the first byte, at or after from, that belongs to nothing: to no
// object that a cross-reference section lists, no section, no startxref, no white space and no
// comment. If there is none, it returns Size. One of these must begin at from, as it does after the
// end of an earlier revision.
func (d *Document) Unclaimed(from int64) (int64, error) {
	known := map[int64]Reference{}
	for _, lines := range [][]line{d.lines, d.superseded} {
		for _, one := range lines {
			if entry := one.entry(); entry.Type == InUse && entry.Offset >= from {
				known[entry.Offset] = entry.Reference()
			}
		}
	}
	sections := map[int64]bool{}
	for _, section := range d.sections {
		sections[section.Offset] = true
	}
	p := parser{source: d.source, at: from}
	for {
		p.skip()
		start := p.at
		if start >= d.size || d.source.err != nil {
			return d.size, d.source.err
		}
		if !d.claimed(&p, known, sections) {
			return start, d.source.err
		}
	}
}

// claimed consumes one known part of the file. It returns false if there is none.
func (d *Document) claimed(p *parser, known map[int64]Reference, sections map[int64]bool) bool {
	start := p.at
	switch {
	case p.keyword("startxref"):
		_, ok := p.natural(math.MaxInt64)
		return ok
	case p.keyword("xref"):
		if _, err := d.readTable(p, maxEntries); err != nil || !sections[start] {
			return false
		}
		_, err := p.object()
		return err == nil
	}
	ref, _, err := p.objectHeader()
	if at, ok := known[start]; err != nil || !(ok && at == ref) && !sections[start] {
		return false
	}
	object, err := p.objectBody(ref, start)
	if err != nil || object.Stream < 0 {
		return err == nil
	}
	length, _, err := d.Resolve(object.Length)
	if err != nil || length.Kind != Integer || length.Int < 0 || length.Int > d.size-object.Stream {
		return false
	}
	p.at = object.Stream + length.Int
	return p.keyword("endstream") && p.keyword("endobj")
}
