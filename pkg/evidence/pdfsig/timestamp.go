package pdfsig

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"time"
)

// stampInfo is the part of a TSTInfo of RFC 3161 that is judged.
type stampInfo struct {
	digest  digestAlgorithm
	imprint []byte
	time    time.Time
}

// parseTimeStamp reads what a time stamp token says.
func parseTimeStamp(m *message) (*stampInfo, *fault) {
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
		return nil, invalid(CodeCMS, "its CMS is no time stamp")
	}
	digest, known := findDigest(info.Imprint.Algorithm.Algorithm)
	if !known {
		return nil, undecided(CodeAlgorithm, "digest algorithm "+algorithmName(digest.oid)+" of the time stamp is not judged")
	}
	if digest.hash == brokenDigest {
		return nil, invalid(CodeBrokenDigest, "the time stamp uses MD5, with which anybody can make a second document of the same digest")
	}
	return &stampInfo{digest: digest, imprint: info.Imprint.Digest, time: info.Time.UTC()}, nil
}

// verify holds a time stamp against the digest of what it stamps.
func (i *stampInfo) verify(m *message, digest []byte) *fault {
	if !sameDigest(i.digest.hash, i.imprint, digest) {
		return invalid(CodeDigestMismatch, "the bytes it covers are not those that were stamped")
	}
	if len(m.signed) == 0 {
		return invalid(CodeSignedAttributes, "a time stamp must have signed attributes")
	}
	return m.verify(oidTSTInfo, sum(m.digest.hash, m.content))
}

// newTimeStamp describes a time stamp.
func newTimeStamp(m *message, info *stampInfo, wrong *fault) *TimeStamp {
	stamp := &TimeStamp{Status: TimeStampValid, Trust: Trust{Status: NotJudged, Reason: "the time stamp does not hold, or was not judged"}}
	if m.signer != nil {
		stamp.Signer = newSigner(m.signer)
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

// judgeTimeStamp judges the time stamp that a signature carries among its unsigned attributes. It stamps the
// signature's value, and with it all that the signature covers.
func (c *checker) judgeTimeStamp(s *Signature, m *message, offset int64) {
	value, ok := one(m.unsigned, oidTimeStampToken)
	if ok && value == nil {
		return
	}
	token := &message{}
	var info *stampInfo
	wrong := undecided(CodeTimeStamp, "there are several")
	if ok {
		if token, wrong = parseCMS(value); wrong == nil {
			info, wrong = parseTimeStamp(token)
		}
		if wrong == nil {
			wrong = info.verify(token, sum(info.digest.hash, m.value))
		}
	}
	s.TimeStamp, s.stamp = newTimeStamp(token, info, wrong), token
	if wrong != nil {
		c.add(CodeTimeStamp, offset, "signature in object %d: its time stamp is %s: %s", s.Object, s.TimeStamp.Status, wrong.message)
	}
}
