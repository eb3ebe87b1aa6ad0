package pdfsig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	_ "crypto/md5" // for crypto.Hash.New, as the next three
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
)

// brokenDigest is refused: whoever wants to makes a second document for a signature.
const brokenDigest = crypto.MD5

// strongKeyBits is what RSA keys should have by now (NIST SP 800-131A).
const strongKeyBits = 2048

// maxKeyBits bounds the RSA keys that are computed with: a key of a million bits takes minutes.
const maxKeyBits = 16384

// digestAlgorithm is a digest that is judged.
type digestAlgorithm struct {
	oid  asn1.ObjectIdentifier
	name string
	hash crypto.Hash
	weak bool // two documents with one digest can be made
}

var digestAlgorithms = [...]digestAlgorithm{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, "SHA-256", crypto.SHA256, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, "SHA-384", crypto.SHA384, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, "SHA-512", crypto.SHA512, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}, "SHA-224", crypto.SHA224, false},
	{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, "SHA-1", crypto.SHA1, true},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}, "MD5", crypto.MD5, true},
}

// findDigest gives the algorithm of an identifier, or false for one that is not judged, SHA-3 say.
func findDigest(oid asn1.ObjectIdentifier) (digestAlgorithm, bool) {
	for _, algorithm := range digestAlgorithms {
		if algorithm.oid.Equal(oid) {
			return algorithm, true
		}
	}
	return digestAlgorithm{oid: oid, name: oid.String()}, false
}

// signatureAlgorithm is a way to sign that is judged. hash is zero where the identifier names none.
type signatureAlgorithm struct {
	oid  asn1.ObjectIdentifier
	name string
	hash crypto.Hash
}

var signatureAlgorithms = [...]signatureAlgorithm{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, "RSA", 0},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}, "RSA", crypto.MD5},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, "RSA", crypto.SHA1},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 14}, "RSA", crypto.SHA224},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, "RSA", crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, "RSA", crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, "RSA", crypto.SHA512},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, "ECDSA", 0}, // a key's identifier, but in use
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, "ECDSA", crypto.SHA1},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 1}, "ECDSA", crypto.SHA224},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, "ECDSA", crypto.SHA256},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, "ECDSA", crypto.SHA384},
	{asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, "ECDSA", crypto.SHA512},
}

// notJudged are names for what [StatusIndeterminate] speaks of.
var notJudged = [...]struct {
	oid  asn1.ObjectIdentifier
	name string
}{
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}, "RSA-PSS"},
	{asn1.ObjectIdentifier{1, 3, 101, 112}, "Ed25519"},
	{asn1.ObjectIdentifier{1, 3, 101, 113}, "Ed448"},
	{asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 3}, "DSA"},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 7}, "SHA3-224"},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 8}, "SHA3-256"},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 9}, "SHA3-384"},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 10}, "SHA3-512"},
}

// algorithmName names an algorithm that is not judged, by its identifier if need be.
func algorithmName(oid asn1.ObjectIdentifier) string {
	for _, known := range notJudged {
		if known.oid.Equal(oid) {
			return known.name
		}
	}
	return showable(oid.String())
}

// findSignature gives the algorithm of an identifier, for use with a digest.
func findSignature(oid asn1.ObjectIdentifier, digest digestAlgorithm) (signatureAlgorithm, *fault) {
	for _, algorithm := range signatureAlgorithms {
		if !algorithm.oid.Equal(oid) {
			continue
		}
		if algorithm.hash != 0 && algorithm.hash != digest.hash {
			return algorithm, undecided(CodeAlgorithm, "its signature algorithm and its digest algorithm name different digests")
		}
		return algorithm, nil
	}
	return signatureAlgorithm{}, undecided(CodeAlgorithm, fmt.Sprintf("signature algorithm %s is not judged", algorithmName(oid)))
}

// weakKey tells whether a key is too short by now.
func weakKey(certificate *x509.Certificate) bool {
	key, isRSA := certificate.PublicKey.(*rsa.PublicKey)
	return isRSA && key.N.BitLen() < strongKeyBits
}

// usableKey refuses to compute with keys that nobody has.
func usableKey(certificate *x509.Certificate) bool {
	key, isRSA := certificate.PublicKey.(*rsa.PublicKey)
	return !isRSA || key.N.BitLen() <= maxKeyBits
}

// verify holds a signature against a digest. Whether the digest is the right one is not its matter.
func (a signatureAlgorithm) verify(certificate *x509.Certificate, hash crypto.Hash, digest, signature []byte) *fault {
	mismatch := invalid(CodeSignatureMismatch, "the signature does not fit the signer's key")
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if a.name != "RSA" {
			return mismatch
		}
		if !usableKey(certificate) {
			return undecided(CodeLimit, fmt.Sprintf("the signer's RSA key has more than %d bits", maxKeyBits))
		}
		err := rsa.VerifyPKCS1v15(key, hash, digest, signature)
		if errors.Is(err, rsa.ErrVerification) {
			return mismatch
		}
		if err != nil {
			return undecided(CodeAlgorithm, "the signer's RSA key is too short or otherwise unfit")
		}
		return nil
	case *ecdsa.PublicKey:
		if a.name != "ECDSA" || !ecdsa.VerifyASN1(key, digest, signature) {
			return mismatch
		}
		return nil
	}
	return undecided(CodeAlgorithm, "the signer's certificate has a key of a kind that is not judged")
}

// sum hashes what is in memory.
func sum(hash crypto.Hash, content []byte) []byte {
	h := hash.New()
	h.Write(content)
	return h.Sum(nil)
}

// sameDigest compares a digest that a signature names with what it is. Nothing about either is secret.
func sameDigest(hash crypto.Hash, named, actual []byte) bool {
	return len(named) == hash.Size() && bytes.Equal(named, actual)
}
