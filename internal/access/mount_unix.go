//go:build linux || darwin || freebsd

package access

import (
	"os"
	"syscall"
)

// readOnly reports whether the file is on a mount that nobody can write.
func readOnly(file *os.File) bool {
	var mount syscall.Statfs_t
	const flag = 1 // ST_RDONLY of Linux, MNT_RDONLY of the others
	return syscall.Fstatfs(int(file.Fd()), &mount) == nil && mount.Flags&flag != 0
}
