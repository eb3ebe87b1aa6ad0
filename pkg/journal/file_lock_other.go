//go:build (!unix && !windows) || aix || solaris

package journal

import (
	"os"
	"slices"
	"sync"
)

// openFiles lists the files that this process has open. This system has no lock that ends with its
// process.
var openFiles struct {
	sync.Mutex
	files []os.FileInfo
}

type registeredFile struct {
	*os.File
	info os.FileInfo
}

func lock(f *os.File) (file, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	openFiles.Lock()
	defer openFiles.Unlock()
	if slices.ContainsFunc(openFiles.files, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
		return nil, ErrLocked
	}
	openFiles.files = append(openFiles.files, info)
	return registeredFile{f, info}, nil
}

func (f registeredFile) Close() error {
	openFiles.Lock()
	defer openFiles.Unlock()
	openFiles.files = slices.DeleteFunc(openFiles.files,
		func(other os.FileInfo) bool { return os.SameFile(f.info, other) })
	return f.File.Close()
}
