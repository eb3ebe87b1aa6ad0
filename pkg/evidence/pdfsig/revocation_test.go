package pdfsig_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// revocations describes the known revocation status of each certificate.
func revocations(r *pdfsig.Revocation) string {
	var words []string
	for _, one := range r.Certificates {
		word := string(one.Role) + " " + string(one.Status)
		if one.Source != "" {
			word += " " + string(one.Source)
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// openssl made the OCSP responses and CRLs. A certificate of the authority "middle", which is below
// openssl-root.pem, signs the file.
func TestGenuineRevocationDataIsJudged(t *testing.T) {
	roots := openSSLRoots(t)
	for name, test := range map[string]struct {
		status      pdfsig.RevocationStatus
		known, bare string // with and without roots; bare lacks the root
		codes       string
	}{
		"crl": {pdfsig.RevocationGood, "signer good crl, intermediate good crl",
			"signer good crl, intermediate not-known", ""},
		"ocsp": {pdfsig.RevocationGood, "signer good ocsp, intermediate good ocsp",
			"signer good ocsp, intermediate not-known", ""},
		"ocsp-own": {pdfsig.RevocationGood, "signer good ocsp, intermediate good crl",
			"signer good ocsp, intermediate not-known", ""},
		"ocsp-revoked": {pdfsig.RevocationRevoked, "signer revoked ocsp, intermediate good ocsp",
			"signer revoked ocsp, intermediate not-known", "revoked"},
		"crl-revoked": {pdfsig.RevocationRevoked, "signer revoked crl, intermediate good crl",
			"signer revoked crl, intermediate not-known", "revoked"},
		"liar": {pdfsig.RevocationNotKnown, "signer not-known, intermediate good ocsp",
			"signer not-known, intermediate not-known", ""},
		"signer-only": {pdfsig.RevocationNotKnown, "signer good ocsp, intermediate not-known",
			"signer good ocsp, intermediate not-known", ""},
		"none": {pdfsig.RevocationNotKnown, "signer not-known, intermediate not-known",
			"signer not-known, intermediate not-known", ""},
	} {
		t.Run(name, func(t *testing.T) {
			signed := byOpenSSL("revocation-" + name)
			report := check(t, signed, pdfsig.Options{Roots: roots, Accept: []evidence.Code{pdfsig.CodeClaimedTime}})
			s := report.Signatures[0]
			if report.Revocation != test.status || s.Revocation.Status != test.status ||
				revocations(s.Revocation) != test.known || report.Trust != pdfsig.Trusted {
				t.Errorf("%s, %s, %s: %+v", report.Revocation, revocations(s.Revocation), report.Trust, report.Findings)
			}
			if got := strings.TrimSpace(strings.Replace(codes(report), "claimed-time", "", 1)); got != test.codes ||
				(len(report.Refusals()) > 0) != (test.codes != "") {
				t.Errorf("found %q: %+v", codes(report), report.Refusals())
			}
			for _, one := range s.Revocation.Certificates {
				switch {
				case one.Status == pdfsig.RevocationNotKnown:
					if one.Reason == "" || one.At != nil {
						t.Errorf("%+v", one)
					}
				case one.Status == pdfsig.RevocationRevoked:
					if !one.At.Equal(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)) {
						t.Errorf("revoked at %v", one.At)
					}
				case one.At.Year() < 2026 || one.Reason != "" || len(one.SHA256) != 64:
					t.Errorf("%+v", one)
				}
			}
			bare := check(t, signed, pdfsig.Options{})
			if got := revocations(bare.Signatures[0].Revocation); got != test.bare || codes(bare) != test.codes {
				t.Errorf("without roots: %s, %q", got, codes(bare))
			}
			// nobody could know these answers before they were given
			early := check(t, signed, pdfsig.Options{Roots: roots, Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
			if early.Revocation != pdfsig.RevocationNotKnown {
				t.Errorf("before the answers: %s", early.Revocation)
			}
		})
	}
}

// Bouncy Castle made the CRLs. iText put them into the /DSS of an update after the signature.
func TestRevocationDataBehindTheSignatureIsJudged(t *testing.T) {
	for _, name := range []string{"itext-lt", "itext-lta"} {
		report := check(t, file(name+".pdf"), pdfsig.Options{})
		if got := revocations(report.Signatures[0].Revocation); report.Status != pdfsig.StatusExtended ||
			got != "signer good crl" || report.Revocation != pdfsig.RevocationGood {
			t.Errorf("%s is %s, %s, %s", name, report.Status, report.Revocation, got)
		}
	}
}

// listed creates a CRL of the people's root or of another issuer.
func listed(by *party, change func(l *x509.RevocationList), revoked ...*party) []byte {
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: noon.AddDate(1, 0, 0), NextUpdate: forever}
	for _, one := range revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: one.certificate().SerialNumber,
				RevocationTime: noon.AddDate(0, 6, 0)})
	}
	if change != nil {
		change(list)
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, by.certificate(), by.key)
	if err != nil {
		panic(err)
	}
	return der
}

// stored appends an update with a /DSS.
func stored(base []byte, lists ...[]byte) []byte {
	var references []string
	objects := []numbered{{}}
	for i, list := range lists {
		references = append(references, fmt.Sprintf("%d 0 R", 60+i))
		objects = append(objects,
			numbered{60 + i, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(list), list)})
	}
	objects[0] = numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 3 >> /DSS " +
		"<< /CRLs [" + strings.Join(references, " ") + "] >> >>"}
	return update(base, objects...)
}

var oidRevocationArchive = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}

func TestRevocationIsJudgedByWhoMayAndWhen(t *testing.T) {
	c := people()
	lister := issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Invented Root"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, ecdsaKey(), nil)
	who := issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Listed Canary"},
		KeyUsage: x509.KeyUsageDigitalSignature}, ecdsaKey(), lister)
	clock := issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Listed Clock"}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	}, ecdsaKey(), lister)
	namesake := issue(&x509.Certificate{ // the same name with another key
		Subject: pkix.Name{CommonName: "Invented Root"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, ecdsaKey(), nil)
	signed := func(stamp *party, when time.Time) []byte {
		return withCMS(func(f *forgedCMS) {
			f.by = who
			if stamp != nil {
				f.stamp = stampBy(stamp, when, crypto.SHA256)
			}
		})
	}
	extension := func(oid asn1.ObjectIdentifier, critical bool, value []byte) func(l *x509.RevocationList) {
		return func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: oid, Critical: critical, Value: value}}
		}
	}
	point := asn1.ObjectIdentifier{2, 5, 29, 28}
	unstamped := signed(nil, noon)
	early, late := noon.AddDate(0, 1, 0), noon.AddDate(0, 8, 0) // it is revoked between these times
	for _, test := range []struct {
		name, want string
		file       []byte
		codes      string // without notices about other things
	}{
		{"not on the list", "signer good crl", stored(unstamped, listed(lister, nil)), ""},
		{"on the list", "signer revoked crl", stored(unstamped, listed(lister, nil, who)), "revoked"},
		{"on the second list", "signer revoked crl", stored(unstamped, listed(lister, nil), listed(lister, nil, who)),
			"revoked"},
		{"stamped before", "signer revoked crl", stored(signed(c.stamper, early), listed(lister, nil, who)),
			"revoked-later"},
		{"stamped afterwards", "signer revoked crl", stored(signed(c.stamper, late), listed(lister, nil, who)),
			"revoked"},
		{"stamped before by nobody known", "signer revoked crl",
			stored(signed(c.self, early), listed(lister, nil, who)), "revoked"},
		{"not on an older list", "signer revoked crl",
			stored(unstamped, listed(lister, func(l *x509.RevocationList) { l.ThisUpdate = early }),
				listed(lister, nil, who)), "revoked"},
		{"stamped before by a clock that may stamp", "signer revoked crl",
			stored(signed(clock, early), listed(lister, nil, who)), "revoked-later"},
		{"stamped before by a clock that was revoked even earlier", "signer revoked crl",
			stored(signed(clock, early), listed(lister, func(l *x509.RevocationList) {
				l.RevokedCertificateEntries[1].RevocationTime = noon
			}, who, clock)), "revoked"},
		{"stamped before by a clock that was revoked later", "signer revoked crl",
			stored(signed(clock, early), listed(lister, nil, who, clock)), "revoked-later"},
		{"taken off the list", "signer good crl", stored(unstamped, listed(lister, func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: who.certificate().SerialNumber,
				RevocationTime: noon, ReasonCode: 8}}
		})), ""},
		{"on a list by another of that name", "signer not-known", stored(unstamped, listed(namesake, nil, who)), ""},
		{"on a list by another", "signer not-known", stored(unstamped, listed(issue(&x509.Certificate{
			Subject: pkix.Name{CommonName: "Other"}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCRLSign,
		}, ecdsaKey(), nil), nil, who)), ""},
		{"on a list of certificates of others", "signer not-known",
			stored(unstamped, listed(lister, extension(point, true, sequence(element(0x84, []byte{0xFF}))), who)), ""},
		{"not on a list of some reasons", "signer not-known",
			stored(unstamped, listed(lister, extension(point, true, sequence(element(0x83, []byte{6, 0x40}))))), ""},
		{"not on a list of authorities", "signer not-known",
			stored(unstamped, listed(lister, extension(point, true, sequence(element(0x82, []byte{0xFF}))))), ""},
		{"not on a list of users", "signer good crl",
			stored(unstamped, listed(lister, extension(point, true, sequence(element(0x81, []byte{0xFF}))))), ""},
		{"not on a part of a list", "signer not-known",
			stored(unstamped,
				listed(lister,
					extension(point, true,
						sequence(element(0xA0, element(0xA0, element(0x86, []byte("http://example.com/7")))))))), ""},
		{"not on a list of changes", "signer not-known",
			stored(unstamped, listed(lister, extension(asn1.ObjectIdentifier{2, 5, 29, 27}, true, marshal(1)))), ""},
		{"on a list of changes", "signer revoked crl",
			stored(unstamped, listed(lister, extension(asn1.ObjectIdentifier{2, 5, 29, 27}, true, marshal(1)), who)),
			"revoked"},
		{"text for a list", "signer not-known", stored(unstamped, []byte("no list")), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			roots := pool(lister)
			stamps := c.stampRoots()
			stamps.AddCert(lister.certificate())
			report := check(t, test.file, pdfsig.Options{Roots: roots, TimeStampRoots: stamps})
			if got := revocations(report.Signatures[0].Revocation); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			got := slices.DeleteFunc(strings.Fields(codes(report)),
				func(code string) bool { return !strings.HasPrefix(code, "revoked") })
			if strings.Join(got, " ") != test.codes {
				t.Errorf("found %q: %+v", codes(report), report.Findings)
			}
		})
	}
}

func TestRevocationDataInTheCMSIsFound(t *testing.T) {
	root := issue(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Listing Root"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, ecdsaKey(), nil)
	who := issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Listed Canary"}}, ecdsaKey(), root)
	list := listed(root, nil, who)
	lists := asn1.RawValue{FullBytes: sequence(element(0xA0, sequence(list)))}
	oidCAdESRevocation := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 24}
	for name, change := range map[string]func(f *forgedCMS){
		"Adobe's attribute":           func(f *forgedCMS) { f.more = [][2]any{{oidRevocationArchive, lists}} },
		"Adobe's attribute, unsigned": func(f *forgedCMS) { f.unsigned = [][2]any{{oidRevocationArchive, lists}} },
		"that of CAdES":               func(f *forgedCMS) { f.unsigned = [][2]any{{oidCAdESRevocation, lists}} },
		"the CMS's own CRLs":          func(f *forgedCMS) { f.crls = [][]byte{list} },
	} {
		signed := withCMS(func(f *forgedCMS) { f.by = who; change(f) })
		report := check(t, signed, pdfsig.Options{Roots: pool(root)})
		if got := revocations(report.Signatures[0].Revocation); got != "signer revoked crl" ||
			!strings.Contains(codes(report), "revoked") {
			t.Errorf("%s: %s, %v", name, got, report.Findings)
		}
	}
}

// Some writers put the authority between signer and root into the /DSS and not into the CMS.
func TestCertificatesOfTheDSSLeadToTheRoots(t *testing.T) {
	who := below(x509.Certificate{KeyUsage: x509.KeyUsageCertSign})
	signed := withCMS(func(f *forgedCMS) { f.by, f.certificates = who, who.chain[:1] })
	options := pdfsig.Options{Roots: people().roots(), Accept: []evidence.Code{pdfsig.CodeLaterRevision}}
	if got := check(t, signed, options); got.Trust != pdfsig.Untrusted {
		t.Errorf("without it: %s", got.Trust)
	}
	between := who.chain[1].Raw
	got := check(t, update(signed,
		numbered{1, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R] /SigFlags 3 >> /DSS 61 0 R >>"},
		numbered{60, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(between), between)},
		numbered{61, "<< /Certs 62 0 R >>"}, numbered{62, "[60 0 R]"}), options)
	if got.Trust != pdfsig.Trusted ||
		revocations(got.Signatures[0].Revocation) != "signer not-known, intermediate not-known" {
		t.Errorf("with it: %s, %+v, %v", got.Trust, got.Signatures[0].Revocation, got.Findings)
	}
}
