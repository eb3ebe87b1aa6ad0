package danabio_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asAnother lets this thread use files as a user other than root, to whom permissions apply, and
// gives the folder to that user.
func asAnother(t *testing.T, folder string) (end func()) {
	t.Helper()
	const nobody = 65534
	if os.Getuid() == 0 {
		if err := os.Chown(folder, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	runtime.LockOSThread()
	if os.Getuid() == 0 {
		_ = syscall.Setfsuid(nobody)
	}
	return func() {
		_ = syscall.Setfsuid(os.Getuid())
		runtime.UnlockOSThread()
	}
}

// Some folders allow writing but not reading. The client can neither lock nor sync such a folder,
// but still stores the evidence in it.
func TestDownloadIntoAFolderThatCannotBeRead(t *testing.T) {
	path := target(t)
	folder := filepath.Dir(path)
	if err := errors.Join(os.Chmod(filepath.Dir(folder), 0o755), os.Chmod(folder, 0o300)); err != nil {
		t.Fatal(err)
	}
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t)), zipReply(smallZIP(t))), func(b *bed) {
		defer asAnother(t, folder)()
		if _, err := os.ReadDir(folder); !errors.Is(err, fs.ErrPermission) {
			t.Fatalf("the folder can be read: %v", err)
		}
		receipt, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if err != nil || receipt == nil {
			t.Fatalf("%+v, %v", receipt, err)
		}
		if again, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil ||
			again.SHA256 != receipt.SHA256 {
			t.Errorf("once more: %+v, %v", again, err)
		}
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, filepath.Join(folder, "second.zip")); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, path, "evidence.zip", "evidence.zip.receipt.json", "second.zip", "second.zip.receipt.json")
}
