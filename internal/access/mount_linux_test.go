package access_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/internal/testsystem"
)

// Kubernetes and Docker mount secrets read-only, with modes that cannot be changed there. The test
// mounts a folder in a process with separate mounts.
func TestOthersOnAReadOnlyMount(t *testing.T) {
	if os.Getenv("DANABIO_TEST_MOUNTS") == "" {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "DANABIO_TEST_MOUNTS=yes")
		testsystem.Namespace(child, 0, syscall.CLONE_NEWNS)
		var out bytes.Buffer
		child.Stdout, child.Stderr = &out, &out
		testsystem.Start(t, child)
		if err := child.Wait(); err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		return
	}
	folder := filepath.Dir(place(t, 0o755, 0o600).Name())
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "mode=777"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Unmount(folder, 0) }() // otherwise the folder cannot be removed
	path := filepath.Join(folder, "secret")
	if err := errors.Join(os.WriteFile(path, []byte("hunter2"), 0o600), os.Chmod(path, 0o646)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		flags        uintptr
		reads, write access.Others
	}{{0, access.Everything, access.Everything}, {syscall.MS_RDONLY, access.KeptOut, access.Nothing}} {
		if err := syscall.Mount("", folder, "", syscall.MS_REMOUNT|test.flags, ""); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if reads, writes := access.Reads(file), access.Writes(file); reads != test.reads || writes != test.write {
			t.Errorf("with flags %x others read: %v, write: %v", test.flags, reads, writes)
		}
		file.Close()
	}
}
