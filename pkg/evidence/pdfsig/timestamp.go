package pdfsig

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// timeStampInfo is the part of an RFC 3161 TSTInfo that is judged.
type timeStampInfo struct {
	digest  digestAlgorithm
	imprint []byte
	time    time.Time
}

// parseTimeStamp parses the content of a time stamp token.
func parseTimeStamp(m *cmsMessage) (*timeStampInfo, *fault) {
	var info struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint struct {
			Algorithm pkix.AlgorithmIdentifier
			Digest    []byte
		}
		Serial *big.Int
		Time   time.Time `asn1:"generalized"`
	}
	if rest, err := asn1.Unmarshal(m.content, &info); err != nil || len(rest) > 0 {
		return nil, invalidFault(CodeCMS, "its CMS is not a time stamp")
	}
	digest, known := findDigest(info.Imprint.Algorithm.Algorithm)
	if !known {
		return nil, indeterminateFault(CodeAlgorithm, "digest algorithm "+digest.name+
			" of the time stamp is not judged")
	}
	if digest.hash == brokenDigest {
		return nil, invalidFault(CodeBrokenDigest,
			"the time stamp uses MD5, with which anybody can make a second document of the same digest")
	}
	return &timeStampInfo{digest: digest, imprint: info.Imprint.Digest, time: info.Time.UTC()}, nil
}

// verify checks a time stamp against the digest of what it stamps.
func (i *timeStampInfo) verify(m *cmsMessage, digest []byte) *fault {
	if !sameDigest(i.digest.hash, i.imprint, digest) {
		return invalidFault(CodeDigestMismatch, "the bytes it covers are not those that were stamped")
	}
	if len(m.signers) != 1 || !m.signers[0].hasSignedAttributes {
		return invalidFault(CodeSignedAttributes, "a time stamp must have one signer, and signed attributes")
	}
	wrong, _ := m.verify(oidTSTInfo, digestOf(m.content), m.content)
	return wrong
}

// newTimeStamp describes a time stamp.
func newTimeStamp(m *cmsMessage, info *timeStampInfo, wrong *fault) *TimeStamp {
	stamp := &TimeStamp{Status: TimeStampValid,
		Trust: Trust{Status: NotJudged, Reason: "the time stamp is not valid, or was not judged"}}
	if len(m.signers) > 0 && m.signers[0].certificate != nil {
		stamp.Signer = newSigner(m.signers[0].certificate)
	}
	if info != nil {
		stamp.Time, stamp.DigestAlgorithm = &info.time, info.digest.name
	}
	if wrong != nil {
		stamp.Status, stamp.Reason = TimeStampInvalid, wrong.message
		if wrong.status == StatusIndeterminate {
			stamp.Status = TimeStampIndeterminate
		}
	}
	return stamp
}

// judgeTimeStamp judges the time stamp among a signature's unsigned attributes. It stamps the
// signature's value, and thereby all that the signature covers. With several signers it belongs to
// the first.
func (c *checker) judgeTimeStamp(s *Signature, m *cmsMessage, offset int64) {
	value, ok := singleValue(m.signers[0].unsignedAttributes, oidTimeStampToken)
	if ok && value == nil {
		return
	}
	token := &cmsMessage{}
	var info *timeStampInfo
	wrong := indeterminateFault(CodeTimeStamp, "there are several")
	if ok {
		if token, wrong = parseCMS(value); wrong == nil {
			info, wrong = parseTimeStamp(token)
		}
		if wrong == nil {
			wrong = info.verify(token, hashOf(info.digest.hash, m.signers[0].value))
		}
	}
	s.TimeStamp, s.stampMessage = newTimeStamp(token, info, wrong), token
	if wrong != nil {
		c.add(CodeTimeStamp, offset, "signature in object %d: its time stamp is %s: %s", s.Object, s.TimeStamp.Status,
			wrong.message)
		return
	}
	signer := token.signers[0]
	if signer.digest.weak || info.digest.weak {
		c.add(CodeWeakDigest, offset,
			"time stamp of the signature in object %d: SHA-1 is broken: two documents with one digest can be made",
			s.Object)
	}
	if isWeakKey(signer.certificate.key) {
		c.add(CodeWeakKey, offset,
			"time stamp of the signature in object %d: its RSA key has less than %d bits", s.Object, strongKeyBits)
	}
	if oid, strange := signer.unknownAttribute(); strange {
		c.add(CodeUnsignedAttribute, offset,
			"time stamp of the signature in object %d: an unsigned attribute, %s, is not one of those that are known",
			s.Object, printable(oid.String()))
	}
}
