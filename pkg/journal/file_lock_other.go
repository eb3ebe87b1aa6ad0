//go:build (!unix && !windows) || aix || solaris

package journal

import (
	"os"
	"slices"
	"sync"
)

// opened are the files that this process has open; this system has no lock that ends with its
// process.
var opened struct {
	sync.Mutex
	files []os.FileInfo
}

type openFile struct {
	*os.File
	info os.FileInfo
}

func lock(f *os.File) (file, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	opened.Lock()
	defer opened.Unlock()
	if slices.ContainsFunc(opened.files, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
		return nil, ErrLocked
	}
	opened.files = append(opened.files, info)
	return openFile{f, info}, nil
}

func (f openFile) Close() error {
	opened.Lock()
	defer opened.Unlock()
	opened.files = slices.DeleteFunc(opened.files, func(other os.FileInfo) bool { return os.SameFile(f.info, other) })
	return f.File.Close()
}
