//go:build unix && !aix && !solaris

package danabio

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockFolder keeps other processes of this library from putting files into the folder until unlock is called. File systems that know no locks
// have none here either; two downloads into the same file at the same moment are then not told apart.
func lockFolder(ctx context.Context, folder string) (unlock func(), err error) {
	file, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	// Anybody who may read the folder can hold its lock, so it is waited for no longer than the context lasts.
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err != syscall.EINTR && err != syscall.EWOULDBLOCK {
			break
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			_ = file.Close()
			return nil, err
		}
	}
	return func() { _ = file.Close() }, nil // which releases the lock
}

// syncFolder makes names in the folder durable.
func syncFolder(folder string) error {
	file, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := file.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

func linksUnsupported(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.EOPNOTSUPP) ||
		errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EMLINK)
}
