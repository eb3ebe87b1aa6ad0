//go:build !unix || aix || solaris

package danabio

import (
	"context"
	"sync"
)

var folders sync.Mutex

// lockFolder keeps other goroutines out; this system has no lock on a folder that ends with its process.
func lockFolder(context.Context, string) (unlock func(), err error) {
	folders.Lock()
	return folders.Unlock, nil
}

// syncFolder does nothing: the system has no such call.
func syncFolder(string) error { return nil }

// linksUnsupported is true for every error: which of them say that there are no links differs by file system, and the others come again.
func linksUnsupported(error) bool { return true }
