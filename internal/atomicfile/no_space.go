package atomicfile

import (
	"errors"
	"runtime"
	"syscall"
)

// NoSpace reports whether an error says that the disk is full, or a quota is reached.
func NoSpace(err error) bool {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return true
	}
	// of Windows; elsewhere the numbers are of other errors
	const handleDiskFull, diskFull = syscall.Errno(39), syscall.Errno(112)
	return runtime.GOOS == "windows" && (errors.Is(err, handleDiskFull) || errors.Is(err, diskFull))
}
