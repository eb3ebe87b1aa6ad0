//go:build !linux && !darwin && !dragonfly && !freebsd && !netbsd && !openbsd && !windows

package main

import (
	"errors"
	"os"
)

// withoutEcho fails: how it is done differs by system.
func withoutEcho(*os.File) (restore func(), err error) { return nil, errors.ErrUnsupported }
