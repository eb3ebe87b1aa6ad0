package sign

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

const (
	organization = "danabio emulator - NOT A REAL SIGNATURE"
	validBefore  = 24 * time.Hour
	validAfter   = 10 * 365 * 24 * time.Hour
)

// Authority is a test certificate authority with one signing certificate. Its keys exist only in
// memory. They are ECDSA P-256, since generating RSA keys would take a tenth of a second or more at
// each start.
type Authority struct {
	root   *x509.Certificate
	signer *x509.Certificate
	key    *ecdsa.PrivateKey
	trust  *x509.CertPool
	// reserve is the space for a CMS in the document, in bytes.
	reserve int
}

// NewAuthority returns an authority whose certificates are valid for ten years, from a day before
// now.
func NewAuthority(now time.Time) (*Authority, error) {
	a := &Authority{trust: x509.NewCertPool()}
	notBefore := now.UTC().Truncate(time.Second).Add(-validBefore)
	template := func(name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber:          newSerial(),
			Subject:               pkix.Name{Organization: []string{organization}, CommonName: name},
			NotBefore:             notBefore,
			NotAfter:              notBefore.Add(validBefore + validAfter),
			BasicConstraintsValid: true,
		}
	}

	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the test authority's key: %w", err)
	}
	root := template("danabio emulator test CA")
	root.IsCA = true
	root.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	if a.root, err = issue(root, root, rootKey, rootKey); err != nil {
		return nil, err
	}

	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, fmt.Errorf("making the test signer's key: %w", err)
	}
	signer := template("danabio emulator test signer")
	signer.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	signer.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection}
	if a.signer, err = issue(signer, a.root, a.key, rootKey); err != nil {
		return nil, err
	}
	a.trust.AddCert(a.root)

	measured, err := a.newCMS(make([]byte, digestSize), now)
	if err != nil {
		return nil, err
	}
	a.reserve = len(measured) + reserveSpare
	return a, nil
}

func newSerial() *big.Int {
	serial := make([]byte, 16)
	rand.Read(serial) // never fails
	serial[0] &= 0x7F
	serial[15] |= 1 // never zero
	return new(big.Int).SetBytes(serial)
}

func issue(template, parent *x509.Certificate, subject, issuer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &subject.PublicKey, issuer)
	if err != nil {
		return nil, fmt.Errorf("making the certificate of %s: %w", template.Subject.CommonName, err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of %s: %w", template.Subject.CommonName, err)
	}
	return certificate, nil
}

// Root returns the authority's own certificate, which is needed to trust its signatures.
func (a *Authority) Root() *x509.Certificate { return a.root }

// RootPEM returns Root in PEM.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw})
}

// Signer returns the signing certificate.
func (a *Authority) Signer() *x509.Certificate { return a.signer }
