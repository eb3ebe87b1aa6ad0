package settings

import (
	"context"
	"io"
	"os"
	"strings"
)

// OpenInput opens a file for reading. It stops waiting when the context ends, because opening a
// named pipe blocks until somebody writes to it.
func OpenInput(ctx context.Context, path string) (*os.File, error) {
	type result struct {
		file *os.File
		err  error
	}
	opening := make(chan result)
	go func() {
		file, err := os.Open(path)
		select {
		case opening <- result{file, err}:
		case <-ctx.Done():
			_ = file.Close() // does nothing for a nil file
		}
	}()
	select {
	case opened := <-opening:
		return opened.file, opened.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// ReadInput reads at most limit bytes of a file, and one more if there is one.
func ReadInput(ctx context.Context, path string, limit int64) ([]byte, error) {
	file, err := OpenInput(ctx, path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(interruptible{ctx, file}, limit+1))
}

// Interruptible returns a reader for a source that may block. When the context ends, it abandons a
// read in progress.
func Interruptible(ctx context.Context, source io.Reader) io.Reader {
	return interruptible{ctx, source}
}

type interruptible struct {
	ctx    context.Context
	source io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := r.source.Read(p)
		done <- result{n, err}
	}()
	select {
	case read := <-done:
		return read.n, read.err
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	}
}

// Harmless reports whether the name of an unknown field may be shown. Anything that does not look
// like a name may be a misplaced value.
func Harmless(name string) bool {
	return len(name) <= 32 && !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_' || r == '-')
	})
}
