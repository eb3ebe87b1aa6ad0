package pdfsig

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	_ "crypto/md5" // for crypto.Hash.New, like the four below
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha3"
	_ "crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
)

// brokenDigest is refused, because anyone can make a second document that fits the signature.
const brokenDigest = crypto.MD5

// strongKeyBits is the minimum size of RSA keys (NIST SP 800-131A).
const strongKeyBits = 2048

// maxKeyBits limits the size of RSA keys. A key of a million bits would take minutes.
const maxKeyBits = 16384

// digestAlgorithm is a supported digest.
type digestAlgorithm struct {
	oid  asn1.ObjectIdentifier
	name string
	hash crypto.Hash
	weak bool // two documents with the same digest can be made
}

var digestAlgorithms = [...]digestAlgorithm{
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}, "SHA-256", crypto.SHA256, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}, "SHA-384", crypto.SHA384, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}, "SHA-512", crypto.SHA512, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4}, "SHA-224", crypto.SHA224, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 5}, "SHA-512/224", crypto.SHA512_224, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 6}, "SHA-512/256", crypto.SHA512_256, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 7}, "SHA3-224", crypto.SHA3_224, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 8}, "SHA3-256", crypto.SHA3_256, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 9}, "SHA3-384", crypto.SHA3_384, false},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 10}, "SHA3-512", crypto.SHA3_512, false},
	{asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}, "SHA-1", crypto.SHA1, true},
	{asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}, "MD5", crypto.MD5, true},
}

// findDigest returns the algorithm of an identifier, or false if it is not supported.
func findDigest(oid asn1.ObjectIdentifier) (digestAlgorithm, bool) {
	for _, algorithm := range digestAlgorithms {
		if algorithm.oid.Equal(oid) {
			return algorithm, true
		}
	}
	return digestAlgorithm{oid: oid, name: algorithmName(oid)}, false
}

// Names of signature algorithms.
const (
	nameRSA     = "RSA"
	namePSS     = "RSA-PSS"
	nameECDSA   = "ECDSA"
	nameEd25519 = "Ed25519"
)

// signatureAlgorithm is a supported signature algorithm. hash is zero if the identifier names no
// digest.
type signatureAlgorithm struct {
	oid  asn1.ObjectIdentifier
	name string
	hash crypto.Hash
	salt int // for RSA-PSS, in bytes
}

var signatureAlgorithms = [...]signatureAlgorithm{
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, name: nameRSA},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 4}, name: nameRSA, hash: crypto.MD5},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 5}, name: nameRSA, hash: crypto.SHA1},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 14}, name: nameRSA, hash: crypto.SHA224},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, name: nameRSA, hash: crypto.SHA256},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, name: nameRSA, hash: crypto.SHA384},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, name: nameRSA, hash: crypto.SHA512},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 15}, name: nameRSA, hash: crypto.SHA512_224},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 16}, name: nameRSA, hash: crypto.SHA512_256},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 13}, name: nameRSA, hash: crypto.SHA3_224},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 14}, name: nameRSA, hash: crypto.SHA3_256},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 15}, name: nameRSA, hash: crypto.SHA3_384},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 16}, name: nameRSA, hash: crypto.SHA3_512},
	{oid: oidKeyPSS, name: namePSS},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}, name: nameECDSA}, // identifies a key, but is used here too
	{oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 1}, name: nameECDSA, hash: crypto.SHA1},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 1}, name: nameECDSA, hash: crypto.SHA224},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}, name: nameECDSA, hash: crypto.SHA256},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}, name: nameECDSA, hash: crypto.SHA384},
	{oid: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}, name: nameECDSA, hash: crypto.SHA512},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 9}, name: nameECDSA, hash: crypto.SHA3_224},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 10}, name: nameECDSA, hash: crypto.SHA3_256},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 11}, name: nameECDSA, hash: crypto.SHA3_384},
	{oid: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 12}, name: nameECDSA, hash: crypto.SHA3_512},
	{oid: oidKeyEd25519, name: nameEd25519},
}

// unsupportedAlgorithms names algorithms that lead to [StatusIndeterminate].
var unsupportedAlgorithms = [...]struct {
	oid  asn1.ObjectIdentifier
	name string
}{
	{asn1.ObjectIdentifier{1, 3, 101, 113}, "Ed448"},
	{asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, "DSA"},
	{asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 3}, "DSA"},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 11}, "SHAKE128"},
	{asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 12}, "SHAKE256"},
	{asn1.ObjectIdentifier{1, 3, 36, 3, 2, 1}, "RIPEMD-160"},
}

// algorithmName returns the name of an unsupported algorithm, or its identifier.
func algorithmName(oid asn1.ObjectIdentifier) string {
	for _, known := range unsupportedAlgorithms {
		if known.oid.Equal(oid) {
			return known.name
		}
	}
	return printable(oid.String())
}

// findSignature returns the algorithm of an identifier. It fails if that names another digest.
func findSignature(given pkix.AlgorithmIdentifier, digest digestAlgorithm) (signatureAlgorithm, *fault) {
	algorithm, wrong := lookupSignature(given)
	if wrong == nil && algorithm.hash != 0 && algorithm.hash != digest.hash {
		wrong = indeterminateFault(CodeAlgorithm,
			"its signature algorithm and its digest algorithm name different digests")
	}
	return algorithm, wrong
}

// isWeakHash reports whether two documents with the same digest can be made.
func isWeakHash(hash crypto.Hash) bool {
	return slices.ContainsFunc(digestAlgorithms[:], func(algorithm digestAlgorithm) bool {
		return algorithm.hash == hash && algorithm.weak
	})
}

// lookupSignature returns the algorithm of an identifier, with the digest that it names, if any.
func lookupSignature(given pkix.AlgorithmIdentifier) (signatureAlgorithm, *fault) {
	for _, algorithm := range signatureAlgorithms {
		switch {
		case !algorithm.oid.Equal(given.Algorithm):
		case algorithm.name == namePSS:
			return parsePSS(algorithm, given.Parameters)
		default:
			return algorithm, nil
		}
	}
	return signatureAlgorithm{}, indeterminateFault(CodeAlgorithm, fmt.Sprintf("signature algorithm %s is not judged",
		algorithmName(given.Algorithm)))
}

// parsePSS reads the parameters of RSA-PSS (RFC 4055). All of them have defaults.
func parsePSS(algorithm signatureAlgorithm, parameters asn1.RawValue) (signatureAlgorithm, *fault) {
	given := struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:0"`
		Mask    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:1"`
		Salt    int                      `asn1:"explicit,optional,tag:2,default:20"`
		Trailer int                      `asn1:"explicit,optional,tag:3,default:1"`
	}{Salt: 20, Trailer: 1}
	unsupported := indeterminateFault(CodeAlgorithm, "its RSA-PSS has parameters that are not judged")
	if len(parameters.FullBytes) > 0 && parameters.FullBytes[0] == tagSequence {
		if rest, err := asn1.Unmarshal(parameters.FullBytes, &given); err != nil || len(rest) > 0 {
			return algorithm, unsupported
		}
	}
	hash, mask := crypto.SHA1, crypto.SHA1
	if len(given.Hash.Algorithm) > 0 {
		digest, known := findDigest(given.Hash.Algorithm)
		if !known {
			return algorithm, unsupported
		}
		hash = digest.hash
	}
	if len(given.Mask.Algorithm) > 0 {
		var inner pkix.AlgorithmIdentifier
		_, err := asn1.Unmarshal(given.Mask.Parameters.FullBytes, &inner)
		digest, known := findDigest(inner.Algorithm)
		if mgf1 := (asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}); err != nil || !known ||
			!given.Mask.Algorithm.Equal(mgf1) {
			return algorithm, unsupported
		}
		mask = digest.hash
	}
	if hash != mask || given.Trailer != 1 || given.Salt < 0 || given.Salt > maxKeyBits/8 {
		return algorithm, unsupported
	}
	algorithm.hash, algorithm.salt = hash, given.Salt
	return algorithm, nil
}

// verify verifies a signature with the signer's key. digest is the digest of what was signed.
// content is what was signed, which only Ed25519 needs; it is nil if it is not in memory. verify
// does not check that the right content was signed.
func (a signatureAlgorithm) verify(certificate *certificate, hash crypto.Hash, digest, content,
	signature []byte) *fault {
	mismatch := invalidFault(CodeSignatureMismatch, "the signature does not fit the signer's key")
	if certificate.keyFault != nil {
		return certificate.keyFault
	}
	if !keyFits(certificate.key, a.name) {
		return mismatch
	}
	if !isUsableKey(certificate.key) {
		return indeterminateFault(CodeLimit, fmt.Sprintf("the signer's RSA key has more than %d bits", maxKeyBits))
	}
	holds := false
	switch key := certificate.key.(type) {
	case *rsa.PublicKey:
		var err error
		if a.name == namePSS {
			err = verifyPSS(key, hash, digest, signature, a.salt)
		} else {
			err = rsa.VerifyPKCS1v15(key, hash, digest, signature)
		}
		if err != nil && !errors.Is(err, rsa.ErrVerification) {
			return indeterminateFault(CodeAlgorithm, "the signer's RSA key is too short or otherwise unfit")
		}
		holds = err == nil
	case *ecdsa.PublicKey:
		holds = ecdsa.VerifyASN1(key, digest, signature)
	case ed25519.PublicKey:
		if content == nil {
			return indeterminateFault(CodeAlgorithm,
				"its Ed25519 signature is over the document itself, without signed attributes, which is not judged")
		}
		holds = ed25519.Verify(key, content, signature)
	}
	if !holds {
		return mismatch
	}
	return nil
}

// verifyPSS requires the salt length that the parameters name. For 0 it accepts any length, because
// package rsa uses 0 for automatic detection.
func verifyPSS(key *rsa.PublicKey, hash crypto.Hash, digest, signature []byte, salt int) error {
	if salt == 0 {
		salt = rsa.PSSSaltLengthAuto
	}
	return rsa.VerifyPSS(key, hash, digest, signature, &rsa.PSSOptions{SaltLength: salt, Hash: hash})
}

// hashOf returns the hash of content.
func hashOf(hash crypto.Hash, content []byte) []byte {
	h := hash.New()
	h.Write(content)
	return h.Sum(nil)
}

// sameDigest compares the digest that a signature names with the actual one. Neither is secret, so
// the time of the comparison does not matter.
func sameDigest(hash crypto.Hash, named, actual []byte) bool {
	return len(named) == hash.Size() && bytes.Equal(named, actual)
}
