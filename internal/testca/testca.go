// Package testca makes certificates for tests. Call [New], then [CA.Issue]. Only tests import it.
package testca

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// CA is a certificate authority that nobody trusts.
type CA struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// New returns a new authority.
func New(tb testing.TB) *CA {
	tb.Helper()
	ca := &CA{}
	made := ca.Issue(tb, Subject{Name: "Test CA", Authority: true})
	ca.Certificate, ca.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	return ca
}

// Subject describes the certificate to issue.
type Subject struct {
	Name      string
	Hosts     []string      // names and addresses
	Names     []string      // may contain addresses, which are then listed as DNS names
	For       time.Duration // remaining validity; negative if it has expired. Default: 100 days and an hour
	Begins    time.Duration // from now. Default: long ago
	Authority bool
	RSA       bool // an RSA key rather than an elliptic curve key
}

// Issue issues a certificate. An authority without a certificate issues its own.
func (ca *CA) Issue(tb testing.TB, subject Subject) tls.Certificate {
	tb.Helper()
	key, err := newKey(subject.RSA)
	if err != nil {
		tb.Fatal(err)
	}
	return ca.IssueFor(tb, subject, key)
}

// IssueFor issues a certificate for a key.
func (ca *CA) IssueFor(tb testing.TB, subject Subject, key crypto.Signer) tls.Certificate {
	tb.Helper()
	if subject.For == 0 {
		subject.For = 100*24*time.Hour + time.Hour
	}
	if subject.Begins == 0 {
		subject.Begins = -1000 * 24 * time.Hour
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: subject.Name},
		NotBefore: now.Add(subject.Begins), NotAfter: now.Add(subject.For),
		DNSNames: slices.Clone(subject.Names),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth,
			x509.ExtKeyUsageClientAuth},
	}
	if subject.Authority {
		template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	}
	for _, host := range subject.Hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	parent, signer := ca.Certificate, crypto.Signer(ca.key)
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		tb.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func newKey(ofRSA bool) (crypto.Signer, error) {
	if ofRSA {
		return rsa.GenerateKey(rand.Reader, 2048)
	}
	return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
}

// WithNegativeSerial returns a copy of an issued certificate with a negative serial number, as some
// TLS inspection devices make. Package x509 can neither create nor parse such a certificate, so it
// has no Leaf.
func (ca *CA) WithNegativeSerial(tb testing.TB, issued tls.Certificate) tls.Certificate {
	tb.Helper()
	var parts struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(issued.Leaf.Raw, &parts); err != nil {
		tb.Fatal(err)
	}
	tbs := bytes.Clone(issued.Leaf.RawTBSCertificate)
	serial := issued.Leaf.SerialNumber.Bytes()
	at := bytes.Index(tbs, serial)
	if at < 0 {
		tb.Fatal("the serial number is not found")
	}
	tbs[at] |= 0x80
	digest := sha256.Sum256(tbs)
	signature, err := ecdsa.SignASN1(rand.Reader, ca.key, digest[:])
	if err != nil {
		tb.Fatal(err)
	}
	parts.TBS = asn1.RawValue{FullBytes: tbs}
	parts.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	der, err := asn1.Marshal(parts)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := x509.ParseCertificate(der); err == nil || !strings.Contains(err.Error(), "negative serial") {
		tb.Fatalf("it reads with %v", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: issued.PrivateKey}
}

// Pool returns a pool with the authority.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.Certificate)
	return pool
}

// CertificatePEM returns a certificate in PEM form.
func CertificatePEM(certificate *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
}

// KeyPEM returns the private key of a certificate in PEM form.
func KeyPEM(tb testing.TB, certificate tls.Certificate) []byte {
	tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
