package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// spool stores a document from standard input, since its size must be known before it is sent: in a file that only the user can
// read, called name, in a private temporary folder. The function that is returned removes both.
func spool(source io.Reader, name string) (path string, remove func(), err error) {
	folder, err := os.MkdirTemp("", "danabio-*") // mode 0700
	if err != nil {
		return "", nil, fmt.Errorf("store the document from standard input: %w", err)
	}
	remove = func() { _ = os.RemoveAll(folder) }
	path = filepath.Join(folder, name)
	if err := spoolInto(path, source); err != nil {
		remove()
		return "", nil, fmt.Errorf("store the document from standard input: %w", err)
	}
	return path, remove, nil
}

func spoolInto(path string, source io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, source)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// plainName reports whether name can be that of a file in a folder, and of nothing else.
func plainName(name string) bool {
	return name != "." && name != ".." && len(name) <= 255 && filepath.IsLocal(name) &&
		!strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, unicode.IsControl)
}
