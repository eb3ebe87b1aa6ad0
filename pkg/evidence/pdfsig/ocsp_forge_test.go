package pdfsig_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// forgedOCSP describes an OCSP response. If only issuer and subject are set, the response is valid,
// says good, and is signed by the issuer.
type forgedOCSP struct {
	subject, issuer *party
	by              *party // default the issuer
	hash            crypto.Hash
	status          []byte // default good
	serial          *big.Int
	issuerKey       []byte
	produced        time.Time
	spoil, failed   bool
	basic           bool // without the enclosing response
}

// bits returns a BIT STRING of whole bytes.
func bits(content []byte) []byte { return element(0x03, []byte{0}, content) }

func generalized(when time.Time) []byte {
	return element(0x18, []byte(when.UTC().Format("20060102150405Z")))
}

func (f forgedOCSP) make() []byte {
	if f.by == nil {
		f.by = f.issuer
	}
	if f.hash == 0 {
		f.hash = crypto.SHA256
	}
	if f.status == nil {
		f.status = element(0x80)
	}
	if f.serial == nil {
		f.serial = f.subject.certificate().SerialNumber
	}
	if f.produced.IsZero() {
		f.produced = noon.AddDate(1, 0, 0)
	}
	issuer := f.issuer.certificate()
	if f.issuerKey == nil {
		var key struct {
			Algorithm pkix.AlgorithmIdentifier
			Key       asn1.BitString
		}
		if _, err := asn1.Unmarshal(issuer.RawSubjectPublicKeyInfo, &key); err != nil {
			panic(err)
		}
		f.issuerKey = key.Key.Bytes
	}
	id := sequence(sequence(marshal(digestOIDs[crypto.SHA1])), marshal(hashed(crypto.SHA1, issuer.RawSubject)),
		marshal(hashed(crypto.SHA1, f.issuerKey)), marshal(f.serial))
	data := sequence(element(0xA1, f.by.certificate().RawSubject), generalized(f.produced),
		sequence(sequence(id, f.status, generalized(f.produced))))
	value, err := f.by.key.Sign(rand.Reader, hashed(f.hash, data), f.hash)
	if err != nil {
		panic(err)
	}
	if f.spoil {
		value[len(value)-1] ^= 1
	}
	basic := sequence(data, sequence(marshal(ecdsaOIDs[f.hash])), bits(value),
		element(0xA0, sequence(f.by.certificate().Raw)))
	if f.basic {
		return basic
	}
	status := byte(0)
	if f.failed {
		status = 6
	}
	return sequence(element(0x0A, []byte{status}),
		element(0xA0, sequence(marshal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}), marshal(basic))))
}

func TestOCSPAnswersCountIfTheIssuerVouches(t *testing.T) {
	authority := func(name string) *party {
		return issue(&x509.Certificate{
			Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		}, ecdsaKey(), nil)
	}
	root, other := authority("Asked Root"), authority("Asked Root")
	who := issue(&x509.Certificate{Subject: pkix.Name{CommonName: "Asked Canary"}}, ecdsaKey(), root)
	responder := func(of *party, until time.Time) *party {
		return issue(&x509.Certificate{
			Subject: pkix.Name{CommonName: "Responder"}, NotAfter: until,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning},
		}, ecdsaKey(), of)
	}
	revoked := element(0xA1, generalized(noon.AddDate(0, 6, 0)), element(0xA0, element(0x0A, []byte{1})))
	const good, gone, unknown = "signer good ocsp", "signer revoked ocsp", "signer not-known"
	for name, test := range map[string]struct {
		want   string
		change func(f *forgedOCSP)
	}{
		"good":                     {good, func(*forgedOCSP) {}},
		"revoked":                  {gone, func(f *forgedOCSP) { f.status = revoked }},
		"unknown to the responder": {unknown, func(f *forgedOCSP) { f.status = element(0x82) }},
		"by a responder":           {good, func(f *forgedOCSP) { f.by = responder(root, forever) }},
		"revoked, by a responder": {gone, func(f *forgedOCSP) {
			f.by, f.status = responder(root, forever),
				revoked
		}},
		"by a responder of another": {unknown, func(f *forgedOCSP) { f.by = responder(other, forever) }},
		"by a responder that ended before": {unknown,
			func(f *forgedOCSP) { f.by = responder(root, noon.AddDate(0, 1, 0)) }},
		"by a responder that began later": {unknown,
			func(f *forgedOCSP) { f.by, f.produced = responder(root, forever), noon.AddDate(-2, 0, 0) }},
		"by another authority of that name": {unknown, func(f *forgedOCSP) { f.by, f.status = other, revoked }},
		"by the signer itself":              {unknown, func(f *forgedOCSP) { f.by = who }},
		"with a wrong signature":            {unknown, func(f *forgedOCSP) { f.spoil = true }},
		"signed with SHA-1":                 {unknown, func(f *forgedOCSP) { f.hash = crypto.SHA1 }},
		"about another number": {unknown,
			func(f *forgedOCSP) { f.serial = new(big.Int).Add(who.certificate().SerialNumber, big.NewInt(1)) }},
		"about another number that ends so": {unknown, func(f *forgedOCSP) {
			f.serial = new(big.Int).Add(who.certificate().SerialNumber, new(big.Int).Lsh(big.NewInt(1), 80))
		}},
		"about an authority of another key": {unknown, func(f *forgedOCSP) { f.issuerKey = []byte("another") }},
		"given in the future": {unknown,
			func(f *forgedOCSP) { f.produced = time.Now().AddDate(0, 0, 2) }},
		"failed":                    {unknown, func(f *forgedOCSP) { f.failed = true }},
		"without a response around": {good, func(f *forgedOCSP) { f.basic = true }},
	} {
		t.Run(name, func(t *testing.T) {
			f := forgedOCSP{subject: who, issuer: root}
			test.change(&f)
			value := asn1.RawValue{FullBytes: sequence(element(0xA1, sequence(f.make())))}
			signed := withCMS(func(c *forgedCMS) { c.by, c.unsigned = who, [][2]any{{oidRevocationArchive, value}} })
			report := check(t, signed, pdfsig.Options{Roots: pool(root)})
			if got := revocations(report.Signatures[0].Revocation); got != test.want ||
				strings.Contains(codes(report), "revoked") != (test.want == gone) {
				t.Errorf("%s, want %s: %v", got, test.want, report.Findings)
			}
		})
	}
}
