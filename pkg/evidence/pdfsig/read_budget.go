package pdfsig

import (
	"context"
	"errors"
	"io"
)

// errBudget stops reading that costs more than an honest file needs.
var errBudget = errors.New("read budget exceeded")

// budgetReader limits how many bytes are read, and stops when its context ends.
type budgetReader struct {
	ctx       context.Context
	reader    io.ReaderAt
	remaining int64
}

func (m *budgetReader) ReadAt(p []byte, offset int64) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	if m.remaining -= int64(len(p)); m.remaining < 0 {
		return 0, errBudget
	}
	return m.reader.ReadAt(p, offset)
}

// copyBuffer is the number of bytes hashed at a time.
const copyBuffer = 64 << 10

// copyRange writes length bytes from an offset into a hash.
func copyRange(ctx context.Context, into io.Writer, r io.ReaderAt, offset, length int64) error {
	buffer := make([]byte, min(copyBuffer, length))
	for length > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece := buffer[:min(int64(len(buffer)), length)]
		if n, err := r.ReadAt(piece, offset); n < len(piece) {
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		into.Write(piece)
		offset += int64(len(piece))
		length -= int64(len(piece))
	}
	return nil
}
