package pdfsig

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
)

var (
	oidSignedData    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidContentType   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}

	oidSigningCertificate   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}
	oidSigningCertificateV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStampToken       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
)

// Limits within one CMS. Each signer costs a public-key operation, each certificate parsing.
const (
	maxSigners      = 16
	maxCertificates = 256
)

// cmsMessage is a CMS signature (RFC 5652).
type cmsMessage struct {
	certificates []*certificate
	crls         [][]byte
	content      []byte // empty for detached signatures
	signers      []*signerInfo
}

// signerInfo is one signer of a message.
type signerInfo struct {
	certificate         *certificate // nil if the message does not include it
	hasSignedAttributes bool         // has signed attributes
	signedAttributes    []attribute
	signedAttributesDER []byte // the signed attributes as a SET, in their original order
	unsignedAttributes  []attribute
	digest              digestAlgorithm
	algorithm           signatureAlgorithm
	value               []byte
}

// attribute is an attribute of a CMS signer. Values holds the members of its SET.
type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// parseCMS parses a CMS whose limits berLength has checked. If it returns a fault, the message
// holds what could be read.
func parseCMS(raw []byte) (*cmsMessage, *fault) {
	m := &cmsMessage{}
	info := newDERReader(toDefiniteLength(raw), tagSequence)
	kind := info.take(tagOID).FullBytes
	content := info.take(tagZero).Bytes
	if info.err != nil || !isOID(kind, oidSignedData) {
		return m, invalidFault(CodeCMS, "its /Contents contains no CMS signature")
	}
	malformed := indeterminateFault(CodeCMSUnsupported, "its CMS has a form that cannot be read")
	data := newDERReader(content, tagSequence)
	data.take(tagInteger) // version
	data.take(tagSet)     // digest algorithms; each signer names its own again
	encapsulated := newDERReader(data.take(tagSequence).FullBytes, tagSequence)
	encapsulated.take(tagOID)
	if inner, ok := encapsulated.optional(tagZero); ok {
		octets := newDERReader(inner.FullBytes, tagZero)
		m.content = octets.take(tagOctets).Bytes
		if octets.err != nil {
			return m, malformed
		}
	}
	certificates, _ := data.optional(tagZero)
	crls, _ := data.optional(tagOne)
	signers := data.take(tagSet)
	if data.err != nil || encapsulated.err != nil || len(info.list)+len(data.list)+len(encapsulated.list) > 0 {
		return m, malformed // no signature would cover the remaining bytes
	}
	if wrong := m.addCertificates(certificates.FullBytes); wrong != nil {
		return m, wrong
	}
	if len(crls.FullBytes) > 0 {
		m.crls = sequences(crls.FullBytes, tagOne)
	}
	list, err := parseMembers(signers.FullBytes, tagSet)
	switch {
	case err != nil:
		return m, malformed
	case len(list) == 0:
		return m, indeterminateFault(CodeCMSUnsupported, "its CMS has no signer")
	case len(list) > maxSigners:
		return m, indeterminateFault(CodeLimit, "its CMS has more signers than are judged")
	}
	var worst *fault
	for _, one := range list {
		s, wrong := m.parseSigner(one.FullBytes)
		m.signers = append(m.signers, s)
		if wrong != nil && (worst == nil || wrong.status == StatusInvalid) {
			worst = wrong
		}
	}
	return m, worst
}

func isOID(der []byte, oid asn1.ObjectIdentifier) bool {
	var found asn1.ObjectIdentifier
	_, err := asn1.Unmarshal(der, &found)
	return err == nil && found.Equal(oid)
}

// sequences returns the members that are sequences, or nil if the whole is malformed.
func sequences(raw []byte, tag byte) [][]byte {
	list, _ := parseMembers(raw, tag)
	var result [][]byte
	for _, one := range list {
		if one.FullBytes[0] == tagSequence {
			result = append(result, one.FullBytes)
		}
	}
	return result
}

// addCertificates reads the message's certificates and skips those that are malformed.
func (m *cmsMessage) addCertificates(raw []byte) *fault {
	if len(raw) == 0 {
		return nil
	}
	list := sequences(raw, tagZero)
	if len(list) > maxCertificates {
		return indeterminateFault(CodeLimit, "its CMS has more certificates than are judged")
	}
	for _, one := range list {
		if c, err := parseCertificate(one); err == nil {
			m.certificates = append(m.certificates, c)
		}
	}
	return nil
}

// parseSigner parses a SignerInfo.
func (m *cmsMessage) parseSigner(raw []byte) (*signerInfo, *fault) {
	s := &signerInfo{}
	info := newDERReader(raw, tagSequence)
	info.take(tagInteger) // version
	if keyID, ok := info.optional(tagKeyID); ok {
		s.certificate = m.find(func(c *certificate) bool { return c.keyID != nil && bytes.Equal(c.keyID, keyID.Bytes) })
	} else {
		names := newDERReader(info.take(tagSequence).FullBytes, tagSequence)
		issuer, serial := names.take(tagSequence).FullBytes, names.take(tagInteger).Bytes
		if names.err != nil {
			info.err = names.err
		}
		s.certificate = m.find(func(c *certificate) bool {
			return bytes.Equal(c.serial, serial) && bytes.Equal(c.issuer, issuer)
		})
	}
	digest := info.take(tagSequence).FullBytes
	signed, attributed := info.optional(tagZero)
	algorithm := info.take(tagSequence).FullBytes
	s.value = info.take(tagOctets).Bytes
	unsigned, _ := info.optional(tagOne)
	if info.err != nil || len(info.list) > 0 {
		return s, indeterminateFault(CodeCMSUnsupported, "its CMS has a signer in a form that cannot be read")
	}
	if s.hasSignedAttributes = attributed; attributed {
		var err error
		if s.signedAttributes, s.signedAttributesDER, err = parseAttributes(signed.FullBytes); err != nil ||
			len(s.signedAttributes) == 0 {
			return s, invalidFault(CodeSignedAttributes, "its signed attributes are malformed")
		}
	}
	if len(unsigned.FullBytes) > 0 {
		var err error
		if s.unsignedAttributes, _, err = parseAttributes(unsigned.FullBytes); err != nil {
			return s, invalidFault(CodeCMS, "its unsigned attributes are malformed")
		}
	}
	return s, s.findAlgorithms(digest, algorithm)
}

// findAlgorithms reads the two AlgorithmIdentifiers.
func (s *signerInfo) findAlgorithms(digest, algorithm []byte) *fault {
	var one, other pkix.AlgorithmIdentifier
	_, err := asn1.Unmarshal(digest, &one)
	_, err2 := asn1.Unmarshal(algorithm, &other)
	if err := errors.Join(err, err2); err != nil {
		return indeterminateFault(CodeCMSUnsupported, "its CMS names its algorithms in a form that cannot be read")
	}
	var known bool
	if s.digest, known = findDigest(one.Algorithm); !known {
		return indeterminateFault(CodeAlgorithm, "digest algorithm "+s.digest.name+" is not judged")
	}
	if s.digest.hash == brokenDigest {
		return invalidFault(CodeBrokenDigest,
			"it uses MD5, with which anybody can make a second document of the same digest")
	}
	var wrong *fault
	s.algorithm, wrong = findSignature(other, s.digest)
	return wrong
}

func (m *cmsMessage) find(is func(*certificate) bool) *certificate {
	for _, c := range m.certificates {
		if is(c) {
			return c
		}
	}
	return nil
}

// parseAttributes reads a signer's attributes and returns them with the SET encoding that the
// signature covers.
func parseAttributes(raw []byte) ([]attribute, []byte, error) {
	der := bytes.Clone(raw)
	der[0] = tagSet
	var result []attribute
	rest, err := asn1.UnmarshalWithParams(der, &result, "set")
	if err != nil || len(rest) > 0 {
		return nil, nil, errNotDER
	}
	return result, der, nil
}

// singleValue returns the value of an attribute that must occur once and have one value. It returns
// nil and true if the attribute is missing, and false if it is malformed.
func singleValue(list []attribute, oid asn1.ObjectIdentifier) (value []byte, ok bool) {
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

// knownUnsignedAttributes lists the unsigned attributes of CMS and CAdES (ETSI EN 319 122-1), and
// Adobe's revocation data.
var knownUnsignedAttributes = [...]asn1.ObjectIdentifier{
	oidTimeStampToken,
	oidAdobeRevocation,
	{1, 2, 840, 113549, 1, 9, 6},         // countersignature
	{1, 2, 840, 113549, 1, 9, 16, 2, 21}, // references to certificates
	{1, 2, 840, 113549, 1, 9, 16, 2, 22}, // references to revocation data
	{1, 2, 840, 113549, 1, 9, 16, 2, 23}, // certificates
	{1, 2, 840, 113549, 1, 9, 16, 2, 24}, // revocation data
	{1, 2, 840, 113549, 1, 9, 16, 2, 25}, // time stamp of signature and references
	{1, 2, 840, 113549, 1, 9, 16, 2, 26}, // time stamp of references
	{1, 2, 840, 113549, 1, 9, 16, 2, 27}, // archive time stamp
	{1, 2, 840, 113549, 1, 9, 16, 2, 48}, // archive time stamp, version 2
	{1, 2, 840, 113549, 1, 9, 16, 2, 44}, // references to attribute certificates
	{1, 2, 840, 113549, 1, 9, 16, 2, 45}, // references to their revocation data
	{0, 4, 0, 1733, 2, 3},                // long-term validation
	{0, 4, 0, 1733, 2, 4},                // archive time stamp, version 3
	{0, 4, 0, 1733, 2, 5},                // what the archive time stamp hashes
	{0, 4, 0, 19122, 1, 5},               // the same, version 3
	{0, 4, 0, 19122, 1, 4},               // signature policy store
}

// unknownAttribute returns the type of an unknown unsigned attribute: it consists of bytes that no
// signature covers and no reader shows.
func (s *signerInfo) unknownAttribute() (asn1.ObjectIdentifier, bool) {
	for _, a := range s.unsignedAttributes {
		known := false
		for _, oid := range knownUnsignedAttributes {
			known = known || oid.Equal(a.Type)
		}
		if !known {
			return a.Type, true
		}
	}
	return nil, false
}
