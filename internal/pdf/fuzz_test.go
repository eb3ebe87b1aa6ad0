package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

var objectHead = regexp.MustCompile(`^(\d+)(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])+(\d+)(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])+obj\b`)

// checkObjects compares every object of the document with the file's bytes. The bytes begin with
// the object's number. Its text, both as stored and as Append writes it, parses as the same object.
func checkObjects(t *testing.T, d *pdf.Document, file []byte) {
	t.Helper()
	for entry := range d.Entries() {
		loaded, err := d.Load(entry.Reference())
		checkMentions(t, d, entry, loaded, err)
		if err != nil {
			continue
		}
		if loaded.Reference != entry.Reference() || loaded.Compressed != (entry.Type == pdf.Compressed) {
			t.Fatalf("asked for %+v, got %+v", entry, loaded.Reference)
		}
		if !loaded.Compressed {
			head := objectHead.FindSubmatch(file[loaded.Offset:])
			if head == nil {
				t.Fatalf("object %d is said to begin at %d, where no object begins", entry.Number, loaded.Offset)
			}
			number, _ := strconv.ParseUint(string(head[1]), 10, 64)
			generation, _ := strconv.ParseUint(string(head[2]), 10, 64)
			if number != uint64(entry.Number) || generation != uint64(entry.Generation) {
				t.Fatalf("object %d is said to begin at %d, where object %d begins", entry.Number, loaded.Offset,
					number)
			}
			same(t, loaded.Object, file[loaded.Object.Offset:loaded.Object.End])
		}
		same(t, loaded.Object, loaded.Object.Append(nil))
	}
}

// checkMentions compares the result of Mentions for an object with the names in it.
func checkMentions(t *testing.T, d *pdf.Document, entry pdf.Entry, loaded pdf.Indirect, failed error) {
	t.Helper()
	found, mentioned, err := d.Mentions(entry, "nowhere to be found")
	if mentioned || fmt.Sprint(err) != fmt.Sprint(failed) {
		t.Fatalf("object %d: mentioned %t, %v; reading it gives %v", entry.Number, mentioned, err, failed)
	}
	if found.Reference != loaded.Reference || found.Compressed != loaded.Compressed || found.Offset != loaded.Offset ||
		found.Stream != loaded.Stream || !found.Length.Equal(loaded.Length) || found.End() != loaded.End() {
		t.Fatalf("object %d is found as %+v and read as %+v", entry.Number, found, loaded)
	}
	for name := range names(loaded.Object) {
		if _, mentioned, err := d.Mentions(entry, "nowhere to be found", name); !mentioned || err != nil {
			t.Fatalf("object %d: %q is said not to be in it, %v", entry.Number, name, err)
		}
	}
}

// names iterates over the names in an object that Mentions can search for.
func names(o pdf.Object) iter.Seq[string] {
	return func(yield func(string) bool) {
		if o.Kind == pdf.Name && len(o.Text) < 64 && !yield(string(o.Text)) {
			return
		}
		for _, item := range o.Items {
			for name := range names(item) {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// same checks that a text parses as an object.
func same(t *testing.T, want pdf.Object, text []byte) {
	t.Helper()
	file := pdftest.Table("<< >>", string(text))
	d, err := open(file)
	if err != nil {
		// the text itself contains startxref or something similar
		if bytes.Contains(text, []byte("startxref")) {
			return
		}
		t.Fatal(err)
	}
	got, err := d.Load(pdf.Reference{Number: 2})
	if err != nil || !got.Object.Equal(want) {
		t.Fatalf("%q reads as %q, want %q (%v)", text, got.Object.Append(nil), want.Append(nil), err)
	}
}

func FuzzOpen(f *testing.F) {
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(file) < 4<<10 {
			f.Add(file)
		}
	}
	one := pdftest.Pages("/AcroForm << /Fields [4 0 R] >>", "/Annots [4 0 R]")
	one = append(one, `<< /T (a\(b\)\\\012) /V <0aF> /N /A#42 /R [-.5 +1 4 0 R true null] >>`)
	f.Add(pdftest.Table(one...))
	f.Add(pdftest.Stream(0, one...))
	f.Add(pdftest.Stream(2, one...))
	f.Add(pdftest.Hybrid(2, one...))
	f.Add(pdftest.Update(pdftest.Table(one...), pdftest.StartXRef(pdftest.Table(one...)), 4, "[]"))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := open(file)
		if err == nil {
			checkObjects(t, d, file)
			n := 0
			for page, failed := range d.Pages() {
				if failed != nil {
					err = failed
					break
				}
				if page.Dictionary.Kind != pdf.Dictionary {
					t.Fatal("a page is not a dictionary")
				}
				if n++; n > 1000 {
					break
				}
			}
		}
		var fault *pdf.Error
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("an error that is not typed: %v", err)
		}
	})
}
