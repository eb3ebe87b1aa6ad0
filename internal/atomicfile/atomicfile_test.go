package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/atomicfile"
)

func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return strings.Join(found, " ")
}

func TestWrite(t *testing.T) {
	folder := t.TempDir()
	target := filepath.Join(folder, "report.md")
	if err := atomicfile.Write(target, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(target); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("got mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := atomicfile.Write(target, []byte("second")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v over a file, want ErrExist", err)
	}
	if content, err := os.ReadFile(target); err != nil || string(content) != "first" {
		t.Errorf("got %q, %v", content, err)
	}
	if err := atomicfile.Write(filepath.Join(folder, "nowhere", "report.md"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v in no folder, want ErrNotExist", err)
	}
	if got := names(t, folder); got != "report.md" {
		t.Errorf("the folder holds %s", got)
	}
}

func TestFileHasItsNameOnlyWhenItIsPlaced(t *testing.T) {
	folder := t.TempDir()
	target := filepath.Join(folder, "report.md")
	file, err := atomicfile.Create(target)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(t, folder); !strings.HasPrefix(got, ".report.md.") || !strings.HasSuffix(got, ".part") {
		t.Errorf("on its way it is called %s", got)
	}
	file.Discard()
	if got := names(t, folder); got != "" {
		t.Errorf("after Discard the folder holds %s", got)
	}
	if file, err = atomicfile.Create(target); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Seal(), file.Place(target)); err != nil {
		t.Fatal(err)
	}
	file.Discard()
	if got := names(t, folder); got != "report.md" {
		t.Errorf("after Place and Discard the folder holds %s", got)
	}
}
