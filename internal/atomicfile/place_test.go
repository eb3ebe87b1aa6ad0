package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// sealed returns a file that is ready to be placed.
func sealed(t *testing.T, content string) (file *File, target string) {
	t.Helper()
	target = filepath.Join(t.TempDir(), "evidence.zip")
	file, err := Create(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(file.Discard)
	if _, err := file.WriteString(content); err != nil {
		t.Fatal(err)
	}
	if err := file.Seal(); err != nil {
		t.Fatal(err)
	}
	return file, target
}

// refused is a move that the file system refuses.
func refused(err error, asked *int) move {
	return func(from, to string) error {
		*asked++
		return &os.LinkError{Op: "link", Old: from, New: to, Err: err}
	}
}

// If the file system refuses one way to name a file, the next way is tried.
func TestPlaceTriesEachWay(t *testing.T) {
	for _, refusal := range []error{
		syscall.EPERM, syscall.EACCES, syscall.EXDEV, syscall.ENOTTY, syscall.ENOTSUP, syscall.ENOSYS, syscall.EMLINK,
		syscall.EINVAL, syscall.EIO, syscall.EROFS,
	} {
		for refusals := range len(moves) {
			t.Run(fmt.Sprintf("%v, %d times", refusal, refusals), func(t *testing.T) {
				file, target := sealed(t, "evidence")
				asked := 0
				var ways []move
				for range refusals {
					ways = append(ways, refused(refusal, &asked))
				}
				if err := file.place(target, append(ways, moves[refusals:]...)); err != nil {
					t.Fatal(err)
				}
				file.Discard()
				content, err := os.ReadFile(target)
				left, _ := os.ReadDir(filepath.Dir(target))
				if err != nil || string(content) != "evidence" || len(left) != 1 || asked != refusals {
					t.Errorf("%q, %v; %d files, %d refusals", content, err, len(left), asked)
				}
			})
		}
	}
}

// Each way by itself leaves an existing file unchanged.
func TestPlaceReplacesNothing(t *testing.T) {
	for i, way := range moves {
		file, target := sealed(t, "evidence")
		if err := os.WriteFile(target, []byte("of another program"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := file.place(target, []move{way})
		if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOSYS) {
			continue // the system lacks this way
		}
		if content, _ := os.ReadFile(target); !errors.Is(err, fs.ErrExist) || string(content) != "of another program" {
			t.Errorf("way %d: %v, and %q lies there", i, err, content)
		}
		if _, err := os.Stat(file.Name()); err != nil {
			t.Errorf("way %d: %v", i, err)
		}
	}
}

// A network may lose the answer. A completed move is then not a failure, and the new file is not
// taken for one that already existed.
func TestFileThatStandsInPlaceIsNoFailure(t *testing.T) {
	for name, err := range map[string]error{"lost": syscall.EIO, "asked again": syscall.EEXIST,
		"gone": syscall.ENOENT} {
		for way, done := range map[string]move{"link": os.Link, "rename": os.Rename} {
			t.Run(way+" "+name, func(t *testing.T) {
				file, target := sealed(t, "evidence")
				placed := file.place(target,
					[]move{func(from, to string) error { return errors.Join(done(from, to), err) }})
				file.Discard()
				left, _ := os.ReadDir(filepath.Dir(target))
				if content, _ := os.ReadFile(target); placed != nil || string(content) != "evidence" || len(left) != 1 {
					t.Errorf("%v, %q, %d files", placed, content, len(left))
				}
			})
		}
	}
}

// If every way fails, the file is where it was and can be kept there.
func TestFileThatCannotBePlacedCanBeKept(t *testing.T) {
	file, target := sealed(t, "evidence")
	asked := 0
	if err := file.place(target, []move{refused(syscall.EACCES, &asked), refused(syscall.EXDEV, &asked)}); !errors.Is(
		err, syscall.EXDEV) || asked != 2 {
		t.Errorf("%v after %d", err, asked)
	}
	file.Keep()
	file.Discard()
	if content, err := os.ReadFile(file.Name()); string(content) != "evidence" {
		t.Errorf("%q, %v", content, err)
	}
}

func TestReplace(t *testing.T) {
	file, target := sealed(t, "second")
	if err := os.WriteFile(target, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := file.Replace(target); err != nil {
		t.Fatal(err)
	}
	if content, _ := os.ReadFile(target); string(content) != "second" {
		t.Errorf("%q", content)
	}
}
