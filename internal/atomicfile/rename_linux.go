package atomicfile

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// renameat2 is the number of the system call, which package syscall lacks on some architectures.
var renameat2 = map[string]uintptr{
	"386": 353, "amd64": 316, "arm": 382, "arm64": 276, "loong64": 276, "ppc64le": 357, "riscv64": 276, "s390x": 347,
}

// renameNew renames a file unless the new name is taken, using renameat2 with RENAME_NOREPLACE.
// Some file systems do not support that.
func renameNew(from, to string) error {
	number, known := renameat2[runtime.GOARCH]
	if !known {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: syscall.ENOSYS}
	}
	oldPath, err := syscall.BytePtrFromString(from)
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	newPath, err := syscall.BytePtrFromString(to)
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	const workingFolder, noReplace = -100, 1
	at := workingFolder
	_, _, failed := syscall.Syscall6(number, uintptr(at), uintptr(unsafe.Pointer(oldPath)), uintptr(at),
		uintptr(unsafe.Pointer(newPath)), noReplace, 0)
	if failed != 0 {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: failed}
	}
	return nil
}
