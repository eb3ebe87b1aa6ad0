package pdfsig_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// shown writes out everything that the pages of a revision refer to, each object at its first
// occurrence, with the bytes of streams. The only rule about updates that it knows is that
// signatures and form fields are shown separately.
type shown struct {
	t        *testing.T
	file     []byte
	document *pdf.Document
	pages    map[pdf.Reference]int
	seen     map[pdf.Reference]bool
	text     strings.Builder
}

// pagesOf returns the pages of a revision, each with everything that it refers to except its
// annotations, and the annotations that are not form fields.
func pagesOf(t *testing.T, file []byte) (pages []string, annotations [][]string) {
	t.Helper()
	document, err := pdf.Open(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	if err := document.Unlock(); err != nil {
		t.Fatal(err)
	}
	s := shown{t: t, file: file, document: document, pages: map[pdf.Reference]int{}}
	var all []pdf.Page
	for page, err := range document.Pages() {
		if err != nil {
			return []string{"the page tree is broken"}, nil
		}
		all = append(all, page)
		s.pages[page.Reference] = len(all)
	}
	if root := document.Trailer().Get("Root"); root.Kind == pdf.Ref {
		s.pages[root.Reference()] = 0
	}
	for _, page := range all {
		dictionary := page.Dictionary.Without("Annots")
		for _, key := range []string{"MediaBox", "CropBox", "Rotate", "Resources"} {
			dictionary = dictionary.With(key, page.Inherited(key))
		}
		pages = append(pages, s.describe(dictionary))
		var others []string
		list, _, _ := document.Resolve(page.Dictionary.Get("Annots"))
		for _, item := range list.Items {
			if annotation, _, _ := document.Resolve(item); annotation.Get("FT").Kind == pdf.Null &&
				annotation.Get("Parent").Kind == pdf.Null {
				others = append(others, s.describe(item))
			}
		}
		annotations = append(annotations, others)
	}
	return pages, annotations
}

func (s *shown) describe(o pdf.Object) string {
	s.text.Reset()
	s.seen = map[pdf.Reference]bool{}
	s.value(o)
	return s.text.String()
}

func (s *shown) value(o pdf.Object) {
	switch o.Kind {
	case pdf.Ref:
		s.reference(o.Reference())
	case pdf.Array:
		s.text.WriteString("[")
		for _, item := range o.Items {
			s.value(item)
		}
		s.text.WriteString("]")
	case pdf.Dictionary:
		// If a key occurs twice, the last value counts. The order of keys does not matter.
		values := map[string]pdf.Object{}
		for i := 0; i+1 < len(o.Items); i += 2 {
			values[string(o.Items[i].Text)] = o.Items[i+1]
		}
		names := make([]string, 0, len(values))
		for name := range values {
			names = append(names, name)
		}
		slices.Sort(names)
		s.text.WriteString("<<")
		for _, name := range names {
			if values[name].Kind != pdf.Null {
				fmt.Fprintf(&s.text, "/%q ", name)
				s.value(values[name])
			}
		}
		s.text.WriteString(">>")
	case pdf.Literal, pdf.Hex:
		fmt.Fprintf(&s.text, "%q ", o.Text)
	case pdf.Integer, pdf.Real:
		number, _ := o.Number()
		s.text.WriteString(strconv.FormatFloat(number, 'g', -1, 64) + " ")
	default:
		s.text.Write(append(o.Append(nil), ' '))
	}
}

func (s *shown) reference(ref pdf.Reference) {
	if number, known := s.pages[ref]; known {
		fmt.Fprintf(&s.text, "page%d ", number)
		return
	}
	if s.seen[ref] {
		fmt.Fprintf(&s.text, "again%d ", ref.Number)
		return
	}
	s.seen[ref] = true
	loaded, err := s.document.Load(ref)
	if err != nil {
		s.text.WriteString("null ")
		return
	}
	if kind := loaded.Object.Get("Type"); loaded.Object.Get("FT").Kind != pdf.Null || kind.IsName("Pages") {
		s.text.WriteString("elsewhere ") // a field or a parent of the page
		return
	}
	s.value(loaded.Object)
	if loaded.Stream >= 0 {
		loaded.Length, _, _ = s.document.Resolve(loaded.Length)
		end := min(max(loaded.End(), loaded.Stream), int64(len(s.file)))
		fmt.Fprintf(&s.text, "stream %q", s.file[loaded.Stream:end])
	}
}

// showsTheSame fails if a page of the first revision resolves to different content in the second.
func showsTheSame(t *testing.T, before, after []byte) {
	t.Helper()
	pages, annotations := pagesOf(t, before)
	now, annotationsNow := pagesOf(t, after)
	if !slices.Equal(pages, now) {
		t.Fatalf("the pages are\n%q\nand were\n%q", now, pages)
	}
	for i := range annotations {
		if !slices.Equal(annotations[i], annotationsNow[i]) {
			t.Fatalf("the annotations of page %d are\n%q\nand were\n%q", i+1, annotationsNow[i], annotations[i])
		}
	}
}

func freeTextOf(appearance int) string {
	return fmt.Sprintf("<< /Type /Annot /Subtype /FreeText /Rect [60 680 300 730] /AP << /N %d 0 R >> >>", appearance)
}

// templates are objects that refer to others. Each takes two references.
var templates = []string{
	"<< " + plainCatalog + " /DSS << /Certs [%[1]s] /OCSPs [%[2]s] >> >>",
	"<< " + plainCatalog + " /DSS %[1]s >>",
	"<< " + plainCatalog + " /DSS << /VRI %[1]s >> /Extensions %[2]s >>",
	"<< /Type /Catalog /Pages 2 0 R /AcroForm %[1]s /DSS %[2]s >>",
	"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields %[1]s /DR << /Font << /F %[2]s >> >> >> >>",
	"<< " + plainPage + " " + ofBoth + " /Resources << /Font << /F %[1]s >> /XObject << /X %[2]s >> >> >>",
	"<< " + plainPage + " /Annots %[1]s /Thumb %[2]s >>",
	"<< " + plainPage + " /Annots [4 0 R 6 0 R %[1]s] /Metadata %[2]s >>",
	"[4 0 R 6 0 R]",
	"[4 0 R 6 0 R %[1]s %[2]s]",
	"[%[1]s]",
	"[%[1]s %[2]s]",
	"<< /Certs [%[1]s] /CRLs [%[2]s] >>",
	"<< /Certs %[1]s /VRI << /A %[2]s >> >>",
	"<< /A << /Cert [%[1]s] >> /B %[2]s >>",
	"<< /Cert [%[1]s] /OCSP [%[2]s] >>",
	"<< /Fields %[1]s /SigFlags 3 >>",
	"<< /Fields [4 0 R 6 0 R %[1]s] /SigFlags 3 /DR %[2]s >>",
	"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP << /N %[1]s >> /Popup %[2]s >>",
	"<< /Type /Annot /Subtype /Widget /FT /Sig /T (second) /Rect [0 0 0 0] /AP << /N %[1]s >> /V 7 0 R >>",
	"<< /Type /Annot /Subtype /Widget /FT /Sig /T (second) /Rect [0 0 0 0] /AP << /N %[1]s >> >>",
	"<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /Rect [0 0 9 9] /AP << /N %[1]s >> /V %[2]s >>",
	"<< /Length 4 >>\nstream\n1234\nendstream",
	"<< /Length 4 >>\nstream\n5678\nendstream",
	"<< /Length 4 /Resources << /XObject << /X %[1]s >> >> >>\nstream\nabcd\nendstream",
	"<< /Type /Font /Subtype /Type3 /CharProcs << /a %[1]s >> /ToUnicode %[2]s >>",
	"<< /Name /ADBE >>",
	"null",
	"",
}

// numbers lists the numbers of the objects that programs write. Objects 5 and 7 are the signatures.
var numbers = []int{1, 3, 4, 6, 8, 20, 21, 22, 23, 24, 25, 26}

// written returns the objects that a program writes. A program has four bytes per object: number,
// template and two references.
func written(program []byte) []numbered {
	var objects []numbered
	has := map[int]bool{}
	ref := func(b byte) string { return fmt.Sprintf("%d 0 R", numbers[int(b)%len(numbers)]) }
	for len(program) >= 4 && len(objects) < len(numbers) {
		number := numbers[int(program[0])%len(numbers)]
		text := templates[int(program[1])%len(templates)]
		if strings.Contains(text, "%") {
			text = fmt.Sprintf(text+"%[3]s", ref(program[2]), ref(program[3]), "")
		}
		if !has[number] {
			has[number] = true
			objects = append(objects, numbered{number, text})
		}
		program = program[4:]
	}
	return objects
}

// updated writes the objects of one program, signs the file, and appends the objects of the other
// program. If again, it then signs a second time, in a field that the second program may have
// written.
func updated(before, behind []byte, again bool) []byte {
	s := by(people().bruno)
	s.reserve, s.cms.certificates = 700, people().bruno.chain[:1]
	file := sign(update(contract(), written(before)...), s)
	if !again {
		return update(file, written(behind)...)
	}
	objects := written(behind)
	if !slices.ContainsFunc(objects, func(o numbered) bool { return o.number == 6 }) {
		objects = append(objects, numbered{6, field("second", 7)})
	}
	s.object, s.other = 7, objects
	return sign(file, s)
}

// FuzzUpdate lets programs write the content before and after a signature. An accepted update must
// not change what a page of the signed revision resolves to.
func FuzzUpdate(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		before, behind := programs(random)
		f.Add(before, behind, random.IntN(2) == 0)
	}
	f.Fuzz(func(t *testing.T, before, behind []byte, again bool) {
		file := updated(before, behind, again)
		holdsUp(t, file, check(t, file, pdfsig.Options{}))
	})
}

// sensible lists templates and references, as indices, that turn the objects from 20 on into
// validation data and annotations.
var sensible = [][2][]byte{
	{{22, 23}, {5}}, {{22, 23}, {5}}, {{24}, {5, 6}}, // streams
	{{10, 11}, {5, 6, 7}},  // 24: /DSS
	{{12}, {5, 6, 7}},      // 24: /DSS
	{{15}, {5, 6, 7}},      // 25: of one signature
	{{14, 18}, {5, 10, 7}}, // 26
}

// programs returns a program with up to ten objects and one with up to three. Their first two
// objects are catalog and page, and most others are sensible.
func programs(random *rand.Rand) (before, behind []byte) {
	const first = 5 // index in numbers of the first sensible object
	program := func(objects int) []byte {
		program := make([]byte, 4*objects)
		for i := range program {
			program[i] = byte(random.IntN(256))
		}
		for i := 0; i < len(program); i += 4 {
			if random.IntN(6) > 0 {
				n := random.IntN(len(sensible))
				program[i] = byte(first + n)
				for k := range 3 {
					of := sensible[n][min(k, 1)]
					program[i+1+k] = of[random.IntN(len(of))]
				}
			}
		}
		return program
	}
	pick := func(from ...byte) byte { return from[random.IntN(len(from))] }
	before, behind = program(10), program(1+random.IntN(3))
	copy(before, []byte{0, byte(random.IntN(5)), pick(5, 9, 6), pick(5, 9, 11), 1, byte(5 + random.IntN(3)),
		pick(5, 6, 8, 11), pick(7, 9, 10)})
	if random.IntN(2) == 0 {
		copy(behind, []byte{0, before[1], pick(5, 9, before[2]), pick(5, 9, before[3])})
	}
	return before, behind
}

// This does the same with random programs. Enough of them must be accepted to make the test
// meaningful.
func TestAcceptedUpdatesShowTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	accepted := map[bool]int{}
	for range 2000 {
		before, behind := programs(random)
		again := random.IntN(2) == 0
		file := updated(before, behind, again)
		report := check(t, file, pdfsig.Options{})
		holdsUp(t, file, report)
		if len(report.Signatures) > 0 && len(report.Signatures[0].Later) > 0 && sound(report.Status) {
			accepted[again]++
		}
	}
	if accepted[false] < 8 || accepted[true] < 30 {
		t.Errorf("accepted were %v", accepted)
	}
}
