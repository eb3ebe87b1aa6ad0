package danabio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// The client refuses evidence with a flipped bit and keeps it aside as received, unless the bit
// changes nothing that a reader of the evidence gets. In that case it stores the received bytes.
func TestEachBitOfTheEvidenceFlippedOnItsWay(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand downloads are damaged; a run without -short does it")
	}
	content := smallZIP(t)
	name, text := onlyEntry(t, content)
	flipped := func(bit int) []byte {
		sent := bytes.Clone(content)
		sent[bit/8] ^= 1 << (bit % 8)
		return sent
	}
	client := newClient(t, danabio.Config{
		Environment: danabio.CustomEnvironment("http://localhost"),
		Channel:     channel,
		Credentials: danabio.TokenSource(&countedTokens{}),
		Retry:       danabio.RetryPolicy{MinDelay: time.Nanosecond, MaxDelay: time.Nanosecond},
		HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			bit, err := strconv.Atoi(filepath.Base(r.URL.Path)) // the circuit's ID
			if err != nil {
				return nil, err
			}
			sent := flipped(bit)
			return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: int64(len(sent)),
				Body: io.NopCloser(bytes.NewReader(sent))}, nil
		})},
	})
	folder := inMemory(t)
	var accepted atomic.Int32
	one := func(bit int) {
		sent := flipped(bit)
		path := filepath.Join(folder, fmt.Sprint(bit), "evidence.zip")
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
			t.Error(err)
			return
		}
		_, err := client.DownloadEvidence(t.Context(), fmt.Sprint(bit), path)
		found := files(t, filepath.Dir(path))
		var rejected *danabio.RejectedError
		switch {
		case err == nil:
			accepted.Add(1)
			wantStored(t, path, sent)
			if got, is := onlyEntry(t, sent); got != name || is != text || !slices.Equal(found, stored) ||
				!verifies(path) {
				t.Errorf("with bit %d flipped, %q of %q was accepted, and %q left", bit, is, got, found)
			}
		case !errors.As(err, &rejected) || !errors.Is(err, danabio.ErrIntegrity):
			t.Errorf("with bit %d flipped: %v", bit, err)
		default:
			if kept, _ := os.ReadFile(rejected.Kept); !bytes.Equal(kept, sent) || !slices.Equal(found, keptAside) {
				t.Errorf("with bit %d flipped, %q was left, or not what came", bit, found)
			}
		}
	}
	var next atomic.Int32
	var wait sync.WaitGroup
	for range 16 { // they mostly wait for the disk
		wait.Go(func() {
			for bit := int(next.Add(1)) - 1; bit < len(content)*8; bit = int(next.Add(1)) - 1 {
				one(bit)
			}
		})
	}
	wait.Wait()
	// A reader gets neither the times, nor the program that made the ZIP, nor the system's
	// attributes of a file. Flips there change nothing.
	if n := accepted.Load(); n == 0 || int(n) > len(content)*8/6 {
		t.Errorf("%d of %d flips were accepted", n, len(content)*8)
	}
}

// inMemory returns a folder that syncs fast if the system has one, and a temporary folder
// otherwise.
func inMemory(t *testing.T) string {
	folder, err := os.MkdirTemp("/dev/shm", "danabio")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func onlyEntry(t *testing.T, content []byte) (name, text string) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) != 1 {
		t.Errorf("archive/zip does not read it: %v", err)
		return "", ""
	}
	entry, err := archive.File[0].Open()
	if err != nil {
		t.Error(err)
		return "", ""
	}
	defer entry.Close()
	body, err := io.ReadAll(entry)
	if err != nil {
		t.Error(err)
	}
	return archive.File[0].Name, string(body)
}

func verifies(path string) bool {
	archive, err := evidence.Open(path, evidence.Limits{})
	if err != nil {
		return false
	}
	defer archive.Close()
	_, err = archive.Verify(context.Background())
	return err == nil
}
