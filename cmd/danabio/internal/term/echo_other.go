//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd && !windows

package term

import (
	"errors"
	"os"
)

// WithoutEcho fails: how it is done differs by system.
func WithoutEcho(*os.File) (restore func(), err error) { return nil, errors.ErrUnsupported }
