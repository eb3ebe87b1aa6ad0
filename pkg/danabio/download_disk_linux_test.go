package danabio_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// The limit on the size of a file simulates a full disk. It applies to a whole process, so this
// test runs in a separate one.
func TestFullDiskLeavesNothingBehind(t *testing.T) {
	if os.Getenv("DANABIO_TEST_FULL_DISK") == "" {
		child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		child.Env = append(os.Environ(), "DANABIO_TEST_FULL_DISK=yes")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	content := smallZIP(t)
	for name, room := range map[string]int{"while the evidence comes": len(content) / 2,
		"while the receipt is written": len(content)} {
		t.Run(name, func(t *testing.T) {
			path := target(t)
			inBubble(t, newScript(t).on(download, zipReply(content)), func(b *bed) {
				var limit syscall.Rlimit
				if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
					t.Fatal(err)
				}
				limit.Cur = uint64(room)
				if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
					t.Fatal(err)
				}
				_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
				if !errors.Is(err, syscall.EFBIG) || errors.Is(err, danabio.ErrIntegrity) ||
					!strings.Contains(err.Error(), "evidence.zip") || strings.Contains(err.Error(), ".part") {
					t.Errorf("got %v, want the system's error about the target", err)
				}
				wantFiles(t, path)
			})
		})
	}
}

func TestFolderThatCannotBeWrittenIsTheSystemsError(t *testing.T) {
	path := target(t)
	folder := filepath.Dir(path)
	for dir, mode := range map[string]os.FileMode{filepath.Dir(folder): 0o755, folder: 0o555} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t))), func(b *bed) {
		// Root may write anywhere, so this thread uses files as another user.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		_ = syscall.Setfsuid(65534)
		defer func() { _ = syscall.Setfsuid(os.Getuid()) }()
		_, err := b.client.DownloadEvidence(b.Context(), circuit, path)
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "evidence.zip") ||
			strings.Contains(err.Error(), ".part") {
			t.Errorf("got %v, want the system's error about the target", err)
		}
	})
	wantFiles(t, path)
}
