package pdfsig

import (
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"

	"github.com/danabio/danabio-go/internal/pdf"
)

// parseRSASHA1 parses a signature of adbe.x509.rsa_sha1 (ISO 32000-1, 12.8.3.2): a bare RSA
// signature in an OCTET STRING, with the certificates beside it in the dictionary, the signer's
// first. Since PDF 1.6 it may use digests other than SHA-1, which only the signature itself names.
func parseRSASHA1(certificates pdf.Object, raw []byte) (*cmsMessage, *fault) {
	m := &cmsMessage{}
	list := []pdf.Object{certificates}
	if certificates.Kind == pdf.Array {
		list = certificates.Items
	}
	if len(list) > maxCertificates {
		return m, indeterminateFault(CodeLimit, "its dictionary has more certificates than are judged")
	}
	for i, one := range list {
		length, err := berLength(one.Text)
		var parsed *certificate
		if err == nil && one.IsString() {
			parsed, err = parseCertificate(one.Text[:length])
		}
		if i == 0 && parsed == nil {
			return m,
				indeterminateFault(CodeCertificateMissing, "its dictionary does not carry the signer's certificate")
		}
		if err == nil && parsed != nil {
			m.certificates = append(m.certificates, parsed)
		}
	}
	if len(m.certificates) == 0 {
		return m, indeterminateFault(CodeCertificateMissing, "its dictionary does not carry the signer's certificate")
	}
	s := &signerInfo{certificate: m.certificates[0]}
	m.signers = []*signerInfo{s}
	if rest, err := asn1.Unmarshal(toDefiniteLength(raw), &s.value); err != nil || len(rest) > 0 {
		return m, invalidFault(CodeCMS, "its /Contents contains no RSA signature")
	}
	s.algorithm = signatureAlgorithm{oid: oidKeyRSA, name: nameRSA}
	if s.certificate.keyFault != nil {
		return m, s.certificate.keyFault
	}
	key, ok := s.certificate.key.(*rsa.PublicKey)
	if !ok {
		return m, invalidFault(CodeSignatureMismatch, "the signature does not fit the signer's key")
	}
	if !isUsableKey(key) {
		return m, indeterminateFault(CodeLimit, "the signer's RSA key has too many bits")
	}
	oid := digestNamedBy(key, s.value)
	if oid == nil {
		return m, invalidFault(CodeSignatureMismatch, "the signature does not fit the signer's key")
	}
	var known bool
	if s.digest, known = findDigest(oid); !known {
		return m, indeterminateFault(CodeAlgorithm, "digest algorithm "+s.digest.name+" is not judged")
	}
	if s.digest.hash == brokenDigest {
		return m,
			invalidFault(CodeBrokenDigest,
				"it uses MD5, with which anybody can make a second document of the same digest")
	}
	return m, nil
}

// digestNamedBy decrypts an RSA signature and returns the algorithm that its DigestInfo names, or
// nil if there is none. It verifies nothing; package rsa does that once the algorithm is known.
func digestNamedBy(key *rsa.PublicKey, signature []byte) asn1.ObjectIdentifier {
	opened := new(big.Int).Exp(new(big.Int).SetBytes(signature), big.NewInt(int64(key.E)),
		key.N).Bytes() // without the leading zero
	at := 1
	for at < len(opened) && opened[at] == 0xFF {
		at++
	}
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	if at >= len(opened) || opened[0] != 1 || opened[at] != 0 {
		return nil
	}
	if rest, err := asn1.Unmarshal(opened[at+1:], &info); err != nil || len(rest) > 0 {
		return nil
	}
	return info.Algorithm.Algorithm
}
