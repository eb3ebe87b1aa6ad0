//go:build unix

package term

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Unwritable is why nothing that is written to a stream can arrive; nil if it may.
func Unwritable(file *os.File) error {
	flags, err := unix.FcntlInt(file.Fd(), unix.F_GETFL, 0)
	switch {
	case err != nil:
		return err
	case flags&unix.O_ACCMODE == unix.O_RDONLY:
		return syscall.EBADF // as a write would say
	}
	stream := []unix.PollFd{{Fd: int32(file.Fd())}}
	const broken = unix.POLLERR | unix.POLLHUP // of a pipe or a connection that nobody reads
	if n, err := unix.Poll(stream, 0); err == nil && n > 0 && stream[0].Revents&broken != 0 {
		return syscall.EPIPE
	}
	return nil
}

// IsNull reports whether a stream is the null device. A stream that was closed when the program
// began is that too: Go's runtime opens it so.
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
