package pdf

import (
	"fmt"
	"io"
	"sync"
)

const (
	windowSize = 8 << 10
	windowBack = 256 // kept before the requested byte, since parsers look ahead and step back
)

// source reads single bytes of a file or a decoded stream through a small window.
type source struct {
	reader io.ReaderAt
	size   int64
	window []byte
	buffer *[windowSize]byte // from buffers; nil until needed
	base   int64
	err    error // the first read error; afterwards every byte is missing
}

// buffers pools windows, which would otherwise be most of the garbage when thousands of small files
// are read.
var buffers = sync.Pool{New: func() any { return new([windowSize]byte) }}

// release returns the buffer to the pool. The source cannot be read afterwards.
func (s *source) release() {
	if s.buffer != nil {
		buffers.Put(s.buffer)
	}
	*s = source{}
}

func memory(content []byte) *source {
	return &source{size: int64(len(content)), window: content}
}

// at returns the byte at an offset. It returns false outside the file and after a read error.
func (s *source) at(offset int64) (byte, bool) {
	if i := offset - s.base; i >= 0 && i < int64(len(s.window)) {
		return s.window[i], true
	}
	if offset < 0 || offset >= s.size || s.err != nil || s.reader == nil {
		return 0, false
	}
	return s.refill(offset)
}

func (s *source) refill(offset int64) (byte, bool) {
	base := max(0, min(offset-windowBack, s.size-windowSize)) // covers all of a small file
	length := min(windowSize, s.size-base)
	if s.buffer == nil {
		s.buffer = buffers.Get().(*[windowSize]byte)
	}
	s.window = s.buffer[:length]
	if n, err := s.reader.ReadAt(s.window, base); n < len(s.window) {
		s.window = s.window[:0]
		s.err = fmt.Errorf("reading at byte %d: %w", base, err)
		return 0, false
	}
	s.base = base
	return s.window[offset-base], true
}

// bytes returns length bytes at an offset. They must lie in the file and fit into the window. The
// slice is valid until the next read.
func (s *source) bytes(offset int64, length int) ([]byte, error) {
	if from := offset - s.base; from >= 0 && from+int64(length) <= int64(len(s.window)) {
		return s.window[from : from+int64(length)], nil
	}
	if s.err != nil {
		return nil, s.err
	}
	if _, ok := s.refill(offset); !ok {
		return nil, s.err
	}
	return s.window[offset-s.base:][:length], nil
}
