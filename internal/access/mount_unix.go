//go:build linux || darwin || freebsd

package access

import (
	"os"
	"syscall"
)

// readOnly reports whether the file is on a read-only mount.
func readOnly(file *os.File) bool {
	var mount syscall.Statfs_t
	const flag = 1 // ST_RDONLY on Linux, MNT_RDONLY on the others
	return syscall.Fstatfs(int(file.Fd()), &mount) == nil && mount.Flags&flag != 0
}
