//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd && !windows

package term

import (
	"errors"
	"os"
)

// WithoutEcho fails, because it is not implemented for this system.
func WithoutEcho(*os.File) (restore func(), err error) { return nil, errors.ErrUnsupported }
