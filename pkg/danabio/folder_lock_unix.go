//go:build unix && !aix && !solaris

package danabio

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"
)

// folderMutex keeps goroutines of this process out of folders that cannot be locked.
var folderMutex sync.Mutex

// lockFolder prevents other processes that use this library from placing files in the folder until
// unlock is called. It cannot lock a folder that cannot be read, or one on a file system without
// locks. Two simultaneous downloads to the same file are then not told apart.
func lockFolder(ctx context.Context, folder string) (unlock func(), err error) {
	file, err := os.Open(folder)
	if errors.Is(err, fs.ErrPermission) {
		folderMutex.Lock()
		return folderMutex.Unlock, nil
	}
	if err != nil {
		return nil, err
	}
	// Anybody who may read the folder can hold its lock, so wait no longer than the context lasts.
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
	return func() { _ = file.Close() }, nil // releases the lock
}
