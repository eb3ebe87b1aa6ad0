package pdfsig_test

import (
	"bytes"
	"crypto"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

const (
	plainCatalog = "/Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 3 >>"
	plainPage    = "/Type /Page /Parent 2 0 R /Contents 8 0 R"
	ofBoth       = "/Annots [4 0 R 6 0 R]"
	certificate  = "<< /Length 4 >>\nstream\n1234\nendstream"
)

var freeText = freeTextOf(31)

// catalog and pageWith return objects 1 and 3 of [contract] with additional entries.
func catalog(entries string) numbered {
	return numbered{1, "<< " + plainCatalog + " " + entries + " >>"}
}
func pageWith(entries string) numbered { return numbered{3, "<< " + plainPage + " " + entries + " >>"} }

// form returns content that an annotation shows in its rectangle.
func form(text string) string {
	content := "BT /F 12 Tf 0 0 Td (" + text + ") Tj ET"
	return fmt.Sprintf("<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Length %d >>\nstream\n%s\nendstream",
		len(content), content)
}

// showing returns a signature field that shows object 31 in a rectangle.
func showing(name string, value int, rectangle string) string {
	return fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /Rect [%s] /F 132 /V %d 0 R /AP << /N 31 0 "+
		"R >> >>", name, rectangle, value)
}

// formWith returns a catalog whose form has additional fields and entries.
func formWith(fields, entries string) numbered {
	return numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R " + fields + "] /SigFlags 3 " +
		entries + " >> >>"}
}

// certified returns a contract that its author certified, with a text field in object 9. level is
// the permission level in /DocMDP.
func certified(level int, more string) []byte {
	base := update(contract(), formWith("9 0 R", ""),
		pageWith("/Annots [4 0 R 6 0 R 9 0 R]"), numbered{9, textField("", "32")}, numbered{32, form("")})
	s := by(people().ana)
	s.entries = fmt.Sprintf("/Reference [<< /TransformMethod /DocMDP /TransformParams << /P %d /V /1.2 >> >> %s]",
		level, more)
	return sign(base, s)
}

func textField(value, appearance string) string {
	return "<< /Type /Annot /Subtype /Widget /FT /Tx /T (amount) /Rect [72 600 200 620] /V (" + value + ") /AP << /N " +
		appearance + " 0 R >> >>"
}

// apartField is a text field whose widget is object 10.
const apartField = "<< /FT /Tx /T (amount) /Kids [10 0 R] >>"

func apartWidget(appearance string) string {
	return "<< /Type /Annot /Subtype /Widget /Parent 9 0 R /Rect [72 600 200 620] /AP << /N " + appearance +
		" 0 R >> >>"
}

// apart returns a certified contract with a text field whose widget is a separate object.
func apart(level int) []byte {
	base := update(contract(), formWith("9 0 R", ""), pageWith("/Annots [4 0 R 6 0 R 10 0 R]"), numbered{9, apartField},
		numbered{10, apartWidget("32")},
		numbered{32, form("")})
	s := by(people().ana)
	s.entries = fmt.Sprintf("/Reference [<< /TransformMethod /DocMDP /TransformParams << /P %d >> >>]", level)
	return sign(base, s)
}

// certifiedAgain adds a second certifying signature, with permissions in the catalog.
func certifiedAgain(base []byte, permissions string) []byte {
	return again(base, func(s *signing) {
		s.entries = "/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >>]"
		s.other = []numbered{{6, field("second", 7)}, catalog("/Perms << " + permissions + " >>")}
	})
}

// filled changes the value of the text field.
func filled(base []byte) []byte {
	return update(base, numbered{9, textField("900", "33")}, numbered{33, form("900")})
}

func fieldLock(parameters string) string {
	return "<< /TransformMethod /FieldMDP /TransformParams << /V /1.2 " + parameters + " >> >>"
}

// signedAs adds the second signature in another field, with more objects in its update.
func signedAs(base []byte, field string, more ...numbered) []byte {
	return again(base, func(s *signing) { s.other = append([]numbered{{6, field}}, more...) })
}

// over signs a contract in which these objects were changed beforehand.
func over(changed ...numbered) []byte { return sign(update(contract(), changed...), by(people().ana)) }

// dssWith adds validation data to the contract in an update, with the objects that it needs.
func dssWith(base []byte, more ...numbered) []byte {
	return update(base, append([]numbered{catalog("/DSS << /Certs [20 0 R] >>"), {20, certificate}}, more...)...)
}

const (
	twoWhole  = "WHOLE_FILE: SIGNED_REVISION_ONLY WHOLE_FILE"
	twoSpoilt = "SIGNED_REVISION_ONLY: SIGNED_REVISION_ONLY WHOLE_FILE"
	stampGood = "EXTENDED: EXTENDED WHOLE_FILE"
)

// attacks contains the published attacks (pdf-insecurity.org) and others that could deceive the
// comparison of revisions. Next to each is the harmless update that looks most like it. The
// report's findings contain detail.
var attacks = []struct {
	name   string
	build  func() []byte
	want   string
	codes  string
	detail string
}{
	// incremental saving attack
	{"incremental saving, beside validation data",
		func() []byte { return dssWith(once(), numbered{8, page("Pay 900")}) },
		earlier, "later-revision", "replaces object 8"},
	{"incremental saving, before validation data",
		func() []byte { return dssWith(update(once(), numbered{8, page("Pay 900")})) },
		earlier, "later-revision", "replaces object 8"},
	{"incremental saving, behind validation data",
		func() []byte { return update(dssWith(once()), numbered{8, page("Pay 900")}) },
		earlier, "later-revision", "replaces object 8"},
	{"incremental saving, beside a time stamp", func() []byte {
		return again(once(), func(s *signing) {
			s.subFilter, s.raw = "ETSI.RFC3161", byStamper
			s.other = []numbered{{6, field("second", 7)}, {8, page("Pay 900")}}
		})
	}, twoSpoilt, "later-revision", "replaces object 8"},
	{"incremental saving, beside a signature",
		func() []byte { return signedAs(once(), field("second", 7), numbered{8, page("Pay 900")}) },
		twoSpoilt, "later-revision", "replaces object 8"},
	{"a harmless signature", func() []byte { return signedAs(once(), field("second", 7)) }, twoWhole, "",
		"signature in object 7"},
	{"incremental saving without a cross-reference, before validation data", func() []byte {
		hidden := append(once(), "8 0 obj\n"+page("Pay 900")+"\nendobj\n"...)
		return updateWith(hidden, fmt.Sprintf("/Prev %d", pdftest.StartXRef(once())),
			catalog("/DSS << /Certs [20 0 R] >>"), numbered{20, certificate})
	}, earlier, "later-revision", "does not account for"},
	{"another page in the tree", func() []byte {
		return dssWith(once(), numbered{2, "<< /Type /Pages /Kids [3 0 R 22 0 R] /Count 2 /MediaBox [0 0 612 792] >>"},
			numbered{22, "<< /Type /Page /Parent 2 0 R >>"})
	}, earlier, "later-revision", "replaces object 2"},
	{"another page rectangle", func() []byte { return dssWith(once(), pageWith(ofBoth+" /CropBox [0 0 10 10]")) },
		earlier, "later-revision", "page 1: /CropBox"},
	{"another catalog", func() []byte {
		signed := once()
		changed := update(signed, numbered{40, "<< /Type /Catalog /Pages 41 0 R >>"},
			numbered{41, "<< /Type /Pages /Kids [] /Count 0 >>"})
		at := bytes.LastIndex(changed, []byte("/Root 1 0 R"))
		return append(append(bytes.Clone(changed[:at]), "/Root 40 0 R"...), changed[at+len("/Root 1 0 R"):]...)
	}, earlier, "later-revision", "another catalog"},
	{"a file of its own behind the signed one", func() []byte {
		return updateWith(once(), "/Prev 0", numbered{1, "<< /Type /Catalog /Pages 2 0 R >>"},
			numbered{2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
			numbered{3, "<< /Type /Page /Parent 2 0 R /Contents 8 0 R >>"}, numbered{8, page("Pay 900")})
	}, "INDETERMINATE:", "signature-unreached", ""},
	{"a file of its own behind the signed one, without /Prev", func() []byte {
		return updateWith(once(), "", numbered{1, "<< /Type /Catalog /Pages 2 0 R >>"},
			numbered{2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
			numbered{3, "<< /Type /Page /Parent 2 0 R /Contents 8 0 R >>"}, numbered{8, page("Pay 900")})
	}, "INDETERMINATE:", "signature-unreached", ""},
	{"an object removed", func() []byte { return dssWith(once(), numbered{8, ""}) }, earlier, "later-revision",
		"removes object 8"},
	{"junk behind validation data", func() []byte { return append(dssWith(once()), "8 0 obj"...) }, earlier,
		"later-revision", "does not account for"},
	{"a script that runs when it is opened", func() []byte {
		return update(once(), catalog("/DSS << /Certs [20 0 R] >> /OpenAction << /S /JavaScript /JS (x) >>"),
			numbered{20, certificate})
	}, earlier, "later-revision", "catalog: /OpenAction"},
	{"document information with another title", func() []byte {
		return dssWith(withInfo("/Title (One)"), numbered{10, "<< /Title (Two) /ModDate (D:20310504120000Z) >>"})
	}, earlier, "later-revision", "document information: /Title"},
	{"other document information", func() []byte {
		return dssTo(withInfo("/Title (One)"), "/Info 11 0 R", numbered{11, "<< /Title (Two) >>"})
	}, earlier, "later-revision", "other document information"},
	{"other document information that was there", func() []byte {
		base := updateWith(contract(), fmt.Sprintf("/Info 10 0 R /Prev %d", pdftest.StartXRef(contract())),
			numbered{10, "<< /Title (One) >>"}, numbered{11, "<< /Title (Two) >>"})
		return dssTo(sign(base, by(people().ana)), "/Info 11 0 R")
	}, earlier, "later-revision", "other document information"},
	{"a key twice, so that readers differ", func() []byte {
		return dssWith(once(),
			numbered{2, "<< /Type /Pages /Kids [3 0 R] /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>"})
	}, earlier, "later-revision", "replaces object 2"},
	{"document information that is left out", func() []byte { return dssTo(withInfo("/Title (One)"), "") }, extended,
		"validation-data", "catalog: /DSS"},
	{"document information with another date", func() []byte {
		return dssWith(withInfo("/Title (One)"), numbered{10, "<< /Title (One) /ModDate (D:20310504120000Z) >>"})
	}, extended, "validation-data", "catalog: /DSS"},
	{"objects that say the same as before", func() []byte {
		return dssWith(once(), numbered{2, "<< /Count 1/Kids[3 0 R]/MediaBox [0 0 612.0 792] /Type/Pages >>"})
	}, extended, "validation-data", "catalog: /DSS"},

	// shadow attacks
	{"shadow hide: what lay upon the page is removed", func() []byte {
		return dssWith(over(pageWith("/Annots [4 0 R 6 0 R 30 0 R]"), numbered{30, freeText},
			numbered{31, form("Pay 100")}), pageWith(ofBoth))
	}, earlier, "later-revision", "page 1: /Annots"},
	{"shadow hide: what lay upon the page is freed", func() []byte {
		return dssWith(over(pageWith("/Annots [4 0 R 6 0 R 30 0 R]"), numbered{30, freeText},
			numbered{31, form("Pay 100")}), numbered{30, ""})
	}, earlier, "later-revision", "removes object 30"},
	{"shadow replace: a font", func() []byte {
		fonts := numbered{3, "<< " + plainPage + " " + ofBoth + " /Resources << /Font << /F 30 0 R >> >> >>"}
		return dssWith(over(fonts, numbered{30, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}),
			numbered{30, "<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"})
	}, earlier, "later-revision", "replaces object 30"},
	{"shadow replace: a form field's value", func() []byte { return filled(sign(withField(), by(people().ana))) },
		earlier, "later-revision", "replaces object 9"},
	{"shadow replace: the appearance alone, of a field that is not touched", func() []byte {
		return dssWith(certified(2, ""), numbered{32, form("900")})
	}, earlier, "later-revision", "form: a field is gone"},
	{"shadow hide and replace: the catalog leads to other pages", func() []byte {
		hidden := over(numbered{21, "<< /Type /Pages /Kids [22 0 R] /Count 1 >>"},
			numbered{22, "<< /Type /Page /Parent 21 0 R /Contents 23 0 R >>"},
			numbered{23, page("Pay 900")})
		return update(hidden, numbered{1, strings.Replace("<< "+plainCatalog+" /DSS << /Certs [20 0 R] >> >>", "2 0 R",
			"21 0 R", 1)}, numbered{20, certificate})
	}, earlier, "later-revision", "catalog: /Pages"},
	{"shadow hide and replace: the cross-reference alone, beside validation data", func() []byte {
		hidden := "8 0 obj\n" + page("Pay 900") + "\nendobj\n"
		return swappedEntry(over(numbered{23, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(hidden),
			hidden)}))
	}, earlier, "later-revision", "replaces object 8"},

	// the unsigned contents of the signature are shown
	{"a picture whose pixels are the contents",
		func() []byte { return around("<< /Length %d >>\nstream\n", "\nendstream") }, bad, "signature-byte-range",
		"object 30 reaches"},
	{"a picture whose length is an object of its own", func() []byte {
		return around("<< /Length 33 0 R >>\nstream\n", "\nendstream")
	}, bad, "signature-byte-range", "object 30 reaches"},
	{"a picture whose length is too short", func() []byte { return around("<< /Length 3 >>\nstream\n", "\nendstream") },
		bad, "signature-byte-range", "object 30 reaches"},
	{"a picture without a length", func() []byte { return around("<< /A %d >>\nstream\n", "\nendstream") }, bad,
		"signature-byte-range", "object 30 reaches"},
	{"a picture that begins in the signature", func() []byte { return inside("<< /Length 5000 >>\nstream\n") }, bad,
		"signature-byte-range", "object 30 reaches"},
	{"a picture that begins in the signature and ends there",
		func() []byte { return inside("<< /Length 3 >>\nstream\n") }, bad, "signature-byte-range", "object 30 reaches"},
	{"a string of the contents", func() []byte { return around("(", ")") }, bad, "signature-byte-range",
		"object 30 reaches"},
	{"a picture in front of the signature", func() []byte {
		return over(numbered{30, "<< /Length 33 0 R >>\nstream\nabc\nendstream"},
			numbered{31, "<< /Length 3 >>\nstream\nabc\nendstream"},
			numbered{32, "<< /Length 2 >>\nstream\nabc\nendstream"}, numbered{33, "3"})
	}, whole, "", ""},
	{"line ends around the contents", func() []byte {
		return with(func(s *signing) {
			s.text = func(h string) string { return "<\r\n" + h + "\n>" }
			s.numbers = func(open, end, size int) []int { return []int{0, open - 2, end + 1, size - end - 1} }
		})
	}, bad, "signature-contents", "white space"},
	{"a zero in the contents that is not written", func() []byte {
		return with(func(s *signing) {
			s.text = func(h string) string { return "<" + h + "0>" }
			s.numbers = func(open, end, size int) []int { return []int{0, open, end + 1, size - end - 1} }
		})
	}, bad, "signature-contents", "pairs"},
	{"padding that is not zeros", func() []byte {
		return with(paddedText)
	}, bad, "signature-padding", "something else than zeros"},

	// certification attacks
	{"evil annotation upon a certified page", func() []byte {
		return update(certified(3, ""), pageWith("/Annots [4 0 R 6 0 R 9 0 R 30 0 R]"), numbered{30, freeText},
			numbered{31, form("Pay 900")})
	}, earlier, "later-revision", "page 1: another annotation"},
	{"evil annotation, under another signature", func() []byte {
		return signedAs(certified(3, ""), field("second", 7), pageWith("/Annots [4 0 R 6 0 R 9 0 R 30 0 R]"),
			numbered{30, freeText}, numbered{31, form("Pay 900")})
	}, twoSpoilt, "later-revision", "page 1: another annotation"},
	{"sneaky signature: its appearance covers the page", func() []byte {
		return newField(certified(2, ""), "9 0 R", showing("third", 7, "0 0 612 792"))
	}, twoSpoilt, "later-revision", "whose appearance can cover a page"},
	{"sneaky signature: its field is moved", func() []byte {
		return signedAs(certified(2, ""), showing("second", 7, "72 600 200 620"), numbered{31, form("Pay 900")})
	}, twoSpoilt, "later-revision", "replaces object 6"},
	{"sneaky signature: one that does not hold", func() []byte {
		return again(certified(2, ""), func(s *signing) { s.cms.spoil = true })
	}, "INVALID: SIGNED_REVISION_ONLY INVALID", "signature-mismatch", ""},
	{"sneaky signature: none at all in its field", func() []byte {
		return update(certified(2, ""), numbered{6, showing("second", 9, "0 0 0 0")}, numbered{31, form("Pay 900")})
	}, "INVALID: INVALID SIGNED_REVISION_ONLY", "signature-contents", ""},
	{"a second signature, where the certification allows none",
		func() []byte { return signedAs(certified(1, ""), field("second", 7)) },
		twoSpoilt, "later-revision", "the certification does not allow"},
	{"a second signature, where the certification allows it",
		func() []byte { return signedAs(certified(2, ""), field("second", 7)) }, twoWhole, "", "signature in object 7"},
	{"a certification behind a signature", func() []byte { return certifiedAgain(once(), "/DocMDP 7 0 R") }, twoWhole,
		"", "signature in object 7"},
	{"permissions for something else, too", func() []byte { return certifiedAgain(once(), "/DocMDP 7 0 R /UR3 7 0 R") },
		twoSpoilt, "later-revision", "catalog: /Perms"},
	{"permissions of another signature", func() []byte { return certifiedAgain(once(), "/DocMDP 5 0 R") }, twoSpoilt,
		"later-revision", "catalog: /Perms"},
	{"permissions that are replaced",
		func() []byte { return certifiedAgain(over(catalog("/Perms << /DocMDP 5 0 R >>")), "/DocMDP 7 0 R") },
		twoSpoilt, "later-revision", "catalog: /Perms"},
	{"a form value, where the certification allows it", func() []byte { return again(filled(certified(2, ""))) },
		twoWhole, "", "form field in object 9"},
	{"a form value alone, where the certification allows it", func() []byte { return filled(certified(2, "")) },
		earlier, "later-revision", "form field in object 9"},
	{"a form value, where the certification allows none", func() []byte { return again(filled(certified(1, ""))) },
		twoSpoilt, "later-revision", "replaces object 9"},
	{"a form value without a certification",
		func() []byte { return again(filled(sign(withField(), by(people().ana)))) }, twoSpoilt, "later-revision",
		"replaces object 9"},
	{"a locked form value: all", func() []byte { return again(filled(certified(2, fieldLock("/Action /All")))) },
		twoSpoilt, "later-revision", "replaces object 9"},
	{"a locked form value: by its name", func() []byte {
		return again(filled(certified(2, fieldLock("/Action /Include /Fields [(amount)]"))))
	}, twoSpoilt, "later-revision", "replaces object 9"},
	{"a locked form value: not excepted", func() []byte {
		return again(filled(certified(2, fieldLock("/Action /Exclude /Fields [(second)]"))))
	}, twoSpoilt, "later-revision", "replaces object 9"},
	{"a form value beside locked ones", func() []byte {
		return again(filled(certified(2, fieldLock("/Action /Include /Fields [(other)]"))))
	}, twoWhole, "", "form field in object 9"},
	{"a form value that a widget of its own shows", func() []byte {
		return again(update(apart(2), numbered{9, strings.Replace(apartField, "/Kids", "/V (900) /Kids", 1)},
			numbered{10, apartWidget("33")}, numbered{33, form("900")}))
	}, twoWhole, "", "form field in object 9"},
	{"a widget that shows another value", func() []byte {
		return again(update(apart(2), numbered{10, apartWidget("33")}, numbered{33, form("900")}))
	}, twoSpoilt, "later-revision", "replaces object 10"},
	{"a form value, where one certification allows it and another does not", func() []byte {
		second := again(certified(1, ""), func(s *signing) {
			s.entries = "/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 2 >> >>]"
		})
		return filled(second)
	}, "SIGNED_REVISION_ONLY: SIGNED_REVISION_ONLY SIGNED_REVISION_ONLY", "later-revision", "replaces object 9"},
	{"a form field that is moved when it is filled in", func() []byte {
		moved := strings.Replace(textField("900", "33"), "72 600 200 620", "0 0 612 792", 1)
		return again(update(certified(2, ""), numbered{9, moved}, numbered{33, form("900")}))
	}, twoSpoilt, "later-revision", "replaces object 9"},
	{"a form field that is given a script", func() []byte {
		return again(update(certified(2, ""),
			numbered{9, strings.Replace(textField("900", "33"), "/FT", "/AA << >> /FT", 1)}, numbered{33, form("900")}))
	}, twoSpoilt, "later-revision", "replaces object 9"},

	// changes that are disguised as validation data
	{"validation data that the page leads to", func() []byte {
		return dssWith(over(pageWith(ofBoth + " /Thumb 20 0 R")))
	}, earlier, "later-revision", "adds object 20"},
	{"validation data that shares its stream with the page", func() []byte {
		return update(over(catalog("/DSS << /Certs [8 0 R] >>")), numbered{8, page("Pay 900")})
	}, earlier, "later-revision", "replaces object 8"},
	{"validation data that shares an object with the page, further down", func() []byte {
		base := over(catalog("/DSS << /VRI 24 0 R >>"), numbered{24, "<< /A 25 0 R >>"},
			numbered{25, "<< /Cert [26 0 R] >>"}, numbered{26, page("Pay 100")},
			numbered{3, "<< " + plainPage + " " + ofBoth + " /PieceInfo 25 0 R >>"})
		return update(base, numbered{26, page("Pay 900")})
	}, earlier, "later-revision", "replaces object 26"},
	{"validation data that is replaced", func() []byte {
		base := over(catalog("/DSS << /VRI 24 0 R >>"), numbered{24, "<< /A 25 0 R >>"},
			numbered{25, "<< /Cert [26 0 R] >>"}, numbered{26, certificate})
		return update(base, numbered{25, "<< /Cert [26 0 R 27 0 R] >>"}, numbered{26, certificate},
			numbered{27, certificate})
	}, extended, "validation-data", "catalog: /DSS"},
	{"validation data with a page in it", func() []byte {
		return update(once(), catalog("/DSS << /Certs [20 0 R] /Page 22 0 R >>"), numbered{20, certificate},
			numbered{22, "<< /Type /Page >>"})
	}, earlier, "later-revision", "contains something other"},
	{"validation data with a key twice", func() []byte {
		return update(once(), catalog("/DSS << /Certs [20 0 R] /Certs [] >>"), numbered{20, certificate})
	}, earlier, "later-revision", "contains something other"},
	{"validation data that is not a stream", func() []byte {
		return update(once(), catalog("/DSS << /Certs [20 0 R] >>"), numbered{20, "<< /Type /Page >>"})
	}, earlier, "later-revision", "contains something other"},
	{"extensions with an action in them",
		func() []byte { return update(once(), catalog("/Extensions << /ADBE << /A << /S /Launch >> >> >>")) },
		earlier, "later-revision", "contains something other"},
	{"extensions", func() []byte {
		return update(once(), catalog("/Extensions << /ESIC << /BaseVersion /1.7 /ExtensionLevel 5 >> >>"))
	}, extended, "validation-data", "catalog: /Extensions"},
	{"objects that nothing leads to, alone", func() []byte { return update(once(), numbered{50, "(later)"}) }, earlier,
		"later-revision", ""},
	{"objects that nothing leads to, beside validation data",
		func() []byte { return dssWith(once(), numbered{50, "(later)"}) },
		extended, "validation-data", "catalog: /DSS"},
	{"object that the first revision leads to without having it", func() []byte {
		return dssWith(over(numbered{30, freeText},
			numbered{3, "<< " + plainPage + " /Annots [4 0 R 6 0 R 31 0 R] >>"}), numbered{31, freeText})
	}, earlier, "later-revision", "adds object 31"},
	{"object that form and page lead to without having it", func() []byte {
		return dssWith(over(numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields 31 0 R >> >>"},
			pageWith("/Thumb 31 0 R")), numbered{31, certificate})
	}, earlier, "later-revision", "adds object 31"},
	{"object that page and form lead to, where the form is validation data, too", func() []byte {
		base := over(numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 24 0 R /DSS 24 0 R >>"},
			numbered{24, "<< /Fields 31 0 R >>"},
			numbered{31, "[]"}, pageWith("/PieceInfo << /A 31 0 R >>"))
		return update(base, numbered{31, "[6 0 R]"})
	}, earlier, "later-revision", "replaces object 31"},
	{"object that page and form lead to, where a signature shows the form", func() []byte {
		empty := "<< /Type /Annot /Subtype /Widget /FT /Sig /T (second) /Rect [0 0 0 0] /AP << /N 24 0 R >> >>"
		base := over(numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm 24 0 R >>"},
			numbered{24, "<< /Fields 31 0 R >>"},
			numbered{31, "[4 0 R 6 0 R]"},
			numbered{3, "<< " + plainPage + " " + ofBoth + " /PieceInfo << /A 31 0 R >> >>"}, numbered{6, empty})
		return signedAs(base, strings.Replace(empty, "/AP", "/V 7 0 R /AP", 1), numbered{31, "[4 0 R 6 0 R 6 0 R]"})
	}, twoSpoilt, "later-revision", "replaces object 31"},
	{"length of a stream", func() []byte {
		return dssWith(over(numbered{8, strings.Replace(page("Pay 100"), fmt.Sprint("/Length ", pageLength),
			"/Length 30 0 R", 1)}, numbered{30, fmt.Sprint(pageLength)}),
			numbered{30, fmt.Sprint(pageLength - 4)})
	}, earlier, "later-revision", "replaces object 30"},
	{"objects in an object stream that is replaced", func() []byte {
		packed := pdftest.Stream(8,
			append(pdftest.Pages("/AcroForm << /Fields [4 0 R] >>", "/Contents 7 0 R /Annots 8 0 R"),
				field("signer", 5), "", "", page("Pay 100"), "[4 0 R]")...)
		signed := sign(packed, by(people().ana))
		return update(signed, numbered{9, "<< /Type /ObjStm /N 1 /First 4 /Length 6 >>\nstream\n8 0 []\nendstream"},
			numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> /DSS << /Certs [20 0 R] >> >>"},
			numbered{20, certificate})
	}, earlier, "later-revision", "page 1: /Annots"},

	// changes that the cross-reference disguises
	{"two lines for one object", func() []byte {
		signed := once()
		return repeatedLine(dssWith(signed, numbered{8, page("Pay 900")}), len(signed))
	}, earlier, "later-revision", "names object"},
	{"a part of the cross-reference that not all readers see", func() []byte {
		signed := update(once(), numbered{8, page("Pay 900")})
		hidden := "45 0 obj\n<< /Type /XRef /Size 46 /W [1 4 1] /Index [8 1] /Root 1 0 R /Length 6 >>\nstream\n" +
			string([]byte{1, 0, 0, byte(bytes.LastIndex(signed, []byte("8 0 obj")) >> 8),
				byte(bytes.LastIndex(signed, []byte("8 0 obj"))), 0}) + "\nendstream\nendobj\n"
		behind := append(once(), signed[len(once()):bytes.LastIndex(signed, []byte("xref\n8"))]...)
		return updateWith(append(behind, hidden...),
			fmt.Sprintf("/XRefStm %d /Prev %d", len(behind), pdftest.StartXRef(once())),
			catalog("/DSS << /Certs [20 0 R] >>"), numbered{20, certificate})
	}, earlier, "later-revision", "not all readers see"},
	{"a section of its own in front of an older one", func() []byte {
		signed := once()
		return updateWith(signed, fmt.Sprintf("/Prev %d", pdftest.StartXRef(contract())),
			catalog("/DSS << /Certs [20 0 R] >>"), numbered{20, certificate})
	}, "INDETERMINATE:", "signature-unreached", ""},
	{"a cross-reference that leaves a section out", func() []byte {
		signed := once()
		file := updateWith(signed, fmt.Sprintf("/Prev %d", pdftest.StartXRef(contract())),
			catalog("/DSS << /Certs [20 0 R] >>"), numbered{20, certificate},
			numbered{4, "null"}, numbered{5, "null"})
		for _, object := range []string{"4", "5"} {
			head := []byte("\n" + object + " 0 obj")
			line := fmt.Appendf(nil, "\n%s 1\n%010d", object, bytes.LastIndex(file, head)+1)
			file = bytes.Replace(file, line, fmt.Appendf(nil, "\n%s 1\n%010d", object, bytes.LastIndex(signed, head)+1),
				1)
		}
		return file
	}, earlier, "later-revision", "does not continue"},
	{"another generation of what says the same", func() []byte {
		changed := dssWith(once(), numbered{2, "<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>"})
		at := bytes.LastIndex(changed, []byte("2 0 obj"))
		copy(changed[at:], "2 1 obj")
		return bytes.Replace(changed, fmt.Appendf(nil, "%010d 00000 n", at), fmt.Appendf(nil, "%010d 00001 n", at), 1)
	}, earlier, "later-revision", "replaces object 2"},
	{"another generation", func() []byte {
		changed := dssWith(once(), numbered{8, page("Pay 100")})
		at := bytes.LastIndex(changed, []byte("8 0 obj"))
		copy(changed[at:], "8 1 obj")
		line := []byte(fmt.Sprintf("%010d 00000 n", at))
		return bytes.Replace(changed, line, []byte(fmt.Sprintf("%010d 00001 n", at)), 1)
	}, earlier, "later-revision", "replaces object 8"},

	// changes that are disguised as a signature or a time stamp
	{"a time stamp that shows something", func() []byte { return stampedIn(small) },
		twoSpoilt, "later-revision", "that shows something"},
	{"a time stamp with an appearance of no size", func() []byte { return stampedIn("0 0 0 0") }, stampGood,
		"validation-data", "document time stamp"},
	{"a signature with a script", func() []byte {
		return newField(once(), "",
			strings.Replace(showing("third", 7, small), "/FT", "/AA << /E << /S /JavaScript /JS (x) >> >> /FT", 1))
	}, twoSpoilt, "later-revision", "not only a signature field"},
	{"a signature in a new field", func() []byte { return newField(once(), "", showing("third", 7, small)) }, twoWhole,
		"", "signature in object 7"},
	{"a signature in a new field, beside another annotation", func() []byte {
		return newField(once(), "", showing("third", 7, small), func(s *signing) {
			s.build = func(base []byte, objects ...numbered) []byte {
				objects[1] = pageWith("/Annots [4 0 R 6 0 R 40 0 R 30 0 R]")
				return update(base, objects...)
			}
		})
	}, twoSpoilt, "later-revision", "another annotation"},
	{"a new field with the signature of another", func() []byte {
		return newField(once(), "", showing("third", 5, small), func(s *signing) {
			s.build = func(base []byte, objects ...numbered) []byte {
				return update(base, append(objects, numbered{6, field("second", 7)})...)
			}
			s.reserve = usualRoom
		})
	}, twoSpoilt, "later-revision", "without a valid signature"},
	{"a new field without a signature", func() []byte {
		return update(once(), formWith("40 0 R", ""),
			numbered{40, "<< /FT /Sig /T (third) /Rect [0 0 612 792] /AP << /N 31 0 R >> >>"},
			numbered{31, form("Pay 900")})
	}, earlier, "later-revision", "without a valid signature"},
	{"a text field that is new", func() []byte {
		return update(once(), formWith("9 0 R", ""),
			numbered{9, textField("900", "31")}, numbered{31, form("Pay 900")})
	}, earlier, "later-revision", "not only a signature field"},
	{"readers that make appearances anew", func() []byte {
		return signedAs(once(), field("second", 7), formWith("", "/NeedAppearances true"))
	}, twoSpoilt, "later-revision", "form: /NeedAppearances"},
	{"a font of the form, where it has text fields", func() []byte {
		return signedAs(certified(2, ""), field("second", 7), formWith("9 0 R", "/DR << /Font << /F 30 0 R >> >>"),
			numbered{30, "<< /Type /Font >>"})
	}, twoWhole, "", "signature in object 7"},
	{"another font of the form, where it has text fields", func() []byte {
		base := sign(update(withField(), formWith("9 0 R", "/DR << /Font << /F 30 0 R >> >>"),
			numbered{30, "<< /Type /Font >>"}), by(people().ana))
		return signedAs(base, field("second", 7), formWith("9 0 R", "/DR << /Font << /F 31 0 R >> >>"),
			numbered{31, "<< /Type /Font >>"})
	}, twoSpoilt, "later-revision", "form: /DR"},
	{"other resources of the form, as an object of their own", func() []byte {
		base := sign(update(withField(), formWith("9 0 R", "/DR 30 0 R"), numbered{30, "<< /Font << >> >>"}),
			by(people().ana))
		return signedAs(base, field("second", 7), formWith("9 0 R", "/DR 31 0 R"), numbered{31, "<< /Font << >> >>"})
	}, twoSpoilt, "later-revision", "form: /DR"},
	{"another default appearance of the form", func() []byte {
		base := sign(update(withField(), formWith("9 0 R", "/DA (/F 9 Tf)")), by(people().ana))
		return signedAs(base, field("second", 7), formWith("9 0 R", "/DA (/F 0 Tf)"))
	}, twoSpoilt, "later-revision", "form: /DA"},
	{"a version that is no name", func() []byte {
		return update(once(), catalog("/DSS << /Certs [20 0 R] >> /Version << >>"), numbered{20, certificate})
	},
		earlier, "later-revision", "catalog: /Version"},
	{"a version", func() []byte {
		return update(once(), catalog("/DSS << /Certs [20 0 R] >> /Version /1.7"), numbered{20, certificate})
	},
		extended, "validation-data", "catalog: /DSS"},
	{"another font of the form, where it has none", func() []byte {
		base := over(formWith("", "/DR << /Font << /F 30 0 R >> >>"), numbered{30, "<< /Type /Font >>"})
		return signedAs(base, field("second", 7), formWith("", "/DR << /Font << /F 31 0 R >> >>"),
			numbered{31, "<< /Type /Font >>"})
	}, twoWhole, "", "signature in object 7"},
	{"another signature's appearance", func() []byte {
		first := by(people().ana)
		first.other = []numbered{{4, strings.Replace(showing("signer", 5, "0 0 0 0"), "31", "32", 1)},
			{32, form("Pay 100")}}
		return signedAs(sign(contract(), first), strings.Replace(showing("second", 7, "0 0 0 0"), "31", "32", 1),
			numbered{32, form("Pay 900")})
	}, twoSpoilt, "later-revision", "replaces object 32"},
	{"another signature's field", func() []byte {
		return signedAs(once(), field("second", 7), numbered{4, field("signer", 7)})
	}, twoSpoilt, "later-revision", "replaces object 4"},
}

// dssTo is dssWith with different document information in the trailer.
func dssTo(base []byte, information string, more ...numbered) []byte {
	changed := dssWith(base, more...)
	at := bytes.LastIndex(changed, []byte("/Info 10 0 R"))
	return slices.Concat(changed[:at], []byte(fmt.Sprintf("%-12s", information)), changed[at+len("/Info 10 0 R"):])
}

// byStamper returns a time stamp over the data that a signature would cover.
func byStamper(digest func(crypto.Hash) []byte) []byte {
	return stampDigest(people().stamper, noon, crypto.SHA256, digest(crypto.SHA256))
}

// pageLength is the length of the content stream of [page] in bytes.
var pageLength = len("BT /F 12 Tf 72 700 Td (Pay 100) Tj ET")

// withInfo returns a signed contract whose document information is object 10.
func withInfo(information string) []byte {
	base := updateWith(contract(), fmt.Sprintf("/Info 10 0 R /Prev %d", pdftest.StartXRef(contract())),
		numbered{10, "<< " + information + " >>"})
	return sign(base, by(people().ana))
}

// withField returns a contract with a text field in object 9.
func withField() []byte {
	return update(contract(), formWith("9 0 R", ""),
		pageWith("/Annots [4 0 R 6 0 R 9 0 R]"), numbered{9, textField("", "32")}, numbered{32, form("")})
}

// newField signs in a new field, object 40. Page 1 has this field, fields 4 and 6, and the others.
func newField(base []byte, others, text string, change ...func(s *signing)) []byte {
	return again(base, append(change, func(s *signing) {
		s.other = []numbered{
			{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R " + others +
				" 40 0 R] /SigFlags 3 >> >>"},
			pageWith("/Annots [4 0 R 6 0 R " + others + " 40 0 R]"), {30, freeText}, {31, form("Pay 900")}, {40, text},
		}
	})...)
}

const small = "72 100 200 150" // a rectangle

// stampedIn adds a document time stamp in a new field after a signature.
func stampedIn(rectangle string) []byte {
	return newField(once(), "", showing("third", 7, rectangle),
		func(s *signing) { s.subFilter, s.raw = "ETSI.RFC3161", byStamper })
}

// around signs with a dictionary inside object 30, between head and tail. Object 33 is the length.
func around(head, tail string) []byte {
	return with(func(s *signing) {
		s.build = func(base []byte, objects ...numbered) []byte {
			signature := objects[len(objects)-1]
			inner := "5 0 obj\n" + signature.text + "\nendobj\n"
			if strings.Contains(head, "%d") {
				head = fmt.Sprintf(head, len(inner))
			}
			return pointedInto(update(base, objects[0], numbered{30, head + inner + tail},
				numbered{33, fmt.Sprint(len(inner))}, numbered{5, "null"}))
		}
	})
}

// inside signs with a dictionary that contains the beginning of object 30.
func inside(head string) []byte {
	return with(func(s *signing) {
		s.template = "<< /Type /Sig /SubFilter /adbe.pkcs7.detached /Name (30 0 obj\n" + head +
			") /ByteRange {range} /Contents {contents} /A (endstream) >>"
		s.other = []numbered{{4, field("signer", 5)}, {30, "null"}}
		s.build = func(base []byte, objects ...numbered) []byte {
			file := update(base, objects[0], objects[2], objects[1])
			line := fmt.Sprintf("30 1\n%010d", bytes.LastIndex(file, []byte("\n30 0 obj"))+1)
			return bytes.Replace(file, []byte(line),
				[]byte(fmt.Sprintf("30 1\n%010d", bytes.Index(file, []byte("(30 0 obj"))+1)), 1)
		}
	})
}

// pointedInto makes the last section point to the first object 5, which is inside another object.
func pointedInto(file []byte) []byte {
	line := fmt.Sprintf("5 1\n%010d", bytes.LastIndex(file, []byte("\n5 0 obj"))+1)
	at := bytes.LastIndex(file, []byte("5 0 obj\n<<"))
	return bytes.Replace(file, []byte(line), []byte(fmt.Sprintf("5 1\n%010d", at)), 1)
}

// swappedEntry adds validation data in an update whose cross-reference points object 8 into the
// stream of object 23.
func swappedEntry(signed []byte) []byte {
	changed := dssWith(signed, numbered{8, "null"})
	line := fmt.Sprintf("8 1\n%010d", bytes.LastIndex(changed, []byte("8 0 obj")))
	at := bytes.Index(changed, []byte("stream\n8 0 obj")) + len("stream\n")
	return bytes.Replace(changed, []byte(line), []byte(fmt.Sprintf("8 1\n%010d", at)), 1)
}

// repeatedLine makes the last section list object 8 twice, first at its old position.
func repeatedLine(changed []byte, size int) []byte {
	table := bytes.LastIndex(changed, []byte("xref\n1 1"))
	old := bytes.Index(changed[:size], []byte("\n8 0 obj")) + 1
	line := fmt.Sprintf("8 1\n%010d 00000 n \n", old)
	return append(append(bytes.Clone(changed[:table+len("xref\n")]), line...), changed[table+len("xref\n"):]...)
}

// paddedText writes text after the CMS.
func paddedText(s *signing) { s.padding = func(p []byte) { copy(p[len(p)-5:], "hello") } }

// TestAttacks checks that each attack is detected as expected, and that each harmless update is
// accepted.
func TestAttacks(t *testing.T) {
	for _, test := range attacks {
		t.Run(test.name, func(t *testing.T) {
			file := test.build()
			report := check(t, file, pdfsig.Options{})
			holdsUp(t, file, report)
			if got := statuses(report); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if got := codes(report); got != test.codes {
				t.Errorf("found %q, want %q", got, test.codes)
			}
			said := fmt.Sprint(report.Findings)
			for _, s := range report.Signatures {
				said += fmt.Sprint(s.Later)
			}
			if !strings.Contains(said, test.detail) {
				t.Errorf("%q is not said: %s", test.detail, said)
			}
		})
	}
}

// foreignSigned lists files that other programs signed, with valid signatures.
func foreignSigned(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.pdf.gz")
	if err != nil || len(names) < 11 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for i := range names {
		names[i] = strings.TrimSuffix(filepath.Base(names[i]), ".gz")
	}
	for _, made := range genuine {
		name := "openssl-" + made.name + ".pdf"
		if i := slices.Index(names, name); i < 0 {
			t.Errorf("there is no %s", name)
		} else if made.want != whole || made.name == "document-time-stamp" { // any bytes can be stamped
			names = slices.Delete(names, i, i+1)
		}
	}
	return append(names, "signpdf.pdf")
}

// firstPage returns the unchanged first page of a file and its object number.
func firstPage(t *testing.T, content []byte) (int, pdf.Object) {
	t.Helper()
	document, err := pdf.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	if err := document.Unlock(); err != nil {
		t.Fatal(err)
	}
	page, err := document.FirstPage()
	if err != nil {
		t.Fatal(err)
	}
	return int(page.Reference.Number), page.Dictionary
}

func TestGenuineFilesAreGoodAndNoneWithAnotherPageIs(t *testing.T) {
	names := foreignSigned(t)
	if len(names) < 60 {
		t.Errorf("there are %d files", len(names))
	}
	for _, name := range names {
		signed := file(name)
		report := check(t, signed, pdfsig.Options{})
		if !sound(report.Status) || report.Status == pdfsig.StatusUnsigned {
			t.Errorf("%s is %s: %v", name, report.Status, report.Findings)
			continue
		}
		covers := report.Signatures[0].ByteRange // covers[1] is the length of its first part
		for part := range int64(8) {
			at := part * covers[1] / 8
			changed := bytes.Clone(signed)
			changed[at] ^= 1
			if report := check(t, changed, pdfsig.Options{}); sound(report.Status) {
				t.Errorf("%s with another byte at %d is %s", name, at, report.Status)
			}
		}
		number, first := firstPage(t, signed)
		const contents = 5000
		another := numbered{contents, page("Pay 900")}
		replaced := numbered{number,
			string(first.With("Contents", pdf.NewReference(pdf.Reference{Number: contents})).Append(nil))}
		covered := numbered{number,
			string(first.With("Annots", pdf.NewArray(pdf.NewReference(pdf.Reference{Number: contents}))).Append(nil))}
		for what, changed := range map[string][]byte{
			"with another page behind":             update(signed, replaced, another),
			"with an annotation behind":            update(signed, covered, numbered{contents, freeText}),
			"with another page, signed by another": signInFieldOf(update(signed, replaced, another)),
		} {
			if report := check(t, changed, pdfsig.Options{}); sound(report.Status) {
				t.Errorf("%s %s is %s", name, what, report.Status)
			}
		}
		// another signature that changes nothing keeps the file sound
		if report := check(t, signInFieldOf(signed), pdfsig.Options{}); !sound(report.Status) {
			t.Errorf("%s signed again is %s: %v", name, report.Status, report.Findings)
		}
	}
}

// signInFieldOf signs in an update that adds only the signature. No form refers to it.
func signInFieldOf(base []byte) []byte {
	return again(base, func(s *signing) { s.object, s.other = 6000, []numbered{{6001, field("another", 6000)}} })
}
