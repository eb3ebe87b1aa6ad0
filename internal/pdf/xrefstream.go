package pdf

import (
	"math"
	"slices"
)

// readSectionStream reads a cross-reference stream.
func (d *Document) readSectionStream(offset int64, limit int) (Section, []line, error) {
	p := parser{source: d.source, at: offset}
	ref, at, err := p.objectHeader()
	if err != nil {
		return Section{}, nil, p.broken(offset, "there is no cross-reference section where one should be")
	}
	stream, err := p.objectBody(ref, at)
	if err != nil {
		return Section{}, nil, err
	}
	dictionary := stream.Object
	if !dictionary.Get("Type").IsName("XRef") {
		return Section{}, nil, fault(ErrCrossReference, at, "there is no cross-reference section where one should be")
	}
	widths, err := fieldWidths(dictionary.Get("W"), at)
	if err != nil {
		return Section{}, nil, err
	}
	content, err := d.content(stream, false)
	if err != nil {
		return Section{}, nil, err
	}
	index := dictionary.Get("Index")
	if index.Kind == Null {
		index = NewArray(NewInteger(0), dictionary.Get("Size"))
	}
	if index.Kind != Array || len(index.Items)%2 != 0 {
		return Section{}, nil,
			fault(ErrCrossReference, at, "the cross-reference stream's /Index is not an array of pairs")
	}
	var lines []line
	length := widths[0] + widths[1] + widths[2]
	for i := 0; i < len(index.Items); i += 2 {
		first, count := index.Items[i], index.Items[i+1]
		if first.Kind != Integer || count.Kind != Integer || first.Int < 0 || count.Int < 0 ||
			first.Int > math.MaxUint32 || count.Int > math.MaxUint32-first.Int {
			return Section{}, nil,
				fault(ErrCrossReference, at, "the cross-reference stream's /Index is not an array of pairs")
		}
		if count.Int > int64(len(content)/length) {
			return Section{}, nil,
				fault(ErrCrossReference, at, "the cross-reference stream is shorter than its /Index says")
		}
		if count.Int > int64(limit-len(lines)) {
			return Section{}, nil, fault(ErrLimit, at, "more than %d cross-reference entries", maxEntries)
		}
		lines = slices.Grow(lines, int(count.Int))
		for number := first.Int; number < first.Int+count.Int; number++ {
			entry, err := d.decodeLine(content[:length], widths, uint32(number))
			if err != nil {
				return Section{}, nil, err
			}
			lines = append(lines, lineOf(entry))
			content = content[length:]
		}
	}
	return Section{Offset: at, Stream: true, Trailer: dictionary}, lines, nil
}

func fieldWidths(w Object, offset int64) ([3]int, error) {
	var widths [3]int
	total := 0
	if w.Kind == Array && len(w.Items) == 3 {
		for i, item := range w.Items {
			if item.Kind != Integer || item.Int < 0 || item.Int > 8 {
				return widths,
					fault(ErrCrossReference, offset, "a field width of the cross-reference stream is not 0 to 8")
			}
			widths[i] = int(item.Int)
			total += widths[i]
		}
	}
	if total == 0 {
		return widths, fault(ErrCrossReference, offset, "the cross-reference stream's /W does not have three widths")
	}
	return widths, nil
}

func (d *Document) decodeLine(line []byte, widths [3]int, number uint32) (Entry, error) {
	var fields [3]uint64
	for i, width := range widths {
		for _, c := range line[:width] {
			fields[i] = fields[i]<<8 | uint64(c)
		}
		line = line[width:]
	}
	if widths[0] == 0 {
		fields[0] = 1
	}
	entry := Entry{Number: number}
	switch fields[0] {
	case 1:
		if fields[1] > math.MaxInt64/2 || fields[2] > math.MaxUint16 {
			return Entry{}, fault(ErrCrossReference, -1,
				"the cross-reference stream's line for object %d has numbers that are too large", number)
		}
		if fields[1] == 0 { // as in tables
			return entry, nil
		}
		entry.Type, entry.Offset, entry.Generation = InUse, d.header+int64(fields[1]), uint16(fields[2])
	case 2:
		if fields[1] > math.MaxUint32 || fields[2] > math.MaxInt32 {
			return Entry{}, fault(ErrCrossReference, -1,
				"the cross-reference stream's line for object %d has numbers that are too large", number)
		}
		entry.Type, entry.Stream, entry.Index = Compressed, uint32(fields[1]), int(fields[2])
	}
	// PDF treats unknown types as null, which is what a free entry means
	return entry, nil
}
