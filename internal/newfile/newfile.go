// Package newfile makes files that are there whole or not at all, under names that are free.
//
// [Create] begins one beside its target, under a name that begins with a dot and ends in ".part"; [File.Seal] makes its content durable, [File.Place] gives
// it its name, [File.Discard] removes what is left of it. What may live here: what of that differs by system.
package newfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file on its way: private, with mode 0600.
type File struct{ *os.File }

// Create begins a file in the folder of the target. After a crash it is left behind.
func Create(target string) (*File, error) {
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*.part") // mode 0600
	if err != nil {
		return nil, err
	}
	return &File{file}, nil
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
	if err := file.Place(target); err != nil {
		return err
	}
	return SyncFolder(filepath.Dir(target))
}

// Reserve takes the room for as many bytes, before it is known what they are, so that a full disk is
// found by then. File systems that write nothing in place, and quotas that are reached meanwhile, may
// still have no room later.
func (f *File) Reserve(size int64) error {
	for zeros := make([]byte, 4096); size > 0; size -= int64(len(zeros)) {
		if _, err := f.Write(zeros[:min(size, int64(len(zeros)))]); err != nil {
			return err
		}
	}
	return f.Sync()
}

// Fill makes content all that the file holds, in the room that was reserved.
func (f *File) Fill(content []byte) error {
	if _, err := f.WriteAt(content, 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(content)))
}

// Seal makes the content durable and closes the file: some systems move no open one.
func (f *File) Seal() error {
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// Place gives a sealed file its name in the same folder, unless that is taken: then the error matches [fs.ErrExist]. The name is durable after
// [SyncFolder]. Where the file system has no hard links the file is renamed, and a file that another program creates under that name at that very
// moment would be replaced.
func (f *File) Place(target string) error {
	err := os.Link(f.Name(), target)
	if err == nil {
		_ = os.Remove(f.Name()) // the file is in place; Discard tries again
		return nil
	}
	if errors.Is(err, fs.ErrExist) || !linksUnsupported(err) {
		return err
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", target, fs.ErrExist)
	}
	return os.Rename(f.Name(), target)
}

// Replace gives a sealed file its name in the same folder, in place of the file that has it. The name is
// durable after [SyncFolder].
func (f *File) Replace(target string) error { return os.Rename(f.Name(), target) }

// Discard closes and removes what is left of the file; after Place, nothing.
func (f *File) Discard() {
	_ = f.Close()
	_ = os.Remove(f.Name())
}
