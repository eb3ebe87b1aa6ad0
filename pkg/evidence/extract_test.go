package evidence

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/internal/testsystem"
)

func TestExtractGivesFilesToTheOwnerOnly(t *testing.T) {
	f := honest()
	f.entries[0].central = func(h *forgedHeader) { h.attributes = 0o104777 << 16 }
	f.entries = append(f.entries,
		&forgedEntry{name: "open/", central: func(h *forgedHeader) { h.attributes = 0o40777<<16 | 0x10 }})
	folder := filepath.Join(t.TempDir(), "out")
	if err := openBytes(t, f.bytes(), Limits{}).Extract(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		return // Windows has no such permissions
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if entry.IsDir() {
			want = fs.ModeDir | 0o700
		}
		if info.Mode() != want {
			t.Errorf("%s has mode %v; want %v", path, info.Mode(), want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestExtractRefusesAnExistingTarget(t *testing.T) {
	makers := map[string]func(path string) error{
		"empty folder": func(path string) error { return os.Mkdir(path, 0o755) },
		"folder with file": func(path string) error {
			return errors.Join(os.Mkdir(path, 0o755), os.WriteFile(path+"/audit.json", []byte("mine"), 0o644))
		},
		"file":          func(path string) error { return os.WriteFile(path, []byte("mine"), 0o644) },
		"dangling link": func(path string) error { return os.Symlink("nowhere", path) },
	}
	if !testsystem.SymbolicLinks(t) {
		delete(makers, "dangling link")
	}
	for name, create := range makers {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			target := filepath.Join(parent, "out")
			if err := create(target); err != nil {
				t.Fatal(err)
			}
			before, err := os.Lstat(target)
			if err != nil {
				t.Fatal(err)
			}
			err = openBytes(t, honest().bytes(), Limits{}).Extract(t.Context(), target)
			if !errors.Is(err, fs.ErrExist) {
				t.Errorf("got %v; want an error that matches fs.ErrExist", err)
			}
			after, err := os.Lstat(target)
			if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Mode() != before.Mode() {
				t.Errorf("the target was touched: %v, %v", after, err)
			}
			if left, _ := os.ReadDir(parent); len(left) != 1 {
				t.Errorf("something was left beside the target: %v", left)
			}
		})
	}
}

func TestExtractNeedsAParentAndAName(t *testing.T) {
	archive := openBytes(t, honest().bytes(), Limits{})
	if err := archive.Extract(t.Context(), filepath.Join(t.TempDir(), "missing", "out")); !errors.Is(err,
		fs.ErrNotExist) {
		t.Errorf("without a parent: %v", err)
	}
	if err := archive.Extract(t.Context(), ""); err == nil {
		t.Error("the empty name was taken")
	}
}

// extract is like Extract but writes to another target.
func (a *Archive) extract(ctx context.Context, dir string, newTarget func(*os.Root) target) error {
	return a.extractTo(ctx, dir, newTarget)
}

// fullDisk is a target that is full after room bytes.
type fullDisk struct {
	folderTarget
	room int
}

func (d *fullDisk) create(name string) (io.WriteCloser, error) {
	file, err := d.folderTarget.create(name)
	return &fullDiskFile{WriteCloser: file, room: d.room}, err
}

type fullDiskFile struct {
	io.WriteCloser
	room int
}

func (f *fullDiskFile) Write(p []byte) (int, error) {
	if len(p) > f.room {
		n, _ := f.WriteCloser.Write(p[:f.room])
		f.room = 0
		return n, syscall.ENOSPC
	}
	f.room -= len(p)
	return f.WriteCloser.Write(p)
}

func TestExtractLeavesNothingWhenTheDiskIsFull(t *testing.T) {
	parent := t.TempDir()
	archive := openBytes(t, honest().bytes(), Limits{})
	err := archive.extract(t.Context(), filepath.Join(parent, "out"), func(root *os.Root) target {
		return &fullDisk{folderTarget{root}, 20}
	})
	if !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrRefused) {
		t.Errorf("got %v; want that there is no space left", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
	if report := archive.Report(); report.Verdict != VerdictIncomplete {
		t.Errorf("the verdict is %q", report.Verdict)
	}
	if err := archive.Extract(t.Context(), filepath.Join(parent, "out")); err != nil {
		t.Errorf("a second try with room: %v", err)
	}
}

// lateDisk is a target that reports a full disk only when a file is closed.
type lateDisk struct{ folderTarget }

func (d *lateDisk) create(name string) (io.WriteCloser, error) {
	file, err := d.folderTarget.create(name)
	return &lateDiskFile{file}, err
}

type lateDiskFile struct{ io.WriteCloser }

func (f *lateDiskFile) Close() error { return errors.Join(f.WriteCloser.Close(), syscall.ENOSPC) }

func TestExtractLeavesNothingWhenClosingFails(t *testing.T) {
	parent := t.TempDir()
	err := openBytes(t, honest().bytes(), Limits{}).extract(t.Context(), filepath.Join(parent, "out"),
		func(root *os.Root) target {
			return &lateDisk{folderTarget{root}}
		})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v; want that there is no space left", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
}

func TestExtractLeavesNothingWhenItIsEnded(t *testing.T) {
	parent := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	archive := openBytes(t, honest().bytes(), Limits{})
	err := archive.extract(ctx, filepath.Join(parent, "out"), func(root *os.Root) target {
		cancel()
		return &folderTarget{root}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v; want context.Canceled", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
}

func TestExtractLeavesNothingWhenContentIsBad(t *testing.T) {
	f := honest()
	f.entries[2].both = func(h *forgedHeader) { h.crc++ }
	parent := t.TempDir()
	archive := openBytes(t, f.bytes(), Limits{})
	if err := archive.Extract(t.Context(), filepath.Join(parent, "out")); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v; want a refusal", err)
	}
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("%v was left", left)
	}
	if got := refusalCodes(archive.Report()); got != "crc" {
		t.Errorf("the report says %q", got)
	}
}

func TestExtractAfterVerifyTakesOnlyTheVerifiedContent(t *testing.T) {
	raw := honest().bytes()
	archive := openBytes(t, raw, Limits{})
	report, err := archive.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parent := t.TempDir()
	if err := archive.Extract(t.Context(), filepath.Join(parent, "right")); err != nil {
		t.Fatal(err)
	}
	if archive.Report() != report {
		t.Error("the report of the verification was replaced")
	}
	at := strings.Index(string(raw), "not much")
	crc := crc32.ChecksumIEEE(raw[at : at+8])
	for i, difference := range little(uint64(1) | uint64(crc32.IEEE)<<1)[:5] {
		raw[at+i] ^= difference
	}
	if crc32.ChecksumIEEE(raw[at:at+8]) != crc {
		t.Fatal("the change was to keep the CRC")
	}
	if err := archive.Extract(t.Context(), filepath.Join(parent, "changed")); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("changed content was extracted, or refused: %v", err)
	}
	if left, _ := os.ReadDir(parent); len(left) != 1 {
		t.Errorf("%v was left", left)
	}
}

func TestExtractByAFileChangedUnderWayFails(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "evidence.zip")
	if err := os.WriteFile(path, honest().bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	archive, err := Open(path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	file.WriteString("x")
	file.Close()
	if err := archive.Extract(t.Context(), filepath.Join(parent, "out")); err == nil ||
		!strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v", err)
	}
}

func TestExtractionAsksAboutTheReportBeforeTheFolderIsThere(t *testing.T) {
	wrong := errors.New("not the one that was received")
	for name, verifyFirst := range map[string]bool{"extracted at once": false, "verified before": true} {
		t.Run(name, func(t *testing.T) {
			raw := honest().bytes()
			archive := openBytes(t, raw, Limits{})
			if verifyFirst {
				if _, err := archive.Verify(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			parent := t.TempDir()
			folder := filepath.Join(parent, "out")
			agree := func(answer error) func(*Report) error {
				return func(report *Report) error {
					if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
						t.Errorf("the folder is there already: %v", err)
					}
					if report.Verdict != VerdictAccepted || report.SHA256 != hashOf(raw) || len(report.Entries) != 3 {
						t.Errorf("it was asked about %+v", report)
					}
					return answer
				}
			}
			if err := archive.Extract(t.Context(), folder, WithApproval(agree(wrong))); err != wrong {
				t.Errorf("got %v", err)
			}
			if left, _ := os.ReadDir(parent); len(left) > 0 {
				t.Errorf("%v was left", left)
			}
			if err := archive.Extract(t.Context(), folder, WithApproval(agree(nil))); err != nil {
				t.Errorf("got %v", err)
			}
		})
	}
	f := honest()
	f.entries[2].both = func(h *forgedHeader) { h.crc++ }
	err := openBytes(t, f.bytes(), Limits{}).Extract(t.Context(), filepath.Join(t.TempDir(), "out"),
		WithApproval(func(*Report) error {
			t.Error("it was asked about a refused ZIP")
			return nil
		}))
	if !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
}
