// Package testsystem says what the system lets a test do. Call [SymbolicLinks] or [Start]. What may
// live here: the ways in which systems and machines differ for tests, and no test.
package testsystem

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// SymbolicLinks reports whether the system makes them. Windows lets not everybody.
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
