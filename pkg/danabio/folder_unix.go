//go:build unix && !aix && !solaris

package danabio

import (
	"context"
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
