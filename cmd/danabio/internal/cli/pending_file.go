package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/internal/atomicfile"
)

// pendingFile is a file that is not complete yet and that only the user can read. It is created
// before the action that it records, so that an unwritable folder is reported first.
type pendingFile struct {
	what    *i18n.Message
	path    string
	part    *atomicfile.File
	promise []byte // what is at path until the file is placed; nil if nothing is
}

// newPendingFile fails with bad input if path exists or its folder does not. Its errors call the
// file what.
func newPendingFile(what *i18n.Message, path string) (*pendingFile, error) {
	if fileExists(path) {
		return nil, failure.FileExists("%s %s exists; choose another name or move it away", what, path)
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	part, err := atomicfile.Create(path)
	if err != nil {
		return nil, failure.BadInput("%s %s cannot be written: %w", what, path, failure.Reason(err))
	}
	return &pendingFile{what: what, path: path, part: part}, nil
}

// reserve reserves the name and the disk space of the file, before an action that cannot be undone.
// Until the file is placed, its name belongs to promise, a complete file that stays if the process
// is killed.
func (f *pendingFile) reserve(promise []byte, room int64) error {
	err := f.part.Reserve(room)
	if err == nil {
		err = atomicfile.Write(f.path, promise)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return failure.FileExists("%s %s exists; choose another name or move it away", f.what, f.path)
	case err != nil:
		return i18n.Errorf("%s %s cannot be written: %w", f.what, f.path, failure.Reason(err))
	}
	f.promise = promise
	return nil
}

// place writes the content and moves the file to its path. It overwrites nothing but the promise.
func (f *pendingFile) place(content []byte) error {
	if err := f.part.Fill(content); err != nil {
		return err
	}
	if err := f.part.Seal(); err != nil {
		return err
	}
	if f.promise == nil {
		return f.part.Place(f.path)
	}
	if !f.promised() {
		return i18n.Errorf("another program changed it meanwhile")
	}
	if err := f.part.Replace(f.path); err != nil {
		return err
	}
	f.promise = nil
	return nil
}

// promised reports whether the file at path is the promise.
func (f *pendingFile) promised() bool {
	content, err := os.ReadFile(f.path)
	return err == nil && f.promise != nil && bytes.Equal(content, f.promise)
}

// discard removes the incomplete file and its promise.
func (f *pendingFile) discard() {
	f.part.Discard()
	if f.promised() {
		_ = robustio.RemoveAll(f.path)
	}
}
