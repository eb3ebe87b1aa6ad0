package pdfsig

import (
	"cmp"
	"context"
	"slices"

	"github.com/danabio/danabio-go/internal/pdf"
)

// extents are the objects of a file that reach into another, or may: no object of an honest file
// does. A stream that reaches into the contents of a signature shows what no signature covers.
type extents struct {
	suspects   []extent
	unresolved []pdf.Indirect // streams whose length is an object of its own
	large      []extent       // the large streams whose length stands in them, in the order of the file
	last       extent
	farthest   int64
}

// largeStream is so large that a search goes around it.
const largeStream = 64 << 10

// extent is the place of an object, with its stream.
type extent struct {
	number     uint32
	start, end int64
}

// add takes the objects in the order of the file. The error is the reader's.
func (e *extents) add(document *pdf.Document, object pdf.Indirect) error {
	if object.Compressed {
		return nil
	}
	one := extent{object.Reference.Number, object.Offset, object.End()}
	switch length := object.Length; {
	case object.Stream >= 0 && length.Kind == pdf.Ref:
		object.Object = pdf.Object{} // which is not needed any more
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

// resolve finds out how far the streams reach whose length is an object of its own, in the order of
// the file.
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
		object.Length = length // none if it cannot be read
		end, err := document.StreamEnd(object)
		if err != nil {
			return err
		}
		e.suspects = append(e.suspects, extent{object.Reference.Number, object.Offset, end})
	}
	e.unresolved = nil
	return nil
}

// reachingInto is an object, but the signature's own, that reaches into what its byte range leaves
// out.
func (e *extents) reachingInto(gap signedRange, own uint32) (uint32, bool) {
	i := slices.IndexFunc(e.suspects, func(one extent) bool {
		return one.number != own && one.start < gap.gapEnd && one.end > gap.gapStart
	})
	if i < 0 {
		return 0, false
	}
	return e.suspects[i].number, true
}
