package pdfsig

import (
	"context"
	"io"
)

// CheckWithin is Check with other bounds on the bytes that are hashed, and on those of all
// signatures together.
func CheckWithin(ctx context.Context, r io.ReaderAt, size int64, options Options, hashed,
	contents int64) (*Report, error) {
	return check(ctx, r, size, options, workLimits{hashed: hashed, contents: contents})
}
