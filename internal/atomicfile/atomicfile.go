// Package atomicfile creates files that appear complete or not at all, and never overwrites others
// unless asked to.
//
// [Create] begins a file beside its target, under a name that starts with a dot and ends in
// ".part". [File.Seal] makes its content durable, [File.Place] gives it its name, and
// [File.Discard] removes what is left. On Windows, renaming and removing are retried for up to two
// seconds, since a virus scanner may have the file open. This package handles the differences
// between systems and file systems.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"
)

// File is a file under construction. It is private, with mode 0600.
type File struct {
	*os.File
	info     fs.FileInfo // of the sealed file
	keepPart bool
}

// Create begins a file in the target's folder. A crash leaves it behind.
func Create(target string) (*File, error) {
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.part") // mode 0600
	if err != nil {
		return nil, err
	}
	return &File{File: file}, nil
}

// Write writes a complete file. If the target exists, the error matches [fs.ErrExist].
func Write(target string, content []byte) error { return write(target, content, (*File).Place) }

// Overwrite writes a complete file, in place of the target if there is one.
func Overwrite(target string, content []byte) error { return write(target, content, (*File).Replace) }

func write(target string, content []byte, rename func(f *File, target string) error) error {
	file, err := Create(target)
	if err != nil {
		return err
	}
	defer file.Discard()
	if _, err := file.Write(content); err != nil {
		return err
	}
	if err := file.Seal(); err != nil {
		return err
	}
	return rename(file, target)
}

// Reserve allocates size bytes before their content is known, so that a full disk is noticed early.
// Copy-on-write file systems, and quotas reached in the meantime, may still run out of space later.
func (f *File) Reserve(size int64) error {
	for zeros := make([]byte, 4096); size > 0; size -= int64(len(zeros)) {
		if _, err := f.Write(zeros[:min(size, int64(len(zeros)))]); err != nil {
			return err
		}
	}
	return f.sync()
}

// Fill replaces the file's content, using the reserved space.
func (f *File) Fill(content []byte) error {
	if _, err := f.WriteAt(content, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(content)))
}

// Seal makes the content durable, as far as the file system can, and closes the file, since some
// systems cannot rename an open one.
func (f *File) Seal() error {
	if err := f.sync(); err != nil {
		return err
	}
	// Taken from the open file: Windows identifies a file by name, and only when the information is
	// first used.
	info, err := f.Stat()
	if err != nil {
		return err
	}
	f.info = info
	return f.Close()
}

func (f *File) sync() error {
	if err := f.Sync(); err != nil && !syncUnsupported(err) {
		return err
	}
	return nil
}

// move renames a file within its folder, unless the new name is taken. If it fails it has changed
// nothing, unless only the answer was lost.
type move func(from, to string) error

// moves lists the ways to rename, the safest first. File systems reject them with all kinds of
// errors (EPERM, EACCES, EXDEV, ENOTTY, EINVAL and so on), so an error only means to try the next.
var moves = []move{os.Link, renameNew, renameAfterLook}

// renameAfterLook may replace a file that another program creates under that name at the same
// moment.
func renameAfterLook(from, to string) error {
	switch _, err := os.Lstat(to); {
	case err == nil:
		return fmt.Errorf("%s: %w", to, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return robustio.Rename(from, to)
}

// Place gives a sealed file its name in the same folder. If the name is taken, the error matches
// [fs.ErrExist]. On a file system with neither hard links nor a rename that never replaces, Place
// may replace a file that another program creates under that name at the same moment. Place syncs
// the folder as far as the system allows, and ignores errors of that: the file is in place.
func (f *File) Place(target string) error {
	if err := f.place(target, moves); err != nil {
		return err
	}
	_ = SyncFolder(filepath.Dir(target))
	return nil
}

func (f *File) place(target string, moves []move) error {
	var err error
	for _, move := range moves {
		// A network file system may lose the reply to a rename that succeeded. A second try then
		// finds the name taken.
		if err = move(f.Name(), target); err == nil || f.hasName(target) {
			_ = robustio.RemoveAll(f.Name()) // the name that a hard link leaves; Discard tries again
			return nil
		}
		if errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return err
}

// hasName reports whether the name belongs to this file.
func (f *File) hasName(target string) bool {
	info, err := os.Lstat(target)
	return err == nil && os.SameFile(info, f.info)
}

// Replace gives a sealed file its name in the same folder and replaces a file that has it. If a
// folder has the name, the error matches [fs.ErrExist]. Replace syncs the folder as [File.Place]
// does.
func (f *File) Replace(target string) error {
	if info, err := os.Lstat(target); err == nil && info.IsDir() {
		return &fs.PathError{Op: "rename", Path: target, Err: fs.ErrExist}
	}
	if err := robustio.Rename(f.Name(), target); err != nil {
		if f.place(target, moves) != nil { // a folder that forbids replacing may allow creating
			return err
		}
	}
	_ = SyncFolder(filepath.Dir(target))
	return nil
}

// Keep makes Discard leave the file where it is, under its temporary name.
func (f *File) Keep() { f.keepPart = true }

// Discard closes and removes what is left of the file. After Place it removes nothing.
func (f *File) Discard() {
	_ = f.Close()
	if !f.keepPart {
		_ = robustio.RemoveAll(f.Name())
	}
}
