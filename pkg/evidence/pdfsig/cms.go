package pdfsig

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"time"

	"github.com/smallstep/pkcs7"
)

var (
	oidSignedData           = pkcs7.OIDSignedData
	oidData                 = pkcs7.OIDData
	oidTSTInfo              = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStampToken       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// attribute is an attribute of a CMS signer. Its values are what stands inside the SET.
type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// message is a CMS signature by one signer.
type message struct {
	certificates []*x509.Certificate
	signer       *x509.Certificate // nil if it is not among them
	content      []byte            // encapsulated; empty for detached signatures
	signed       []attribute
	signedDER    []byte // the signed attributes as a SET, in their order
	unsigned     []attribute
	digest       digestAlgorithm
	algorithm    signatureAlgorithm
	value        []byte
}

// parseCMS reads a CMS whose bounds were checked by berLength. With an INDETERMINATE fault the
// message holds what could be read.
func parseCMS(raw []byte) (*message, *fault) {
	m := &message{}
	// pkcs7 turns BER into DER, takes other content types too, and leaves out signers it cannot read.
	if !bytes.Contains(raw[:min(len(raw), 32)], mustMarshal(oidSignedData)) {
		return m, invalid(CodeCMS, "its /Contents holds no CMS signature")
	}
	parsed, err := pkcs7.Parse(raw)
	if err != nil {
		return m, undecided(CodeCMSUnsupported, "its CMS has a form, or certificates, that cannot be read")
	}
	m.certificates, m.content = parsed.Certificates, parsed.Content
	switch len(parsed.Signers) {
	case 0:
		return m, undecided(CodeCMSUnsupported, "its CMS has no signer that can be read; one named by a key identifier cannot")
	case 1:
	default:
		return m, undecided(CodeCMSUnsupported, "its CMS has several signers")
	}
	info := parsed.Signers[0]
	for _, certificate := range parsed.Certificates {
		if certificate.SerialNumber.Cmp(info.IssuerAndSerialNumber.SerialNumber) == 0 &&
			bytes.Equal(certificate.RawIssuer, info.IssuerAndSerialNumber.IssuerName.FullBytes) {
			m.signer = certificate
			break
		}
	}
	m.value = info.EncryptedDigest
	if m.signed, m.signedDER, err = attributes(info.AuthenticatedAttributes); err != nil {
		return m, invalid(CodeSignedAttributes, "its signed attributes are malformed")
	}
	if m.unsigned, _, err = attributes(info.UnauthenticatedAttributes); err != nil {
		m.unsigned = nil
	}
	var known bool
	if m.digest, known = findDigest(info.DigestAlgorithm.Algorithm); !known {
		m.digest.name = algorithmName(m.digest.oid)
		return m, undecided(CodeAlgorithm, "digest algorithm "+m.digest.name+" is not judged")
	}
	if m.digest.hash == brokenDigest {
		return m, invalid(CodeBrokenDigest, "it uses MD5, with which anybody can make a second document of the same digest")
	}
	var wrong *fault
	m.algorithm, wrong = findSignature(info.DigestEncryptionAlgorithm.Algorithm, m.digest)
	return m, wrong
}

func mustMarshal(oid asn1.ObjectIdentifier) []byte {
	der, err := asn1.Marshal(oid)
	if err != nil {
		panic(err)
	}
	return der
}

// attributes turns those of pkcs7, whose type has no name outside, into ours and into the bytes of a SET.
func attributes[T any](given []T) ([]attribute, []byte, error) {
	if len(given) == 0 {
		return nil, nil, nil
	}
	der, err := asn1.Marshal(given)
	if err != nil {
		return nil, nil, err
	}
	var result []attribute
	if rest, err := asn1.Unmarshal(der, &result); err != nil || len(rest) > 0 {
		return nil, nil, errors.Join(err, errors.New("malformed attributes"))
	}
	const set = 0x31
	der[0] = set
	return result, der, nil
}

// one gives the single value of an attribute that must be there once, with one value; nil if it is not there.
func one(list []attribute, oid asn1.ObjectIdentifier) (value []byte, ok bool) {
	for _, a := range list {
		if !a.Type.Equal(oid) {
			continue
		}
		if value != nil || len(a.Values) != 1 {
			return nil, false
		}
		value = a.Values[0].FullBytes
	}
	return value, true
}

// verify holds the signature against the digest of its content.
func (m *message) verify(contentType asn1.ObjectIdentifier, digest []byte) *fault {
	if m.signer == nil {
		return undecided(CodeCertificateMissing, "its CMS does not carry the signer's certificate")
	}
	if len(m.signed) == 0 {
		return m.algorithm.verify(m.signer, m.digest.hash, digest, m.value)
	}
	value, ok := one(m.signed, pkcs7.OIDAttributeMessageDigest)
	var named []byte
	if rest, err := asn1.Unmarshal(value, &named); !ok || err != nil || len(rest) > 0 {
		return invalid(CodeSignedAttributes, "its signed attributes do not have one message digest")
	}
	value, ok = one(m.signed, pkcs7.OIDAttributeContentType)
	var kind asn1.ObjectIdentifier
	if rest, err := asn1.Unmarshal(value, &kind); !ok || err != nil || len(rest) > 0 || !kind.Equal(contentType) {
		return invalid(CodeSignedAttributes, "its signed attributes do not have the right content type")
	}
	if !sameDigest(m.digest.hash, named, digest) {
		return invalid(CodeDigestMismatch, "the bytes it covers are not those that were signed")
	}
	if wrong := m.verifyAttributes(); wrong != nil {
		return wrong
	}
	return m.checkSigningCertificate()
}

// verifyAttributes holds the signature against the signed attributes in the order of DER, which is demanded, and in the
// order in which they stand, which some programs sign.
func (m *message) verifyAttributes() *fault {
	sorted, err := asn1.MarshalWithParams(m.signed, "set")
	if err != nil {
		return invalid(CodeSignedAttributes, "its signed attributes are malformed")
	}
	wrong := m.algorithm.verify(m.signer, m.digest.hash, sum(m.digest.hash, sorted), m.value)
	if wrong != nil && !bytes.Equal(sorted, m.signedDER) {
		wrong = m.algorithm.verify(m.signer, m.digest.hash, sum(m.digest.hash, m.signedDER), m.value)
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

// checkSigningCertificate compares the certificate with the one that the signed attributes name: the rest of a CMS
// would not tell it from another certificate over the same key.
func (m *message) checkSigningCertificate() *fault {
	for _, version := range []struct {
		oid      asn1.ObjectIdentifier
		standard string
	}{{oidSigningCertificateV2, "SHA-256"}, {oidSigningCertificate, "SHA-1"}} {
		value, ok := one(m.signed, version.oid)
		if ok && value == nil {
			continue
		}
		var list struct {
			Certificates []essCertificate
			Policies     asn1.RawValue `asn1:"optional"`
		}
		if _, err := asn1.Unmarshal(value, &list); !ok || err != nil || len(list.Certificates) == 0 {
			return invalid(CodeSignedAttributes, "its signed attributes name the signer's certificate in a malformed way")
		}
		first := list.Certificates[0]
		for _, algorithm := range digestAlgorithms {
			named := algorithm.name == version.standard && len(first.Algorithm.Algorithm) == 0 ||
				algorithm.oid.Equal(first.Algorithm.Algorithm)
			if named && !sameDigest(algorithm.hash, first.Hash, sum(algorithm.hash, m.signer.Raw)) {
				return invalid(CodeSigningCertificate, "the signer's certificate is not the one that the signed attributes name")
			}
		}
	}
	return nil
}

// signingTime is the signed attribute, nil where there is none.
func (m *message) signingTime() *time.Time {
	value, ok := one(m.signed, pkcs7.OIDAttributeSigningTime)
	var when time.Time
	if rest, err := asn1.Unmarshal(value, &when); !ok || err != nil || len(rest) > 0 {
		return nil
	}
	when = when.UTC()
	return &when
}
