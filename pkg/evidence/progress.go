package evidence

import (
	"io"
	"sync/atomic"
)

// OnProgress sets the function that [Archive.Verify], [Archive.Extract] and their variants call as
// they read the ZIP, if they begin after this call. Its arguments are how much is done, in bytes of
// the ZIP, and the ZIP's size in bytes. Each byte may be read twice, for its entry and for the
// SHA-256 of the file, but done never exceeds size. The function is called after each read, by
// several goroutines concurrently, so done may be less than in the previous call. Reading waits for
// it, so it must return quickly. Nil turns this off. Default: not called.
func (a *Archive) OnProgress(told func(done, size int64)) {
	a.running.Lock()
	defer a.running.Unlock()
	a.told = told
}

// watched returns the source for one pass through the ZIP, which reports progress.
func (a *Archive) watched(p pass) *watchedSource {
	w := &watchedSource{ReaderAt: a.source, told: a.told, size: a.size}
	if p.whole {
		w.hashed = a.size
	}
	w.length.Store(w.hashed + a.size)
	return w
}

type watchedSource struct {
	io.ReaderAt
	told   func(done, size int64) // nil if nobody is told
	size   int64
	hashed int64        // bytes read for the SHA-256
	length atomic.Int64 // hashed plus the bytes read of entries
	read   atomic.Int64
}

// willRead sets which entries are read, once that is known.
func (w *watchedSource) willRead(l *layout) {
	length := w.hashed
	for i := range l.records {
		if r := &l.records[i]; !l.broken && !r.refused {
			length += r.compressed
		}
	}
	w.length.Store(length)
}

func (w *watchedSource) ReadAt(p []byte, offset int64) (int, error) {
	n, err := w.ReaderAt.ReadAt(p, offset)
	if w.told == nil {
		return n, err
	}
	length := w.length.Load()
	done := min(w.read.Add(int64(n)), length) // what lies between small entries is read too
	if length > 0 {
		done = int64(float64(done) / float64(length) * float64(w.size))
	}
	w.told(done, w.size)
	return n, err
}
