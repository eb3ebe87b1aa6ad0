package cli

import (
	"io"
	"os"
	"syscall"
)

// openAlone opens a file exclusively, like a program that writes it.
func openAlone(path string) (io.Closer, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ, 0, nil, syscall.OPEN_EXISTING,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	return os.NewFile(uintptr(handle), path), err
}
