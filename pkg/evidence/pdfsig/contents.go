package pdfsig

import (
	"crypto"
	"errors"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/pdf"
)

// The encodings that are judged.
const (
	subFilterDetached  = "adbe.pkcs7.detached"
	subFilterPAdES     = "ETSI.CAdES.detached"
	subFilterSHA1      = "adbe.pkcs7.sha1"
	subFilterTimeStamp = "ETSI.RFC3161"
)

// judgeContents judges the CMS of a signature whose byte range is as it should be.
func (c *checker) judgeContents(s *Signature, contents pdf.Object) (*fault, error) {
	if !slices.Contains([]string{subFilterDetached, subFilterPAdES, subFilterSHA1, subFilterTimeStamp}, s.SubFilter) {
		return undecided(CodeSubFilter, "its /SubFilter names an encoding that is not judged"), nil
	}
	length, err := berLength(contents.Text)
	if errors.Is(err, errBERLimit) {
		return undecided(CodeLimit, "its CMS cannot be judged: "+err.Error()), nil
	}
	if err != nil {
		return invalid(CodeCMS, "its /Contents holds no CMS signature"), nil
	}
	m, wrong := parseCMS(contents.Text[:length])
	if m.signer != nil {
		s.Signer = newSigner(m.signer)
	}
	s.DigestAlgorithm, s.SignatureAlgorithm = m.digest.name, m.algorithm.name
	s.ClaimedTime = m.signingTime()
	s.message = m
	if wrong != nil {
		return wrong, nil
	}
	if wrong, err := c.verify(s, m); wrong != nil || err != nil {
		return wrong, err
	}
	c.noteOddities(s, m, contents.Offset, contents.Text[length:])
	if s.SubFilter != subFilterTimeStamp {
		c.judgeTimeStamp(s, m, contents.Offset)
	}
	return nil, nil
}

// verify holds the CMS against the covered bytes, in the way of the SubFilter.
func (c *checker) verify(s *Signature, m *message) (*fault, error) {
	switch s.SubFilter {
	case subFilterTimeStamp:
		info, wrong := parseTimeStamp(m)
		if wrong != nil {
			return wrong, nil
		}
		digest, wrong, err := c.digest(s.covered, info.digest.hash)
		if wrong != nil || err != nil {
			return wrong, err
		}
		if wrong := info.verify(m, digest); wrong != nil {
			return wrong, nil
		}
		s.DigestAlgorithm = info.digest.name
		s.TimeStamp, s.stamp = newTimeStamp(m, info, nil), m
		return nil, nil
	case subFilterSHA1:
		// The CMS is over a content of its own, which is the digest of the covered bytes.
		digest, wrong, err := c.digest(s.covered, crypto.SHA1)
		if wrong != nil || err != nil {
			return wrong, err
		}
		if !sameDigest(crypto.SHA1, m.content, digest) {
			return invalid(CodeDigestMismatch, "the bytes it covers are not those that were signed"), nil
		}
		return m.verify(oidData, sum(m.digest.hash, m.content)), nil
	}
	if len(m.content) > 0 {
		return invalid(CodeContentInside, "its CMS carries a content of its own, though it should be detached; readers differ in which of the two they take"), nil
	}
	digest, wrong, err := c.digest(s.covered, m.digest.hash)
	if wrong != nil || err != nil {
		return wrong, err
	}
	return m.verify(oidData, digest), nil
}

// noteOddities reports what does not keep a signature from holding.
func (c *checker) noteOddities(s *Signature, m *message, offset int64, padding []byte) {
	var weak []string
	if m.digest.weak {
		weak = append(weak, m.digest.name)
	}
	if s.SubFilter == subFilterSHA1 && m.digest.name != "SHA-1" {
		weak = append(weak, "SHA-1")
	}
	if s.TimeStamp != nil && s.DigestAlgorithm == "SHA-1" && s.DigestAlgorithm != m.digest.name {
		weak = append(weak, s.DigestAlgorithm)
	}
	if len(weak) > 0 {
		c.add(CodeWeakDigest, offset, "signature in object %d: %s is broken: two documents with one digest can be made", s.Object, strings.Join(weak, " and "))
	}
	if weakKey(m.signer) {
		c.add(CodeWeakKey, offset, "signature in object %d: the signer's RSA key has less than %d bits", s.Object, strongKeyBits)
	}
	if len(m.signed) == 0 {
		c.add(CodeNoSignedAttributes, offset, "signature in object %d: its CMS has no signed attributes", s.Object)
	}
	if slices.ContainsFunc(padding, func(b byte) bool { return b != 0 }) {
		c.add(CodePadding, offset, "signature in object %d: something else than zeros follows the CMS in /Contents; no signature covers it", s.Object)
	}
	if t := s.ClaimedTime; t != nil && (t.Before(m.signer.NotBefore) || t.After(m.signer.NotAfter)) {
		c.add(CodeSigningTime, offset, "signature in object %d: the claimed signing time is outside the validity of the signer's certificate", s.Object)
	}
}
