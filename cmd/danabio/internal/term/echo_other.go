//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd && !windows

package term

import (
	"errors"
	"os"
)

// WithoutEcho fails: this system has neither termios nor a console. What is typed then shows.
func WithoutEcho(*os.File) (restore func(), err error) { return nil, errors.ErrUnsupported }
