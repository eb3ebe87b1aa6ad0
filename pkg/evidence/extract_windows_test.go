package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

var errDisagreed = errors.New("not the right one")

// A virus scanner keeps a newly extracted file open, so it cannot be removed yet.
func TestScannerDelaysTheRemovalOfAnExtraction(t *testing.T) {
	parent := t.TempDir()
	out := filepath.Join(parent, "out")
	archive := openBytes(t, honest().bytes(), Limits{})
	err := archive.Extract(t.Context(), out, WithApproval(func(*Report) error {
		files, err := filepath.Glob(filepath.Join(parent, ".out.*.part", "*", "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%q, %v", files, err)
		}
		name, err := syscall.UTF16PtrFromString(files[0])
		if err != nil {
			t.Fatal(err)
		}
		handle, err := syscall.CreateFile(name, syscall.GENERIC_READ, syscall.FILE_SHARE_READ, nil,
			syscall.OPEN_EXISTING, syscall.FILE_ATTRIBUTE_NORMAL, 0)
		if err != nil || os.Remove(files[0]) == nil {
			t.Fatalf("%v: the file could be removed, so that this test holds nothing", err)
		}
		time.AfterFunc(300*time.Millisecond, func() { _ = syscall.CloseHandle(handle) })
		return errDisagreed
	}))
	if left, _ := os.ReadDir(parent); !errors.Is(err, errDisagreed) || len(left) > 0 {
		t.Errorf("%v, and %v lie there", err, left)
	}
}
