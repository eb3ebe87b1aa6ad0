package pdfsig

import (
	"cmp"
	"context"
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

// extents collects the objects of a file that overlap others, or may. No object of an honest file
// does. A stream that reaches into a signature's /Contents shows bytes that no signature covers.
type extents struct {
	suspects   []extent
	unresolved []pdf.Indirect // streams whose length is an indirect object
	large      []extent       // large streams with a direct length, in file order
	last       extent
	farthest   int64
}

// largeStream is the least size, in bytes, of a stream that the search for signatures skips.
const largeStream = 64 << 10

// extent is the position of an object, including its stream.
type extent struct {
	number     uint32
	start, end int64
}

// add records an object. Objects must come in file order. The error is the reader's.
func (e *extents) add(document *pdf.Document, object pdf.Indirect) error {
	if object.Compressed {
		return nil
	}
	one := extent{object.Reference.Number, object.Offset, object.End()}
	switch length := object.Length; {
	case object.Stream >= 0 && length.Kind == pdf.Ref:
		object.Object = pdf.Object{} // not needed any more
		e.unresolved = append(e.unresolved, object)
	case object.Stream >= 0:
		var err error
		if one.end, err = document.StreamEnd(object); err != nil {
			return err
		}
		if stated := object.End(); stated-one.start >= largeStream {
			e.large = append(e.large, extent{one.number, one.start, stated})
		}
	}
	if e.last.end > one.start && (len(e.suspects) == 0 || e.suspects[len(e.suspects)-1] != e.last) {
		e.suspects = append(e.suspects, e.last)
	}
	if one.start < e.farthest {
		e.suspects = append(e.suspects, one)
	}
	e.last, e.farthest = one, max(e.farthest, one.end)
	return nil
}

// resolve determines the extents of the streams whose length is an indirect object, in file order.
func (e *extents) resolve(ctx context.Context, document *pdf.Document) error {
	entry := func(object pdf.Indirect) pdf.Entry {
		at, _ := document.Entry(object.Length.Reference().Number)
		return at
	}
	slices.SortFunc(e.unresolved, func(a, b pdf.Indirect) int {
		x, y := entry(a), entry(b)
		return cmp.Or(cmp.Compare(x.Stream, y.Stream), cmp.Compare(x.Index, y.Index), cmp.Compare(x.Offset, y.Offset))
	})
	for _, object := range e.unresolved {
		if err := ctx.Err(); err != nil {
			return err
		}
		length, _, err := document.Resolve(object.Length)
		if isReadError(err) {
			return err
		}
		object.Length = length // null if it cannot be read
		end, err := document.StreamEnd(object)
		if err != nil {
			return err
		}
		e.suspects = append(e.suspects, extent{object.Reference.Number, object.Offset, end})
	}
	e.unresolved = nil
	return nil
}

// reachingInto returns an object, other than the signature's own, that reaches into the gap of the
// signature's byte range.
func (e *extents) reachingInto(gap signedRange, own uint32) (uint32, bool) {
	i := slices.IndexFunc(e.suspects, func(one extent) bool {
		return one.number != own && one.start < gap.gapEnd && one.end > gap.gapStart
	})
	if i < 0 {
		return 0, false
	}
	return e.suspects[i].number, true
}
