package pdfsig

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"time"
)

// digester returns the digest of the signed bytes.
type digester func(crypto.Hash) ([]byte, *fault, error)

// digestOf returns the digester of content in memory.
func digestOf(content []byte) digester {
	return func(hash crypto.Hash) ([]byte, *fault, error) { return hashOf(hash, content), nil, nil }
}

// verify checks all signatures of a message against what they sign. content is nil if that is not
// in memory. If one signer's signature does not hold, the whole message does not: they signed
// together.
func (m *cmsMessage) verify(contentType asn1.ObjectIdentifier, digest digester, content []byte) (*fault, error) {
	var worst *fault
	for _, s := range m.signers {
		own, wrong, err := digest(s.digest.hash)
		if err != nil {
			return nil, err
		}
		if wrong == nil {
			wrong = s.verify(contentType, own, content)
		}
		if wrong != nil && (worst == nil || wrong.status == StatusInvalid) {
			worst = wrong
		}
	}
	return worst, nil
}

// verify checks the signature against the digest of its content.
func (s *signerInfo) verify(contentType asn1.ObjectIdentifier, digest, content []byte) *fault {
	if s.certificate == nil {
		return indeterminateFault(CodeCertificateMissing, "its CMS does not carry the signer's certificate")
	}
	if !s.hasSignedAttributes {
		return s.algorithm.verify(s.certificate, s.digest.hash, digest, content, s.value)
	}
	value, ok := singleValue(s.signedAttributes, oidMessageDigest)
	var named []byte
	if rest, err := asn1.Unmarshal(value, &named); !ok || err != nil || len(rest) > 0 {
		return invalidFault(CodeSignedAttributes, "its signed attributes do not have one message digest")
	}
	value, ok = singleValue(s.signedAttributes, oidContentType)
	var kind asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(value, &kind); !ok || err != nil || len(rest) > 0 || !kind.Equal(contentType) {
		return invalidFault(CodeSignedAttributes, "its signed attributes do not have the right content type")
	}
	if !sameDigest(s.digest.hash, named, digest) {
		return invalidFault(CodeDigestMismatch, "the bytes it covers are not those that were signed")
	}
	if wrong := s.verifyAttributes(); wrong != nil {
		return wrong
	}
	return s.checkSigningCertificate()
}

// verifyAttributes checks the signature against the signed attributes in DER order, which the
// standard requires, and in the order in which they are written, which some programs sign.
func (s *signerInfo) verifyAttributes() *fault {
	sorted, err := asn1.MarshalWithParams(s.signedAttributes, "set")
	if err != nil {
		return invalidFault(CodeSignedAttributes, "its signed attributes are malformed")
	}
	over := func(attributes []byte) *fault {
		return s.algorithm.verify(s.certificate, s.digest.hash, hashOf(s.digest.hash, attributes), attributes, s.value)
	}
	wrong := over(sorted)
	if wrong != nil && !bytes.Equal(sorted, s.signedAttributesDER) {
		wrong = over(s.signedAttributesDER)
	}
	return wrong
}

// essCertificate is ESSCertID and ESSCertIDv2 of RFC 5035.
type essCertificate struct {
	Algorithm struct {
		Algorithm  asn1.ObjectIdentifier
		Parameters asn1.RawValue `asn1:"optional"`
	} `asn1:"optional"`
	Hash         []byte
	IssuerSerial asn1.RawValue `asn1:"optional"`
}

// checkSigningCertificate compares the certificate with the one that the signed attributes name.
// Nothing else in a CMS distinguishes it from another certificate for the same key.
func (s *signerInfo) checkSigningCertificate() *fault {
	for _, version := range []struct {
		oid      asn1.ObjectIdentifier
		standard string
	}{{oidSigningCertificateV2, "SHA-256"}, {oidSigningCertificate, "SHA-1"}} {
		value, ok := singleValue(s.signedAttributes, version.oid)
		if ok && value == nil {
			continue
		}
		var list struct {
			Certificates []essCertificate
			Policies     asn1.RawValue `asn1:"optional"`
		}
		if _, err := asn1.Unmarshal(value, &list); !ok || err != nil || len(list.Certificates) == 0 {
			return invalidFault(CodeSignedAttributes,
				"its signed attributes name the signer's certificate in a malformed way")
		}
		first := list.Certificates[0]
		for _, algorithm := range digestAlgorithms {
			named := algorithm.name == version.standard && len(first.Algorithm.Algorithm) == 0 ||
				algorithm.oid.Equal(first.Algorithm.Algorithm)
			if named && !sameDigest(algorithm.hash, first.Hash, hashOf(algorithm.hash, s.certificate.raw)) {
				return invalidFault(CodeSigningCertificate,
					"the signer's certificate is not the one that the signed attributes name")
			}
		}
	}
	return nil
}

// signingTime returns the signed attribute, or nil if there is none.
func (s *signerInfo) signingTime() *time.Time {
	value, ok := singleValue(s.signedAttributes, oidSigningTime)
	var when time.Time
	if rest, err := asn1.Unmarshal(value, &when); !ok || err != nil || len(rest) > 0 {
		return nil
	}
	when = when.UTC()
	return &when
}
