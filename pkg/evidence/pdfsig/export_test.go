package pdfsig

import (
	"context"
	"io"
)

// CheckWithin is Check with different limits on the hashed bytes and on the total bytes of all
// signatures.
func CheckWithin(ctx context.Context, r io.ReaderAt, size int64, options Options, hashed,
	contents int64) (*Report, error) {
	return check(ctx, r, size, options, workLimits{hashed: hashed, contents: contents})
}
