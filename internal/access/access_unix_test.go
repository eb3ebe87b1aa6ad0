//go:build unix

package access_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/internal/access"
)

// place creates folders and a file with these modes below a folder that everybody may enter, and
// opens the file. The last mode is that of the file.
func place(t *testing.T, modes ...os.FileMode) *os.File {
	t.Helper()
	path := t.TempDir()
	for folder := path; folder != filepath.Dir(os.TempDir()) && folder != os.TempDir(); folder = filepath.Dir(folder) {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	last := len(modes) - 1
	for range modes[:last] {
		path = filepath.Join(path, "folder")
	}
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(path, "file")
	if err := os.WriteFile(name, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	for i := last; i >= 0; i-- {
		if err := os.Chmod(name, modes[i]); err != nil {
			t.Fatal(err)
		}
		name = filepath.Dir(name)
	}
	return file
}

func TestOthers(t *testing.T) {
	const sticky = os.ModeSticky
	for name, test := range map[string]struct {
		modes        []os.FileMode // of the folders and then of the file
		reads, write access.Others
	}{
		"the user's own":                  {[]os.FileMode{0o755, 0o600}, access.Nothing, access.Nothing},
		"a group's":                       {[]os.FileMode{0o775, 0o660}, access.Nothing, access.Nothing},
		"as Kubernetes mounts secrets":    {[]os.FileMode{0o755, 0o644}, access.Everything, access.Nothing},
		"as Docker does":                  {[]os.FileMode{0o755, 0o444}, access.Everything, access.Nothing},
		"in a folder that is closed":      {[]os.FileMode{0o700, 0o644}, access.KeptOut, access.Nothing},
		"below a folder that is closed":   {[]os.FileMode{0o750, 0o777, 0o666}, access.KeptOut, access.KeptOut},
		"in a folder that cannot be read": {[]os.FileMode{0o711, 0o644}, access.Everything, access.Nothing},
		"that all write":                  {[]os.FileMode{0o755, 0o602}, access.Nothing, access.Everything},
		"in a folder that all write":      {[]os.FileMode{0o777, 0o600}, access.Nothing, access.Everything},
		"below a folder that all write":   {[]os.FileMode{0o777, 0o755, 0o600}, access.Nothing, access.Everything},
		"below one, and closed":           {[]os.FileMode{0o777, 0o700, 0o600}, access.Nothing, access.Everything},
		"in a folder such as /tmp":        {[]os.FileMode{0o777 | sticky, 0o600}, access.Nothing, access.Nothing},
		"that all write, as in /tmp":      {[]os.FileMode{0o777 | sticky, 0o666}, access.Everything, access.Everything},
	} {
		t.Run(name, func(t *testing.T) {
			file := place(t, test.modes...)
			if got := access.Reads(file); got != test.reads {
				t.Errorf("others read: %v, want %v", got, test.reads)
			}
			if got := access.Writes(file); got != test.write {
				t.Errorf("others write: %v, want %v", got, test.write)
			}
		})
	}
}

// Anyone who can write to a link's folder can redirect the link. The target of the link determines
// who can read.
func TestOthersOfALink(t *testing.T) {
	file := place(t, 0o700, 0o644)
	shared := filepath.Dir(place(t, 0o777, 0o600).Name())
	link := filepath.Join(shared, "link")
	if err := os.Symlink(file.Name(), link); err != nil {
		t.Fatal(err)
	}
	linked, err := os.Open(link)
	if err != nil {
		t.Fatal(err)
	}
	defer linked.Close()
	if got := access.Reads(linked); got != access.KeptOut {
		t.Errorf("others read: %v", got)
	}
	if got := access.Writes(linked); got != access.Everything {
		t.Errorf("others write: %v", got)
	}
}

func TestOthersOfAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o666); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if access.Reads(pipe) != access.Nothing || access.Writes(pipe) != access.Nothing {
		t.Error("it counts as a file")
	}
}
