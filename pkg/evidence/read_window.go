package evidence

import (
	"encoding/binary"
	"io"
)

// readWindow reads the structure of a ZIP in pieces: neighbouring headers come with one read of the
// source.
type readWindow struct {
	source io.ReaderAt
	size   int64
	buffer []byte
	start  int64
	length int
}

// windowSize is how far a window reads ahead at most.
const windowSize = 64 << 10

// at returns n bytes at offset, which must lie inside the file, and reads ahead bytes more than
// asked for if it has to read at all. The result holds until the next call.
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

// readFullAt fills buffer from offset on. A source that ends early has changed since its size was
// taken.
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
