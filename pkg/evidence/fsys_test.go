package evidence

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"
	"testing/fstest"
)

func TestArchiveIsAFileSystemOnceVerified(t *testing.T) {
	f := honest()
	f.entries = append(f.entries, &forgedEntry{name: "empty/"}, &forgedEntry{name: "a/b/c.txt"})
	archive := openBytes(t, f.bytes(), Limits{})
	if _, err := archive.Open("audit.json"); !errors.Is(err, errUnverified) {
		t.Errorf("before verification: %v", err)
	}
	if _, err := archive.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(archive, "documents/contract.pdf", "identity/selfie.png", "audit.json", "empty",
		"a/b/c.txt"); err != nil {
		t.Error(err)
	}
	for _, entry := range f.entries[:3] {
		content, err := fs.ReadFile(archive, entry.name)
		if err != nil || !bytes.Equal(content, entry.content) {
			t.Errorf("%s reads %q, %v", entry.name, content, err)
		}
	}
	for _, name := range []string{"missing", "../audit.json", "/audit.json", ""} {
		if _, err := archive.Open(name); err == nil {
			t.Errorf("%q could be opened", name)
		}
	}
}

func TestFileThatIsNoLongerWhatWasVerifiedDoesNotEndWell(t *testing.T) {
	raw := honest().bytes()
	archive := openBytes(t, raw, Limits{})
	if _, err := archive.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"identity/selfie.png", "documents/contract.pdf"} {
		at := bytes.Index(raw, []byte(name)) + len(name) + 12
		raw[at] ^= 0x40
		for _, piece := range []int{1, 7, 4096} {
			file, err := archive.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			for err == nil {
				var n int
				buffer := make([]byte, piece)
				n, err = file.Read(buffer)
				got = append(got, buffer[:n]...)
			}
			info, _ := file.Stat()
			if err == io.EOF || int64(len(got)) == info.Size() {
				t.Errorf("%s in pieces of %d ended with %v after %d bytes", name, piece, err, len(got))
			}
			file.Close()
		}
		raw[at] ^= 0x40
	}
}

func TestClosedFileCannotBeRead(t *testing.T) {
	archive := openBytes(t, honest().bytes(), Limits{})
	if _, err := archive.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open("audit.json")
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	if _, err := file.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v", err)
	}
}
