package pdfsig

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"
)

// certificate holds what a signature check needs of a certificate: name, serial number and key.
// Package x509 refuses some certificates that are in use, for example those with a negative serial
// number. Their signatures can still be checked, but not their trust.
type certificate struct {
	raw      []byte
	issuer   []byte // in DER
	serial   []byte // content octets of the INTEGER
	keyID    []byte // nil if the certificate has none
	key      crypto.PublicKey
	keyFault *fault // why there is no key

	x509       *x509.Certificate // nil if x509 refuses it
	parseFault string            // why x509 refuses it
	names      struct{ issuer, subject pkix.RDNSequence }
	validity   struct{ NotBefore, NotAfter time.Time }
}

var oidKeyIdentifier = asn1.ObjectIdentifier{2, 5, 29, 14}

func parseCertificate(raw []byte) (*certificate, error) {
	outer := newDERReader(raw, tagSequence)
	tbs := newDERReader(outer.take(tagSequence).FullBytes, tagSequence)
	tbs.optional(tagZero) // version
	c := &certificate{raw: raw, serial: tbs.take(tagInteger).Bytes}
	tbs.take(tagSequence) // algorithm
	c.issuer = tbs.take(tagSequence).FullBytes
	validity := tbs.take(tagSequence).FullBytes
	subject := tbs.take(tagSequence).FullBytes
	key := tbs.take(tagSequence).FullBytes
	if outer.err != nil || tbs.err != nil || len(c.serial) == 0 {
		return nil, errNotDER
	}
	c.key, c.keyFault = parseKey(key)
	var err error
	if c.x509, err = x509.ParseCertificate(raw); err == nil {
		c.keyID = c.x509.SubjectKeyId
		c.validity.NotBefore, c.validity.NotAfter = c.x509.NotBefore, c.x509.NotAfter
	} else {
		c.parseFault = "the certificate has a form that cannot be checked against roots"
		if c.serial[0] >= 0x80 {
			c.parseFault = "the certificate has a negative serial number, and cannot be checked against roots"
		}
		for len(tbs.list) > 0 && tbs.list[0].FullBytes[0] != tagThree {
			tbs.list = tbs.list[1:]
		}
		if extensions, ok := tbs.optional(tagThree); ok {
			c.keyID = keyIdentifier(extensions.Bytes)
		}
		_, _ = asn1.Unmarshal(validity, &c.validity) // for display only
	}
	_, _ = asn1.Unmarshal(c.issuer, &c.names.issuer)
	_, _ = asn1.Unmarshal(subject, &c.names.subject)
	return c, nil
}

// keyIdentifier finds the subject key identifier in the extensions of a certificate that x509
// refuses.
func keyIdentifier(extensions []byte) []byte {
	var list []pkix.Extension
	if _, err := asn1.Unmarshal(extensions, &list); err != nil {
		return nil
	}
	for _, extension := range list {
		var id []byte
		if extension.Id.Equal(oidKeyIdentifier) {
			_, _ = asn1.Unmarshal(extension.Value, &id)
			return id
		}
	}
	return nil
}

var (
	oidKeyRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidKeyPSS     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidKeyEC      = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidKeyEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
)

// parseKey parses a SubjectPublicKeyInfo. It also accepts RSA-PSS keys, which x509 does not know.
func parseKey(raw []byte) (crypto.PublicKey, *fault) {
	unreadable := indeterminateFault(CodeAlgorithm, "the signer's key cannot be read")
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if rest, err := asn1.Unmarshal(raw, &info); err != nil || len(rest) > 0 {
		return nil, unreadable
	}
	oid := info.Algorithm.Algorithm
	switch {
	case oid.Equal(oidKeyRSA), oid.Equal(oidKeyPSS):
		key, err := x509.ParsePKCS1PublicKey(info.Key.RightAlign())
		if err != nil {
			return nil, unreadable
		}
		return key, nil
	case oid.Equal(oidKeyEd25519) && len(info.Key.Bytes) == ed25519.PublicKeySize:
		return ed25519.PublicKey(info.Key.Bytes), nil
	case oid.Equal(oidKeyEC):
		key, err := x509.ParsePKIXPublicKey(raw)
		if err != nil {
			return nil, indeterminateFault(CodeAlgorithm,
				"the signer's key is on the curve "+curveName(info.Algorithm.Parameters.FullBytes)+
					", which is not judged")
		}
		return key, nil
	}
	return nil, indeterminateFault(CodeAlgorithm, "the signer's key is for "+algorithmName(oid)+", which is not judged")
}

// curveName names an elliptic curve that this package does not support.
func curveName(parameters []byte) string {
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(parameters, &oid); err != nil {
		return "of its own parameters"
	}
	brainpool := asn1.ObjectIdentifier{1, 3, 36, 3, 3, 2, 8, 1, 1}
	if sizes := []int{160, 192, 224, 256, 320, 384, 512}; len(oid) == len(brainpool)+1 &&
		oid[:len(brainpool)].Equal(brainpool) {
		if last := oid[len(brainpool)] - 1; last >= 0 && last/2 < len(sizes) {
			return fmt.Sprintf("brainpoolP%d%s1", sizes[last/2], []string{"r", "t"}[last%2])
		}
	}
	if oid.Equal(asn1.ObjectIdentifier{1, 3, 132, 0, 10}) {
		return "secp256k1"
	}
	return printable(oid.String())
}

// number returns the serial number.
func (c *certificate) number() *big.Int {
	n := new(big.Int).SetBytes(c.serial)
	if c.serial[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(c.serial))))
	}
	return n
}

func newSigner(c *certificate) *Signer {
	fingerprint := sha256.Sum256(c.raw)
	signer := &Signer{
		Serial:      c.number().Text(16),
		SHA256:      hex.EncodeToString(fingerprint[:]),
		NotBefore:   c.validity.NotBefore.UTC(),
		NotAfter:    c.validity.NotAfter.UTC(),
		Certificate: c.x509,
	}
	// a self-issued certificate would show the signer's name as issuer
	if issuer := c.names.issuer.String(); issuer != c.names.subject.String() {
		signer.Issuer = issuer
	}
	return signer
}

// isWeakKey reports whether a key is too short by today's standards.
func isWeakKey(key crypto.PublicKey) bool {
	own, isRSA := key.(*rsa.PublicKey)
	return isRSA && own.N.BitLen() < strongKeyBits
}

// isUsableKey rejects keys that are too large to compute with.
func isUsableKey(key crypto.PublicKey) bool {
	own, isRSA := key.(*rsa.PublicKey)
	return !isRSA || own.N.BitLen() <= maxKeyBits
}

// keyFits reports whether a key has the type that an algorithm needs.
func keyFits(key crypto.PublicKey, algorithm string) bool {
	switch key.(type) {
	case *rsa.PublicKey:
		return algorithm == nameRSA || algorithm == namePSS
	case *ecdsa.PublicKey:
		return algorithm == nameECDSA
	case ed25519.PublicKey:
		return algorithm == nameEd25519
	}
	return false
}
