// Package testsystem tells tests what the system allows. Call [SymbolicLinks] or [Start].
package testsystem

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// SymbolicLinks reports whether the system can create symbolic links. Windows allows this only to
// some users.
func SymbolicLinks(t testing.TB) bool {
	t.Helper()
	link := filepath.Join(t.TempDir(), "link")
	err := os.Symlink("nowhere", link)
	_, missing := os.Lstat(link)
	if err = errors.Join(err, missing); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	return err == nil
}
