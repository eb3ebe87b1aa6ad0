package journal

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// faultyFile records the operations on a file and fails at them on request.
type faultyFile struct {
	file
	did                   []string
	short                 int // number of bytes that a failing write still writes
	write, sync, truncate error
}

func (f *faultyFile) WriteAt(p []byte, at int64) (int, error) {
	f.did = append(f.did, "write")
	if f.write != nil {
		n, _ := f.file.WriteAt(p[:f.short], at)
		return n, f.write
	}
	return f.file.WriteAt(p, at)
}

func (f *faultyFile) Sync() error {
	f.did = append(f.did, "sync")
	if f.sync != nil {
		return f.sync
	}
	return f.file.Sync()
}

func (f *faultyFile) Truncate(size int64) error {
	f.did = append(f.did, "truncate")
	if f.truncate != nil {
		return f.truncate
	}
	return f.file.Truncate(size)
}

func faulty(t *testing.T) (*Journal, *faultyFile, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "starts.journal")
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	f := &faultyFile{file: j.file}
	j.file = f
	return j, f, path
}

func testIntent(id string) danabio.StartIntent {
	return danabio.StartIntent{RequestID: id, Channel: "acme", BodySHA256: strings.Repeat("0a", 32),
		At: time.Unix(1e9, 0)}
}

func TestRecordIsOnTheDiskBeforeTheCallReturns(t *testing.T) {
	j, f, _ := faulty(t)
	if err := j.Begin(t.Context(), testIntent("loan-1")); err != nil ||
		!slices.Equal(f.did, []string{"write", "sync"}) {
		t.Errorf("Begin: %v after %q", err, f.did)
	}
	f.did = nil
	if err := j.End(t.Context(), danabio.StartResult{RequestID: "loan-1", Outcome: danabio.Refused}); err != nil ||
		!slices.Equal(f.did, []string{"write", "sync"}) {
		t.Errorf("End: %v after %q", err, f.did)
	}
}

// A full disk may have space later. The journal removes the failed record and continues.
func TestFailedWriteLeavesTheFileAsItWas(t *testing.T) {
	full := errors.New("no space left on device")
	for _, short := range []int{0, 1, 100} {
		j, f, path := faulty(t)
		if err := j.Begin(t.Context(), testIntent("loan-1")); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		f.write, f.short = full, short
		if err := j.Begin(t.Context(), testIntent("loan-2")); !errors.Is(err, full) ||
			!strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want the disk's error and the file", err)
		}
		if after, _ := os.ReadFile(path); !slices.Equal(after, before) {
			t.Errorf("%d bytes, want %d", len(after), len(before))
		}
		if _, ok := j.Lookup("loan-2"); ok {
			t.Error("what could not be written is known")
		}
		f.write = nil
		if err := j.Begin(t.Context(), testIntent("loan-2")); err != nil {
			t.Error(err)
		}
		_ = j.Close()
		again, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := again.Unfinished(); len(got) != 2 {
			t.Errorf("unfinished %+v", got)
		}
		_ = again.Close()
	}
}

// If the content of the disk is uncertain, the journal writes nothing more until the file is opened
// again.
func TestJournalIsNotTrustedAfterAFailedSync(t *testing.T) {
	bad := errors.New("input/output error")
	for name, fail := range map[string]func(f *faultyFile){
		"sync":                    func(f *faultyFile) { f.sync = bad },
		"sync and cutting off":    func(f *faultyFile) { f.sync, f.truncate = bad, bad },
		"writing and cutting off": func(f *faultyFile) { f.write, f.truncate, f.short = errors.New("full"), bad, 30 },
	} {
		t.Run(name, func(t *testing.T) {
			j, f, path := faulty(t)
			fail(f)
			if err := j.Begin(t.Context(), testIntent("loan-1")); err == nil {
				t.Fatal("it is taken for written")
			}
			f.write, f.sync, f.truncate, f.did = nil, nil, nil, nil
			err := j.Begin(t.Context(), testIntent("loan-2"))
			if !errors.Is(err, bad) || !strings.Contains(err.Error(), "open it again") || len(f.did) != 0 {
				t.Errorf("got %v after %q, want nothing to be done", err, f.did)
			}
			_ = j.Close()
			again, err := Open(path)
			if damage := (*DamageError)(nil); errors.As(err, &damage) && damage.Cut &&
				name == "writing and cutting off" {
				if err := RemoveCut(path); err != nil {
					t.Fatal(err)
				}
				again, err = Open(path)
			}
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if err := again.Begin(t.Context(), testIntent("loan-2")); err != nil {
				t.Error(err)
			}
		})
	}
}
