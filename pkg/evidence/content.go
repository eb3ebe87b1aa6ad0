package evidence

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

const (
	// chunkSize is how much is read at once; it fits the cache of one core, so that CRC, SHA-256 and writing each
	// find the bytes there.
	chunkSize = 128 << 10
	// hashChunk is how much is read at once for the SHA-256 of the whole file.
	hashChunk = 256 << 10
)

// decoder reads contents one after the other. Decoders are pooled: their buffers cost more than a small entry.
type decoder struct {
	chunk   []byte
	section section
	whole   bytes.Reader  // for content that fits into the chunk
	stream  *bufio.Reader // for all other
	inflate io.ReadCloser
	sum     *sink
}

var decoders = sync.Pool{New: func() any {
	return &decoder{
		chunk:   make([]byte, chunkSize),
		inflate: flate.NewReader(bytes.NewReader(nil)),
		sum:     newSink(),
	}
}}

// release forgets what was read and gives the decoder back.
func (d *decoder) release() {
	d.section = section{}
	d.sum.ctx, d.sum.out = nil, nil
	decoders.Put(d)
}

// sourceError is an error of the source: no judgement on the ZIP.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// contentFault is what is wrong with a content.
type contentFault struct {
	code    Code
	message string
}

func (e *contentFault) Error() string { return e.message }

func faulty(code Code, format string, values ...any) error {
	return &contentFault{code, fmt.Sprintf(format, values...)}
}

// decode reads the content of r, hashes it, and writes it to out unless that is nil. It stops at the size that the
// directory claims. Its error is a *contentFault, a *sourceError, a *writeError or the context's.
func (d *decoder) decode(ctx context.Context, source io.ReaderAt, r *record, out io.Writer) error {
	d.sum.reset(ctx, r.size, out)
	d.section = section{source: source, offset: r.data, left: r.compressed}
	var err error
	if r.method == methodStored {
		d.sum.watch = r.streamed()
		err = d.copyStored()
	} else {
		err = d.copyDeflated(r)
	}
	switch {
	case d.section.err != nil:
		return &sourceError{d.section.err}
	case d.sum.err != nil:
		return d.sum.err
	case err != nil:
		return err
	case d.sum.size < r.size:
		return faulty(CodeDataShort, "its content has %d bytes; the directory claims %d", d.sum.size, r.size)
	case d.sum.crc != r.crc:
		return faulty(CodeCRC, "its content has the CRC %08x; the directory claims %08x", d.sum.crc, r.crc)
	case d.sum.inside >= 0:
		return faulty(CodeDescriptorInside, "its content holds a data descriptor for the bytes in front of it, at %d: a reader of streams ends there", d.sum.inside)
	}
	return nil
}

func (d *decoder) copyStored() error {
	for d.section.left > 0 {
		n, err := d.section.Read(d.chunk)
		if err != nil {
			return err
		}
		if _, err := d.sum.Write(d.chunk[:n]); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) copyDeflated(r *record) error {
	var input io.Reader
	small := r.compressed <= int64(len(d.chunk))
	if small {
		if _, err := io.ReadFull(&d.section, d.chunk[:r.compressed]); err != nil {
			return err
		}
		d.whole.Reset(d.chunk[:r.compressed])
		input = &d.whole
	} else {
		if d.stream == nil {
			d.stream = bufio.NewReaderSize(nil, chunkSize)
		}
		d.stream.Reset(&d.section)
		input = d.stream
	}
	if err := d.inflate.(flate.Resetter).Reset(input, nil); err != nil {
		return err
	}
	_, err := d.inflate.(io.WriterTo).WriteTo(d.sum)
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return faulty(CodeDataTruncated, "its compressed data end before their last block does")
		}
		return faulty(CodeDataCorrupt, "its compressed data are damaged behind %d bytes of content", d.sum.size)
	}
	rest := int64(d.whole.Len())
	if !small {
		rest = d.section.left + int64(d.stream.Buffered())
	}
	if rest > 0 {
		return faulty(CodeDataTrailing, "%d bytes follow the last block of its compressed data", rest)
	}
	return nil
}

// section reads a part of the source and remembers the source's error, which decompression would hide.
type section struct {
	source io.ReaderAt
	offset int64
	left   int64
	err    error
}

func (s *section) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.left == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.left)]
	if s.err = readFullAt(s.source, p, s.offset); s.err != nil {
		return 0, s.err
	}
	s.offset += int64(len(p))
	s.left -= int64(len(p))
	return len(p), nil
}

// sink takes content: it counts, hashes, and passes it on.
type sink struct {
	ctx   context.Context
	out   io.Writer
	sha   hash.Hash
	crc   uint32
	size  int64
	limit int64
	head  []byte
	err   error // what ended it, other than the writer of the content

	watch  bool // look for descriptors inside
	tail   [descriptorReach]byte
	inside int64 // where one was found, -1 if none
}

// errTooLong tells decompression to stop.
var errTooLong = errors.New("content is longer than claimed")

func newSink() *sink { return &sink{sha: sha256.New(), head: make([]byte, 0, headLength)} }

func (s *sink) reset(ctx context.Context, limit int64, out io.Writer) {
	s.ctx, s.out, s.limit = ctx, out, limit
	s.crc, s.size, s.err = 0, 0, nil
	s.head = s.head[:0]
	s.watch, s.inside = false, -1
	s.sha.Reset()
}

// Write takes the next piece of content. It fails when there is more than claimed, when the context has ended, and
// when the content cannot be passed on.
func (s *sink) Write(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	if int64(len(p)) > s.limit-s.size {
		s.err = faulty(CodeDataLong, "its content goes on behind the %d bytes that the directory claims", s.limit)
		return 0, errTooLong
	}
	if missing := headLength - len(s.head); missing > 0 {
		s.head = append(s.head, p[:min(missing, len(p))]...)
	}
	s.crc = crc32.Update(s.crc, crc32.IEEETable, p)
	s.sha.Write(p)
	if s.watch {
		s.search(p)
	}
	s.size += int64(len(p))
	if s.out != nil {
		if _, err := s.out.Write(p); err != nil {
			s.err = &writeError{err}
			return 0, err
		}
	}
	return len(p), nil
}

// sha256 returns the hash of what was written, in hexadecimal.
func (s *sink) sha256() string {
	var sum [sha256.Size]byte
	return hex.EncodeToString(s.sha.Sum(sum[:0]))
}

// descriptorReach is how many bytes of a descriptor tell that it describes what is in front of it: signature, CRC and
// compressed size in 32 bits, which are also the lower half of the size in 64.
const descriptorReach = 12

// search looks for a descriptor inside stored content. A reader of streams does not know where stored content with a
// descriptor ends, and takes the first that fits for its end.
func (s *sink) search(p []byte) {
	if s.inside >= 0 {
		return
	}
	// The last bytes of the piece before, and as many of this one, so that none is missed between two.
	kept := int(min(s.size, descriptorReach-1))
	var seam [2 * descriptorReach]byte
	length := copy(seam[:], s.tail[:kept])
	length += copy(seam[length:], p[:min(len(p), descriptorReach-1)])
	s.searchIn(seam[:length], s.size-int64(kept))
	s.searchIn(p, s.size)

	if len(p) >= descriptorReach-1 {
		copy(s.tail[:], p[len(p)-(descriptorReach-1):])
	} else {
		from := max(0, length-(descriptorReach-1))
		copy(s.tail[:], seam[from:length])
	}
}

// searchIn looks through bytes that stand at offset in the content.
func (s *sink) searchIn(p []byte, offset int64) {
	for at := 0; s.inside < 0; at++ {
		next := bytes.Index(p[at:], []byte("PK\x07\x08"))
		if next < 0 || at+next+descriptorReach > len(p) {
			return
		}
		at += next
		if binary.LittleEndian.Uint32(p[at+8:]) == uint32(offset+int64(at)) {
			s.inside = offset + int64(at)
		}
	}
}
