package pdf_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

func TestUnclaimed(t *testing.T) {
	objects := append(pdftest.Pages("", ""), "<< /Length 5 0 R >>\nstream\n7 0 obj endobj\nendstream", "14", "(text)")
	for name, base := range map[string][]byte{
		"table": pdftest.Table(objects...), "stream": pdftest.Stream(0, objects...),
		"object stream": pdftest.Stream(6, objects...),
		"junk before":   append([]byte("junk\n"), pdftest.Table(objects...)...),
	} {
		from := int64(bytes.Index(base, []byte("\n1 0 obj")))
		at := func(file []byte) int64 {
			got, err := mustOpen(t, file).Unclaimed(from)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := at(base); got != int64(len(base)) {
			t.Errorf("%s: byte %d of %d is unclaimed", name, got, len(base))
		}
		if name == "stream" || name == "object stream" {
			continue
		}
		offset := pdftest.StartXRef(base)
		if name == "junk before" {
			base = base[len("junk\n"):]
			from = 0
		}
		behind := pdftest.Update(base, offset, 6, "(other)")
		if got := at(behind); got != int64(len(behind)) {
			t.Errorf("%s: byte %d of %d is unclaimed behind an update", name, got, len(behind))
		}
		for _, hidden := range []string{
			"3 0 obj\n<< >>\nendobj\n", "6 0 obj\n(text)\nendobj\n", "xref\n0 0\ntrailer\n<< >>\n", "startxref x ",
			"junk ", "<< >> ", "endobj ",
			"7 0 obj\n<< /Length 3 >>\nstream\nx\nendstream\nendobj\n",
		} {
			file := pdftest.Update(fmt.Appendf(bytes.Clone(base), "%% a comment\n%s", hidden), offset, 6, "(other)")
			if got := at(file); got != int64(len(base)+len("% a comment\n")) {
				t.Errorf("%s: with %q byte %d is unclaimed", name, hidden, got)
			}
		}
	}
}
