//go:build !unix || aix || solaris

package danabio

import (
	"context"
	"sync"
)

var folderMutex sync.Mutex

// lockFolder keeps other goroutines out. This system has no folder lock that ends with its process.
func lockFolder(context.Context, string) (unlock func(), err error) {
	folderMutex.Lock()
	return folderMutex.Unlock, nil
}
