package pdfsig_test

import (
	"bytes"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// genuine lists PDFs with signatures by openssl and gnutls, see testdata/openssl.sh. For each, it
// gives the expected result, the algorithms, and the trust for openssl-root.pem.
var genuine = []struct {
	name, want, codes, algorithms string
	trust                         pdfsig.TrustStatus
}{
	{"rsa", whole, "", "SHA-256 RSA", pdfsig.Trusted},
	{"rsa-sha224", whole, "", "SHA-224 RSA", pdfsig.Trusted},
	{"rsa-sha512", whole, "", "SHA-512 RSA", pdfsig.Trusted},
	{"rsa-sha1", whole, "weak-digest", "SHA-1 RSA", pdfsig.Trusted},
	{"rsa-md5", bad, "signature-digest-broken", "MD5 ", pdfsig.NotJudged},
	{"rsa-1024", whole, "weak-key", "SHA-256 RSA", pdfsig.Trusted},
	{"rsa-sha3-256", whole, "", "SHA3-256 RSA", pdfsig.Trusted},
	{"rsa-no-attributes", whole, "no-signed-attributes", "SHA-256 RSA", pdfsig.Trusted},
	{"rsa-key-identifier", whole, "", "SHA-256 RSA", pdfsig.Trusted},
	{"rsa-cades", whole, "", "SHA-256 RSA", pdfsig.Trusted},
	{"gnutls-rsa", whole, "", "SHA-384 RSA", pdfsig.Trusted},
	{"pss", whole, "", "SHA-256 RSA-PSS", pdfsig.Trusted},
	{"pss-salt-32", whole, "", "SHA-256 RSA-PSS", pdfsig.Trusted},
	{"pss-sha384", whole, "", "SHA-384 RSA-PSS", pdfsig.Trusted},
	{"pss-sha512", whole, "", "SHA-512 RSA-PSS", pdfsig.Trusted},
	{"pss-sha1", whole, "weak-digest", "SHA-1 RSA-PSS", pdfsig.Trusted},
	{"pss-key", whole, "", "SHA-256 RSA-PSS", pdfsig.Trusted},
	{"pss-other-mask", unsure, "signature-algorithm", "SHA-256 RSA-PSS", pdfsig.NotJudged},
	{"ecdsa", whole, "", "SHA-256 ECDSA", pdfsig.Trusted},
	{"ecdsa-p384", whole, "", "SHA-384 ECDSA", pdfsig.Trusted},
	{"ecdsa-p521", whole, "", "SHA-512 ECDSA", pdfsig.Trusted},
	{"ecdsa-key-identifier", whole, "", "SHA-256 ECDSA", pdfsig.Trusted},
	{"ed25519", whole, "", "SHA-512 Ed25519", pdfsig.Trusted},
	{"ed25519-no-attributes", unsure, "signature-algorithm", "SHA-512 Ed25519", pdfsig.NotJudged},
	{"ed448", unsure, "signature-algorithm", "SHAKE256 ", pdfsig.NotJudged},
	{"brainpool", unsure, "signature-algorithm", "SHA-256 ECDSA", pdfsig.NotJudged},
	{"secp256k1", unsure, "signature-algorithm", "SHA-256 ECDSA", pdfsig.NotJudged},
	{"negative-serial", whole, "", "SHA-256 RSA", pdfsig.NotJudged},
	{"negative-serial-key-identifier", whole, "", "SHA-256 RSA", pdfsig.NotJudged},
	{"two-signers", whole, "", "SHA-256 ECDSA", pdfsig.Trusted},
	{"three-signers", whole, "", "SHA-512 ECDSA", pdfsig.Trusted},
	{"not-its-certificate", unsure, "signature-certificate-missing", "SHA-256 RSA", pdfsig.NotJudged},
	{"pkcs7-sha1", whole, "weak-digest", "SHA-256 RSA", pdfsig.Trusted},
	{"pkcs7-sha1-indefinite", whole, "weak-digest", "SHA-256 RSA", pdfsig.Trusted},
	{"x509-rsa-sha1", whole, "weak-digest", "SHA-1 RSA", pdfsig.Trusted},
	{"x509-rsa-sha256", whole, "", "SHA-256 RSA", pdfsig.Trusted},
	{"x509-rsa-other-key", bad, "signature-mismatch", " RSA", pdfsig.NotJudged},
	{"document-time-stamp", whole, "time-stamp-unknown", "SHA-256 ECDSA", pdfsig.Trusted},
}

// byOpenSSL reads one of these files.
func byOpenSSL(name string) []byte { return file("openssl-" + name + ".pdf") }

func openSSLRoots(t testing.TB) *x509.CertPool {
	t.Helper()
	pem, err := os.ReadFile(filepath.Join("testdata", "openssl-root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate")
	}
	return roots
}

func TestGenuineSignaturesAreJudged(t *testing.T) {
	roots := openSSLRoots(t)
	for _, test := range genuine {
		t.Run(test.name, func(t *testing.T) {
			signed := byOpenSSL(test.name)
			report := check(t, signed, pdfsig.Options{})
			if statuses(report) != test.want || codes(report) != test.codes {
				t.Fatalf("%s with %q, want %s with %q\n%+v", statuses(report), codes(report), test.want, test.codes,
					report.Findings)
			}
			s := report.Signatures[0]
			if got := s.DigestAlgorithm + " " + s.SignatureAlgorithm; got != test.algorithms {
				t.Errorf("algorithms %q, want %q", got, test.algorithms)
			}
			if (s.Signer == nil) != (test.name == "not-its-certificate") {
				t.Errorf("signer %+v", s.Signer)
			}
			if got := check(t, signed, pdfsig.Options{Roots: roots, TimeStampRoots: roots}); got.Trust != test.trust {
				t.Errorf("%s: %+v", got.Trust, got.Findings)
			}
			if test.want != whole {
				return
			}
			for from, to := range map[string]string{"Pay 100": "Pay 900", "/Kids [3 0 R]": "/Kids [2 0 R]"} {
				if changed := check(t, swap(signed, from, to),
					pdfsig.Options{}); changed.Status != pdfsig.StatusInvalid {
					t.Errorf("%s for %s is %s", to, from, changed.Status)
				}
			}
			if changed := check(t, update(signed, numbered{5, page("Pay 900")}),
				pdfsig.Options{}); len(changed.Refusals()) == 0 {
				t.Errorf("another page behind it is %s", changed.Status)
			}
		})
	}
}

// The last byte before the padding belongs to the signature value, or in some files to unsigned
// attributes after it.
func TestGenuineSignaturesAreChecked(t *testing.T) {
	for _, test := range genuine {
		if test.want != whole || test.name == "pkcs7-sha1-indefinite" { // ends with end marks
			continue
		}
		signed := byOpenSSL(test.name)
		end := bytes.Index(signed, []byte("00000000000000000000000000000000000000000000000000000000000000> >>"))
		for signed[end-1] == '0' {
			end--
		}
		changed := bytes.Clone(signed)
		if changed[end-1]--; changed[end-1] < '0' || changed[end-1] == '`' {
			changed[end-1] = '0'
		}
		if got := check(t, changed, pdfsig.Options{}); got.Status != pdfsig.StatusInvalid {
			t.Errorf("%s with another signature is %s", test.name, got.Status)
		}
	}
}

func TestSeveralSignersAreNamed(t *testing.T) {
	for name, others := range map[string]int{"rsa": 0, "two-signers": 1, "three-signers": 2} {
		if got := check(t, byOpenSSL(name), pdfsig.Options{}).Signatures[0]; len(got.CoSigners) != others ||
			got.Signer == nil {
			t.Errorf("%s: %+v", name, got.CoSigners)
		}
	}
	s := check(t, byOpenSSL("negative-serial"), pdfsig.Options{Roots: openSSLRoots(t)}).Signatures[0]
	if s.Signer.Serial != "-4d" || s.Signer.Certificate != nil || s.Signer.NotAfter.IsZero() ||
		!strings.Contains(s.Signer.Issuer, "Invented Root") ||
		!strings.Contains(s.Trust.Reason, "negative serial number") {
		t.Errorf("%+v, %+v", s.Signer, s.Trust)
	}
	for name, reason := range map[string]string{"brainpool": "brainpoolP256r1", "secp256k1": "secp256k1",
		"ed448": "SHAKE256", "ed25519-no-attributes": "Ed25519"} {
		if s := check(t, byOpenSSL(name), pdfsig.Options{}).Signatures[0]; !strings.Contains(s.Reason, reason) {
			t.Errorf("%s: %s", name, s.Reason)
		}
	}
}
