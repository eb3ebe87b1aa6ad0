//go:build linux

package danabio_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Any user who can read a folder can hold its lock, so the download must still obey its context.
func TestDownloadDoesNotOutlastItsContextOnALockedFolder(t *testing.T) {
	path := target(t)
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	inBubble(t, newScript(t).on(download, zipReply(smallZIP(t)), zipReply(smallZIP(t))), func(b *bed) {
		ctx, cancel := context.WithTimeout(b.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if _, err := b.client.DownloadEvidence(ctx, circuit, path); !errors.Is(err, context.DeadlineExceeded) ||
			time.Since(began) != time.Second {
			t.Errorf("got %v after %v, want the deadline after 1s", err, time.Since(began))
		}
		wantFiles(t, path)
		// The download continues once the lock is free.
		time.AfterFunc(3*time.Second, func() { _ = folder.Close() })
		if _, err := b.client.DownloadEvidence(b.Context(), circuit, path); err != nil {
			t.Error(err)
		}
	})
}
