package atomicfile

import (
	"errors"
	"runtime"
	"syscall"
)

// NoSpace reports whether an error means that the disk is full or a quota is exceeded.
func NoSpace(err error) bool {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return true
	}
	// Windows numbers; elsewhere they mean other errors
	const handleDiskFull, diskFull = syscall.Errno(39), syscall.Errno(112)
	return runtime.GOOS == "windows" && (errors.Is(err, handleDiskFull) || errors.Is(err, diskFull))
}
