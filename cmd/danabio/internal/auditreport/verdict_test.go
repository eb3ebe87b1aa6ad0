package auditreport_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// signedPDF returns a PDF with one signature that covers the whole file.
func signedPDF(t *testing.T) []byte {
	t.Helper()
	content, err := fs.ReadFile(good(t).Content, "documents/contrato.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// withExtensions appends a new catalog to a PDF. It differs from the old one only in its
// extensions.
func withExtensions(t *testing.T, content []byte) []byte {
	t.Helper()
	document, err := pdf.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	catalog, ref, err := document.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	catalog = catalog.With("Extensions", pdf.Object{Kind: pdf.Dictionary})
	updated := pdftest.Update(content, pdftest.StartXRef(content), int(ref.Number), string(catalog.Append(nil)))
	at := bytes.LastIndex(updated, []byte("/Root 1 0 R"))
	return fmt.Appendf(updated[:at:at], "/Root %d 0 R%s", ref.Number, updated[at+len("/Root 1 0 R"):])
}

func flipped(content []byte, at int) []byte {
	content = append([]byte{}, content...)
	content[at] ^= 1
	return content
}

// unpacked returns one of the PDFs that openssl signed.
func unpacked(t *testing.T, name string) []byte {
	t.Helper()
	packed, err := os.Open(filepath.Join("../../../../pkg/evidence/pdfsig/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	content, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// texts returns the keys of reasons with the entries that they concern.
func texts(reasons []auditreport.Reason) string {
	var all []string
	for _, reason := range reasons {
		text := reason.Text
		if reason.Code != "" {
			text += " " + string(reason.Code)
		}
		if reason.Entry != "" {
			text += " " + reason.Entry
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func TestVerdict(t *testing.T) {
	signed := signedPDF(t)
	updated := pdftest.Update(signed, pdftest.StartXRef(signed), 90, "<< /Type /Anything >>")
	unsigned := pdftest.Table(pdftest.Pages("", "")...)
	encrypted := pdftest.TableWith("/Encrypt 3 0 R", pdftest.Pages("", "")...)
	sent := sentDocuments(t)
	extended := withExtensions(t, signed)
	part := sha256.Sum256(signed[:1000])
	cut := []evidence.SentDocument{{Name: "corte.pdf", Size: 1000, SHA256: hex.EncodeToString(part[:])}}
	for name, test := range map[string]struct {
		files   []file
		options pdfsig.Options
		strict  bool
		receipt verdict.ReceiptCheck
		failure error
		want    verdict.Conclusion
		against string
		mind    string
		shows   string
	}{
		"signed, sent, received": {
			files: []file{{"a.pdf", signed}}, options: pdfsig.Options{Sent: sent}, receipt: verdict.ReceiptMatches,
			want: verdict.Good, mind: "mind.trust", shows: "It is valid and covers the whole file: all 66\u202f8",
		},
		"nothing to compare with": {
			files: []file{{"a.pdf", signed}}, receipt: verdict.ReceiptNone,
			want: verdict.Good, mind: "mind.sent-unchecked; mind.receipt; mind.trust",
			shows: "Not checked: no roots were given.",
		},
		"signer not trusted": {
			files: []file{{"a.pdf", signed}}, options: pdfsig.Options{Sent: sent, Roots: x509.NewCertPool()},
			receipt: verdict.ReceiptMatches,
			want:    verdict.NotGood, against: "finding untrusted a.pdf",
			shows: "The certificate does not lead to a root that was given.",
		},
		"signer not trusted, and accepted": {
			files: []file{{"a.pdf", signed}}, receipt: verdict.ReceiptMatches,
			options: pdfsig.Options{Sent: sent, Roots: x509.NewCertPool(),
				Accept: []evidence.Code{pdfsig.CodeUntrusted}},
			want: verdict.Good, mind: "mind.untrusted a.pdf; mind.accepted untrusted",
			shows: "The certificate does not lead to a root that was given.",
		},
		"two signers in one": {
			files: []file{{"a.pdf", unpacked(t, "openssl-two-signers.pdf.gz")}}, receipt: verdict.ReceiptMatches,
			want: verdict.Good, mind: "mind.sent-unchecked; mind.trust",
			shows: `<tr><th scope="row">Certificate of a further signer</th><td>Subject: <bdi>CN=rsa example,O=TEST ONLY</bdi>`,
		},
		"signer revoked": {
			files:   []file{{"a.pdf", unpacked(t, "openssl-revocation-crl-revoked.pdf.gz")}},
			receipt: verdict.ReceiptMatches,
			want:    verdict.NotGood, against: "finding revoked a.pdf", mind: "mind.sent-unchecked; mind.trust",
			shows: `Certificate: revoked on <time datetime="2020-01-01T00:00:00Z">`,
		},
		"signer not revoked, and the authority above not known": {
			files:   []file{{"a.pdf", unpacked(t, "openssl-revocation-ocsp.pdf.gz")}},
			receipt: verdict.ReceiptMatches,
			want:    verdict.Good, mind: "mind.sent-unchecked; mind.trust",
			shows: "which do not speak of every certificate",
		},
		"no document": {
			files: []file{{"a.json", []byte("{}")}}, receipt: verdict.ReceiptMatches,
			want: verdict.Good, mind: "mind.no-document; mind.sent-unchecked",
			shows: "There is no PDF in the evidence.",
		},
		"unsigned": {
			files: []file{{"a.pdf", unsigned}, {"b.pdf", signed}}, receipt: verdict.ReceiptMatches,
			want: verdict.Good, mind: "mind.unsigned a.pdf; mind.sent-unchecked; mind.trust",
			shows: `<span class="status neutral">UNSIGNED</span>`,
		},
		"updated behind the signature": {
			files: []file{{"a.pdf", updated}}, receipt: verdict.ReceiptMatches, failure: errors.New("a.pdf"),
			want: verdict.NotGood, against: "finding later-revision a.pdf", mind: "mind.sent-unchecked; mind.trust",
			shows: " bytes follow it, which it says nothing about.",
		},
		"updated behind the signature, and accepted": {
			files:   []file{{"a.pdf", updated}},
			options: pdfsig.Options{Accept: []evidence.Code{pdfsig.CodeLaterRevision}},
			receipt: verdict.ReceiptMatches,
			want:    verdict.Good,
			mind:    "mind.later-revision a.pdf; mind.sent-unchecked; mind.trust; mind.accepted later-revision",
			shows:   `<span class="status wrong">SIGNED_REVISION_ONLY</span>`,
		},
		"validation data behind the signature": {
			files: []file{{"a.pdf", extended}}, options: pdfsig.Options{Sent: sent},
			receipt: verdict.ReceiptMatches,
			want:    verdict.Good, mind: "mind.trust", shows: `<span class="status right">EXTENDED</span>`,
		},
		"validation data behind the signature, strictly": {
			files: []file{{"a.pdf", extended}}, options: pdfsig.Options{Sent: sent}, strict: true,
			receipt: verdict.ReceiptMatches,
			want:    verdict.NotGood, against: "finding validation-data a.pdf", mind: "mind.trust",
			shows: "Validation data",
		},
		"changed before it was signed": {
			files: []file{{"a.pdf", signed}}, options: pdfsig.Options{Sent: cut}, receipt: verdict.ReceiptMatches,
			want: verdict.NotGood, against: "against.sent-changed corte.pdf", mind: "mind.trust",
			shows: "yes, but it was changed before it was signed",
		},
		"changed under the signature": {
			files: []file{{"a.pdf", flipped(signed, 2000)}}, receipt: verdict.ReceiptMatches,
			want: verdict.NotGood, against: "finding signature-digest-mismatch a.pdf",
			mind:  "mind.sent-unchecked; mind.trust",
			shows: `<span class="status wrong">INVALID</span>`,
		},
		"encrypted": {
			files: []file{{"a.pdf", encrypted}}, receipt: verdict.ReceiptMatches,
			want: verdict.Undecided, against: "finding pdf-encrypted a.pdf", mind: "mind.sent-unchecked",
			shows: `<span class="status unknown">INDETERMINATE</span>`,
		},
		"encrypted, and accepted": {
			files: []file{{"a.pdf", encrypted}}, options: pdfsig.Options{Accept: []evidence.Code{pdfsig.CodeEncrypted}},
			receipt: verdict.ReceiptMatches,
			want:    verdict.Good,
			mind:    "mind.indeterminate a.pdf; mind.sent-unchecked; mind.accepted pdf-encrypted",
		},
		"encrypted beside invalid": {
			files: []file{{"a.pdf", encrypted}, {"b.pdf", flipped(signed, 2000)}}, receipt: verdict.ReceiptMatches,
			want: verdict.NotGood, against: "finding signature-digest-mismatch b.pdf; finding pdf-encrypted a.pdf",
			mind: "mind.sent-unchecked; mind.trust",
		},
		"sent and not there": {
			files: []file{{"a.pdf", unsigned}}, options: pdfsig.Options{Sent: sent},
			receipt: verdict.ReceiptMatches,
			want:    verdict.NotGood, against: "against.sent-missing contrato.pdf", mind: "mind.unsigned a.pdf",
			shows: "<td>not found</td>",
		},
		"sent and there, but under no signature": {
			files: []file{{"a.pdf", signed[:sent[0].Size]}}, options: pdfsig.Options{Sent: sent},
			receipt: verdict.ReceiptMatches,
			want:    verdict.Good, mind: "mind.unsigned a.pdf; sent-uncovered contrato.pdf",
			shows: "yes, but no valid signature covers it: ",
		},
		"sent and there, but under no signature, strictly": {
			files: []file{{"a.pdf", signed[:sent[0].Size]}}, options: pdfsig.Options{Sent: sent}, strict: true,
			receipt: verdict.ReceiptMatches,
			want:    verdict.NotGood, against: "finding unsigned a.pdf; sent-uncovered contrato.pdf",
			mind: "mind.unsigned a.pdf",
		},
		"another file than the receipt's": {
			files: []file{{"a.json", []byte("{}")}}, receipt: verdict.ReceiptDiffers,
			want: verdict.NotGood, against: "against.receipt", mind: "mind.no-document; mind.sent-unchecked",
		},
		"a receipt that is none": {
			files: []file{{"a.json", []byte("{}")}}, receipt: verdict.ReceiptUnreadable,
			want: verdict.Undecided, against: "against.receipt-unreadable",
			mind: "mind.no-document; mind.sent-unchecked",
		},
		"a failure that nothing else explains": {
			files: []file{{"a.json", []byte("{}")}}, receipt: verdict.ReceiptMatches,
			failure: errors.New("of a kind that is new"),
			want:    verdict.Undecided, against: "against.failure", mind: "mind.no-document; mind.sent-unchecked",
			shows: "of a kind that is new",
		},
	} {
		t.Run(name, func(t *testing.T) {
			subject := subjectOf(t, zipOf(t, test.files...), test.options)
			subject.Strict, subject.Receipt.Check, subject.Failure = test.strict, test.receipt, test.failure
			if test.against == "against.failure" {
				subject.Conclusion = verdict.Undecided // the conclusion for an unknown reason
			}
			report, page := made(t, subject, auditreport.Options{})
			checkPage(t, page)
			if report.Verdict.Outcome != test.want {
				t.Errorf("the outcome is %q, want %q", report.Verdict.Outcome, test.want)
			}
			if got := texts(report.Verdict.Against); got != test.against {
				t.Errorf("against it: %q, want %q", got, test.against)
			}
			if got := texts(report.Verdict.Mind); got != test.mind {
				t.Errorf("to mind: %q, want %q", got, test.mind)
			}
			if !strings.Contains(page, test.shows) {
				t.Errorf("the page lacks %q", test.shows)
			}
			_, spanish := made(t, subject, auditreport.Options{Language: i18n.Spanish})
			checkPage(t, spanish)
		})
	}
}

func TestVerdictOnDocumentsOfAnotherCircuit(t *testing.T) {
	subject := good(t)
	subject.SentCircuit = subject.Receipt.Content.Circuit
	if got := judge(t, subject); got.Outcome != verdict.Good {
		t.Errorf("the verdict is %+v", got)
	}
	subject.SentCircuit = "another"
	if got := judge(t, subject); got.Outcome != verdict.NotGood ||
		texts(got.Against) != "against.sent-circuit" {
		t.Errorf("the verdict is %+v", got)
	}
}

// A PDF that was not judged is not reported as good.
func TestVerdictWithoutInspector(t *testing.T) {
	subject := good(t)
	entries := append([]evidence.EntryReport{}, subject.Evidence.Entries...)
	for i := range entries {
		entries[i].Inspections = nil
	}
	report := *subject.Evidence
	report.Entries = entries
	if got := judge(t, auditreport.Subject{Evidence: &report}); got.Outcome != verdict.Undecided {
		t.Errorf("the outcome is %q", got.Outcome)
	}
	entries[0].Inspections = []evidence.Inspection{{Inspector: pdfsig.InspectorName, Error: "disk full"}}
	subject.Evidence, subject.Found = &report, nil
	made, page := made(t, subject, auditreport.Options{})
	if made.Verdict.Outcome != verdict.Undecided || !strings.Contains(page, "disk full") {
		t.Errorf("the verdict is %+v", made.Verdict)
	}
}

func TestVerdictNamesTheFirstOfMany(t *testing.T) {
	var files []file
	for i := range 60 {
		files = append(files, file{strings.Repeat("x", i+1) + ".pdf", pdftest.Table(pdftest.Pages("", "")...)})
		files = append(files,
			file{strings.Repeat("y", i+1) + ".pdf", pdftest.TableWith("/Encrypt 3 0 R", pdftest.Pages("", "")...)})
	}
	report, page := made(t, subjectOf(t, zipOf(t, files...), pdfsig.Options{}), auditreport.Options{})
	if got := len(report.Verdict.Against); got != 21 || report.Verdict.Against[20].Text != "more" {
		t.Errorf("%d reasons against it", got)
	}
	if got := texts(report.Verdict.Mind); !strings.HasSuffix(got,
		"mind.unsigned xxxxx.pdf; more; mind.sent-unchecked; mind.receipt") {
		t.Errorf("to mind: %q", got)
	}
	for _, shows := range []string{"… and 40 more", "… and 55 more", "PDFs that are not shown in detail: 20"} {
		if !strings.Contains(page, shows) {
			t.Errorf("the page lacks %q", shows)
		}
	}
}
