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

// lockFolder keeps other processes of this library from putting files into the folder until unlock
// is called. A folder that cannot be read cannot be locked either, nor one of a file system that
// knows no locks; two downloads into the same file at the same moment are then not told apart.
func lockFolder(ctx context.Context, folder string) (unlock func(), err error) {
	file, err := os.Open(folder)
	if errors.Is(err, fs.ErrPermission) {
		folderMutex.Lock()
		return folderMutex.Unlock, nil
	}
	if err != nil {
		return nil, err
	}
	// Anybody who may read the folder can hold its lock, so it is waited for no longer than the
	// context lasts.
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
