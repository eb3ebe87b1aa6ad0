package pdfsig

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/danabio/danabio-go/internal/pdf"
)

// byteRangeKey occurs in every signature dictionary.
const byteRangeKey = "/ByteRange"

// findUnreferenced returns the offset of the first signature dictionary in the file's bytes that
// the cross-reference does not lead to, or -1. An update with a cross-reference of its own hides
// earlier signatures from this package, while other programs may find them. The key inside a stream
// or another object that the cross-reference leads to does not count.
func (c *checker) findUnreferenced() (int64, error) {
	var known []pdf.Entry
	extent := func(at int64) (int64, error) { // end of the object around an offset
		if known == nil {
			known = c.plainEntries()
		}
		byOffset := func(e pdf.Entry, at int64) int { return cmp.Compare(e.Offset, at) }
		i, found := slices.BinarySearchFunc(known, at, byOffset)
		if !found {
			i--
		}
		if i < 0 {
			return -1, nil
		}
		object, err := c.document.LoadEntry(known[i])
		if err == nil {
			object.Length, _, err = c.document.Resolve(object.Length)
		}
		switch {
		case isReadError(err):
			return -1, err
		case err != nil:
			return -1, nil
		}
		return object.End(), nil
	}
	found := int64(-1)
	inside := int64(0) // everything before this offset is known
	visit := func(at int64) (bool, error) {
		if at < inside {
			return true, nil
		}
		end, err := extent(at)
		if err != nil {
			return false, err
		}
		if inside = end; at < end {
			return true, nil
		}
		found = at
		return false, nil
	}
	from := int64(0)
	large := c.finder.extents.large
	if len(c.finder.extents.suspects) > 0 { // an object may begin and end inside a stream
		large = nil
	}
	for _, stream := range large {
		if err := c.scan(byteRangeKey, from, stream.start, visit); err != nil || found >= 0 {
			return found, err
		}
		from = max(from, stream.end)
	}
	err := c.scan(byteRangeKey, from, c.size, visit)
	return found, err
}

// plainEntries returns the entries of all revisions that stand directly in the file, in file order.
func (c *checker) plainEntries() []pdf.Entry {
	known := []pdf.Entry{}
	for entry := range c.document.InFile() {
		if entry.Type == pdf.InUse {
			known = append(known, entry)
		}
	}
	known = slices.AppendSeq(known, c.document.Superseded())
	slices.SortFunc(known, func(a, b pdf.Entry) int { return cmp.Compare(a.Offset, b.Offset) })
	return known
}

// escapedKeyPattern matches byteRangeKey with any of its letters escaped as #xx.
var escapedKeyPattern = sync.OnceValue(func() *regexp.Regexp {
	var pattern strings.Builder
	for _, letter := range byteRangeKey[1:] {
		fmt.Fprintf(&pattern, "(?:%c|#(?i:%x))", letter, letter)
	}
	return regexp.MustCompile("/" + pattern.String())
})

// findByteRangeKey returns the offset of the first signature key in the file's bytes, wherever it
// stands, or -1.
func (c *checker) findByteRangeKey() (int64, error) {
	found := int64(-1)
	err := c.parts(0, c.size, 3*len(byteRangeKey), func(start int64, part []byte) (bool, error) {
		if at := escapedKeyPattern().FindIndex(part); at != nil {
			found = start + int64(at[0])
		}
		return found < 0, nil
	})
	return found, err
}

// scan calls visit with the offset of each occurrence of a word that begins between from and to,
// until visit returns false.
func (c *checker) scan(word string, from, to int64, visit func(at int64) (bool, error)) error {
	return c.parts(from, to, len(word), func(start int64, part []byte) (bool, error) {
		end := min(copyBuffer, to-start)
		for at := 0; ; at++ {
			next := bytes.Index(part[at:], []byte(word))
			if next < 0 || int64(at+next) >= end {
				return true, nil
			}
			at += next
			if more, err := visit(start + int64(at)); err != nil || !more {
				return false, err
			}
		}
	})
}

// partBuffers pools the buffers of parts, since an evidence ZIP may hold thousands of PDFs.
var partBuffers = sync.Pool{New: func() any {
	buffer := make([]byte, copyBuffer+3*len(byteRangeKey))
	return &buffer
}}

// parts passes the file between from and to to visit in parts, until visit returns false. Parts
// start copyBuffer bytes apart and overlap the next by overlap bytes.
func (c *checker) parts(from, to int64, overlap int, visit func(start int64, part []byte) (bool, error)) error {
	pooled := partBuffers.Get().(*[]byte)
	defer partBuffers.Put(pooled)
	buffer := (*pooled)[:copyBuffer+overlap]
	for start := from; start < to; start += copyBuffer {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		part := buffer[:min(int64(len(buffer)), to+int64(overlap)-start, c.size-start)]
		if n, err := c.reader.ReadAt(part, start); n < len(part) {
			return cmp.Or(err, io.ErrUnexpectedEOF)
		}
		if more, err := visit(start, part); err != nil || !more {
			return err
		}
	}
	return nil
}
