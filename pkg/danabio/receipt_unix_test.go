//go:build unix

package danabio

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe without a writer never ends, so ReadReceipt must not wait for it.
func TestReadReceiptDoesNotWaitForAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "evidence.zip.receipt.json")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := ReadReceipt(path)
	var unread *fs.PathError
	if !errors.As(err, &unread) || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("got %v, want that it is not a regular file", err)
	}
}
