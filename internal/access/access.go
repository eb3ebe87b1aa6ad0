// Package access checks who, besides its owner and group, can read a file or change what its path
// leads to.
//
// Call [Reads] before taking a secret from a file, and [Writes] before obeying a file. The group
// counts as the owner, since giving a file to a group is a decision. On Windows, and for files that
// are not regular, such as pipes, the package does not check permissions and reports that nobody
// else has access.
package access

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Others says what all other users can do with a file.
type Others int

// What others can do.
const (
	Nothing Others = iota
	// KeptOut means that the file's own permissions allow it, but others cannot enter a folder
	// above the file, or the file is on a read-only mount. Kubernetes and Docker mount secrets in
	// this way.
	KeptOut
	Everything
)

// Reads reports whether others can read an open file.
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

// Writes reports whether others can change an open file or replace it, by its own permissions or by
// those of a folder above it.
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

// paths returns the paths of a file: as it was opened, and without symbolic links.
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

// walk checks the folders above a path as another user would enter them. entered reports whether
// that user reaches the last one, and replaced whether something on the way can be replaced. In a
// folder with the sticky bit only an entry's owner can replace it.
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
			continue // unknown, so the file's own permissions decide
		}
		if info.Mode()&0o001 == 0 {
			return false, replaced
		}
		replaced = replaced || info.Mode()&0o002 != 0 && info.Mode()&os.ModeSticky == 0
	}
	return true, replaced
}
