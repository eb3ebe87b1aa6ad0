package emulator_test

import (
	"archive/zip"
	"bytes"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"image/jpeg"
	"io"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// unzip returns the entries of a ZIP by name, and their names in order.
func unzip(t *testing.T, packed []byte) (map[string][]byte, []string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	contents, names := map[string][]byte{}, []string(nil)
	for _, entry := range archive.File {
		reader, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatalf("%s: %v", entry.Name, err)
		}
		contents[entry.Name], names = content, append(names, entry.Name)
	}
	return contents, names
}

// evidenceOf starts a circuit with the documents, completes it, and returns its evidence.
func (s *served) evidenceOf(documents ...sent) (started, reply) {
	s.t.Helper()
	token := s.token()
	circuit := s.start(token, startBody(documents...))
	if err := s.Complete(circuit.CircuitID); err != nil {
		s.t.Fatal(err)
	}
	answer := s.download(token, circuit.CircuitID)
	if answer.status != 200 {
		s.t.Fatalf("download: status %d: %s", answer.status, answer.body)
	}
	return circuit, answer
}

// completedAt returns the completion time from the audit.
func (c started) completedAt(api *served, token string) time.Time {
	api.t.Helper()
	contents, _ := unzip(api.t, api.download(token, c.CircuitID).body)
	var audit struct{ CompletedAt time.Time }
	if err := json.Unmarshal(contents["audit.json"], &audit); err != nil {
		api.t.Fatal(err)
	}
	return audit.CompletedAt
}

func TestEvidenceHoldsWhatThePackageDocumentationSays(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now})
	contract, annex := makePDF("contract"), makePDF("annex")
	token := api.token()
	circuit := api.start(token, startBody(sent{"contrato.pdf", contract}, sent{"../Anexo A:1.PDF", annex}))
	startedAt := now.Now()
	now.Advance(90 * time.Second)
	if err := api.Complete(circuit.CircuitID); err != nil {
		t.Fatal(err)
	}
	answer := api.download(token, circuit.CircuitID)
	if answer.header.Get("Content-Length") != fmt.Sprint(len(answer.body)) ||
		answer.header.Get("Content-Disposition") != `attachment; filename="evidence-`+circuit.CircuitID+`.zip"` {
		t.Errorf("header: %v", answer.header)
	}
	contents, names := unzip(t, answer.body)
	want := []string{
		"documents/contrato.pdf", "documents/_Anexo A_1.pdf", "identity/document-front.jpg",
		"identity/document-back.jpg",
		"identity/selfie.jpg", "consent.json", "audit.json",
	}
	if !slices.Equal(names, want) {
		t.Fatalf("entries: %q", names)
	}
	for name, sent := range map[string][]byte{want[0]: contract, want[1]: annex} {
		if signed := contents[name]; !bytes.HasPrefix(signed, sent) ||
			!bytes.Contains(signed[len(sent):], []byte("adbe.pkcs7.detached")) {
			t.Errorf("%s does not begin with what was sent, or is not signed", name)
		}
	}
	for _, name := range want[2:5] {
		if _, err := jpeg.Decode(bytes.NewReader(contents[name])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	var consent struct {
		MadeBy, CircuitID, RequestID string
		Signer                       struct{ Name, Email, NIF string }
		Accepted                     bool
		AcceptedAt                   time.Time
	}
	if err := json.Unmarshal(contents["consent.json"], &consent); err != nil {
		t.Fatal(err)
	}
	if consent.CircuitID != circuit.CircuitID || consent.RequestID != "loan-4711" ||
		consent.Signer.Name != "Ana Pérez" ||
		consent.Signer.Email != "ana@example.com" || consent.Signer.NIF != "12345678A" || !consent.Accepted ||
		!consent.AcceptedAt.Equal(now.Now()) || !strings.Contains(consent.MadeBy, "emulator") {
		t.Errorf("consent: %+v", consent)
	}

	var audit struct {
		MadeBy, CircuitID, RequestID, Channel string
		StartedAt, CompletedAt                time.Time
		Documents                             []struct {
			Name, File               string
			SentSize, SignedSize     int64
			SentSHA256, SignedSHA256 string
		}
		Files []struct {
			File, SHA256 string
			Size         int64
		}
		Events          []struct{ At, Event string }
		RootCertificate string
	}
	if err := json.Unmarshal(contents["audit.json"], &audit); err != nil {
		t.Fatal(err)
	}
	if audit.CircuitID != circuit.CircuitID || audit.RequestID != "loan-4711" || audit.Channel != api.Channel() ||
		!audit.StartedAt.Equal(startedAt) || !audit.CompletedAt.Equal(now.Now()) ||
		!strings.Contains(audit.MadeBy, "emulator") || len(audit.Events) == 0 {
		t.Errorf("audit: %+v", audit)
	}
	if len(audit.Files) != len(want)-1 || len(audit.Documents) != 2 {
		t.Fatalf("audit names %d files and %d documents", len(audit.Files), len(audit.Documents))
	}
	for _, file := range audit.Files {
		if content := contents[file.File]; file.SHA256 != sum(content) || file.Size != int64(len(content)) {
			t.Errorf("audit of %s does not match the entry", file.File)
		}
	}
	second := audit.Documents[1]
	if signed := contents[second.File]; second.Name != "../Anexo A:1.PDF" || second.File != want[1] ||
		second.SentSHA256 != sum(annex) ||
		second.SentSize != int64(len(annex)) || second.SignedSHA256 != sum(signed) ||
		second.SignedSize != int64(len(signed)) {
		t.Errorf("audit of the second document: %+v", second)
	}
	block, _ := pem.Decode([]byte(audit.RootCertificate))
	if block == nil {
		t.Fatal("rootCertificate is no PEM")
	}
	if root, err := x509.ParseCertificate(block.Bytes); err != nil || !root.IsCA {
		t.Errorf("root certificate: %v", err)
	}
}

func TestEvidenceIsAcceptedByTheStrictReader(t *testing.T) {
	api := serve(t, emulator.Config{})
	blank := append(makePDF("blank"), bytes.Repeat([]byte(" "), 2<<20)...)
	blank = append(blank, makePDF("blank")[len(makePDF("blank"))-len("startxref\n000\n%%EOF\n"):]...)
	_, answer := api.evidenceOf(
		sent{"contrato de préstamo.pdf", makePDF("a")}, sent{"contrato de pre\u0301stamo.pdf", makePDF("b")},
		sent{"CON.pdf", makePDF("c")}, sent{`C:\temp\..\x`, makePDF("d")}, sent{"/etc/passwd", makePDF("e")},
		sent{"\u202egpj.pdf", makePDF("f")}, sent{strings.Repeat("ñ", 500), makePDF("g")}, sent{"blank.pdf", blank},
		sent{"BLANK.PDF", makePDF("h")}, sent{" . ", makePDF("i")}, sent{"合同.pdf", makePDF("j")},
	)
	archive, err := evidence.OpenReader(bytes.NewReader(answer.body), int64(len(answer.body)),
		evidence.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := archive.Verify(t.Context(), evidence.WithPolicy(evidence.Policy{Strict: true}))
	if err != nil {
		t.Fatalf("%v\n%+v", err, report)
	}
	if len(report.Findings) != 0 {
		t.Errorf("findings: %+v", report.Findings)
	}
}

func TestEvidenceHasTheClocksTime(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now})
	_, answer := api.evidenceOf(sent{"contract.pdf", makePDF("contract")})
	archive, err := zip.NewReader(bytes.NewReader(answer.body), int64(len(answer.body)))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range archive.File {
		if !entry.Modified.Equal(now.Now()) {
			t.Errorf("%s: modified %v", entry.Name, entry.Modified)
		}
	}
}

func TestFileNamesAreSafeAndDiffer(t *testing.T) {
	for _, test := range []struct {
		names, want []string
	}{
		{[]string{"contract.pdf"}, []string{"contract.pdf"}},
		{[]string{"contract"}, []string{"contract.pdf"}},
		{[]string{"Contract.PDF"}, []string{"Contract.pdf"}},
		{[]string{"contract.docx"}, []string{"contract.docx.pdf"}},
		{[]string{"a/b\\c:d*e?f\"g<h>i|j.pdf"}, []string{"a_b_c_d_e_f_g_h_i_j.pdf"}},
		{[]string{"../../etc/passwd"}, []string{"_.._etc_passwd.pdf"}},
		{[]string{"", ".", "..", " ", ".pdf"}, []string{"document.pdf", "document-2.pdf", "document-3.pdf",
			"document-4.pdf", "document-5.pdf"}},
		{[]string{"a.pdf", "A.pdf", "a", "a-2.pdf"}, []string{"a.pdf", "A-2.pdf", "a-3.pdf", "a-2-2.pdf"}},
		{[]string{"\u00e9.pdf", "e\u0301.pdf"}, []string{"\u00e9.pdf", "\u00e9-2.pdf"}},
		{[]string{"nul", "NUL.pdf", "com1.txt.pdf", "console.pdf"},
			[]string{"_nul.pdf", "_NUL-2.pdf", "_com1.txt.pdf", "console.pdf"}},
		{[]string{"tab\tand\x00nul\u200b\u202e.pdf"}, []string{"tab_and_nul__.pdf"}},
		{[]string{"trailing. . .pdf"}, []string{"trailing.pdf"}},
		{[]string{"\xff\xfe.pdf"}, []string{"__.pdf"}},
	} {
		if got := emulator.FileNames(test.names); !slices.Equal(got, test.want) {
			t.Errorf("%q became %q, not %q", test.names, got, test.want)
		}
	}
}

func FuzzFileNames(f *testing.F) {
	for _, seed := range []string{"a.pdf\na.pdf", "CON\ncon.pdf", "../x\n..", strings.Repeat("ñ", 99),
		"e\u0301\n\u00e9", "ſ\ns\nS", "ß\nss", "\xff\n\u202e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		names := strings.Split(joined, "\n")
		seen := map[string]bool{}
		for i, file := range emulator.FileNames(names) {
			stem, ok := strings.CutSuffix(file, ".pdf")
			key := strings.ToLower(norm.NFC.String(file))
			switch {
			case !ok, stem == "", len(file) > 120, !utf8.ValidString(file), path.Base(file) != file,
				strings.ContainsAny(file, "/\\:*?\"<>|\x00"), strings.TrimSpace(stem) != stem &&
					strings.HasSuffix(stem, " "),
				strings.HasSuffix(stem, "."), strings.HasPrefix(file, "."), !norm.NFC.IsNormalString(file):
				t.Errorf("%q became %q", names[i], file)
			case seen[key]:
				t.Errorf("%q became %q, as another did", names[i], file)
			}
			seen[key] = true
		}
	})
}
