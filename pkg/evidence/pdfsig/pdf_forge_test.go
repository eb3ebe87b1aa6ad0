package pdfsig_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// contract returns the document that most tests sign. Its page shows an amount and has two empty
// signature fields, objects 4 and 6.
func contract() []byte {
	return pdftest.Table(append(
		pdftest.Pages("/AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 3 >>", "/Contents 8 0 R /Annots [4 0 R 6 0 R]"),
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (signer) /Rect [0 0 0 0] >>", "",
		"<< /Type /Annot /Subtype /Widget /FT /Sig /T (second) /Rect [0 0 0 0] >>", "",
		page("Pay 100"))...)
}

// page returns a content stream.
func page(text string) string {
	content := "BT /F 12 Tf 72 700 Td (" + text + ") Tj ET"
	return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)
}

// field returns a signature field with a value.
func field(name string, value int) string {
	return fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /Rect [0 0 0 0] /V %d 0 R >>", name, value)
}

// numbered is an object with its number. An empty text frees the object.
type numbered struct {
	number int
	text   string
}

// update appends objects to a file.
func update(base []byte, objects ...numbered) []byte {
	return updateWith(base, fmt.Sprintf("/Prev %d", pdftest.StartXRef(base)), objects...)
}

var (
	rootOf = regexp.MustCompile(`/Root \d+ 0 R`)
	infoOf = regexp.MustCompile(`/Info \d+ 0 R`)
)

// updateWith is update with additional trailer entries.
func updateWith(base []byte, trailer string, objects ...numbered) []byte {
	var out bytes.Buffer
	out.Write(base)
	header := bytes.Index(base, []byte("%PDF-"))
	if document, err := pdf.Open(bytes.NewReader(base), int64(len(base))); err == nil && document.Encrypted() {
		for _, key := range []string{"Encrypt", "ID"} {
			trailer += " /" + key + " " + string(document.Trailer().Get(key).Append(nil))
		}
	}
	if !bytes.HasSuffix(base, []byte("\n")) {
		out.WriteByte('\n')
	}
	var table strings.Builder
	for _, object := range objects {
		kind := "n"
		if object.text == "" {
			kind = "f"
		}
		fmt.Fprintf(&table, "%d 1\n%010d 00000 %s \n", object.number, out.Len()-header, kind)
		if object.text != "" {
			fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", object.number, object.text)
		}
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n%strailer\n<< /Size 100 %s %s %s >>\nstartxref\n%d\n%%%%EOF\n", table.String(),
		rootOf.FindAll(base, -1)[0],
		infoOf.Find(base), trailer, start-header)
	return out.Bytes()
}

const usualRoom = 2200

// complete fills in these placeholders.
const (
	rangeRoom = "@ByteRange                                                  @"
	mark      = "@"
)

// signing describes how to sign a document. If only cms.by is set, the signature is valid.
type signing struct {
	cms       forgedCMS
	raw       func(digest func(crypto.Hash) []byte) []byte // instead of cms
	content   func(covered []byte) []byte                  // instead of raw
	subFilter string                                       // default adbe.pkcs7.detached
	entries   string                                       // further entries of the dictionary
	// template is the whole dictionary.
	template string
	// numbers returns the byte range for the offsets of < and after > and the size. The signature
	// covers this range.
	numbers func(open, end, size int) []int
	written func(numbers []int) string      // formats the range; default an array
	text    func(hexadecimal string) string // formats the contents; default <...>
	padding func(padding []byte)            // fills the unused rest of the contents
	// reserve is the number of bytes for the contents. It defaults to usualRoom or to the size that
	// a time stamp or another signer needs.
	reserve int
	object  int                                     // number of the signature dictionary; default 5
	other   []numbered                              // objects in the same revision; default field 4
	build   func(base []byte, s ...numbered) []byte // default update
}

func (s signing) defaults() signing {
	if s.subFilter == "" {
		s.subFilter = "adbe.pkcs7.detached"
	}
	if s.raw == nil {
		s.raw = s.cms.sign
	}
	if s.template == "" {
		s.template = "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /" + s.subFilter +
			" /ByteRange {range} /Contents {contents} " + s.entries + " >>"
	}
	if s.numbers == nil {
		s.numbers = func(open, end, size int) []int { return []int{0, open, end, size - end} }
	}
	if s.written == nil {
		s.written = func(numbers []int) string { return strings.ReplaceAll(fmt.Sprint(numbers), ",", "") }
	}
	if s.text == nil {
		s.text = func(hexadecimal string) string { return "<" + hexadecimal + ">" }
	}
	if s.reserve == 0 {
		if s.reserve = usualRoom; s.cms.stamp != nil || s.cms.beside != nil {
			s.reserve *= 2
		}
	}
	if s.object == 0 {
		s.object = 5
	}
	if s.other == nil {
		s.other = []numbered{{4, field("signer", s.object)}}
	}
	if s.build == nil {
		s.build = update
	}
	return s
}

// sign signs a document in an update.
func sign(base []byte, s signing) []byte {
	s = s.defaults()
	dictionary := strings.Replace(s.template, "{range}", rangeRoom, 1)
	dictionary = strings.Replace(dictionary, "{contents}", s.text(strings.Repeat(mark, 2*s.reserve)), 1)
	return s.complete(s.build(base, append(slices.Clone(s.other), numbered{s.object, dictionary})...))
}

// complete fills in the placeholders of the range and the contents.
func (s signing) complete(file []byte) []byte {
	room := bytes.Repeat([]byte(mark), 2*s.reserve)
	at := bytes.LastIndex(file, room)
	open, end := at-1, at+len(room)+1
	numbers := s.numbers(open, end, len(file))
	if rangeAt := bytes.LastIndex(file, []byte(rangeRoom)); rangeAt >= 0 {
		text := s.written(numbers)
		if len(text) > len(rangeRoom) {
			panic("no room for the byte range")
		}
		copy(file[rangeAt:], fmt.Sprintf("%-*s", len(rangeRoom), text))
	}
	var covered []byte
	for i := 0; i+1 < len(numbers); i += 2 {
		from := min(max(0, numbers[i]), len(file))
		to := min(max(from, from+numbers[i+1]), len(file))
		covered = append(covered, file[from:to]...)
	}
	contents := make([]byte, s.reserve)
	var cms []byte
	if s.content != nil {
		cms = s.content(covered)
	} else {
		cms = s.raw(func(hash crypto.Hash) []byte { return hashed(hash, covered) })
	}
	if len(cms) > len(contents) {
		panic("no room for the CMS")
	}
	copy(contents, cms)
	if s.padding != nil {
		s.padding(contents[len(cms):])
	}
	hex.Encode(file[at:], contents)
	return file
}

// check checks a file in memory.
func check(t testing.TB, file []byte, options pdfsig.Options) *pdfsig.Report {
	t.Helper()
	report, err := pdfsig.Check(context.Background(), bytes.NewReader(file), int64(len(file)), options)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// codes returns the codes of the findings, sorted and without duplicates.
func codes(report *pdfsig.Report) string {
	var result []string
	for _, finding := range report.Findings {
		if !slices.Contains(result, string(finding.Code)) {
			result = append(result, string(finding.Code))
		}
	}
	slices.Sort(result)
	return strings.Join(result, " ")
}

// statuses returns the statuses of the file and of its signatures.
func statuses(report *pdfsig.Report) string {
	result := []string{string(report.Status) + ":"}
	for _, signature := range report.Signatures {
		result = append(result, string(signature.Status))
	}
	return strings.Join(result, " ")
}
