// Package access says who besides its owner and its group can read a file, or change what is found
// under its path.
//
// Call [Reads] before a secret is taken from a file, and [Writes] before a file is obeyed. A group
// counts as the owner does, since giving a file to one is a decision. What may live here: what of
// that differs by system. On Windows permissions are not looked at, and nobody else has access; so
// it is for what is no regular file, as a pipe is.
package access

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Others is what all other users can do.
type Others int

// Others can do nothing, or it is seen to that they cannot, or they can.
const (
	Nothing Others = iota
	// KeptOut: by the file's own permissions they can, but they cannot enter a folder above it, or
	// the file is on a mount where nobody can change permissions, as Kubernetes and Docker mount
	// secrets.
	KeptOut
	Everything
)

// Reads says whether others can read an open file.
func Reads(file *os.File) Others {
	info, err := file.Stat()
	if err != nil || !applies(info) || info.Mode()&0o004 == 0 {
		return Nothing
	}
	if readOnly(file) {
		return KeptOut
	}
	found := paths(file)
	if entered, _ := walk(found[len(found)-1]); !entered {
		return KeptOut
	}
	return Everything
}

// Writes says whether others can change an open file, or put another one in its place: by its own
// permissions, or by those of a folder above it.
func Writes(file *os.File) Others {
	info, err := file.Stat()
	if err != nil || !applies(info) || readOnly(file) {
		return Nothing
	}
	found := Nothing
	for _, path := range paths(file) {
		entered, replaced := walk(path)
		switch changed := info.Mode()&0o002 != 0; {
		case replaced, changed && entered:
			return Everything
		case changed:
			found = KeptOut
		}
	}
	return found
}

func applies(info fs.FileInfo) bool { return runtime.GOOS != "windows" && info.Mode().IsRegular() }

// paths are those by which a file is found: as it was opened, and last without symbolic links.
func paths(file *os.File) []string {
	path, err := filepath.Abs(file.Name())
	if err != nil {
		return []string{file.Name()}
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil || real == path {
		return []string{path}
	}
	return []string{path, real}
}

// walk goes through the folders above a path as another user would: entered says whether that user
// comes to the last of them, and replaced whether something on the way can be replaced. In a folder
// with the sticky bit only the owner of a thing can.
func walk(path string) (entered, replaced bool) {
	var folders []string
	for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
		folders = append(folders, folder)
		if folder == filepath.Dir(folder) {
			break
		}
	}
	for i := len(folders) - 1; i >= 0; i-- {
		info, err := os.Stat(folders[i])
		if err != nil {
			continue // it cannot be said, so the file's own permissions decide
		}
		if info.Mode()&0o001 == 0 {
			return false, replaced
		}
		replaced = replaced || info.Mode()&0o002 != 0 && info.Mode()&os.ModeSticky == 0
	}
	return true, replaced
}
