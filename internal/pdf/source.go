package pdf

import (
	"fmt"
	"io"
)

const (
	windowSize = 8 << 10
	windowBack = 256 // kept before the byte asked for, since parsers look ahead and step back
)

// source gives single bytes of a file, or of a decoded stream, through a small window.
type source struct {
	reader io.ReaderAt
	size   int64
	window []byte
	base   int64
	err    error // the first read error; from then on every byte is missing
}

func memory(content []byte) *source {
	return &source{size: int64(len(content)), window: content}
}

// at returns the byte at an offset; false at the end, outside, and after an error.
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
	base := max(0, offset-windowBack)
	length := min(windowSize, s.size-base)
	if int64(cap(s.window)) < length {
		s.window = make([]byte, windowSize)
	}
	s.window = s.window[:length]
	if n, err := s.reader.ReadAt(s.window, base); n < len(s.window) {
		s.window = s.window[:0]
		s.err = fmt.Errorf("reading at byte %d: %w", base, err)
		return 0, false
	}
	s.base = base
	return s.window[offset-base], true
}
