package pdfsig

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"time"
)

// maxAnswers limits the certificates that one OCSP response covers or carries.
const maxAnswers = 64

var oidBasicOCSP = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1}

// ocsp is an OCSP response (RFC 6960) that has not been verified.
type ocsp struct {
	signedBytes  []byte // the signed bytes
	algorithm    signatureAlgorithm
	value        []byte
	certificates []*certificate
	producedAt   time.Time
	answers      []ocspAnswer
}

// ocspAnswer is the response about one certificate.
type ocspAnswer struct {
	digest                digestAlgorithm // of issuerName and issuerKey
	issuerName, issuerKey []byte
	serial                []byte
	isGood                bool
	revokedAt             *time.Time
	at                    time.Time
}

// parseOCSP parses an OCSPResponse, or the BasicOCSPResponse inside one, which is what CAdES
// stores.
func parseOCSP(raw []byte) (*ocsp, error) {
	const enumerated, bitString, generalizedTime = 0x0A, 0x03, 0x18
	outer := newDERReader(raw, tagSequence)
	if status, ok := outer.optional(enumerated); ok {
		content := newDERReader(outer.take(tagZero).Bytes, tagSequence)
		kind := content.take(tagOID).FullBytes
		raw = content.take(tagOctets).Bytes
		if outer.err != nil || content.err != nil || !bytes.Equal(status.Bytes, []byte{0}) ||
			!isOID(kind, oidBasicOCSP) {
			return nil, errNotDER
		}
		outer = newDERReader(raw, tagSequence)
	}
	o := &ocsp{signedBytes: outer.take(tagSequence).FullBytes}
	algorithm := outer.take(tagSequence).FullBytes
	signature := outer.take(bitString)
	certificates, _ := outer.optional(tagZero)
	data := newDERReader(o.signedBytes, tagSequence)
	data.optional(tagZero) // version
	if _, byName := data.optional(tagOne); !byName {
		data.take(tagTwo)
	}
	produced := data.take(generalizedTime).FullBytes
	list, err := parseMembers(data.take(tagSequence).FullBytes, tagSequence)
	if outer.err != nil || data.err != nil || err != nil || len(list) > maxAnswers || len(signature.Bytes) < 2 {
		return nil, errNotDER
	}
	o.value = signature.Bytes[1:] // after the number of unused bits
	var identifier pkix.AlgorithmIdentifier
	if _, err := asn1.Unmarshal(algorithm, &identifier); err != nil {
		return nil, err
	}
	var wrong *fault
	if o.algorithm, wrong = lookupSignature(identifier); wrong != nil {
		return nil, errNotDER
	}
	if _, err := asn1.Unmarshal(produced, &o.producedAt); err != nil {
		return nil, err
	}
	for _, one := range list {
		if answer, err := parseAnswer(one.FullBytes); err == nil {
			o.answers = append(o.answers, answer)
		}
	}
	if len(certificates.Bytes) > 0 {
		list := sequences(certificates.Bytes, tagSequence)
		for _, one := range list[:min(len(list), maxAnswers)] {
			if c, err := parseCertificate(one); err == nil {
				o.certificates = append(o.certificates, c)
			}
		}
	}
	return o, nil
}

// parseAnswer parses a SingleResponse.
func parseAnswer(raw []byte) (ocspAnswer, error) {
	const good, generalizedTime = 0x80, 0x18
	single := newDERReader(raw, tagSequence)
	id := newDERReader(single.take(tagSequence).FullBytes, tagSequence)
	algorithm := id.take(tagSequence).FullBytes
	a := ocspAnswer{
		issuerName: id.take(tagOctets).Bytes, issuerKey: id.take(tagOctets).Bytes, serial: id.take(tagInteger).Bytes,
	}
	var identifier pkix.AlgorithmIdentifier
	if _, err := asn1.Unmarshal(algorithm, &identifier); err != nil || id.err != nil {
		return a, errNotDER
	}
	var known bool
	if a.digest, known = findDigest(identifier.Algorithm); !known {
		return a, errNotDER
	}
	if _, a.isGood = single.optional(good); !a.isGood {
		if revoked, ok := single.optional(tagOne); ok {
			when := newDERReader(revoked.FullBytes, tagOne).take(generalizedTime).FullBytes
			a.revokedAt = new(time.Time)
			if _, err := asn1.Unmarshal(when, a.revokedAt); err != nil {
				return a, err
			}
		} else if len(single.list) > 0 {
			single.list = single.list[1:] // status unknown
		}
	}
	at := single.take(generalizedTime).FullBytes
	if _, err := asn1.Unmarshal(at, &a.at); err != nil || single.err != nil {
		return a, errNotDER
	}
	return a, nil
}

// isAbout reports whether the answer is about this certificate of this issuer.
func (a *ocspAnswer) isAbout(subject, issuer *x509.Certificate) bool {
	var key struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(issuer.RawSubjectPublicKeyInfo, &key); err != nil {
		return false
	}
	return new(big.Int).SetBytes(a.serial).Cmp(subject.SerialNumber) == 0 &&
		bytes.Equal(a.issuerName, hashOf(a.digest.hash, issuer.RawSubject)) && bytes.Equal(a.issuerKey,
		hashOf(a.digest.hash, key.Key.Bytes))
}

// isSignedBy reports whether the response was signed by the issuer, or by a responder that the
// issuer authorized.
func (o *ocsp) isSignedBy(issuer *x509.Certificate) bool {
	if own, err := parseCertificate(issuer.Raw); err == nil && o.signatureHolds(own) {
		return true
	}
	return slices.ContainsFunc(o.certificates, func(c *certificate) bool {
		return c.x509 != nil && slices.Contains(c.x509.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning) &&
			!o.producedAt.Before(c.x509.NotBefore) && !o.producedAt.After(c.x509.NotAfter) &&
			isUsableKey(c.key) && c.x509.CheckSignatureFrom(issuer) == nil && o.signatureHolds(c)
	})
}

// signatureHolds reports whether a certificate's key signed the response, with a digest that is not
// weak.
func (o *ocsp) signatureHolds(c *certificate) bool {
	hash := o.algorithm.hash
	if o.algorithm.name == nameEd25519 {
		return o.algorithm.verify(c, 0, nil, o.signedBytes, o.value) == nil
	}
	return hash != 0 && !isWeakHash(hash) && o.algorithm.verify(c, hash, hashOf(hash, o.signedBytes), o.signedBytes,
		o.value) == nil
}
