package pdf

import "math"

const maxStreamObjects = 1 << 16

// objectStream is a decoded object stream.
type objectStream struct {
	number  uint32
	content []byte
	numbers []uint32
	offsets []int64
}

func (d *Document) loadCompressed(entry Entry, p *parser) (Indirect, error) {
	stream := d.cached
	if stream == nil || stream.number != entry.Stream {
		var err error
		if stream, err = d.openObjectStream(entry.Stream); err != nil {
			return Indirect{}, err
		}
		d.cached = stream
	}
	if entry.Index >= len(stream.numbers) || stream.numbers[entry.Index] != entry.Number {
		return Indirect{}, fault(ErrCrossReference, -1, "object %d is not in object stream %d at place %d",
			entry.Number, entry.Stream, entry.Index)
	}
	p.source, p.at = memory(stream.content), stream.offsets[entry.Index]
	object, err := p.object()
	if err != nil {
		return Indirect{}, err
	}
	return Indirect{
		Reference:  entry.Reference(),
		Compressed: true,
		Offset:     stream.offsets[entry.Index],
		Object:     object,
		Stream:     -1,
	}, nil
}

func (d *Document) openObjectStream(number uint32) (*objectStream, error) {
	container, _ := d.Entry(number)
	// An object stream must not stand in another one: readers could recurse without end.
	if container.Type != InUse {
		return nil, fault(ErrCrossReference, -1, "object stream %d does not exist", number)
	}
	// The stream's length and filters may be indirect objects, but not inside object streams: an
	// object inside the very stream that it describes could never be found.
	if d.opening {
		return nil, fault(ErrStructure, -1, "the length or filter of an object stream is in an object stream")
	}
	d.opening = true
	defer func() { d.opening = false }()
	if d.Encrypted() && d.decryption == nil {
		return nil, fault(ErrEncrypted, -1, "object stream %d cannot be read", number)
	}
	loaded, err := d.loadPlain(container, &parser{})
	if err != nil {
		return nil, err
	}
	count, first := loaded.Object.Get("N"), loaded.Object.Get("First")
	if !loaded.Object.Get("Type").IsName("ObjStm") || count.Kind != Integer || first.Kind != Integer || count.Int < 0 ||
		first.Int < 0 {
		return nil, fault(ErrCrossReference, loaded.Offset, "object %d is not an object stream", number)
	}
	if count.Int > maxStreamObjects {
		return nil, fault(ErrLimit, loaded.Offset, "object stream %d has more than %d objects", number,
			maxStreamObjects)
	}
	content, err := d.content(loaded, true)
	if err != nil {
		return nil, err
	}
	stream := &objectStream{number: number, content: content}
	p := parser{source: memory(content)}
	for range count.Int {
		object, ok := p.natural(math.MaxUint32)
		offset, alsoOK := p.natural(math.MaxInt32)
		if !ok || !alsoOK {
			return nil, fault(ErrSyntax, loaded.Offset, "the head of object stream %d is not made of pairs of numbers",
				number)
		}
		stream.numbers = append(stream.numbers, uint32(object))
		stream.offsets = append(stream.offsets, first.Int+offset)
	}
	return stream, nil
}
