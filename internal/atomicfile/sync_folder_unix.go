//go:build unix && !aix && !solaris

package atomicfile

import (
	"errors"
	"os"
	"syscall"
)

// SyncFolder makes names in the folder durable, as far as the system can. It fails if the folder
// cannot be read.
func SyncFolder(folder string) error {
	file, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil && !syncUnsupported(err) {
		return err
	}
	return nil
}

// syncUnsupported reports whether an error means that the file system cannot sync a folder.
func syncUnsupported(err error) bool {
	return errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS) ||
		errors.Is(err, syscall.ENOTTY)
}
