package sign_test

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
	"github.com/danabio/danabio-go/pkg/emulator/internal/sign"
)

const (
	fixtures = "../../../../internal/pdf/testdata/*.pdf"
	contract = "../../../../internal/sample/contrato.pdf"
)

var noon = time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)

func newAuthority(t testing.TB) *sign.Authority {
	t.Helper()
	a, err := sign.NewAuthority(noon)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func open(t testing.TB, file []byte) *pdf.Document {
	t.Helper()
	d, err := pdf.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// bases returns documents that can be signed, by name.
func bases(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(fixtures)
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	result := map[string][]byte{}
	for _, name := range append(files, contract) {
		if strings.HasPrefix(filepath.Base(name), "encrypted-") {
			continue
		}
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		result[filepath.Base(name)] = file
	}
	form := func(catalog, page string, more ...string) []byte {
		return pdftest.Table(append(pdftest.Pages(catalog, page), more...)...)
	}
	plain := form("", "")
	for name, file := range map[string][]byte{
		"plain":                  plain,
		"no final newline":       bytes.TrimSpace(plain),
		"carriage returns":       bytes.ReplaceAll(plain, []byte("\n"), []byte("\r")),
		"junk before the header": append([]byte("HTTP/1.1 200 OK\r\n\r\n"), plain...),
		"junk behind the end":    append(bytes.Clone(plain), bytes.Repeat([]byte("\x00\xff"), 3000)...),
		"form direct": form("/AcroForm << /Fields [4 0 R] >>", "/Annots [4 0 R]",
			"<< /T (emulator-signature-1) >>"),
		"form indirect":               form("/AcroForm 4 0 R", "", "<< /Fields [] /SigFlags 1 /DA (/F 0 Tf) >>"),
		"form null":                   form("/AcroForm null", "/Annots null"),
		"form by a reference to null": form("/AcroForm 4 0 R", "/Annots 4 0 R", "null"),
		"form by a dead reference":    form("/AcroForm 9 0 R", "/Annots 9 0 R"),
		"form without fields":         form("/AcroForm << >>", ""),
		"fields indirect":             form("/AcroForm << /Fields 4 0 R >>", "/Annots 5 0 R", "[]", "[]"),
		"fields null":                 form("/AcroForm << /Fields null >>", ""),
		"fields and annotations shared": form("/AcroForm << /Fields 4 0 R >>", "/Annots 4 0 R",
			"[5 0 R]", "<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 1 1] >>"),
		"flags by reference": form("/AcroForm << /Fields [] /SigFlags 4 0 R >>", "", "4"),
		"field name in UTF-16": form("/AcroForm << /Fields [4 0 R] >>", "",
			"<< /T <FEFF"+
				hex.EncodeToString(
					[]byte("\x00e\x00m\x00u\x00l\x00a\x00t\x00o\x00r\x00-"+
						"\x00s\x00i\x00g\x00n\x00a\x00t\x00u\x00r\x00e\x00-\x001"))+"> >>"),
		"cross-reference stream": pdftest.Stream(0, pdftest.Pages("", "")...),
		"catalog and page in object stream": pdftest.Stream(1,
			append(pdftest.Pages("/AcroForm 4 0 R", ""), "<< /Fields [] >>")...),
		"hybrid":                             pdftest.Hybrid(2, pdftest.Pages("", "")...),
		"hybrid with junk before the header": append([]byte("junk"), pdftest.Hybrid(3, pdftest.Pages("", "")...)...),
		"stream with junk before the header": append([]byte("junk"), pdftest.Stream(1, pdftest.Pages("", "")...)...),
		"escaped key names":                  form("/Acro#46orm << /#46ields [] >>", "/Annot#73 []"),
		"small page":                         form("", "/MediaBox [0 0 20 20]"),
		"page without a size": pdftest.Table("<< /Type /Catalog /Pages 2 0 R >>",
			"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", "<< /Type /Page /Parent 2 0 R >>"),
		"size larger than the objects": bytes.Replace(plain, []byte("/Size 4"), []byte("/Size 4000"), 1),
		"certified, changes allowed":   form("/Perms << /DocMDP 4 0 R >>", "", docMDP(2)),
		"identifiers": pdftest.TableWith("/ID [(a\\)b) <00>] /Info 4 0 R /DocChecksum /ABC",
			append(pdftest.Pages("", ""), "<< /Title (x) >>")...),
	} {
		result[name] = file
	}
	return result
}

func docMDP(level int) string {
	return fmt.Sprintf("<< /Type /Sig /Reference [<< /TransformMethod /DocMDP /TransformParams << /Type "+
		"/TransformParams /P %d /V /1.2 >> >>] >>", level)
}

var byteRanges = regexp.MustCompile(`/ByteRange \[0 (\d+) (\d+) (\d+)\]\s*/Contents <([0-9A-Fa-f]+)>`)

// checkSignature verifies the last signature that covers the whole file, using only a text search
// and pkcs7.
func checkSignature(t testing.TB, a *sign.Authority, signed []byte, signingTime time.Time) {
	t.Helper()
	all := byteRanges.FindAllSubmatchIndex(signed, -1)
	if len(all) == 0 {
		t.Fatal("no signature found")
	}
	at := all[len(all)-1]
	number := func(i int) int {
		n, err := strconv.Atoi(string(signed[at[2*i]:at[2*i+1]]))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	contents := signed[at[8]:at[9]]
	if number(1) != at[8]-1 || number(2) != at[9]+1 || number(2)+number(3) != len(signed) {
		t.Fatalf("the byte range is 0 %d %d %d, the contents are from %d to %d, the file has %d bytes",
			number(1), number(2), number(3), at[8]-1, at[9]+1, len(signed))
	}
	der, err := hex.DecodeString(string(contents))
	if err != nil {
		t.Fatal(err)
	}
	var whole asn1.RawValue // without the zeros after it
	if _, err := asn1.Unmarshal(der, &whole); err != nil {
		t.Fatal(err)
	}
	message, err := pkcs7.Parse(whole.FullBytes)
	if err != nil {
		t.Fatal(err)
	}
	message.Content = append(bytes.Clone(signed[:number(1)]), signed[number(2):]...)
	roots := x509.NewCertPool()
	roots.AddCert(a.Root())
	if err := message.VerifyWithChainAtTime(roots, signingTime); err != nil {
		t.Fatal(err)
	}
	if signer := message.GetOnlySigner(); !signer.Equal(a.Signer()) ||
		!strings.Contains(signer.Subject.String(), "NOT A REAL SIGNATURE") {
		t.Errorf("signed by %v", signer.Subject)
	}
	var claimed time.Time
	if err := message.UnmarshalSignedAttribute(pkcs7.OIDAttributeSigningTime, &claimed); err != nil ||
		!claimed.Equal(signingTime) {
		t.Errorf("the CMS claims %v (%v), want %v", claimed, err, signingTime)
	}
	if date := signingTime.UTC().Format("/M (D:20060102150405Z)"); !bytes.Contains(signed[at[9]:], []byte(date)) {
		t.Errorf("no %s in the signature", date)
	}
}

// checkUpdate compares a signed file with the original. The original bytes come first, the kind of
// cross-reference is the same, the pages differ only in the first page's annotations, and the
// catalog only in the form.
func checkUpdate(t testing.TB, base, signed []byte) {
	t.Helper()
	if !bytes.HasPrefix(signed, base) {
		t.Fatal("the signed file does not begin with the document")
	}
	before, after := open(t, base), open(t, signed)
	if before.Sections()[0].Stream != after.Sections()[0].Stream || len(after.Sections()) != len(before.Sections())+1 {
		t.Error("the cross-reference is of another kind")
	}
	if err := after.Check(); err != nil {
		t.Error(err)
	}
	if base[len(base)-1] != '\n' && signed[len(base)] != '\n' {
		t.Error("the update does not begin on a line of its own")
	}
	oldTrailer, newTrailer := before.Trailer(), after.Trailer()
	if len(after.Sections()) > 1 && newTrailer.Get("Prev").Int != before.Sections()[0].Offset-before.Header() {
		t.Error("the update does not point to what it updates")
	}
	for _, key := range []string{"XRefStm", "DocChecksum", "Filter", "DecodeParms"} {
		if newTrailer.Get(key).Kind != pdf.Null {
			t.Errorf("the trailer has the base's /%s", key)
		}
	}
	for _, key := range []string{"Root", "Info"} {
		if !newTrailer.Get(key).Equal(oldTrailer.Get(key)) {
			t.Errorf("the trailer has another /%s", key)
		}
	}
	if old := oldTrailer.Get("ID"); len(old.Items) == 2 && old.Items[0].IsString() {
		if ids := newTrailer.Get("ID").Items; !ids[0].Equal(old.Items[0]) || ids[1].Equal(old.Items[1]) {
			t.Error("of the two identifiers the first must stay and the second change")
		}
	}
	oldCatalog, _, err := before.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	newCatalog, _, err := after.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	if !oldCatalog.Without("AcroForm").Equal(newCatalog.Without("AcroForm")) {
		t.Error("the catalog has changed")
	}
	// a page after the first may be broken and stays broken in the same way
	collect := func(d *pdf.Document) (result []pdf.Page, end string) {
		for page, err := range d.Pages() {
			if err != nil {
				return result, err.Error()
			}
			result = append(result, page)
		}
		return result, ""
	}
	oldPages, oldEnd := collect(before)
	newPages, newEnd := collect(after)
	if len(oldPages) != len(newPages) || oldEnd != newEnd {
		t.Fatalf("%d pages (%s) became %d (%s)", len(oldPages), oldEnd, len(newPages), newEnd)
	}
	for i := range oldPages {
		if oldPages[i].Reference != newPages[i].Reference ||
			!oldPages[i].Dictionary.Without("Annots").Equal(newPages[i].Dictionary.Without("Annots")) {
			t.Errorf("page %d has changed", i+1)
		}
	}
	for entry := range before.Entries() {
		if now, ok := after.Entry(entry.Number); !ok || now.Type == pdf.Free && entry.Type != pdf.Free {
			t.Errorf("object %d is gone", entry.Number)
		}
	}
	form, _, err := after.Resolve(newCatalog.Get("AcroForm"))
	if err != nil || form.Get("SigFlags").Int&3 != 3 {
		t.Errorf("SigFlags %d (%v)", form.Get("SigFlags").Int, err)
	}
	fields, _, err := after.Resolve(form.Get("Fields"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, item := range fields.Items {
		field, _, err := after.Resolve(item)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.ReplaceAll(strings.TrimPrefix(string(field.Get("T").Text), "\xFE\xFF"), "\x00", "")
		if names[name] {
			t.Errorf("two fields are called %q", name)
		}
		names[name] = true
	}
}

func TestDocumentsAreSignedTwice(t *testing.T) {
	a := newAuthority(t)
	for name, base := range bases(t) {
		t.Run(name, func(t *testing.T) {
			if err := a.Check(base); err != nil {
				t.Error(err)
			}
			once, err := a.Sign(base, sign.Options{Time: noon, Signer: "Ana Sofía (\\Muñoz) 李", Reason: "préstamo",
				Ink: pen.Sample()})
			if err != nil {
				t.Fatal(err)
			}
			checkUpdate(t, base, once)
			checkSignature(t, a, once, noon)
			later := noon.Add(time.Hour)
			twice, err := a.Sign(once, sign.Options{Time: later.In(time.FixedZone("", -4*3600))})
			if err != nil {
				t.Fatal(err)
			}
			checkUpdate(t, once, twice)
			checkSignature(t, a, twice, later)
		})
	}
}

func TestTheStampShowsTheSignersInkWhereThereIsRoom(t *testing.T) {
	a := newAuthority(t)
	typed, err := pen.Typed(`Ana (P\érez) 李`)
	if err != nil {
		t.Fatal(err)
	}
	drawn := pen.Signature{Strokes: []pen.Stroke{{{X: 0, Y: 0}, {X: 600, Y: 200}}, {{X: 300, Y: 100}}}}
	for name, test := range map[string]struct {
		box  string
		ink  pen.Signature
		want string // empty: no ink
	}{
		"drawn": {"[0 0 595 842]", drawn,
			"236.0 28.3 m\n236.0 28.3 l\n316.0 1.7 l\nS\n276.0 15.0 m\n276.0 15.0 l\nS\n"},
		"typed":         {"[0 0 595 842]", typed, "\xe9rez\\) ?) Tj ET"},
		"none":          {"[0 0 595 842]", pen.Signature{}, ""},
		"a narrow page": {"[0 0 300 842]", drawn, ""},
	} {
		signed, err := a.Sign(pdftest.Table(pdftest.Pages("", "/MediaBox "+test.box)...),
			sign.Options{Time: noon, Ink: test.ink})
		if err != nil {
			t.Fatal(err)
		}
		if got := bytes.Contains(signed, []byte("Times-Italic")); got != (test.want != "") ||
			!bytes.Contains(signed, []byte(test.want)) {
			t.Errorf("%s: ink %v", name, got)
		}
		if !bytes.Contains(signed, []byte("sin valor legal")) {
			t.Errorf("%s: the stamp does not say what it is", name)
		}
	}
}

func TestDocumentsThatCannotBeSignedAreRefusedWithAReason(t *testing.T) {
	one := pdftest.Pages("", "")
	plain := string(pdftest.Table(one...))
	with := func(catalog, page string, more ...string) string {
		return string(pdftest.Table(append(pdftest.Pages(catalog, page), more...)...))
	}
	file := func(name string) string {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(fixtures), name))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	tests := []struct{ name, document, reason string }{
		{"empty", "", "not a PDF"},
		{"text", "hello", "not a PDF"},
		{"AES-256", file("encrypted-aes256.pdf"), "encrypted"},
		{"RC4", file("encrypted-rc4.pdf"), "encrypted"},
		{"encrypted object streams", file("encrypted-object-streams.pdf"), "encrypted"},
		{"certified against changes", with("/Perms << /DocMDP 4 0 R >>", "", docMDP(1)), "no changes allowed"},
		{"cut", plain[:len(plain)/2], "damaged"},
		{"one object moved", strings.Replace(plain, "\n3 0 obj", "\n\n\n%%\n33 0 obj", 1), "damaged"},
		{"one object moved that no page needs", strings.Replace(with("", "", "(a)", "(b)"), "4 0 obj\n", "4 0 OBJ\n",
			1), "damaged"},
		{"no pages", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Type /Pages /Kids [] >>")), "no pages"},
		{"page tree loop", string(pdftest.Table("<< /Pages 2 0 R >>", "<< /Kids [2 0 R] >>")), "ancestor"},
		{"form that is a name", with("/AcroForm /X", ""), "/AcroForm"},
		{"form twice", with("/AcroForm << >> /AcroForm << >>", ""), "twice"},
		{"fields that are a number", with("/AcroForm << /Fields 5 >>", ""), "/Fields"},
		{"annotations that are a dictionary", with("", "/Annots << >>"), "/Annots"},
		{"no object numbers left", strings.Replace(plain, "/Size 4", "/Size 8388608", 1), "object numbers"},
		{"page that is the form", with("/AcroForm 3 0 R", ""), "structure"},
	}
	a := newAuthority(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			signed, err := a.Sign([]byte(test.document), sign.Options{Time: noon})
			var refusal *sign.Error
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Reason, test.reason) || signed != nil {
				t.Errorf("got %v, want a reason with %q", err, test.reason)
			}
			if other := a.Check([]byte(test.document)); other == nil || other.Error() != err.Error() {
				t.Errorf("Check says %v, Sign %v", other, err)
			}
		})
	}
}

func TestATimeOutsideTheCertificateIsNoFaultOfTheDocument(t *testing.T) {
	a := newAuthority(t)
	for _, when := range []time.Time{{}, noon.AddDate(0, 0, -2), noon.AddDate(11, 0, 0)} {
		_, err := a.Sign(pdftest.Table(pdftest.Pages("", "")...), sign.Options{Time: when})
		var refusal *sign.Error
		if err == nil || errors.As(err, &refusal) {
			t.Errorf("%v: %v", when, err)
		}
	}
}

func TestAnAuthorityServesMany(t *testing.T) {
	a := newAuthority(t)
	base := pdftest.Table(pdftest.Pages("", "")...)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				signed, err := a.Sign(base, sign.Options{Time: noon})
				if err != nil {
					t.Error(err)
					return
				}
				checkSignature(t, a, signed, noon)
			}
		})
	}
	group.Wait()
}

func BenchmarkSign5MB(b *testing.B) {
	a := newAuthority(b)
	objects := pdftest.Pages("", "")
	for range 5_000 {
		objects = append(objects, "("+strings.Repeat("x", 1000)+")")
	}
	base := pdftest.Table(objects...)
	b.SetBytes(int64(len(base)))
	for b.Loop() {
		if _, err := a.Sign(base, sign.Options{Time: noon}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzSign(f *testing.F) {
	a := newAuthority(f)
	for _, base := range bases(f) {
		if len(base) < 3000 {
			f.Add(base)
		}
	}
	f.Fuzz(func(t *testing.T, base []byte) {
		signed, err := a.Sign(base, sign.Options{Time: noon, Signer: "Ana"})
		if err != nil {
			var refusal *sign.Error
			if !errors.As(err, &refusal) {
				t.Fatalf("not the document's fault? %v", err)
			}
			return
		}
		checkUpdate(t, base, signed)
		checkSignature(t, a, signed, noon)
	})
}
