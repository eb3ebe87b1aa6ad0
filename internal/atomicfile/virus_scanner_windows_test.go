package atomicfile

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// scanned opens a file like a virus scanner. For a while, nobody can move or remove it.
func scanned(t *testing.T, path string, long time.Duration) {
	t.Helper()
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ, syscall.FILE_SHARE_READ, nil, syscall.OPEN_EXISTING,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".moved"); err == nil {
		t.Fatal("the file could be moved, so that this test holds nothing")
	}
	time.AfterFunc(long, func() { _ = syscall.CloseHandle(handle) })
}

func TestScannerDelaysAFile(t *testing.T) {
	for name, put := range map[string]func(*File, string) error{"placed": (*File).Place, "replaced": (*File).Replace} {
		file, target := sealed(t, "evidence")
		scanned(t, file.Name(), 300*time.Millisecond)
		if err := put(file, target); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file.Discard()
		left, _ := os.ReadDir(filepath.Dir(target))
		if content, _ := os.ReadFile(target); string(content) != "evidence" || len(left) != 1 {
			t.Errorf("%s: %q, %d files", name, content, len(left))
		}
	}
	file, target := sealed(t, "evidence")
	scanned(t, file.Name(), 300*time.Millisecond)
	file.Discard()
	if left, _ := os.ReadDir(filepath.Dir(target)); len(left) != 0 {
		t.Errorf("after Discard %d files are left", len(left))
	}
}
