package main

import (
	"os"
	"path/filepath"

	"github.com/danabio/danabio-go/internal/newfile"
)

// pendingFile is a file on its way, which only the user can read. It is made before what it is to tell of, so that a folder that cannot be
// written is known by then.
type pendingFile struct {
	path string
	part *newfile.File
}

// newPendingFile fails with bad input if there is a file at path, or no folder for it. Its errors call the file what.
func newPendingFile(what *message, path string) (*pendingFile, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, inTheWay("%s %s exists; choose another name or move it away", what, path)
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	part, err := newfile.Create(path)
	if err != nil {
		return nil, badInput("%s %s cannot be written: %w", what, path, reason(err))
	}
	return &pendingFile{path, part}, nil
}

// place writes the content and puts the file in place, not over another one.
func (f *pendingFile) place(content []byte) error {
	if _, err := f.part.Write(content); err != nil {
		return err
	}
	if err := f.part.Seal(); err != nil {
		return err
	}
	if err := f.part.Place(f.path); err != nil {
		return err
	}
	return newfile.SyncFolder(filepath.Dir(f.path))
}

// discard removes what is left of the file on its way.
func (f *pendingFile) discard() { f.part.Discard() }
