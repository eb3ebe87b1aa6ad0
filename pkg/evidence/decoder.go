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
	// chunkSize is how much is read at once. It fits the cache of one core, so that CRC, SHA-256
	// and writing each find the bytes there. It also limits a common read of small entries.
	chunkSize = 64 << 10
	// wholeSize is the largest compressed data that is decompressed from memory, which is faster
	// than from a stream.
	wholeSize = 128 << 10
	// hashChunk is how much is read at once for the SHA-256 of the whole file.
	hashChunk = 64 << 10
)

// decoder reads contents one after the other. Decoders are pooled, because their buffers cost more
// than a small entry.
type decoder struct {
	buffer  []byte // of wholeSize
	chunk   chunk  // the part of the source in the buffer, empty if there is none
	section section
	memory  bytes.Reader  // for compressed data that are in memory or pass through it
	stream  *bufio.Reader // for compressed data that must not
	inflate io.ReadCloser
	sum     *sink
	view    inspectedContent
}

// chunk is a part of the source in memory.
type chunk struct {
	offset int64
	bytes  []byte
}

// of returns the compressed content of r, or nil if it is not in the piece.
func (p chunk) of(r *record) []byte {
	from := r.data - p.offset
	if from < 0 || from+r.compressed > int64(len(p.bytes)) {
		return nil
	}
	return p.bytes[from : from+r.compressed]
}

var decoders = sync.Pool{New: func() any {
	return &decoder{
		buffer:  make([]byte, wholeSize),
		inflate: flate.NewReader(bytes.NewReader(nil)),
		sum:     newSink(),
	}
}}

// release forgets what was read and returns the decoder to the pool.
func (d *decoder) release() {
	d.section, d.chunk = section{}, chunk{}
	d.sum.ctx, d.sum.out = nil, nil
	d.view.close()
	decoders.Put(d)
}

// sourceError is a read error of the source. It says nothing about the ZIP.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// contentFault says what is wrong with a content.
type contentFault struct {
	code    Code
	message string
}

func (e *contentFault) Error() string { return e.message }

func newContentFault(code Code, format string, values ...any) error {
	return &contentFault{code, fmt.Sprintf(format, values...)}
}

// readChunk reads length bytes, at most chunkSize, at offset into the buffer, for decoding the
// entries in them.
func (d *decoder) readChunk(source io.ReaderAt, offset int64, length int) error {
	d.chunk = chunk{}
	if err := readFullAt(source, d.buffer[:length], offset); err != nil {
		return &sourceError{err}
	}
	d.chunk = chunk{offset, d.buffer[:length]}
	return nil
}

// decode reads the content of r, hashes it, and writes it to out unless that is nil. It stops at
// the size that the directory claims. The error is a *contentFault, a *sourceError, a *writeError
// or the context's.
func (d *decoder) decode(ctx context.Context, source io.ReaderAt, r *record, out io.Writer) error {
	packed := d.chunk.of(r)
	if packed == nil {
		d.chunk = chunk{} // the buffer is about to be reused
	}
	begin := func() {
		d.sum.reset(ctx, r.size, out)
		d.section = section{source: source, offset: r.data, remaining: r.compressed}
	}
	begin()
	var err error
	switch again := restartFunc(out); {
	case r.method == methodStored:
		d.sum.searchDescriptors = r.hasDescriptor()
		err = d.copyStored(packed)
	case packed != nil || r.compressed <= wholeSize:
		err = d.inflateWhole(r, packed)
	case again != nil:
		if err = d.inflateInSteps(); errors.Is(err, errFeedTooShort) {
			if err = again(); err != nil {
				return &writeError{err}
			}
			begin()
			err = d.inflateStream()
		}
	default:
		err = d.inflateStream()
	}
	switch {
	case d.section.err != nil:
		return &sourceError{d.section.err}
	case d.sum.err != nil:
		return d.sum.err
	case err != nil:
		return err
	case d.sum.size < r.size:
		return newContentFault(CodeDataShort, "its content has %d bytes; the directory claims %d", d.sum.size, r.size)
	case d.sum.crc != r.crc:
		return newContentFault(CodeCRC, "its content has the CRC %08x; the directory claims %08x", d.sum.crc, r.crc)
	case d.sum.descriptorAt >= 0:
		return newContentFault(CodeDescriptorInside,
			"its content contains a data descriptor for the bytes in front of it, at %d: a reader of streams ends "+
				"there", d.sum.descriptorAt)
	}
	return nil
}

// copyStored takes the content from memory if it is there.
func (d *decoder) copyStored(packed []byte) error {
	if packed != nil {
		_, err := d.sum.Write(packed)
		return err
	}
	for d.section.remaining > 0 {
		n, err := d.section.Read(d.buffer[:chunkSize])
		if err != nil {
			return err
		}
		if _, err := d.sum.Write(d.buffer[:n]); err != nil {
			return err
		}
	}
	return nil
}

// section reads a part of the source and remembers the source's error, which decompression would
// hide.
type section struct {
	source    io.ReaderAt
	offset    int64
	remaining int64
	err       error
}

func (s *section) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.remaining == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), s.remaining)]
	if s.err = readFullAt(s.source, p, s.offset); s.err != nil {
		return 0, s.err
	}
	s.offset += int64(len(p))
	s.remaining -= int64(len(p))
	return len(p), nil
}

// sink counts and hashes content and passes it on.
type sink struct {
	ctx   context.Context
	out   io.Writer
	sha   hash.Hash
	hash  [sha256.Size]byte
	crc   uint32
	size  int64
	limit int64
	head  []byte
	end   []byte // the last headLength bytes
	err   error  // the error that ended it, unless it is a fault of the content's writer

	searchDescriptors bool // look for descriptors inside the content
	tail              [descriptorReach]byte
	descriptorAt      int64 // offset of one that was found, or -1
}

// errTooLong stops decompression.
var errTooLong = errors.New("content is longer than claimed")

func newSink() *sink {
	return &sink{sha: sha256.New(), head: make([]byte, 0, headLength), end: make([]byte, 0, headLength)}
}

func (s *sink) reset(ctx context.Context, limit int64, out io.Writer) {
	s.ctx, s.out, s.limit = ctx, out, limit
	s.crc, s.size, s.err = 0, 0, nil
	s.head, s.end = s.head[:0], s.end[:0]
	s.searchDescriptors, s.descriptorAt = false, -1
	s.sha.Reset()
}

// Write takes the next piece of content. It fails if there is more than claimed, if the context has
// ended, or if the content cannot be passed on.
func (s *sink) Write(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	if int64(len(p)) > s.limit-s.size {
		s.err = newContentFault(CodeDataLong, "its content continues after the %d bytes that the directory claims",
			s.limit)
		return 0, errTooLong
	}
	if missing := headLength - len(s.head); missing > 0 {
		s.head = append(s.head, p[:min(missing, len(p))]...)
	}
	s.keepEnd(p)
	s.crc = crc32.Update(s.crc, crc32.IEEETable, p)
	s.sha.Write(p)
	if s.searchDescriptors {
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

// keepEnd remembers the last bytes of a content that has the claimed size.
func (s *sink) keepEnd(p []byte) {
	if before := s.limit - headLength - s.size; before < int64(len(p)) { // bytes of p before the last ones
		s.end = append(s.end, p[max(0, before):]...)
	}
}

// sha256 returns the hash of what was written, in hexadecimal.
func (s *sink) sha256() string {
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], s.sha.Sum(s.hash[:0]))
	return string(text[:])
}

// descriptorReach is how many bytes of a descriptor show that it describes what precedes it:
// signature, CRC and compressed size in 32 bits, which are also the lower half of the size in 64.
const descriptorReach = 12

// search looks for a descriptor inside stored content. A streaming reader does not know where
// stored content with a descriptor ends, and takes the first matching descriptor for its end.
func (s *sink) search(p []byte) {
	if s.descriptorAt >= 0 {
		return
	}
	// Search the last bytes of the previous piece and the first bytes of this one together, so that
	// no descriptor between the two is missed.
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

// searchIn searches bytes that stand at offset in the content.
func (s *sink) searchIn(p []byte, offset int64) {
	for at := 0; s.descriptorAt < 0; at++ {
		next := bytes.Index(p[at:], []byte("PK\x07\x08"))
		if next < 0 || at+next+descriptorReach > len(p) {
			return
		}
		at += next
		if binary.LittleEndian.Uint32(p[at+8:]) == uint32(offset+int64(at)) {
			s.descriptorAt = offset + int64(at)
		}
	}
}
