package evidence

import (
	"encoding/binary"
	"io"
)

// readWindow reads the structure of a ZIP in pieces, so that one read of the source covers
// neighbouring headers.
type readWindow struct {
	source io.ReaderAt
	size   int64
	buffer []byte
	start  int64
	length int
}

// windowSize is the furthest that a window reads ahead.
const windowSize = 64 << 10

// at returns n bytes at offset, which must lie inside the file. If it has to read, it reads ahead
// bytes more. The result is valid until the next call.
func (w *readWindow) at(offset int64, n, ahead int) ([]byte, error) {
	if offset >= w.start && offset+int64(n) <= w.start+int64(w.length) {
		from := int(offset - w.start)
		return w.buffer[from : from+n], nil
	}
	want := int(min(int64(max(n, min(n+ahead, windowSize))), w.size-offset))
	if cap(w.buffer) < want {
		w.buffer = make([]byte, max(want, min(windowSize, int(min(w.size, windowSize)))))
	}
	w.buffer = w.buffer[:cap(w.buffer)]
	w.length = 0
	if err := readFullAt(w.source, w.buffer[:want], offset); err != nil {
		return nil, err
	}
	w.start, w.length = offset, want
	return w.buffer[:n], nil
}

// readFullAt fills buffer from offset. A source that ends early has changed since its size was
// determined.
func readFullAt(source io.ReaderAt, buffer []byte, offset int64) error {
	n, err := source.ReadAt(buffer, offset)
	if n == len(buffer) {
		return nil
	}
	if err == nil || err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// fields takes little-endian numbers off the front of a header.
type fields []byte

func (f *fields) uint16() uint16 {
	value := binary.LittleEndian.Uint16(*f)
	*f = (*f)[2:]
	return value
}

func (f *fields) uint32() uint32 {
	value := binary.LittleEndian.Uint32(*f)
	*f = (*f)[4:]
	return value
}

func (f *fields) uint64() uint64 {
	value := binary.LittleEndian.Uint64(*f)
	*f = (*f)[8:]
	return value
}
