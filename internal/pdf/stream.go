package pdf

import (
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math"
)

const (
	maxDecoded    = 16 << 20
	maxDecodedAll = 256 << 20
	maxFilters    = 4
)

// Content decodes a stream. The only supported filter is FlateDecode, and the result may have at
// most 16 MiB.
func (d *Document) Content(stream Indirect) ([]byte, error) { return d.content(stream, true) }

// content decodes a stream whose dictionary has been read. Unless resolve is set, the dictionary's
// entries must be direct, since references cannot be followed yet.
func (d *Document) content(stream Indirect, resolve bool) ([]byte, error) {
	raw, err := d.raw(stream, resolve)
	if err != nil {
		return nil, err
	}
	if resolve && d.decryption != nil {
		if raw, err = d.decryption.openStream(raw, stream); err != nil {
			return nil, err
		}
	}
	resolved := func(o Object) Object {
		if resolve && err == nil {
			o, _, err = d.Resolve(o)
		}
		return o
	}
	filters, parameters := resolved(stream.Object.Get("Filter")), resolved(stream.Object.Get("DecodeParms"))
	if err != nil {
		return nil, err
	}
	if filters.Kind == Name {
		filters, parameters = NewArray(filters), NewArray(parameters)
	}
	if filters.Kind == Null {
		filters = NewArray()
	}
	if filters.Kind != Array || len(filters.Items) > maxFilters {
		return nil, fault(ErrUnsupported, stream.Offset, "a stream's /Filter is neither a name nor a short array")
	}
	for i, filter := range filters.Items {
		if filter = resolved(filter); err != nil {
			return nil, err
		}
		if !filter.IsName("FlateDecode") && !filter.IsName("Fl") {
			return nil, fault(ErrUnsupported, stream.Offset,
				"a stream of the file's structure uses another filter than FlateDecode")
		}
		if raw, err = inflate(raw, stream.Offset); err != nil {
			return nil, err
		}
		if parameters.Kind == Array && i < len(parameters.Items) {
			settings := resolved(parameters.Items[i])
			if err != nil {
				return nil, err
			}
			if raw, err = unpredict(raw, settings, stream.Offset); err != nil {
				return nil, err
			}
		}
	}
	decoded, err := io.ReadAll(io.LimitReader(raw, maxDecoded+1))
	if err != nil {
		var own *Error
		if errors.As(err, &own) {
			return nil, err
		}
		if d.source.err != nil {
			return nil, d.source.err
		}
		return nil, fault(ErrSyntax, stream.Offset, "a stream cannot be decoded")
	}
	if len(decoded) > maxDecoded {
		return nil, fault(ErrLimit, stream.Offset, "a stream has more than %d bytes when decoded", maxDecoded)
	}
	if d.decoded += int64(len(decoded)); d.decoded > maxDecodedAll {
		return nil, fault(ErrLimit, stream.Offset,
			"the streams of the file's structure have more than %d bytes when decoded", maxDecodedAll)
	}
	return decoded, nil
}

// StreamEnd returns the furthest end that any reader may assume for a stream. If endstream follows
// the data that /Length announces, that is the end. Otherwise it is the end that /Length says or
// the next endstream (or the end of the file), whichever is further. /Length must be resolved.
func (d *Document) StreamEnd(object Indirect) (int64, error) {
	end := object.End()
	p := parser{source: d.source, at: end}
	if object.Length.Kind == Integer && object.Length.Int >= 0 && p.keyword("endstream") {
		return end, nil
	}
	for at := object.Stream; ; at++ {
		if c, ok := d.source.at(at); !ok {
			return max(end, d.size), d.source.err
		} else if c == 'e' {
			if p.at = at; p.keyword("endstream") {
				return max(end, at), nil
			}
		}
	}
}

// raw returns the stream's bytes as stored in the file.
func (d *Document) raw(stream Indirect, resolve bool) (io.Reader, error) {
	if stream.Stream < 0 {
		return nil, fault(ErrSyntax, stream.Offset, "object %d is not a stream", stream.Reference.Number)
	}
	length := stream.Object.Get("Length")
	if resolve {
		var err error
		if length, _, err = d.Resolve(length); err != nil {
			return nil, err
		}
	}
	if length.Kind != Integer || length.Int < 0 || length.Int > d.size-stream.Stream {
		return nil, fault(ErrSyntax, stream.Offset, "a stream's /Length is wrong")
	}
	p := parser{source: d.source, at: stream.Stream + length.Int}
	if !p.keyword("endstream") {
		return nil, p.wrong(p.at, "a stream does not end where its /Length says")
	}
	return io.NewSectionReader(recorder{d.source}, stream.Stream, length.Int), nil
}

// recorder records read errors, so that they are not mistaken for faults in the compressed data.
type recorder struct{ source *source }

func (r recorder) ReadAt(p []byte, offset int64) (int, error) {
	n, err := r.source.reader.ReadAt(p, offset)
	if n < len(p) && r.source.err == nil {
		r.source.err = fmt.Errorf("reading at byte %d: %w", offset, err)
	}
	return n, err
}

func inflate(r io.Reader, offset int64) (io.Reader, error) {
	decoder, err := zlib.NewReader(r)
	if err != nil {
		return nil, fault(ErrSyntax, offset, "a stream is not compressed as it says")
	}
	return decoder, nil
}

// predictor reverses the PNG filters, row by row.
type predictor struct {
	reader   io.Reader
	pixel    int // distance in bytes from a sample to its left neighbour
	row      []byte
	previous []byte
	rest     []byte // part of row that has not been returned yet
	offset   int64
}

func unpredict(r io.Reader, parameters Object, offset int64) (io.Reader, error) {
	number := func(key string, otherwise int64) int64 {
		if o := parameters.Get(key); o.Kind == Integer {
			return o.Int
		}
		return otherwise
	}
	if kind := number("Predictor", 1); kind <= 1 {
		return r, nil
	} else if kind < 10 || kind > 15 {
		return nil, fault(ErrUnsupported, offset, "a stream of the file's structure uses predictor %d", kind)
	}
	colors, bits, columns := number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > math.MaxInt16 {
		return nil, fault(ErrLimit, offset, "a stream's predictor has rows of an unlikely size")
	}
	width := int((colors*bits*columns + 7) / 8)
	return &predictor{
		reader:   r,
		pixel:    int((colors*bits + 7) / 8),
		row:      make([]byte, width),
		previous: make([]byte, width),
		offset:   offset,
	}, nil
}

func (p *predictor) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if len(p.rest) == 0 {
		if err := p.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

func (p *predictor) next() error {
	var filter [1]byte
	if _, err := io.ReadFull(p.reader, filter[:]); err != nil {
		return err
	}
	p.row, p.previous = p.previous, p.row
	// a truncated last row keeps the bytes it has
	n, err := io.ReadFull(p.reader, p.row)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	row := p.row[:n]
	for i := range row {
		var left, corner byte
		if i >= p.pixel {
			left, corner = row[i-p.pixel], p.previous[i-p.pixel]
		}
		above := p.previous[i]
		switch filter[0] {
		case 0:
		case 1:
			row[i] += left
		case 2:
			row[i] += above
		case 3:
			row[i] += byte((int(left) + int(above)) / 2)
		case 4:
			row[i] += paeth(left, above, corner)
		default:
			return fault(ErrSyntax, p.offset, "a stream's predictor uses an unknown row filter")
		}
	}
	p.rest = row
	return nil
}

// paeth returns the neighbour closest to left + above - corner, as PNG defines it.
func paeth(left, above, corner byte) byte {
	estimate := int(left) + int(above) - int(corner)
	distance := func(c byte) int { return max(estimate-int(c), int(c)-estimate) }
	if distance(left) <= distance(above) && distance(left) <= distance(corner) {
		return left
	}
	if distance(above) <= distance(corner) {
		return above
	}
	return corner
}
