package pdfsig_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/pdf/pdftest"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

func TestASignatureIsDescribed(t *testing.T) {
	signed := with(func(s *signing) {
		s.entries = "/M (D:20250504090000-03'00') /Reference [<< /TransformMethod /DocMDP /TransformParams << >> >>]"
	})
	got := check(t, signed, pdfsig.Options{}).Signatures[0]
	open := int64(bytes.LastIndex(signed, []byte("/Contents <")) + len("/Contents "))
	end := open + 2*usualRoom + 2
	if want := []int64{0, open, end, int64(len(signed)) - end}; !slices.Equal(got.ByteRange, want) {
		t.Errorf("byte range %v, want %v", got.ByteRange, want)
	}
	if got.Object != 5 || got.Field != "signer" || got.Kind != pdfsig.KindCertification || got.DocMDP != 2 ||
		got.SubFilter != "adbe.pkcs7.detached" || got.DigestAlgorithm != "SHA-256" || got.SignatureAlgorithm != "RSA" ||
		got.BytesAfter != 0 {
		t.Errorf("got %+v", got)
	}
	if got.ClaimedTime == nil || !got.ClaimedTime.Equal(noon) || got.StatedTime == nil || !got.StatedTime.Equal(noon) {
		t.Errorf("claimed %v, stated %v", got.ClaimedTime, got.StatedTime)
	}
	ana := people().ana.certificate()
	if fingerprint := sha256.Sum256(ana.Raw); !got.Signer.Certificate.Equal(ana) ||
		got.Signer.SHA256 != hex.EncodeToString(fingerprint[:]) ||
		got.Signer.Issuer != "CN=Invented Root" || got.Signer.Serial != ana.SerialNumber.Text(16) ||
		!got.Signer.NotAfter.Equal(ana.NotAfter) {
		t.Errorf("signer %+v", got.Signer)
	}
	if got := check(t, sign(contract(), by(people().bruno)),
		pdfsig.Options{}).Signatures[0]; got.SignatureAlgorithm != "ECDSA" || got.Kind != pdfsig.KindSignature {
		t.Errorf("got %+v", got)
	}
}

func TestFilesOfManyProgramsAreUnsigned(t *testing.T) {
	names, err := filepath.Glob("../../../internal/pdf/testdata/*.pdf")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		name = filepath.Base(name)
		want := pdfsig.StatusUnsigned
		switch {
		case name == "encrypted-object-streams.pdf": // needs a password
			want = pdfsig.StatusIndeterminate
		case name == "signpdf.pdf":
			want = pdfsig.StatusWholeFile
		}
		if report := check(t, file(name), pdfsig.Options{}); report.Status != want {
			t.Errorf("%s is %s: %v", name, report.Status, report.Findings)
		}
	}
}

// Each signature is valid and covers everything before it. The last one exceeds the limit.
func TestNoStatusIsGivenForMoreSignaturesThanAreJudged(t *testing.T) {
	const judged = 100
	signed := contract()
	for n := range judged + 1 {
		signed = again(signed, func(s *signing) {
			s.object, s.reserve, s.cms.certificates = 200+n, 1000, people().bruno.chain[:1]
		})
		if n+1 == judged {
			if report := check(t, signed, pdfsig.Options{}); report.Status != pdfsig.StatusWholeFile ||
				len(report.Signatures) != judged {
				t.Errorf("%d signatures: %s", len(report.Signatures), report.Status)
			}
		}
	}
	if report := check(t, signed, pdfsig.Options{}); report.Status != pdfsig.StatusIndeterminate ||
		!strings.Contains(codes(report), "signature-limit") {
		t.Errorf("one more: %s", report.Status)
	}
}

// The second of two signatures covers the bytes of the first one again. The bytes before the gap of
// the first one are hashed once.
func TestNoStatusIsGivenForMoreBytesThanAreHashed(t *testing.T) {
	signed := again(sign(contract(), by(people().ana)))
	toHash, begun := int64(0), int64(0)
	for _, signature := range check(t, signed, pdfsig.Options{}).Signatures {
		toHash += signature.ByteRange[1] - begun + signature.ByteRange[3]
		begun = signature.ByteRange[1]
	}
	for bound, want := range map[int64]pdfsig.Status{toHash: pdfsig.StatusWholeFile,
		toHash - 1: pdfsig.StatusIndeterminate} {
		report, err := pdfsig.CheckWithin(t.Context(), bytes.NewReader(signed), int64(len(signed)), pdfsig.Options{},
			bound, 1<<20)
		if err != nil || report.Status != want ||
			strings.Contains(codes(report), "limit") != (want == pdfsig.StatusIndeterminate) {
			t.Errorf("%d of %d bytes: %v, %v", bound, toHash, report, err)
		}
	}
}

func TestNoStatusIsGivenForMoreBytesOfSignaturesThanAreJudged(t *testing.T) {
	one := once()
	for bound, want := range map[int64]pdfsig.Status{2 * usualRoom: pdfsig.StatusWholeFile,
		500: pdfsig.StatusIndeterminate} {
		report, err := pdfsig.CheckWithin(t.Context(), bytes.NewReader(one), int64(len(one)), pdfsig.Options{}, 1<<20,
			bound)
		if err != nil || report.Status != want ||
			strings.Contains(codes(report), "limit") != (want == pdfsig.StatusIndeterminate) {
			t.Errorf("%d bytes: %v, %v", bound, report, err)
		}
	}
}

func TestStatedDates(t *testing.T) {
	for text, want := range map[string]string{
		"D:20250504120000Z":         "2025-05-04T12:00:00Z",
		"D:20250504120000Z00'00'":   "2025-05-04T12:00:00Z",
		"D:20250504090000-03'00'":   "2025-05-04T12:00:00Z",
		"D:20250504173000+05'30":    "2025-05-04T12:00:00Z",
		"20250504090000-03":         "2025-05-04T12:00:00Z",
		"D:202505041200":            "2025-05-04T12:00:00Z",
		"D:2025":                    "2025-01-01T00:00:00Z",
		"D:203":                     "",
		"D:20250504120000000":       "",
		"D:20251304120000":          "",
		"yesterday":                 "",
		"":                          "",
		"D:20250504120000+99'99'":   "",
		"D:20250504120000Z trailer": "2025-05-04T12:00:00Z",
	} {
		got := ""
		stated := check(t, with(func(s *signing) { s.entries = "/M (" + text + ")" }),
			pdfsig.Options{}).Signatures[0].StatedTime
		if stated != nil {
			got = stated.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

func TestFieldNamesAreWholeAndHarmless(t *testing.T) {
	for want, names := range map[string][2]string{
		"loan.signer":            {"(loan)", "(signer)"},
		"año.sí":                 {"<FEFF0061F1006F>", "(s\xed)"}, // an odd byte at the end is ignored
		"a[31mb":                 {"(a\x1b[31mb)", ""},
		strings.Repeat("x", 128): {"(" + strings.Repeat("x", 200) + ")", ""},
	} {
		if want == "año.sí" {
			names[0] = "<FEFF006100F1006F>"
		}
		kid := "<< /Parent 9 0 R /V 5 0 R >>"
		if names[1] != "" {
			kid = "<< /Parent 9 0 R /V 5 0 R /T " + names[1] + " >>"
		}
		s := by(people().ana)
		s.other = []numbered{{4, kid}, {9, "<< /FT /Sig /T " + names[0] + " >>"}}
		if got := check(t, sign(contract(), s), pdfsig.Options{}).Signatures[0]; got.Field != want ||
			got.Status != pdfsig.StatusWholeFile {
			t.Errorf("field %q, want %q (%s)", got.Field, want, got.Reason)
		}
	}
	s := by(people().ana)
	s.other = []numbered{{4, "<< /Parent 4 0 R /FT /Sig /T (loop) /V 5 0 R >>"}}
	if got := check(t, sign(contract(), s), pdfsig.Options{}).Signatures[0]; !strings.HasPrefix(got.Field,
		"loop.loop") {
		t.Errorf("field %q", got.Field)
	}
}

func TestTheSignedRevisionCanBeExtracted(t *testing.T) {
	first := once()
	second := again(update(first, numbered{8, page("Pay 900")}))
	changed := append(bytes.Clone(second), "tail"...)
	report := check(t, changed, pdfsig.Options{})
	for i, want := range [][]byte{first, second} {
		signature := &report.Signatures[i]
		revision, err := signature.Revision(bytes.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(revision); err != nil || !bytes.Equal(got, want) {
			t.Errorf("revision %d has %d bytes, want %d (%v)", i, len(got), len(want), err)
		}
		if signature.BytesAfter != int64(len(changed)-len(want)) {
			t.Errorf("%d bytes after revision %d", signature.BytesAfter, i)
		}
	}
	invalid := check(t, swap(once(), "Pay 100", "Pay 900"), pdfsig.Options{}).Signatures[0]
	if _, err := invalid.Revision(bytes.NewReader(first)); err == nil {
		t.Error("an INVALID signature gives a revision")
	}
}

func TestPopplersSignerIsTrustedByItsRoot(t *testing.T) {
	pem, err := os.ReadFile(filepath.Join("testdata", "root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := pool(people().root)
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	for _, signature := range check(t, file("poppler-signed-twice.pdf"), pdfsig.Options{Roots: roots}).Signatures {
		if signature.Trust.Status != pdfsig.Trusted || signature.StatedTime == nil || signature.Field == "" {
			t.Errorf("%+v", signature)
		}
	}
}

// All subjects contain the same word. The test searches for it in all JSON, findings and errors.
func TestSubjectsStandNowhere(t *testing.T) {
	inspector, err := pdfsig.New(pdfsig.Options{Roots: people().stampRoots(), TimeStampRoots: people().roots()})
	if err != nil {
		t.Fatal(err)
	}
	files := maps.Clone(corpusFiles())
	files["self"] = sign(contract(), by(people().self))
	for name, content := range files {
		inspection, err := inspector.Inspect(context.Background(), evidence.EntryReport{},
			io.NewSectionReader(bytes.NewReader(content), 0, int64(len(content))))
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(inspection)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("Canary")) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestFindingsCanBeAccepted(t *testing.T) {
	file := update(once(), numbered{8, page("Pay 900")})
	report := check(t, file, pdfsig.Options{Accept: []evidence.Code{pdfsig.CodeLaterRevision}})
	if report.Status != pdfsig.StatusSignedRevisionOnly || len(report.Refusals()) != 0 ||
		report.Findings[0].Severity != evidence.SeverityAccepted {
		t.Errorf("%s with %v", report.Status, report.Findings)
	}
	if report := check(t, file, pdfsig.Options{}); len(report.Refusals()) != 1 {
		t.Errorf("%v", report.Findings)
	}
	if report := check(t, swap(once(), "Pay 100", "Pay 900"),
		pdfsig.Options{Accept: []evidence.Code{pdfsig.CodeLaterRevision}}); len(report.Refusals()) != 1 {
		t.Errorf("%v", report.Findings)
	}
}

func TestOptionsThatMakeNoSenseAreRefused(t *testing.T) {
	digest := strings.Repeat("0a", 32)
	for want, options := range map[string]pdfsig.Options{
		"no finding code":       {Accept: []evidence.Code{"nothing"}},
		"cannot be accepted":    {Accept: []evidence.Code{pdfsig.CodeDigestMismatch}},
		"64 hexadecimal digits": {Sent: []evidence.SentDocument{{Name: "a", Size: 1, SHA256: digest[1:]}}},
		"must be positive":      {Sent: []evidence.SentDocument{{Name: "a", Size: 0, SHA256: digest}}},
	} {
		if _, err := pdfsig.New(options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: %v, want %q", err, want)
		}
		if _, err := pdfsig.Check(context.Background(), bytes.NewReader(nil), 0, options); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("Check: %v, want %q", err, want)
		}
	}
	if _, err := pdfsig.Check(context.Background(), bytes.NewReader(nil), -1, pdfsig.Options{}); err == nil {
		t.Error("a negative size is taken")
	}
}

func TestEveryCodeIsDescribedAndMet(t *testing.T) {
	// TestRevocationIsJudgedByWhoMayAndWhen covers these codes.
	met := map[evidence.Code]bool{pdfsig.CodeRevoked: true, pdfsig.CodeRevokedLater: true}
	for _, test := range trustTable() {
		for _, code := range strings.Fields(test.codes) {
			met[evidence.Code(code)] = true
		}
	}
	for _, test := range corpus {
		for _, code := range strings.Fields(test.codes) {
			met[evidence.Code(code)] = true
		}
	}
	for _, test := range attacks {
		for _, code := range strings.Fields(test.codes) {
			met[evidence.Code(code)] = true
		}
	}
	seen := map[evidence.Code]bool{}
	for _, info := range pdfsig.Codes() {
		if info.Description == "" || info.Class != pdfsig.ClassSignature || info.Severity == "" || seen[info.Code] {
			t.Errorf("%+v", info)
		}
		if seen[info.Code] = true; !met[info.Code] {
			t.Errorf("no file of the corpus has %s", info.Code)
		}
	}
	for code := range met {
		if !seen[code] {
			t.Errorf("%s is not described", code)
		}
	}
}

// sentOf returns the entry of a receipt for a document.
func sentOf(name string, content []byte) evidence.SentDocument {
	digest := sha256.Sum256(content)
	return evidence.SentDocument{Name: name, Size: int64(len(content)), SHA256: hex.EncodeToString(digest[:])}
}

func TestWhatWasSentIsCompared(t *testing.T) {
	sent, other := sentOf("contract.pdf", contract()), sentOf("other.pdf", []byte("%PDF-1.4 other"))
	upper := sent
	upper.SHA256 = strings.ToUpper(upper.SHA256)
	signed := once()
	tests := []struct {
		name      string
		file      []byte
		sent      []evidence.SentDocument
		relation  pdfsig.Relation
		documents string
	}{
		{"begins with", signed, []evidence.SentDocument{other, sent}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true"},
		{"digest in capitals", signed, []evidence.SentDocument{upper}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true"},
		{"identical", contract(), []evidence.SentDocument{sent}, pdfsig.RelationIdentical,
			"contract.pdf identical false"},
		{"differs", swap(signed, "Pay 100", "Pay 900"), []evidence.SentDocument{sent, other}, pdfsig.RelationDiffers,
			""},
		{"shorter than what was sent", contract()[:100], []evidence.SentDocument{sent}, pdfsig.RelationDiffers, ""},
		{"begins with it, and is not signed", update(contract(), numbered{8, page("Pay 900")}),
			[]evidence.SentDocument{sent},
			pdfsig.RelationBeginsWith, "contract.pdf begins-with false"},
		{"begins with it, under a signature that does not hold", withCMS(func(f *forgedCMS) { f.spoil = true }),
			[]evidence.SentDocument{sent},
			pdfsig.RelationBeginsWith, "contract.pdf begins-with false"},
		{"begins with it, and is only stamped", stamped(contract()), []evidence.SentDocument{sent},
			pdfsig.RelationBeginsWith,
			"contract.pdf begins-with false"},
		{"sent signed, and signed again", again(signed), []evidence.SentDocument{sentOf("signed.pdf", signed), sent},
			pdfsig.RelationBeginsWith,
			"signed.pdf begins-with true, contract.pdf begins-with true"},
		{"another amount before it is signed", again(update(contract(), numbered{8, page("Pay 900")})),
			[]evidence.SentDocument{sent}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true (other: it replaces object 8)"},
		{"another amount between two signatures", again(update(signed, numbered{8, page("Pay 900")})),
			[]evidence.SentDocument{sent}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true (other: it replaces object 8)"},
		{"another amount, signed after it had been changed back",
			again(update(update(contract(), numbered{8, page("Pay 900")}), numbered{8, page("Pay 100")})),
			[]evidence.SentDocument{sent}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true (other: it replaces object 8)"},
		{"an annotation over the page before it is signed",
			again(update(contract(),
				numbered{3, "<< /Type /Page /Parent 2 0 R /Contents 8 0 R /Annots [4 0 R 6 0 R 30 0 R] >>"},
				numbered{30, "<< /Type /Annot /Subtype /FreeText /Rect [0 0 612 792] /AP << /N 31 0 R >> >>"},
				numbered{31, page("Pay 900")})),
			[]evidence.SentDocument{sent}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true (other: page 1: another annotation)"},
		{"another page tree before it is signed",
			again(update(contract(),
				numbered{1, "<< /Type /Catalog /Pages 21 0 R /AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 3 >> >>"},
				numbered{21, "<< /Type /Pages /Kids [22 0 R] /Count 1 >>"},
				numbered{22, "<< /Type /Page /Parent 21 0 R /Contents 23 0 R >>"}, numbered{23, page("Pay 900")})),
			[]evidence.SentDocument{sent}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true (other: catalog: /Pages)"},
		{"validation data and a time stamp behind the signature", stamped(dss(signed)), []evidence.SentDocument{sent},
			pdfsig.RelationBeginsWith, "contract.pdf begins-with true"},
		{"changed behind the signature", update(signed, numbered{8, page("Pay 900")}), []evidence.SentDocument{sent},
			pdfsig.RelationBeginsWith, "contract.pdf begins-with true"},
		{"sent cut", signed,
			[]evidence.SentDocument{sentOf("contract.pdf", contract()[:100])}, pdfsig.RelationBeginsWith,
			"contract.pdf begins-with true (other: it cannot be compared: broken cross-reference: the file has no " +
				"startxref)"},
		{"sent signed, and come back so", signed, []evidence.SentDocument{sentOf("signed.pdf", signed)},
			pdfsig.RelationIdentical,
			"signed.pdf identical false"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := check(t, test.file, pdfsig.Options{Sent: test.sent}).Sent
			var documents []string
			for _, document := range got.Documents {
				text := fmt.Sprint(document.Name, " ", document.Relation, " ", document.Covered)
				for _, change := range document.Changes {
					text += fmt.Sprintf(" (%s: %s)", change.Kind, change.Detail)
				}
				documents = append(documents, text)
			}
			for _, document := range got.Documents {
				if document.Signed() != (document.Covered && len(document.Changes) == 0) {
					t.Errorf("signed is %t of %+v", document.Signed(), document)
				}
			}
			if got.Relation != test.relation || strings.Join(documents, ", ") != test.documents {
				t.Errorf("got %+v, want %s, %s", got, test.relation, test.documents)
			}
		})
	}
	if got := check(t, signed, pdfsig.Options{}).Sent; got != nil {
		t.Errorf("nothing was sent: %+v", got)
	}
}

// zipOf returns an evidence ZIP in memory.
func zipOf(contents map[string][]byte) *evidence.Archive {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for name, content := range contents {
		entry, err := w.Create(name)
		if err == nil {
			_, err = entry.Write(content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	archive, err := evidence.OpenReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()), evidence.Limits{})
	if err != nil {
		panic(err)
	}
	return archive
}

func TestAnEvidenceZIPIsInspectedAndSearchedForWhatWasSent(t *testing.T) {
	sent := []evidence.SentDocument{
		sentOf("contract.pdf", contract()), sentOf("lost.pdf", []byte("%PDF-1.4 lost")),
		sentOf("note.txt", []byte("note")),
		sentOf("annex.pdf", pdftest.Table(pdftest.Pages("", "")...)),
	}
	archive := zipOf(map[string][]byte{
		"signed/contract.bin": once(), // recognized by content, not by name
		"copy.pdf":            contract(),
		"annex.pdf":           pdftest.Table(pdftest.Pages("", "")...),
		"note.txt":            []byte("note"),
		"later.pdf":           dss(once()),
	})
	inspector, err := pdfsig.New(pdfsig.Options{Sent: sent})
	if err != nil {
		t.Fatal(err)
	}
	report, err := archive.Verify(t.Context(), evidence.WithInspectors(inspector))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"signed/contract.bin": "WHOLE_FILE", "copy.pdf": "UNSIGNED", "annex.pdf": "UNSIGNED",
		"later.pdf": "EXTENDED"}
	for _, entry := range report.Entries {
		got := ""
		for _, inspection := range entry.Inspections {
			got = inspection.Status
			if inspection.Inspector != "pdfsig" || inspection.Error != "" {
				t.Errorf("%+v", inspection)
			}
			for _, finding := range inspection.Findings {
				if finding.Entry != entry.Name {
					t.Errorf("finding about %q in %q", finding.Entry, entry.Name)
				}
			}
		}
		if got != want[entry.Name] {
			t.Errorf("%s is %s, want %s", entry.Name, got, want[entry.Name])
		}
	}
	found := pdfsig.FindSent(report, sent)
	if len(found) != len(sent) {
		t.Fatalf("found %+v", found)
	}
	for i, want := range []string{"begins-with covered", "not-found ", "identical note.txt", "identical annex.pdf"} {
		got := string(found[i].Relation) + " " + found[i].Entry
		if found[i].Covered && (found[i].Entry == "signed/contract.bin" || found[i].Entry == "later.pdf") {
			got = string(found[i].Relation) + " covered"
		}
		if got != want || found[i].Name != sent[i].Name {
			t.Errorf("%s: %s, want %s", found[i].Name, got, want)
		}
	}
}

func TestTheJSONFormIsStable(t *testing.T) {
	report := check(t, append(sign(contract(), by(people().self)), '\n'),
		pdfsig.Options{Roots: people().roots(), Sent: []evidence.SentDocument{sentOf("contract.pdf", contract())}})
	var value map[string]any
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	keys := func(of any) string {
		var result []string
		for key := range of.(map[string]any) {
			result = append(result, key)
		}
		slices.Sort(result)
		return strings.Join(result, " ")
	}
	signature := value["signatures"].([]any)[0].(map[string]any)
	for _, test := range []struct {
		of   any
		want string
	}{
		{value, "findings revocation sent signatures status trust version"},
		{signature, "byteRange bytesAfter claimedTime digestAlgorithm field kind object revocation " +
			"signatureAlgorithm signer status subFilter trust"},
		{signature["signer"], "notAfter notBefore serial sha256"}, // self-issued: the issuer would be the person
		{signature["revocation"], "certificates status"},
		{signature["trust"], "reason status timeSource"},
		{value["sent"], "documents relation"},
		{value["sent"].(map[string]any)["documents"].([]any)[0], "covered name relation sha256 size"},
		{value["findings"].([]any)[0], "class code message offset severity"},
	} {
		if got := keys(test.of); got != test.want {
			t.Errorf("keys %q, want %q", got, test.want)
		}
	}
	if text, err := json.Marshal(check(t, contract(), pdfsig.Options{})); err != nil ||
		!bytes.Contains(text, []byte(`"signatures":[]`)) {
		t.Errorf("%s, %v", text, err)
	}
}

// failing returns an error from a certain byte on.
type failing struct {
	content []byte
	from    int64
	err     error
}

func (f failing) ReadAt(p []byte, offset int64) (int, error) {
	if offset+int64(len(p)) > f.from {
		return 0, f.err
	}
	return bytes.NewReader(f.content).ReadAt(p, offset)
}

func TestReadErrorsAreNoJudgement(t *testing.T) {
	signed := append(once(), bytes.Repeat([]byte(" "), 100_000)...)
	broken := errors.New("broken disk")
	for from := int64(0); from < int64(len(signed)); from += 997 {
		report, err := pdfsig.Check(context.Background(), failing{signed, from, broken}, int64(len(signed)),
			pdfsig.Options{})
		if !errors.Is(err, broken) || report != nil {
			t.Fatalf("from byte %d: %v, %v", from, report, err)
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := pdfsig.Check(ended, bytes.NewReader(signed), int64(len(signed)), pdfsig.Options{}); !errors.Is(err,
		context.Canceled) {
		t.Errorf("after the end of its context: %v", err)
	}
}

// padded is a signed file with any number of simulated spaces in the middle.
type padded struct {
	head, tail []byte
	spaces     int64
}

func (p padded) ReadAt(b []byte, offset int64) (int, error) {
	for i := range b {
		at := offset + int64(i)
		switch {
		case at < int64(len(p.head)):
			b[i] = p.head[at]
		case at < int64(len(p.head))+p.spaces:
			n := min(int64(len(b)-i), int64(len(p.head))+p.spaces-at)
			for j := range n {
				b[int64(i)+j] = ' '
			}
			if int64(i)+n == int64(len(b)) {
				return len(b), nil
			}
			rest, err := p.ReadAt(b[int64(i)+n:], at+n)
			return i + int(n) + rest, err
		default:
			at -= int64(len(p.head)) + p.spaces
			n := copy(b[i:], p.tail[min(at, int64(len(p.tail))):])
			if i+n < len(b) {
				return i + n, io.EOF
			}
			return len(b), nil
		}
	}
	return len(b), nil
}

func TestAFileIsNotHeldInMemory(t *testing.T) {
	const spaces = 16 << 20
	signed := once()
	size := int64(len(signed)) + spaces
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	report, err := pdfsig.Check(context.Background(), padded{head: signed, spaces: spaces}, size,
		pdfsig.Options{Sent: []evidence.SentDocument{{Name: "x", Size: size - 1, SHA256: strings.Repeat("00", 32)}}})
	runtime.ReadMemStats(&after)
	if err != nil || report.Status != pdfsig.StatusSignedRevisionOnly || report.Signatures[0].BytesAfter != spaces {
		t.Fatalf("%+v, %v", report, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 2<<20 {
		t.Errorf("%d bytes were allocated for a file of %d", used, size)
	}
}

// Each object is inside a comment of the previous one, so reading any of them reads all the rest.
func TestObjectsInsideEachOtherDoNotCostTheirSquare(t *testing.T) {
	const objects = 5_000
	var file bytes.Buffer
	file.WriteString("%PDF-1.4\n")
	var table strings.Builder
	fmt.Fprintf(&table, "xref\n1 %d\n", objects)
	for n := 1; n <= objects; n++ {
		fmt.Fprintf(&table, "%010d 00000 n \n", file.Len())
		fmt.Fprintf(&file, "%d 0 obj %%%s", n, strings.Repeat("x", 200))
	}
	start := file.Len() + 1
	fmt.Fprintf(&file, "\n%strailer\n<< /Size %d >>\nstartxref\n%d\n%%%%EOF\n", table.String(), objects+1, start)
	report := check(t, file.Bytes(), pdfsig.Options{})
	if report.Status != pdfsig.StatusIndeterminate || codes(report) != "signature-limit" {
		t.Errorf("%s: %s", report.Status, codes(report))
	}
}

// Each of many entries of the validation data refers to the same thousand streams.
func TestObjectsThatLeadToTheSameOnesDoNotCostTheirProduct(t *testing.T) {
	var entries strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&entries, "/%d 25 0 R ", n)
	}
	streams := strings.Repeat("26 0 R ", 1000)
	file := update(once(), catalog("/DSS << /VRI 24 0 R >>"), numbered{24, "<< " + entries.String() + " >>"},
		numbered{25, "<< /Cert [" + streams + "] >>"}, numbered{26, certificate})
	report := check(t, file, pdfsig.Options{})
	if report.Status != pdfsig.StatusSignedRevisionOnly ||
		!strings.Contains(report.Findings[0].Message, "budget exceeded") {
		t.Errorf("%s: %v", report.Status, report.Findings)
	}
}

func BenchmarkCheck5MB(b *testing.B) {
	objects := pdftest.Pages("/AcroForm << /Fields [4 0 R] >>", "")
	objects = append(objects, "<< /FT /Sig /T (signer) >>", "")
	for range 50 {
		objects = append(objects, page(strings.Repeat("x", 100_000)))
	}
	signed := sign(pdftest.Table(objects...), by(people().ana))
	b.SetBytes(int64(len(signed)))
	for b.Loop() {
		if report := check(b, signed, pdfsig.Options{}); report.Status != pdfsig.StatusWholeFile {
			b.Fatal(report.Findings)
		}
	}
}
