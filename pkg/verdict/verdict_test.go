package verdict_test

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// received returns the evidence of a circuit and its receipt, as a client stores them.
func received(t *testing.T, forgery emulator.Forgery) (path string, circuit *danabio.Circuit) {
	t.Helper()
	server := emulatortest.Start(t, emulator.Config{})
	client, err := danabio.New(server.ClientConfig())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if forgery != "" {
		server.Inject(emulator.Fault{Operation: emulator.OperationDownload, Forge: forgery})
	}
	circuit, err = client.StartCircuit(t.Context(), danabio.CircuitRequest{
		ID: "loan-1", Signer: danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "12345678A"},
		Documents: []danabio.Document{danabio.Bytes("contract.pdf", sample.Contract)},
	})
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "loan-1.zip")
	if _, err := client.DownloadEvidence(t.Context(), circuit.ID, path); !errors.Is(err, danabio.ErrNotReady) {
		t.Fatalf("before it is completed: %v", err)
	}
	if err := server.Complete(circuit.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := client.DownloadEvidence(t.Context(), circuit.ID, path); err != nil {
		t.Fatal(err)
	}
	if left := server.Unconsumed(); len(left) > 0 {
		t.Fatalf("not consumed: %v", left)
	}
	return path, circuit
}

// words returns the words that "danabio evidence verify" prints for a verdict.
func words(v *verdict.Verdict) string {
	return strings.Join([]string{string(v.Receipt), string(v.Signatures), string(v.Trust), string(v.Revocation),
		string(v.Sent)}, " ")
}

func kinds(v *verdict.Verdict) string {
	var kinds []string
	for _, problem := range v.Problems {
		kinds = append(kinds, string(problem.Kind))
	}
	return strings.Join(kinds, " ")
}

func TestForgedEvidenceIsNotGood(t *testing.T) {
	for _, test := range []struct {
		forgery         emulator.Forgery
		words, problems string
		is              error
	}{
		{"", "matches good not-judged not-known signed", "", nil},
		{emulator.ForgeBadSignature, "matches refused not-judged not-known unsigned", "signatures-refused",
			evidence.ErrRefused},
		{emulator.ForgeMissingDocument, "matches none not-judged not-known missing", "document-missing",
			danabio.ErrIntegrity},
		{emulator.ForgeReplacedPage, "matches good not-judged not-known changed", "document-changed",
			danabio.ErrIntegrity},
		{emulator.ForgeLaterPage, "matches refused not-judged not-known signed", "signatures-refused",
			evidence.ErrRefused},
	} {
		t.Run(string(test.forgery), func(t *testing.T) {
			path, circuit := received(t, test.forgery)
			v, err := verdict.File(t.Context(), path, verdict.Policy{Sent: circuit.Documents, Circuit: circuit.ID})
			if words(v) != test.words || kinds(v) != test.problems || !errors.Is(err, test.is) ||
				(err == nil) != (test.is == nil) {
				t.Errorf("%s with %q: %v", words(v), kinds(v), err)
			}
		})
	}
}

// A check that was impossible does not count as good, and each problem has a separate word.
func TestPolicyDecides(t *testing.T) {
	path, circuit := received(t, "")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	of := func(roots *x509.CertPool, accept ...evidence.Code) pdfsig.Options {
		return pdfsig.Options{Roots: roots, TimeStampRoots: roots, Accept: accept}
	}
	other := append([]danabio.SentDocument{{Name: "annex.pdf", Size: 5, SHA256: strings.Repeat("0", 64)}},
		circuit.Documents...)
	for name, test := range map[string]struct {
		policy          verdict.Policy
		words, problems string
	}{
		"nothing is asked": {verdict.Policy{}, "matches good not-judged not-known none", ""},
		"roots of nobody": {verdict.Policy{Signatures: of(x509.NewCertPool())},
			"matches refused untrusted not-known none", "signatures-refused"},
		"which is accepted": {verdict.Policy{Signatures: of(x509.NewCertPool(), pdfsig.CodeUntrusted)},
			"matches accepted untrusted not-known none", ""},
		"another circuit": {verdict.Policy{Circuit: "other"}, "matches good not-judged not-known none",
			"other-circuit"},
		"one document more": {verdict.Policy{Sent: other}, "matches good not-judged not-known missing",
			"document-missing"},
		"strict": {verdict.Policy{Evidence: evidence.Policy{Strict: true}},
			"matches good not-judged not-known none", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := verdict.File(t.Context(), path, test.policy)
			if words(v) != test.words || kinds(v) != test.problems || (err == nil) != (test.problems == "") {
				t.Errorf("%s with %q: %v", words(v), kinds(v), err)
			}
		})
	}

	// Without a receipt nobody knows whether the file is the received one.
	alone := filepath.Join(t.TempDir(), "alone.zip")
	if err := os.WriteFile(alone, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := verdict.File(t.Context(), alone,
		verdict.Policy{}); words(v) != "none good not-judged not-known none" || err != nil {
		t.Errorf("without a receipt: %s, %v", words(v), err)
	}
	if v, err := verdict.File(t.Context(), filepath.Join(t.TempDir(), "none.zip"), verdict.Policy{}); !errors.Is(err,
		fs.ErrNotExist) ||
		words(v) != "unchecked unchecked not-judged not-known unchecked" || v.Err() == nil {
		t.Errorf("no file: %s, %v", words(v), err)
	}
	content[len(content)/2] ^= 0xff
	if err := os.WriteFile(alone, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := verdict.File(t.Context(), alone, verdict.Policy{}); !errors.Is(err, evidence.ErrRefused) ||
		words(v) != "unchecked unchecked not-judged not-known unchecked" ||
		v.Evidence.Verdict != evidence.VerdictRefused || v.Err() == nil {
		t.Errorf("damaged: %s, %v", words(v), err)
	}
	if _, err := verdict.File(t.Context(), path, verdict.Policy{Signatures: of(nil, "no-such-code")}); err == nil {
		t.Error("a code that does not exist was accepted")
	}
}

func TestStrictPolicyRefusesNotices(t *testing.T) {
	report := &evidence.Report{Verdict: evidence.VerdictAccepted,
		Entries: []evidence.EntryReport{{Name: "a.pdf", Inspections: []evidence.Inspection{{
			Inspector: pdfsig.InspectorName, Status: string(pdfsig.StatusWholeFile), Details: &pdfsig.Details{},
			Findings: []evidence.Finding{{Code: pdfsig.CodeWeakDigest, Severity: evidence.SeverityNotice}},
		}}}}}
	for strict, want := range map[bool]verdict.SignatureCheck{false: verdict.SignaturesGood,
		true: verdict.SignaturesRefused} {
		judge, err := verdict.New(verdict.Policy{Evidence: evidence.Policy{Strict: strict}})
		if err != nil {
			t.Fatal(err)
		}
		if v := judge.Report(report, verdict.NoReceipt); v.Signatures != want ||
			errors.Is(v.Err(), evidence.ErrRefused) != strict {
			t.Errorf("strict %v: %s, %v", strict, v.Signatures, v.Err())
		}
	}
}

func TestWhatWasNotJudgedIsNoGoodVerdict(t *testing.T) {
	judge, err := verdict.New(verdict.Policy{Signatures: pdfsig.Options{Roots: x509.NewCertPool()}})
	if err != nil {
		t.Fatal(err)
	}
	inspected := func(inspection evidence.Inspection) *evidence.Report {
		return &evidence.Report{Verdict: evidence.VerdictAccepted,
			Entries: []evidence.EntryReport{{Name: "a.pdf", Inspections: []evidence.Inspection{inspection}}}}
	}
	for name, test := range map[string]struct {
		report          *evidence.Report
		words, problems string
	}{
		"no report": {nil, "unchecked unchecked not-judged not-known unchecked", "not-accepted"},
		"a refused ZIP": {&evidence.Report{Verdict: evidence.VerdictRefused},
			"unchecked unchecked not-judged not-known unchecked", "not-accepted"},
		"an incomplete one": {&evidence.Report{Verdict: evidence.VerdictIncomplete},
			"unchecked unchecked not-judged not-known unchecked", "not-accepted"},
		"no PDF, but roots": {&evidence.Report{Verdict: evidence.VerdictAccepted},
			"none none not-judged not-known none", "nobody-signed"},
		"an inspection ended": {inspected(evidence.Inspection{Inspector: pdfsig.InspectorName, Error: "disk"}),
			"none unchecked not-judged not-known none", "signatures-not-judged"},
		"another inspector": {inspected(evidence.Inspection{Inspector: "media", Status: "WHOLE_FILE"}),
			"none none not-judged not-known none", "nobody-signed"},
	} {
		v := judge.Report(test.report, verdict.NoReceipt)
		if words(v) != test.words || kinds(v) != test.problems || v.Err() == nil {
			t.Errorf("%s: %s with %q: %v", name, words(v), kinds(v), v.Err())
		}
	}
}
