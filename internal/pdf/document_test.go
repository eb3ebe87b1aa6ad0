package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

func open(file []byte) (*pdf.Document, error) {
	return pdf.Open(bytes.NewReader(file), int64(len(file)))
}

func mustOpen(t *testing.T, file []byte) *pdf.Document {
	t.Helper()
	d, err := open(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func pages(d *pdf.Document) (n int, err error) {
	for _, err := range d.Pages() {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func TestFilesOfManyProgramsAreRead(t *testing.T) {
	want := map[string]struct {
		pages, sections   int
		stream, encrypted bool
	}{
		"cairo.pdf":                          {2, 1, false, false},
		"encrypted-aes256.pdf":               {2, 1, false, true},
		"encrypted-empty-aes128.pdf":         {0, 1, true, true},
		"encrypted-empty-aes256-r5.pdf":      {0, 1, true, true},
		"encrypted-empty-aes256.pdf":         {0, 1, true, true},
		"encrypted-empty-rc4.pdf":            {0, 1, true, true},
		"encrypted-object-streams.pdf":       {0, 1, true, true},
		"encrypted-rc4.pdf":                  {2, 1, false, true},
		"ghostscript-linearized.pdf":         {2, 2, false, false},
		"ghostscript.pdf":                    {2, 1, false, false},
		"groff.pdf":                          {2, 1, false, false},
		"img2pdf.pdf":                        {1, 2, false, false},
		"jspdf.pdf":                          {1, 1, false, false},
		"libreoffice.pdf":                    {1, 1, false, false},
		"mutool-clean.pdf":                   {2, 1, false, false},
		"mutool-linearized.pdf":              {2, 2, false, false},
		"pdf-lib-form-table.pdf":             {1, 1, false, false},
		"pdf-lib-form.pdf":                   {1, 1, true, false},
		"pdfkit.pdf":                         {2, 1, false, false},
		"poppler-unite.pdf":                  {4, 1, false, false},
		"qpdf-linearized.pdf":                {2, 2, false, false},
		"qpdf-object-streams-form.pdf":       {1, 1, true, false},
		"qpdf-object-streams-groff.pdf":      {2, 1, true, false},
		"qpdf-object-streams-linearized.pdf": {2, 2, true, false},
		"qpdf-object-streams.pdf":            {2, 1, true, false},
		"qpdf-qdf.pdf":                       {2, 1, false, false},
		"reportlab.pdf":                      {1, 1, false, false},
		"signpdf.pdf":                        {2, 2, false, false},
	}
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, want %d (%v)", len(files), len(want), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			file, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want := want[filepath.Base(name)]
			d := mustOpen(t, file)
			if err := d.Check(); err != nil {
				t.Error(err)
			}
			if got := d.Sections(); len(got) != want.sections || got[0].Stream != want.stream {
				t.Errorf("%d sections, the newest a stream: %v; want %d, %v", len(got), got[0].Stream, want.sections,
					want.stream)
			}
			if d.Encrypted() != want.encrypted {
				t.Errorf("encrypted: %v, want %v", d.Encrypted(), want.encrypted)
			}
			n, err := pages(d)
			if want.pages == 0 {
				if !errors.Is(err, pdf.ErrEncrypted) {
					t.Errorf("pages in encrypted object streams: %v", err)
				}
				return
			}
			if err != nil || n != want.pages {
				t.Errorf("%d pages, %v; want %d", n, err, want.pages)
			}
			checkObjects(t, d, file)
		})
	}
}

func TestStructureByHand(t *testing.T) {
	one := pdftest.Pages("", "")
	plain := pdftest.Table(one...)
	start := pdftest.StartXRef(plain)
	wide := pdftest.Update(plain, start, 3, "<< /Type /Page /Parent 2 0 R /Rotate 90 >>")
	zero := bytes.Replace(pdftest.Table(append(one, "", "null")...), []byte("0000000000 00000 f"),
		[]byte("0000000000 00000 n"), 1)
	tests := []struct {
		name string
		file []byte
	}{
		{"plain", plain},
		{"no final newline", bytes.TrimSpace(plain)},
		{"junk before the header, offsets from the header", append(bytes.Repeat([]byte("junk\n"), 200), plain...)},
		{"junk behind", append(bytes.Clone(plain), bytes.Repeat([]byte("<junk>"), 100_000)...)},
		{"carriage returns", bytes.ReplaceAll(plain, []byte("\n"), []byte("\r"))},
		{"cross-reference stream", pdftest.Stream(0, one...)},
		{"object stream", pdftest.Stream(1, one...)},
		{"hybrid", pdftest.Hybrid(2, one...)},
		{"update", wide},
		{"a decoy of startxref before the last",
			bytes.Replace(plain, []byte("startxref"), []byte("% startxref 7 %%EOF\nstartxref"), 1)},
		{"previous section 0", pdftest.TableWith("/Prev 0", one...)},
		{"an entry in use at offset 0", zero},
		{"page tree by indirect kids", pdftest.Table("<< /Pages 2 0 R >>", "<< /Kids 4 0 R >>", "<< /Type /Page >>",
			"[3 0 R]")},
		{"null among the kids", pdftest.Table("<< /Pages 2 0 R >>", "<< /Kids [9 0 R null 3 0 R] >>",
			"<< /Type /Page >>")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := mustOpen(t, test.file)
			if err := d.Check(); err != nil {
				t.Error(err)
			}
			if n, err := pages(d); n != 1 || err != nil {
				t.Errorf("%d pages, %v", n, err)
			}
			checkObjects(t, d, test.file)
		})
	}

	t.Run("the newest object counts", func(t *testing.T) {
		page, err := mustOpen(t, wide).FirstPage()
		if err != nil || page.Inherited("Rotate").Int != 90 {
			t.Errorf("rotate %d, %v", page.Inherited("Rotate").Int, err)
		}
		if box := page.Inherited("MediaBox"); box.Kind != pdf.Array || box.Items[3].Int != 792 {
			t.Error("the page does not inherit its size")
		}
	})
	t.Run("an object that a later section frees is gone", func(t *testing.T) {
		freed := bytes.Replace(wide, []byte(fmt.Sprintf("3 1\n%010d 00000 n", len(plain))),
			[]byte("3 1\n0000000000 00001 f"), 1)
		if _, err := mustOpen(t, freed).FirstPage(); !errors.Is(err, pdf.ErrStructure) {
			t.Error(err)
		}
	})
	t.Run("an object in use in a hybrid's table wins over its stream", func(t *testing.T) {
		file := pdftest.Hybrid(2, one...)
		entry, _ := mustOpen(t, file).Entry(1)
		if entry.Type != pdf.InUse {
			t.Error(entry)
		}
		if entry, _ = mustOpen(t, file).Entry(3); entry.Type != pdf.Compressed {
			t.Error(entry)
		}
	})
}

func TestFaultsAreTyped(t *testing.T) {
	one := pdftest.Pages("", "")
	plain := string(pdftest.Table(one...))
	start := pdftest.StartXRef([]byte(plain))
	loop := pdftest.Update([]byte(plain), start, 3, one[2])
	self := pdftest.Update([]byte(plain), len(plain)+len("3 0 obj\n\nendobj\n")+len(one[2]), 3, one[2])
	if pdftest.StartXRef(self) != len(plain)+len("3 0 obj\n\nendobj\n")+len(one[2]) {
		t.Fatal("the update does not point to itself")
	}
	var bomb bytes.Buffer
	deflate := zlib.NewWriter(&bomb)
	deflate.Write(make([]byte, 17<<20))
	deflate.Close()
	inObjectStream := func(dictionary, content string) []byte {
		w := string(pdftest.Stream(1, one...))
		from, to := strings.Index(w, "4 0 obj"), strings.Index(w, "5 0 obj")
		object := fmt.Sprintf("4 0 obj\n<< /Type /ObjStm %s >>\nstream\n%s\nendstream\nendobj\n", dictionary, content)
		shift := len(object) - (to - from)
		w = w[:from] + object + w[to:]
		end := pdftest.StartXRef([]byte(w)) + shift
		w = w[:strings.LastIndex(w, "startxref")] + fmt.Sprintf("startxref\n%d\n%%%%EOF\n", end)
		return []byte(w)
	}
	tests := []struct {
		name string
		file string
		kind error
	}{
		{"empty", "", pdf.ErrNotPDF},
		{"text", "hello", pdf.ErrNotPDF},
		{"header too late", strings.Repeat(" ", 1024) + plain, pdf.ErrNotPDF},
		{"no startxref", strings.ReplaceAll(plain, "startxref", "startxxxx"), pdf.ErrCrossReference},
		{"cut", plain[:len(plain)-20], pdf.ErrCrossReference},
		{"startxref without a number", strings.ReplaceAll(plain, "startxref\n", "startxref\nx"), pdf.ErrCrossReference},
		{"startxref outside the file", strings.ReplaceAll(plain, "startxref\n", "startxref\n9"), pdf.ErrCrossReference},
		{"startxref at something else", strings.ReplaceAll(plain, "startxref\n", "startxref\n1 %"),
			pdf.ErrCrossReference},
		{"objects moved", strings.Replace(plain, "1 0 obj", "   %%%%\n1 0 obj", 1) +
			fmt.Sprintf("startxref %d", start+8), pdf.ErrCrossReference},
		{"entries for other objects", strings.Replace(plain, "xref\n0 4", "xref\n1 4", 1), pdf.ErrStructure},
		{"line without a type", strings.Replace(plain, " n ", " x ", 1), pdf.ErrCrossReference},
		{"a billion lines", strings.Replace(plain, "xref\n0 4", "xref\n0 1000000000", 1), pdf.ErrLimit},
		{"previous section is itself", string(self), pdf.ErrCrossReference},
		{"previous section outside the file", strings.Replace(string(loop), "/Prev ", "/Prev 9999", 1),
			pdf.ErrCrossReference},
		{"no trailer dictionary", strings.Replace(plain, "trailer\n<<", "trailer\n5 <<", 1), pdf.ErrCrossReference},
		{"no root", strings.Replace(plain, "/Root", "/Toor", 1), pdf.ErrStructure},
		{"root is not a dictionary", strings.Replace(plain, "/Root 1 0 R", "/Root 9 0 R", 1), pdf.ErrStructure},
		{"no pages", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Type /Pages /Kids [] >>")), pdf.ErrStructure},
		{"pages without kids", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Type /Pages >>")), pdf.ErrStructure},
		{"page tree loop", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Kids [2 0 R] >>")), pdf.ErrStructure},
		{"page that is a number", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Kids [3 0 R] >>", "5")),
			pdf.ErrStructure},
		{"reference to itself", string(pdftest.Table("<< /Pages 2 0 R >>", "2 0 R")), pdf.ErrLimit},
		{"nesting", string(pdftest.Table("<< /Pages 2 0 R >>", strings.Repeat("[", 200)+strings.Repeat("]", 200))),
			pdf.ErrLimit},
		{"values", string(pdftest.Table("<< /Pages 2 0 R >>", "["+strings.Repeat("1 ", 300_000)+"]")), pdf.ErrLimit},
		{"dictionary that does not end", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Kids 5")), pdf.ErrSyntax},
		{"string that does not end", string(pdftest.Table("<< /Pages 2 0 R >>", "(((")), pdf.ErrSyntax},
		{"no endobj", strings.Replace(plain, "endobj", "obj   ", 1), pdf.ErrSyntax},
		{"object stream that is too short", strings.Replace(string(pdftest.Stream(1, one...)), "/N 3", "/N 9", 1),
			pdf.ErrSyntax},
		{"object stream with other objects", strings.Replace(string(pdftest.Stream(1, one...)), "1 0 2", "7 0 2", 1),
			pdf.ErrCrossReference},
		{"object stream measured inside itself", string(inObjectStream("/N 3 /First 20 /Length 2 0 R", "1 0 2 5 3 9")),
			pdf.ErrStructure},
		{"object stream filtered inside itself",
			string(inObjectStream("/N 3 /First 20 /Filter 2 0 R /Length 11", "1 0 2 5 3 9")), pdf.ErrStructure},
		{"object stream that inflates to 17 MiB",
			string(inObjectStream(fmt.Sprintf("/N 3 /First 20 /Filter /FlateDecode /Length %d", bomb.Len()),
				bomb.String())), pdf.ErrLimit},
		{"object stream that is not deflated",
			string(inObjectStream("/N 3 /First 20 /Filter /FlateDecode /Length 3", "abc")), pdf.ErrSyntax},
		{"object stream with another filter",
			string(inObjectStream("/N 3 /First 20 /Filter /LZWDecode /Length 3", "abc")), pdf.ErrUnsupported},
		{"stream longer than it says", string(inObjectStream("/N 3 /First 20 /Length 2", "abc")), pdf.ErrSyntax},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, err := open([]byte(test.file))
			if err == nil {
				if _, err = d.FirstPage(); err == nil {
					err = d.Check()
				}
			}
			var fault *pdf.Error
			if !errors.Is(err, test.kind) || !errors.As(err, &fault) {
				t.Errorf("got %v, want %v", err, test.kind)
			}
		})
	}
}

type brokenReader struct {
	*bytes.Reader
	from int64
}

func (r brokenReader) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > r.from {
		return 0, fs.ErrPermission
	}
	return r.Reader.ReadAt(p, offset)
}

func TestReadErrorsAreNotTakenForFaultsOfTheFile(t *testing.T) {
	file, err := os.ReadFile("testdata/qpdf-object-streams.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for from := int64(0); from < int64(len(file)); from += 29 {
		_, err := pdf.Open(brokenReader{bytes.NewReader(file), from}, int64(len(file)))
		var fault *pdf.Error
		if !errors.Is(err, fs.ErrPermission) || errors.As(err, &fault) {
			t.Fatalf("unreadable from byte %d: %v", from, err)
		}
	}
}

func TestObjectsKnowTheirPlace(t *testing.T) {
	file := append([]byte("junk"),
		pdftest.Table(append(pdftest.Pages("", ""), "<< /Contents <00ff> /Contents (a) >>")...)...)
	loaded, err := mustOpen(t, file).Load(pdf.Reference{Number: 4})
	if err != nil {
		t.Fatal(err)
	}
	if first := loaded.Object.Items[1]; string(file[first.Offset:first.End]) != "<00ff>" || first.Kind != pdf.Hex {
		t.Errorf("the value is said to be %q", file[first.Offset:first.End])
	}
	if value, times := loaded.Object.Lookup("Contents"); times != 2 || string(value.Text) != "a" {
		t.Errorf("%d values, the last %q", times, value.Text)
	}
	if key, twice := loaded.Object.DuplicateKey(); !twice || key != "Contents" {
		t.Errorf("duplicate key %q, %v", key, twice)
	}
	if !strings.HasPrefix(string(file[loaded.Offset:]), "4 0 obj") {
		t.Errorf("the object is said to be at %d", loaded.Offset)
	}
}

func TestWhatEarlierRevisionsHeldCanBeRead(t *testing.T) {
	base := pdftest.Table(append(pdftest.Pages("", ""), "(first)")...)
	second := pdftest.Update(base, pdftest.StartXRef(base), 4, "(second)")
	d := mustOpen(t, pdftest.Update(second, pdftest.StartXRef(second), 4, "(third)"))
	var texts []string
	for entry := range d.Superseded() {
		loaded, err := d.LoadEntry(entry)
		if err != nil || loaded.Reference.Number != 4 {
			t.Fatalf("%+v, %v", loaded, err)
		}
		texts = append(texts, string(loaded.Object.Text))
	}
	if got := strings.Join(texts, " "); got != "first second" {
		t.Errorf("superseded are %q", got)
	}
	if loaded, err := d.Load(pdf.Reference{Number: 4}); err != nil || string(loaded.Object.Text) != "third" {
		t.Errorf("%q, %v", loaded.Object.Text, err)
	}
	if _, err := d.LoadEntry(pdf.Entry{Number: 4}); !errors.Is(err, pdf.ErrNotFound) {
		t.Errorf("a free entry gives %v", err)
	}
	again := fmt.Appendf(bytes.Clone(base), "xref\n0 0\ntrailer\n<< /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		pdftest.StartXRef(base), len(base))
	if old := slices.Collect(mustOpen(t, again).Superseded()); len(old) != 0 {
		t.Errorf("superseded without a second place: %+v", old)
	}
}

func TestMentions(t *testing.T) {
	long := strings.Repeat("n", 63)
	objects := append(pdftest.Pages("", ""),
		"<< /Type /Sig /Kids [ << /A#42 [ 1.5 (Deep) <00ff> /Deeper ] >> ] /"+long+" 1 /"+long+"o 2 >>",
		"(/Sig)", "<< /Type /Sig /Broken")
	for name, file := range map[string][]byte{"table": pdftest.Table(objects...),
		"stream": pdftest.Stream(0, objects...)} {
		t.Run(name, func(t *testing.T) {
			d := mustOpen(t, file)
			mentions := func(number uint32, names ...string) bool {
				entry, _ := d.Entry(number)
				_, mentioned, err := d.Mentions(entry, names...)
				if err != nil {
					t.Errorf("object %d: %v", number, err)
				}
				return mentioned
			}
			for _, present := range []string{"Type", "Sig", "Kids", "AB", "Deeper", long} {
				if !mentions(4, "nothing", present) {
					t.Errorf("%q is said not to be there", present)
				}
			}
			for _, absent := range []string{"Deep", "A", "A#42", "Si", "Sigs", "", long[1:]} {
				if mentions(4, absent) {
					t.Errorf("%q is said to be there", absent)
				}
			}
			if mentions(5, "Sig") {
				t.Error("a string is taken for a name")
			}
			if !mentions(6, "Sig") {
				t.Error("what stands behind the name keeps it from being found")
			}
			entry, _ := d.Entry(6)
			if _, _, err := d.Mentions(entry, "nothing"); !errors.Is(err, pdf.ErrSyntax) {
				t.Errorf("a broken object gives %v", err)
			}
			if _, _, err := d.Mentions(pdf.Entry{Number: 4}, "Sig"); !errors.Is(err, pdf.ErrNotFound) {
				t.Errorf("a free entry gives %v", err)
			}
		})
	}
}

func TestObjectsEndBehindTheirStreams(t *testing.T) {
	file := pdftest.Table(append(pdftest.Pages("", ""),
		"<< /Length 3 /Parms << /Length 9 >> >>\nstream\nabc\nendstream", "<< /Length 7 0 R >>\nstream\nabc\nendstream",
		"<< /Length 4 >>", "3",
		"<< /Length -1 >>\nstream\n\nendstream", "<< /Length 9223372036854775807 >>\nstream\n\nendstream")...)
	d := mustOpen(t, file)
	for number, behind := range map[uint32]string{4: "abc", 5: "", 6: "endobj", 7: "endobj", 8: ""} {
		entry, _ := d.Entry(number)
		object, err := d.LoadEntry(entry)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(file[object.Offset:object.End()]); !strings.HasSuffix(got, behind) || behind == "" &&
			object.End() != object.Stream {
			t.Errorf("object %d ends behind %q, want %q", number, got, behind)
		}
	}
	entry, _ := d.Entry(9)
	if object, err := d.LoadEntry(entry); err != nil || object.End() != math.MaxInt64 {
		t.Errorf("a stream of endless length ends at %d, %v", object.End(), err)
	}
}

func TestRepeated(t *testing.T) {
	file := pdftest.Table(pdftest.Pages("", "")...)
	if _, _, found := mustOpen(t, file).Repeated(); found {
		t.Error("an object is repeated where none is")
	}
	start := pdftest.StartXRef(file)
	table := func(lines string) []byte {
		at := len(file)
		return fmt.Appendf(bytes.Clone(file),
			"xref\n%strailer\n<< /Size 4 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", lines, start, at)
	}
	if number, section,
		found := mustOpen(t, table("3 1\n0000000009 00000 n \n3 1\n0000000010 00000 n \n")).Repeated(); !found ||
		number != 3 || section != 0 {
		t.Errorf("object %d of section %d, %t", number, section, found)
	}
	if _, _, found := mustOpen(t, table("3 1\n0000000009 00000 n \n3 1\n0000000009 00000 n \n")).Repeated(); found {
		t.Error("the same line twice is taken for a difference")
	}
}

func TestMentionsMakesNoGarbage(t *testing.T) {
	d := mustOpen(t,
		pdftest.Table(append(pdftest.Pages("", ""), "<< /A [ 1 2.5 /Name (text) <00ff> << /B true >> 3 0 R ] >>")...))
	entry, _ := d.Entry(4)
	sought := []string{"C"}
	if allocated := testing.AllocsPerRun(100, func() { d.Mentions(entry, sought...) }); allocated > 0 {
		t.Errorf("%v allocations", allocated)
	}
}

func TestClosedDocumentLeavesWhatWasRead(t *testing.T) {
	file := func(text string) []byte {
		return pdftest.Table(append(pdftest.Pages("", ""), "[("+text+") /"+text+"]")...)
	}
	first := mustOpen(t, file("first"))
	loaded, err := first.Load(pdf.Reference{Number: 4})
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	for range 10 { // one of them gets the buffer
		second := mustOpen(t, file("other"))
		if got, err := second.Load(pdf.Reference{Number: 4}); err != nil ||
			string(got.Object.Items[0].Text) != "other" {
			t.Errorf("%q, %v", got.Object.Append(nil), err)
		}
	}
	if got := string(loaded.Object.Append(nil)); got != "[(first) /first]" {
		t.Errorf("what was read became %s", got)
	}
	if _, err := first.Load(pdf.Reference{Number: 4}); err == nil {
		t.Error("a closed document can be read")
	}
}

func TestRestIsWhatBelongsToNothing(t *testing.T) {
	plain := string(pdftest.Table(pdftest.Pages("", "")...))
	for behind, at := range map[string]int{
		"": 0, "\n": 1, " \r\n\x00\t": 5, "% comment": 9, "\n%%EOF\n": 7, "x": 0, "\n4 0 obj": 1, "\x00\xff": 1,
		"%\n\n<html>": 3,
	} {
		if got := mustOpen(t, []byte(plain+behind)).Rest(); got != int64(len(plain)+at) {
			t.Errorf("behind %q the rest begins at %d, want %d", behind, got-int64(len(plain)), at)
		}
	}
}

// The search reads the file from its end in pieces. The word may span two of them.
func TestStartIsFoundAtAnyDistanceFromTheEnd(t *testing.T) {
	plain := pdftest.Table(pdftest.Pages("", "")...)
	word := len(plain) - bytes.LastIndex(plain, []byte("startxref"))
	for _, distance := range []int{word, 512, 1 << 10, 8 << 10, 65 << 10, 129 << 10} {
		for shift := -12; shift <= 12; shift++ {
			behind := distance + shift - word
			if behind < 0 {
				continue
			}
			file := append(bytes.Clone(plain), bytes.Repeat([]byte(" "), behind)...)
			d, err := open(file)
			if err != nil {
				t.Fatalf("%d bytes from the end: %v", distance+shift, err)
			}
			if n, err := pages(d); n != 1 || err != nil || d.Rest() != d.Size() {
				t.Errorf("%d bytes from the end: %d pages, %v, the rest at %d of %d", distance+shift, n, err, d.Rest(),
					d.Size())
			}
		}
	}
	if _, err := open(bytes.Replace(plain, []byte("startxref"), []byte("startxre "), 1)); !errors.Is(err,
		pdf.ErrCrossReference) {
		t.Errorf("without a start: %v", err)
	}
}

// Loading from two object streams in turn decodes them again each time.
func TestDecodingIsBoundedForAllStreams(t *testing.T) {
	var file bytes.Buffer
	file.WriteString("%PDF-1.5\n")
	line := func(kind, second int) []byte {
		return []byte{byte(kind), byte(second >> 16), byte(second >> 8), byte(second), 0}
	}
	var plain, packed []byte
	for container := 1; container <= 2; container++ {
		var content bytes.Buffer
		deflate := zlib.NewWriter(&content)
		fmt.Fprintf(deflate, "%d 0 null%s", container+2, strings.Repeat(" ", 15<<20))
		if err := deflate.Close(); err != nil {
			t.Fatal(err)
		}
		plain, packed = append(plain, line(1, file.Len())...), append(packed, line(2, container)...)
		fmt.Fprintf(&file, "%d 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d "+
			">>\nstream\n%s\nendstream\nendobj\n",
			container, content.Len(), content.Bytes())
	}
	start := file.Len()
	lines := append(plain, packed...)
	fmt.Fprintf(&file, "5 0 obj\n<< /Type /XRef /Size 6 /Index [1 4] /W [1 3 1] /Root 1 0 R /Length %d "+
		">>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		len(lines), lines, start)
	d := mustOpen(t, file.Bytes())
	const within = 17 // times 15 MiB
	for n := range within {
		if _, err := d.Load(pdf.Reference{Number: uint32(3 + n%2)}); err != nil {
			t.Fatalf("object stream %d: %v", n, err)
		}
	}
	if _, err := d.Load(pdf.Reference{Number: 3 + within%2}); !errors.Is(err, pdf.ErrLimit) {
		t.Errorf("one more: %v", err)
	}
}
