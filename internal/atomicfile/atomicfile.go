// Package atomicfile makes files that are there whole or not at all, under names that are free.
//
// [Create] begins one beside its target, under a name that begins with a dot and ends in ".part";
// [File.Seal] makes its content durable, [File.Place] gives it its name, [File.Discard] removes
// what is left of it. On Windows a rename and a removal are tried again for up to two seconds, as a
// virus scanner may have the file open. What may live here: what of that differs by system and by
// file system.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/robustio"
)

// File is a file on its way: private, with mode 0600.
type File struct {
	*os.File
	info     fs.FileInfo // of the sealed file
	keepPart bool
}

// Create begins a file in the folder of the target. After a crash it is left behind.
func Create(target string) (*File, error) {
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.part") // mode 0600
	if err != nil {
		return nil, err
	}
	return &File{File: file}, nil
}

// Write puts a whole file in place, not over another one; the error then matches [fs.ErrExist].
func Write(target string, content []byte) error {
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
	return file.Place(target)
}

// Reserve takes the room for as many bytes, before it is known what they are, so that a full disk
// is found by then. File systems that write nothing in place, and quotas that are reached
// meanwhile, may still have no room later.
func (f *File) Reserve(size int64) error {
	for zeros := make([]byte, 4096); size > 0; size -= int64(len(zeros)) {
		if _, err := f.Write(zeros[:min(size, int64(len(zeros)))]); err != nil {
			return err
		}
	}
	return f.sync()
}

// Fill makes content all that the file holds, in the room that was reserved.
func (f *File) Fill(content []byte) error {
	if _, err := f.WriteAt(content, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(content)))
}

// Seal makes the content durable, as far as the file system can, and closes the file: some systems
// move no open one.
func (f *File) Seal() error {
	if err := f.sync(); err != nil {
		return err
	}
	// Of the open file: Windows would look up by name which file this is, and later than it is
	// needed.
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

// move gives a file another name in the same folder, unless that is taken. A failure leaves things
// as they were, or is one of telling only.
type move func(from, to string) error

// moves are the ways to do so, the safest first. File systems refuse them with errors of all kinds
// (EPERM, EACCES, EXDEV, ENOTTY, EINVAL and so on), so that a refusal says no more than to try the
// next.
var moves = []move{os.Link, renameNew, renameAfterLook}

// renameAfterLook replaces a file that another program creates under that name at that very moment.
func renameAfterLook(from, to string) error {
	switch _, err := os.Lstat(to); {
	case err == nil:
		return fmt.Errorf("%s: %w", to, fs.ErrExist)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return robustio.Rename(from, to)
}

// Place gives a sealed file its name in the same folder, unless that is taken: then the error
// matches [fs.ErrExist]. Where the file system has neither hard links nor a rename that replaces
// nothing, a file that another program creates under that name at that very moment would be
// replaced. The name is made durable as far as the system lets: a file that stands in place is no
// failure.
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
		// A network may lose the answer that it was done, and a second try then finds the name
		// taken.
		if err = move(f.Name(), target); err == nil || f.hasName(target) {
			_ = robustio.RemoveAll(f.Name()) // what a hard link leaves; Discard tries again
			return nil
		}
		if errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return err
}

// hasName reports whether it is this file that has the name.
func (f *File) hasName(target string) bool {
	info, err := os.Lstat(target)
	return err == nil && os.SameFile(info, f.info)
}

// Replace gives a sealed file its name in the same folder, in place of a file that has it, if one
// does; a folder that has it is an error that matches [fs.ErrExist]. The name is made durable as by
// [File.Place].
func (f *File) Replace(target string) error {
	if info, err := os.Lstat(target); err == nil && info.IsDir() {
		return &fs.PathError{Op: "rename", Path: target, Err: fs.ErrExist}
	}
	if err := robustio.Rename(f.Name(), target); err != nil {
		if f.place(target, moves) != nil { // a folder that lets nothing be replaced may let it be made
			return err
		}
	}
	_ = SyncFolder(filepath.Dir(target))
	return nil
}

// Keep has Discard leave the file where it is, under its own name.
func (f *File) Keep() { f.keepPart = true }

// Discard closes and removes what is left of the file; after Place, nothing.
func (f *File) Discard() {
	_ = f.Close()
	if !f.keepPart {
		_ = robustio.RemoveAll(f.Name())
	}
}
