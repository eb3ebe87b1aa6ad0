package evidence

import (
	"io"
	"sync/atomic"
)

// progressSource returns the source for one pass through the ZIP, which reports progress.
func (a *Archive) progressSource(p checkOptions) *countingSource {
	w := &countingSource{ReaderAt: a.source, onProgress: p.onProgress, size: a.size}
	if p.hashFile {
		w.hashedTo = a.size
	}
	w.length.Store(w.hashedTo + a.size)
	return w
}

type countingSource struct {
	io.ReaderAt
	onProgress func(done, size int64) // nil if nobody is told
	size       int64
	hashedTo   int64        // bytes read for the SHA-256
	length     atomic.Int64 // hashed plus the bytes read of entries
	bytesRead  atomic.Int64
}

// expectRead sets which entries are read, once that is known.
func (w *countingSource) expectRead(l *layout) {
	length := w.hashedTo
	for i := range l.records {
		if r := &l.records[i]; !l.unreadable && !r.refused {
			length += r.compressed
		}
	}
	w.length.Store(length)
}

func (w *countingSource) ReadAt(p []byte, offset int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(p, offset)
	if w.onProgress == nil {
		return n, err
	}
	length := w.length.Load()
	done := min(w.bytesRead.Add(int64(n)), length) // what lies between small entries is read too
	if length > 0 {
		done = int64(float64(done) / float64(length) * float64(w.size))
	}
	w.onProgress(done, w.size)
	return n, err
}
