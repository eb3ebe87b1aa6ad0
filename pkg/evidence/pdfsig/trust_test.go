package pdfsig_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// Extended key usages that package x509 does not define.
var (
	oidDocumentSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 36}
	oidAdobeSigning    = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 5}
	oidMSSigning       = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}
)

// usedFor returns a party whose certificate lists these extended key usages.
func usedFor(other []asn1.ObjectIdentifier, uses ...x509.ExtKeyUsage) *party {
	return issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Used Canary"}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: uses,
		UnknownExtKeyUsage: other,
	}, ecdsaKey(), people().root)
}

// below returns a party under the given intermediate authority.
func below(authority x509.Certificate) *party {
	authority.Subject, authority.IsCA, authority.BasicConstraintsValid = pkix.Name{CommonName: "Between"}, true, true
	between := issue(&authority, ecdsaKey(), people().root)
	return issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Below Canary"},
		KeyUsage: x509.KeyUsageDigitalSignature}, ecdsaKey(), between)
}

// brief returns a party whose certificate has expired.
func brief() *party {
	return issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Brief Canary"}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotAfter: noon.AddDate(1, 0, 0),
	}, ecdsaKey(), people().root)
}

func signedBy(p *party) []byte { return sign(contract(), by(p)) }

type trustTest struct {
	name    string
	file    []byte
	options pdfsig.Options
	trust   pdfsig.TrustStatus // the file's
	source  pdfsig.TimeSource  // of the first signature
	reason  string             // of the first signature
	stamp   pdfsig.TrustStatus // of the first signature; "" without a time stamp
	codes   string
}

func trustTable() []trustTest {
	c := people()
	stamp := func(by *party, when time.Time) func(f *forgedCMS) {
		return func(f *forgedCMS) { f.stamp = stampBy(by, when, crypto.SHA256) }
	}
	stampedBy := func(who, clock *party, when time.Time) []byte {
		return withCMS(func(f *forgedCMS) { f.by = who; stamp(clock, when)(f) })
	}
	const (
		clock     = pdfsig.TimeFromClock
		fromStamp = pdfsig.TimeFromStamp
		trusted   = pdfsig.Trusted
		untrusted = pdfsig.Untrusted
		unjudged  = pdfsig.NotJudged
	)
	none, both := pdfsig.Options{}, pdfsig.Options{Roots: c.roots(), TimeStampRoots: c.stampRoots()}
	at := func(when time.Time) pdfsig.Options { o := both; o.Now = when; return o }
	next := noon.AddDate(0, 0, 1)
	later := noon.AddDate(2, 0, 0) // brief's certificate has expired
	noTime := func(f *forgedCMS) { f.time = time.Time{} }
	stated := func(date string, change func(s *signing)) []byte {
		return with(func(s *signing) { s.cms.time = time.Time{}; s.entries = "/M (" + date + ")"; change(s) })
	}
	same := func(*signing) {}
	tests := []trustTest{
		{"no roots", once(), none, unjudged, "", "no roots were given", "", ""},
		{"no roots, a certificate of its own", signedBy(c.self), none, unjudged, "", "no roots were given", "", ""},
		{"roots", once(), both, trusted, clock, "leads to a given root", "", "claimed-time"},
		{"other roots", once(), pdfsig.Options{Roots: c.stampRoots()}, untrusted, clock,
			"does not lead to a given root", "", "claimed-time untrusted"},
		{"a certificate of its own", signedBy(c.self), both, untrusted, clock, "does not lead", "",
			"claimed-time untrusted"},
		{"a certificate of its own, and no time", withCMS(func(f *forgedCMS) { f.by = c.self; noTime(f) }), both,
			untrusted, clock, "does not lead", "", "untrusted"},
		{"a certificate of its own that is a root", signedBy(c.self), pdfsig.Options{Roots: pool(c.self)}, trusted,
			clock, "", "", "claimed-time"},
		{"no time", withCMS(noTime), both, trusted, clock, "", "", ""},
		{"a stated time", stated("D:20250504", same), both, trusted, clock, "", "", "claimed-time"},

		{"ended, and claims to be older", signedBy(brief()), at(later), untrusted, clock, "was not valid at that time",
			"", "claimed-time untrusted"},
		{"ended, and no time", withCMS(func(f *forgedCMS) { f.by = brief(); noTime(f) }), at(later), untrusted, clock,
			"not valid", "", "untrusted"},
		{"not ended yet", signedBy(brief()), at(noon.AddDate(0, 6, 0)), trusted, clock, "", "", "claimed-time"},
		{"ended, and stamped before", stampedBy(brief(), c.stamper, next), at(later), trusted, fromStamp, "", trusted,
			""},
		{"ended, and stamped before by nobody known", stampedBy(brief(), c.stamper, next),
			pdfsig.Options{Roots: c.roots(), Now: later},
			untrusted, clock, "not valid", unjudged, "claimed-time untrusted"},
		{"ended, and stamped before by anybody", stampedBy(brief(), c.self, next), at(later), untrusted, clock,
			"not valid", untrusted,
			"claimed-time time-stamp-untrusted untrusted"},
		{"ended, and a document time stamp behind it", stamped(signedBy(brief())), at(later), trusted, fromStamp, "",
			"", "validation-data"},
		{"ended, and a document time stamp in front of it", again(stamped(contract()), func(s *signing) {
			s.cms.by, s.object, s.other = brief(), 30, []numbered{{31, field("third", 30)}}
		}), at(later), untrusted, fromStamp, "leads to", trusted, "claimed-time untrusted"},
		{"claims a time before its certificate", withCMS(func(f *forgedCMS) { f.time = noon.AddDate(-3, 0, 0) }), both,
			trusted, clock, "", "", "claimed-time signing-time"},

		{"claims a time that has not come", withCMS(func(f *forgedCMS) { f.time = next }), at(noon), trusted, clock, "",
			"", "claimed-time signing-time-future"},
		{"the same without roots", withCMS(func(f *forgedCMS) { f.time = next }), pdfsig.Options{Now: noon}, unjudged,
			"", "", "", "signing-time-future"},
		{"claims a time just now, by a clock ahead of ours",
			withCMS(func(f *forgedCMS) { f.time = noon.Add(9 * time.Minute) }), at(noon), trusted, clock, "", "",
			"claimed-time"},
		{"states a time that has not come", stated("D:20250506120000Z", same), at(noon), trusted, clock, "", "",
			"claimed-time signing-time-future"},
		{"states a time of a zone that it does not name", stated("D:20250505010000", same), at(noon), trusted, clock,
			"", "", "claimed-time"},
		{"stamped at a time that has not come", stampedBy(c.ana, c.stamper, next), at(noon), trusted, clock, "",
			trusted, "claimed-time signing-time-future"},
		{"a document stamped at a time that has not come", stamped(contract()), at(noon.Add(-time.Hour)), trusted,
			fromStamp, "", trusted, "signing-time-future time-stamp-only"},

		{"stamped", stampedBy(c.ana, c.stamper, next), both, trusted, fromStamp, "", trusted, ""},
		{"stamped by somebody who is no authority", withCMS(stamp(c.ana, next)),
			pdfsig.Options{Roots: c.roots(), TimeStampRoots: c.roots()},
			trusted, clock, "", untrusted, "claimed-time time-stamp-untrusted"},
		{"document time stamp alone", stamped(contract()), both, trusted, fromStamp, "", trusted, "time-stamp-only"},
		{"document time stamp alone, by nobody known", stamped(contract()), none, unjudged, "", "no roots", unjudged,
			"time-stamp-unknown"},
		{"document time stamp alone, by anybody", stamped(contract()),
			pdfsig.Options{Roots: c.roots(), TimeStampRoots: c.roots()}, untrusted, fromStamp, "", untrusted,
			"time-stamp-unknown time-stamp-untrusted"},
		{"one of two untrusted", again(once(), func(s *signing) { s.cms.by = c.self }), both, untrusted, clock, "", "",
			"claimed-time untrusted"},
		{"the other of two untrusted", again(signedBy(c.self)), both, untrusted, clock, "does not lead", "",
			"claimed-time untrusted"},

		{"two signers in one CMS", besides(func(*forgedCMS) {})(), both, trusted, clock, "", "", "claimed-time"},
		{"two signers in one CMS, the other untrusted", besides(func(f *forgedCMS) { f.by = c.self })(), both,
			untrusted, clock, "does not lead", "", "claimed-time untrusted"},
		{"two signers in one CMS, the first stamped, the other ended", withCMS(func(f *forgedCMS) {
			stamp(c.stamper, next)(f)
			f.beside = &forgedCMS{by: brief()}
		}), at(later), untrusted, clock, "not valid", trusted,
			"claimed-time untrusted"},
		{"a certificate that may not sign", signedBy(c.root), both, untrusted, clock, "not meant for signing", "",
			"claimed-time untrusted"},
		{"for any use", signedBy(usedFor(nil, x509.ExtKeyUsageAny)), both, trusted, clock, "", "", "claimed-time"},
		{"for e-mail", signedBy(usedFor(nil, x509.ExtKeyUsageEmailProtection, x509.ExtKeyUsageClientAuth)), both,
			trusted, clock, "", "", "claimed-time"},
		{"for documents", signedBy(usedFor([]asn1.ObjectIdentifier{oidDocumentSigning})), both, trusted, clock, "", "",
			"claimed-time"},
		{"for documents, by Adobe",
			signedBy(usedFor([]asn1.ObjectIdentifier{oidAdobeSigning}, x509.ExtKeyUsageTimeStamping)), both, trusted,
			clock, "", "", "claimed-time"},
		{"for documents, by Microsoft", signedBy(usedFor([]asn1.ObjectIdentifier{oidMSSigning})), both, trusted, clock,
			"", "", "claimed-time"},
		{"for clients", signedBy(usedFor(nil, x509.ExtKeyUsageClientAuth)), both, trusted, clock, "", "",
			"claimed-time key-usage"},
		{"for clients and servers", signedBy(usedFor(nil, x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth)),
			both, trusted, clock, "", "", "claimed-time key-usage"},
		{"for servers", signedBy(usedFor(nil, x509.ExtKeyUsageServerAuth)), both, untrusted, clock,
			"meant for another use", "", "claimed-time untrusted"},
		{"for code", signedBy(usedFor(nil, x509.ExtKeyUsageCodeSigning)), both, untrusted, clock,
			"meant for another use", "", "claimed-time untrusted"},
		{"for time stamps", signedBy(usedFor(nil, x509.ExtKeyUsageTimeStamping)), both, untrusted, clock,
			"meant for another use", "", "claimed-time untrusted"},
		{"for something nobody knows", signedBy(usedFor([]asn1.ObjectIdentifier{{1, 2, 3}})), both, untrusted, clock,
			"meant for another use", "", "claimed-time untrusted"},
		{"under an authority for servers",
			signedBy(below(x509.Certificate{KeyUsage: x509.KeyUsageCertSign,
				ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})), both,
			untrusted, clock, "an authority's certificate is meant for another use", "", "claimed-time untrusted"},
		{"under an authority for e-mail",
			signedBy(below(x509.Certificate{KeyUsage: x509.KeyUsageCertSign,
				ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}})), both,
			trusted, clock, "", "", "claimed-time"},
		{"under an authority that may not issue",
			signedBy(below(x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature})), both, untrusted, clock, "", "",
			"claimed-time untrusted"},

		{"RSA key of 1,024 bits", signedBy(withRSA(1024)), both, trusted, clock, "", "", "claimed-time weak-key"},
		{"RSA key of 2,047 bits", signedBy(withRSA(2047)), none, unjudged, "", "", "", "weak-key"},
		{"RSA key of 2,048 bits", signedBy(withRSA(2048)), none, unjudged, "", "", "", ""},

		{"unsigned", contract(), both, unjudged, "", "", "", "unsigned"},
		{"not judged", withCMS(func(f *forgedCMS) { f.algorithm = asn1.ObjectIdentifier{1, 2, 3} }), both, unjudged, "",
			"not judged", "", "signature-algorithm trust-not-judged"},
		{"encrypted", file("encrypted-object-streams.pdf"), both, unjudged, "", "", "",
			"pdf-encrypted trust-not-judged"},
		{"not valid", withCMS(func(f *forgedCMS) { f.spoil = true }), both, unjudged, "", "is not valid", "",
			"signature-mismatch"},
		{"one of two not valid", again(withCMS(func(f *forgedCMS) { f.spoil = true })), both, unjudged, "",
			"is not valid", "", "claimed-time signature-mismatch"},
	}
	return tests
}

func TestRootsDecideAboutTrust(t *testing.T) {
	for _, test := range trustTable() {
		t.Run(test.name, func(t *testing.T) {
			report := check(t, test.file, test.options)
			if report.Trust != test.trust {
				t.Errorf("the file is %s, want %s: %v", report.Trust, test.trust, report.Findings)
			}
			if codes(report) != test.codes {
				t.Errorf("found %q, want %q\n%+v", codes(report), test.codes, report.Findings)
			}
			if len(report.Signatures) == 0 {
				return
			}
			s := report.Signatures[0]
			if s.Trust.TimeSource != test.source || !strings.Contains(s.Trust.Reason, test.reason) ||
				s.Trust.Reason == "" {
				t.Errorf("trust %+v", s.Trust)
			}
			if (s.Trust.At != nil) != (test.source == pdfsig.TimeFromStamp) {
				t.Errorf("judged at %v", s.Trust.At)
			}
			if (s.TimeStamp == nil) != (test.stamp == "") || s.TimeStamp != nil &&
				s.TimeStamp.Trust.Status != test.stamp {
				t.Errorf("time stamp %+v", s.TimeStamp)
			}
			if s.TimeStamp != nil && (s.TimeStamp.Status != pdfsig.TimeStampValid || s.TimeStamp.Signer == nil ||
				s.TimeStamp.Time == nil) {
				t.Errorf("time stamp %+v", s.TimeStamp)
			}
			// if roots were given, every signed file that is not trusted is refused
			if refused := len(report.Refusals()) > 0; test.options.Roots != nil && test.trust != pdfsig.Trusted &&
				!refused {
				t.Errorf("%s is not refused", test.trust)
			}
		})
	}
}

func TestTrustThatIsMissingCanBeAccepted(t *testing.T) {
	for _, code := range []evidence.Code{pdfsig.CodeUntrusted, pdfsig.CodeTrustNotJudged, pdfsig.CodeTimeStampUnknown,
		pdfsig.CodeFutureTime, pdfsig.CodeUnsignedAttribute} {
		if _, err := pdfsig.New(pdfsig.Options{Accept: []evidence.Code{code}}); err != nil {
			t.Error(err)
		}
	}
	report := check(t, signedBy(people().self),
		pdfsig.Options{Roots: people().roots(), Accept: []evidence.Code{pdfsig.CodeUntrusted}})
	if report.Trust != pdfsig.Untrusted || len(report.Refusals()) > 0 {
		t.Errorf("%s with %v", report.Trust, report.Findings)
	}
}

// withRSA returns a party with an RSA key of this size.
func withRSA(bits int) *party {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Short Canary"}}, key, people().root)
}
