package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return failure.BadInput("folder %s does not exist; create it first", folder)
	case err != nil:
		return failure.BadInput("folder %s: %w", folder, failure.Reason(err))
	case !info.IsDir():
		return failure.BadInput("%s is not a folder", folder)
	}
	return nil
}

func fileExists(folder string) bool {
	_, err := os.Lstat(filepath.Clean(folder))
	return err == nil
}

// plainName reports whether name can only be that of a file in a folder.
func plainName(name string) bool {
	return name != "." && name != ".." && len(name) <= 255 && filepath.IsLocal(name) &&
		!strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, unicode.IsControl)
}
