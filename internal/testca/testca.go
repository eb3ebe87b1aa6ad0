// Package testca makes certificates for tests. Call [New], then [CA.Issue]. Only tests import it.
package testca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// CA is an authority that nobody trusts.
type CA struct {
	Certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// New makes an authority.
func New(tb testing.TB) *CA {
	tb.Helper()
	ca := &CA{}
	made := ca.Issue(tb, Subject{Name: "Test CA", Authority: true})
	ca.Certificate, ca.key = made.Leaf, made.PrivateKey.(*ecdsa.PrivateKey)
	return ca
}

// Subject is what a certificate is for.
type Subject struct {
	Name      string
	Hosts     []string      // names and addresses
	For       time.Duration // how long it is still valid; negative: since when it is not. Default: 100 days and an hour
	Begins    time.Duration // from now. Default: long ago
	Authority bool
}

// Issue makes a certificate; an authority without a certificate yet issues its own.
func (ca *CA) Issue(tb testing.TB, subject Subject) tls.Certificate {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
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
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
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
	parent, signer := ca.Certificate, ca.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		tb.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// Pool holds the authority.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.Certificate)
	return pool
}

// CertificatePEM is a certificate as it stands in files.
func CertificatePEM(certificate *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
}

// KeyPEM is the private key of a certificate as it stands in files.
func KeyPEM(tb testing.TB, certificate tls.Certificate) []byte {
	tb.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		tb.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
