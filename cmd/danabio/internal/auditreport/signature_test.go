package auditreport_test

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"io/fs"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// signer returns a signer with a key of this size.
func signer(bits uint, issuer string) *pdfsig.Signer {
	certificate := &x509.Certificate{
		Subject:   pkix.Name{CommonName: `Ana & "Prueba"`},
		PublicKey: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), bits-1), E: 65537},
	}
	return &pdfsig.Signer{Issuer: issuer, Serial: "ab12", SHA256: strings.Repeat("0", 64), NotBefore: madeAt,
		NotAfter: madeAt, Certificate: certificate}
}

// withSignatures returns accepted evidence with one PDF that has these signatures.
func withSignatures(t *testing.T, signatures ...pdfsig.Signature) auditreport.Subject {
	t.Helper()
	subject := subjectOf(t, zipOf(t, file{"a.pdf", []byte("%PDF-1.4\nnothing")}), pdfsig.Options{})
	subject.Evidence.Entries[0].Inspections = []evidence.Inspection{{
		Inspector: pdfsig.InspectorName, Status: string(pdfsig.StatusWholeFile),
		Details: &pdfsig.Details{Signatures: signatures},
	}}
	return subject
}

// Every signature status has a text in both languages.
func TestPageShowsEverySignature(t *testing.T) {
	at := time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
	var signatures []pdfsig.Signature
	for _, status := range []pdfsig.Status{
		pdfsig.StatusWholeFile, pdfsig.StatusExtended, pdfsig.StatusSignedRevisionOnly, pdfsig.StatusInvalid,
		pdfsig.StatusIndeterminate,
	} {
		for _, kind := range []pdfsig.Kind{pdfsig.KindSignature, pdfsig.KindCertification, pdfsig.KindTimeStamp} {
			for i, trust := range []pdfsig.TrustStatus{pdfsig.Trusted, pdfsig.Untrusted, pdfsig.NotJudged} {
				signatures = append(signatures, pdfsig.Signature{
					Status: status, Kind: kind, Reason: "for a reason", DocMDP: i + 1, Superseded: i == 1,
					ByteRange: []int64{0, 10, 20, 30}, BytesAfter: 7,
					Later: []pdfsig.Change{
						{Kind: pdfsig.ChangeValidationData, Detail: "catalog: /DSS"},
						{Kind: pdfsig.ChangeTimeStamp, Detail: "in object 7"},
						{Kind: pdfsig.ChangeSignature, Detail: "in object 8"},
						{Kind: pdfsig.ChangeFormField, Detail: "in object 9"},
						{Kind: pdfsig.ChangeOther, Detail: "page 1: /Contents"},
					},
					DigestAlgorithm: "SHA-256", SignatureAlgorithm: "RSA", ClaimedTime: &at,
					Signer: signer(2048, "CN=A CA"),
					Trust:  pdfsig.Trust{Status: trust, Reason: "its reason", At: &at},
					TimeStamp: &pdfsig.TimeStamp{
						Status: []pdfsig.TimeStampStatus{pdfsig.TimeStampValid, pdfsig.TimeStampInvalid,
							pdfsig.TimeStampIndeterminate}[i],
						Reason: "of the stamp", Time: &at, Signer: signer(2048, ""), Trust: pdfsig.Trust{Status: trust},
					},
				})
			}
		}
	}
	subject := withSignatures(t, signatures...)
	subject.RootsGiven = true
	for _, wanted := range []i18n.Language{i18n.English, i18n.Spanish} {
		_, page := made(t, subject, auditreport.Options{Language: wanted})
		checkPage(t, page)
		for _, want := range []string{"2026-01-02 03:04:05 UTC", "page 1: /Contents", "CN=Ana &amp; ", "CN=A CA",
			"RSA 2048 bits"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page lacks %q", wanted, want)
			}
		}
	}
}

func TestPageFlagsWhatIsWeak(t *testing.T) {
	for name, test := range map[string]struct {
		signature pdfsig.Signature
		want      string
	}{
		"digest":   {pdfsig.Signature{DigestAlgorithm: "SHA-1", Signer: signer(2048, "")}, "Weak: two documents"},
		"encoding": {pdfsig.Signature{DigestAlgorithm: "SHA-256", SubFilter: "adbe.pkcs7.sha1"}, "Weak: two documents"},
		"key":      {pdfsig.Signature{DigestAlgorithm: "SHA-256", Signer: signer(1024, "")}, "Weak: the key"},
		"nothing":  {pdfsig.Signature{DigestAlgorithm: "SHA-256", Signer: signer(2048, "")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			test.signature.Status, test.signature.Kind, test.signature.Trust.Status = pdfsig.StatusWholeFile,
				pdfsig.KindSignature, pdfsig.NotJudged
			report, page := made(t, withSignatures(t, test.signature), auditreport.Options{})
			minded := slices.ContainsFunc(report.Verdict.Mind,
				func(r auditreport.Reason) bool { return r.Text == "mind.weak" })
			if weak := test.want != ""; minded != weak || strings.Contains(page, "Weak: ") != weak ||
				!strings.Contains(page, test.want) {
				t.Errorf("to mind: %v; the page flags it: %v", minded, strings.Contains(page, "Weak: "))
			}
		})
	}
}

func TestSignaturesAreBounded(t *testing.T) {
	var signatures []pdfsig.Signature
	for range 310 {
		signatures = append(signatures, pdfsig.Signature{Status: pdfsig.StatusWholeFile, Kind: pdfsig.KindSignature,
			Trust: pdfsig.Trust{Status: pdfsig.NotJudged}})
	}
	_, page := made(t, withSignatures(t, signatures...), auditreport.Options{})
	if !strings.Contains(page, "Signatures that are not shown: 10.") {
		t.Error("the page does not say that it leaves signatures out")
	}
}

// opened records which entries are read.
type opened struct {
	fs.FS
	names []string
}

func (o *opened) Open(name string) (fs.File, error) {
	o.names = append(o.names, name)
	return o.FS.Open(name)
}

func TestNothingIsReadButWhatIsShown(t *testing.T) {
	subject := subjectOf(t, zipOf(t,
		file{"video.mp4", append([]byte("\x00\x00\x00\x18ftypisom"), make([]byte, 1000)...)},
		file{"large.json", []byte("[" + strings.Repeat("1,", 1<<20) + "1]")},
		file{"text.txt", []byte("text")}, file{"picture.gif", []byte("GIF89a")}, file{"a.png", pngOf(2, 2)},
		file{"a.json", []byte("{}")}), pdfsig.Options{})
	watched := &opened{FS: subject.Content}
	subject.Content = watched
	made(t, subject, auditreport.Options{})
	if !slices.Equal(watched.names, []string{"a.png", "a.json"}) {
		t.Errorf("read: %q", watched.names)
	}
}
