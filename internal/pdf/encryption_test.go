package pdf_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

// qpdf made each of these from another file here, so they must have the same strings.
func TestFilesWithAnEmptyPasswordAreUnlocked(t *testing.T) {
	for name, from := range map[string]string{
		"encrypted-rc4.pdf": "ghostscript.pdf", "encrypted-aes256.pdf": "ghostscript.pdf",
		"encrypted-empty-rc4.pdf":    "groff.pdf",
		"encrypted-empty-aes128.pdf": "groff.pdf", "encrypted-empty-aes256-r5.pdf": "groff.pdf",
		"encrypted-empty-aes256.pdf": "groff.pdf",
	} {
		producer := func(name string) string {
			file, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			d := mustOpen(t, file)
			if err := d.Unlock(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n, err := pages(d); err != nil || n != 2 {
				t.Errorf("%s has %d pages, %v", name, n, err)
			}
			info, _, err := d.Resolve(d.Trailer().Get("Info"))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return string(info.Get("Producer").Text)
		}
		if got, want := producer(name), producer(from); got != want || want == "" {
			t.Errorf("%s is by %q, want %q", name, got, want)
		}
	}
}

func TestWhatNeedsAPasswordStaysLocked(t *testing.T) {
	file, err := os.ReadFile("testdata/encrypted-object-streams.pdf")
	if err != nil {
		t.Fatal(err)
	}
	base := pdftest.TableWith("/Encrypt << /Filter /Standard /V 1 /R 2 >>", pdftest.Pages("", "")...)
	for name, file := range map[string][]byte{
		"a password": file, "no entries": base,
		"another filter": pdftest.TableWith("/Encrypt << /Filter /Other >>", pdftest.Pages("", "")...),
		"a later kind": pdftest.TableWith("/Encrypt << /Filter /Standard /V 6 /R 7 >>",
			pdftest.Pages("", "")...),
		"a revision in clear": pdftest.Update(base, pdftest.StartXRef(base), 3, "<< >>"),
	} {
		if err := mustOpen(t, file).Unlock(); !errors.Is(err, pdf.ErrEncrypted) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := mustOpen(t, pdftest.Table(pdftest.Pages("", "")...)).Unlock(); err != nil {
		t.Errorf("what is not encrypted gives %v", err)
	}
}

// FuzzUnlock tries any encryption dictionary and any string.
func FuzzUnlock(f *testing.F) {
	for _, name := range []string{"encrypted-rc4.pdf", "encrypted-empty-aes128.pdf", "encrypted-empty-aes256.pdf",
		"encrypted-empty-aes256-r5.pdf"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		d, err := open(file)
		if err != nil {
			f.Fatal(err)
		}
		dictionary, _, err := d.Resolve(d.Trailer().Get("Encrypt"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(dictionary.Append(nil)), string(d.Trailer().Get("ID").Append(nil)),
			[]byte("sixteen bytes, and sixteen more."))
	}
	f.Fuzz(func(t *testing.T, dictionary, id string, text []byte) {
		d, err := open(pdftest.TableWith("/Encrypt "+dictionary+" /ID "+id,
			append(pdftest.Pages("", ""), string(pdf.NewHex(text).Append(nil)),
				fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text))...))
		if err != nil || d.Unlock() != nil {
			return
		}
		for entry := range d.Entries() {
			_, _ = d.LoadEntry(entry)
		}
	})
}
