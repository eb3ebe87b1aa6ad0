//go:build unix

package term

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Unwritable returns why a write to a stream would fail, or nil if it may succeed.
func Unwritable(file *os.File) error {
	flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFL, 0)
	switch {
	case err != nil:
		return err
	case flags&unix.O_ACCMODE == unix.O_RDONLY:
		return syscall.EBADF // the error of a write
	}
	stream := []unix.PollFd{{Fd: int32(file.Fd())}}
	const broken = unix.POLLERR | unix.POLLHUP // a pipe or connection without a reader
	if n, err := unix.Poll(stream, 0); err == nil && n > 0 && stream[0].Revents&broken != 0 {
		return syscall.EPIPE
	}
	return nil
}

// IsNull reports whether a stream is the null device. This includes a stream that was closed at
// program start, because Go's runtime opens the null device for it.
func IsNull(file *os.File) bool {
	stream, err := file.Stat()
	if err != nil || stream.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err == nil && deviceOf(stream) == deviceOf(null)
}

func deviceOf(info os.FileInfo) uint64 {
	if system, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(system.Rdev)
	}
	return 0
}
