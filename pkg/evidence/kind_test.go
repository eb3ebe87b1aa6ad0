package evidence

import (
	"slices"
	"strings"
	"testing"
)

func TestMediaTypeIsToldByContent(t *testing.T) {
	for _, test := range []struct{ head, want string }{
		{"\x89PNG\r\n\x1a\n....", "image/png"},
		{"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"},
		{"GIF89a", "image/gif"},
		{"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"},
		{"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"},
		{"RIFF\x10\x00\x00\x00AVI LIST", "video/x-msvideo"},
		{"\x00\x00\x00\x18ftypmp42", "video/mp4"},
		{"\x00\x00\x00\x18ftypqt  ", "video/quicktime"},
		{"\x00\x00\x00\x18ftypheic", "image/heic"},
		{"\x1a\x45\xdf\xa3\x01\x00\x00\x00webm", "video/webm"},
		{"\x1a\x45\xdf\xa3\x01\x00\x00\x00matroska", "video/x-matroska"},
		{"PK\x03\x04", "application/zip"},
		{` {"a": 1}`, "application/json"},
		{`{}`, "application/json"},
		{"[1, 2]", "application/json"},
		{"\xef\xbb\xbf{\"a\":1}", "application/json"},
		{"{not json}", "text/plain"},
		{"<?xml version='1.0'?>", "application/xml"},
		{"<!DOCTYPE html>", "text/html"},
		{"-----BEGIN CERTIFICATE-----", "application/x-pem-file"},
		{"señor", "text/plain"},
		{"se\xf1or", "application/octet-stream"},
		{"a\x00b", "application/octet-stream"},
		{"", "application/octet-stream"},
	} {
		if got := mediaTypeOf([]byte(test.head)); got != test.want {
			t.Errorf("%q is %q; want %q", test.head, got, test.want)
		}
	}
	long := []byte(`{"` + string(slices.Repeat([]byte("ñ"), headLength)))
	if got := mediaTypeOf(long[:headLength-1]); got != "application/octet-stream" && got != "application/json" {
		t.Errorf("a long text is %q", got)
	}
	if got := mediaTypeOf(append([]byte(`{"x`), long[2:]...)[:headLength]); got != "application/json" {
		t.Errorf("a text cut inside a character is %q", got)
	}
}

// Some reader or person takes each of these for a PDF, even if it is also something else.
func TestWhatPassesForAPDFIsOne(t *testing.T) {
	const pdf, filler = "application/pdf", 1100
	body, tail := "1 0 obj\n", "startxref\n9\n%%EOF\n"
	fill := strings.Repeat("x", filler)
	for _, test := range []struct{ name, content, want string }{
		{"a.bin", "%PDF-1.7\n" + body, pdf},
		{"a.bin", "\r\n junk in front %PDF-1.4", pdf},
		{"a.bin", "GIF89a%PDF-1.7\n" + body, pdf},
		{"a.png", "\x89PNG\r\n\x1a\n%PDF-1.7\n" + body, pdf},
		{"a.jpg", "\xff\xd8\xff\xe0%PDF-1.7\n" + body, pdf},
		{"a.rtf", "{\\rtf %PDF-1.7\n" + body, pdf},
		{"a.mp3", "ID3 %PDF-1.7\n" + body, pdf},
		{"a.mp4", "\x00\x00\x00\x18ftypmp42%PDF-1.7\n" + body, pdf},
		{"a.webp", "RIFF\x10\x00\x00\x00WEBP%PDF-1.7\n" + body, pdf},
		{"a.zip", "PK\x03\x04%PDF-1.7\n" + body, pdf},
		{"a.json", `{"header": "%PDF-1.4"}`, pdf},
		{"a.html", "<html>%PDF-1.7\n" + body, pdf},
		{"a.xml", "<?xml version='1.0'?>%PDF-1.7\n" + body, pdf},
		{"a.pem", "-----BEGIN X-----\n%PDF-1.7\n" + body, pdf},
		{"a.bin", fill + "%PDF-1.7\n" + body + tail, pdf},
		{"a.bin", "%XDF-1.7\n" + body + tail, pdf},
		{"a.gif", "GIF89a" + fill + "%PDF-1.7\n" + body + tail + strings.Repeat(" ", 900), pdf},
		{"contract.pdf", "%XDF-1.7\n" + body, pdf},
		{"contract.PDF", "GIF89a", pdf},
		{"contract.pdf", "", pdf},
		{"pdf", "GIF89a", "image/gif"},
		{"a.gif", "GIF89a" + fill + "%PDF-1.7\n" + body, "image/gif"},
		{"a.gif", "GIF89a" + tail + strings.Repeat(" ", 1024), "image/gif"},
	} {
		for method, packing := range map[string]uint16{"stored": methodStored, "deflated": methodDeflated} {
			f, whole := honest(), map[string]bool{}
			f.entries = []*forgedEntry{{name: test.name, content: []byte(test.content), method: packing}}
			wants := func(entry EntryReport) bool { return entry.MediaType == pdf }
			report, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
				WithInspectors(reading(t, wants, whole)))
			if err != nil {
				t.Fatal(err)
			}
			if got := report.Entries[0].MediaType; got != test.want || whole[test.name] != (test.want == pdf) {
				t.Errorf("%s, %s, %.40q is %s and inspected %t; want %s", test.name, method, test.content, got,
					whole[test.name], test.want)
			}
			if report, err = openBytes(t, f.bytes(), Limits{}).Verify(t.Context()); err != nil ||
				report.Entries[0].MediaType != test.want {
				t.Errorf("%s without an inspector: %s, %v", test.name, report.Entries[0].MediaType, err)
			}
		}
	}
}

// This also applies to content that is too large for memory.
func TestALargeContentThatEndsAsAPDFIsInspected(t *testing.T) {
	f, whole := honest(), map[string]bool{}
	content := append(append([]byte("GIF89a"), noise(2*maxMemoryContent)...), "startxref\n9\n%%EOF\n"...)
	f.entries = []*forgedEntry{{name: "a.gif", content: content, method: methodDeflated}}
	wants := func(entry EntryReport) bool { return entry.MediaType == "application/pdf" }
	if _, err := openBytes(t, f.bytes(), Limits{}).Verify(t.Context(),
		WithInspectors(reading(t, wants, whole))); err != nil || !whole["a.gif"] {
		t.Errorf("inspected %v, %v", whole, err)
	}
}

func TestKindFollowsContentAndName(t *testing.T) {
	rules := DefaultRules()
	for _, test := range []struct {
		mediaType, name string
		want            Kind
	}{
		{"application/pdf", "documents/contract.pdf", KindSignedDocument},
		{"application/pdf", "consent.json", KindSignedDocument},
		{"image/png", "identity/document-front.png", KindDocumentPicture},
		{"image/png", "identity/document-back.png", KindDocumentPicture},
		{"image/png", "identity/selfie.png", KindFacePicture},
		{"image/jpeg", "REVERSO_DNI.JPG", KindDocumentPicture},
		{"image/jpeg", "fotoRostro1.jpg", KindFacePicture},
		{"image/jpeg", "surface.jpg", KindOther},
		{"image/jpeg", "logo.jpg", KindOther},
		{"video/mp4", "liveness.mp4", KindVideo},
		{"application/json", "consent.json", KindConsent},
		{"text/plain", "Consentimiento.txt", KindConsent},
		{"application/json", "audit.json", KindMetadata},
		{"application/xml", "datos.xml", KindMetadata},
		{"application/octet-stream", "selfie.png", KindOther},
	} {
		got, by := KindOther, "no rule"
		if rule := classify(rules, test.mediaType, test.name); rule != nil {
			got, by = rule.Kind, rule.Name
		}
		if got != test.want {
			t.Errorf("%s %s is %q by %q; want %q", test.mediaType, test.name, got, by, test.want)
		}
	}
}

func TestRulesCanBeReplaced(t *testing.T) {
	policy := Policy{Rules: []Rule{{Name: "mine", Kind: "protocol", Words: []string{"audit"}}}}
	report, err := openBytes(t, honest().bytes(), Limits{}).Verify(t.Context(), WithPolicy(policy))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range report.Entries {
		want, rule := KindOther, ""
		if entry.Name == "audit.json" {
			want, rule = "protocol", "mine"
		}
		if entry.Kind != want || entry.Rule != rule {
			t.Errorf("%s is %q by %q; want %q", entry.Name, entry.Kind, entry.Rule, want)
		}
	}
}

func TestWordsOfANameAreItsRunsOfLetters(t *testing.T) {
	got := slices.Collect(wordsOf("identity/fotoRostro_2-DNI.png"))
	if want := []string{"identity", "foto", "Rostro", "DNI", "png"}; !slices.Equal(got, want) {
		t.Errorf("got %q; want %q", got, want)
	}
}
