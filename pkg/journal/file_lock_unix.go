//go:build unix && !aix && !solaris

package journal

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps everyone else out until the file is closed or the process ends.
func lock(f *os.File) (file, error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == syscall.EINTR:
		case errors.Is(err, syscall.EWOULDBLOCK):
			return nil, ErrLocked
		case err != nil:
			return nil, os.NewSyscallError("flock", err)
		default:
			return f, nil
		}
	}
}
