package pdfsig

import (
	"crypto"
	"errors"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/pdf"
)

// Supported signature encodings.
const (
	subFilterDetached  = "adbe.pkcs7.detached"
	subFilterPAdES     = "ETSI.CAdES.detached"
	subFilterSHA1      = "adbe.pkcs7.sha1"
	subFilterRSASHA1   = "adbe.x509.rsa_sha1"
	subFilterTimeStamp = "ETSI.RFC3161"
)

// judgeContents judges the contents of a signature whose byte range is correct.
func (c *checker) judgeContents(s *Signature, dictionary pdf.Object) (*fault, error) {
	contents := dictionary.Get("Contents")
	if !slices.Contains([]string{subFilterDetached, subFilterPAdES, subFilterSHA1, subFilterRSASHA1,
		subFilterTimeStamp}, s.SubFilter) {
		return indeterminateFault(CodeSubFilter, "its /SubFilter names an encoding that is not judged"), nil
	}
	length, err := berLength(contents.Text)
	if errors.Is(err, errBERLimit) {
		return indeterminateFault(CodeLimit, "its CMS cannot be judged: "+err.Error()), nil
	}
	if err != nil {
		return invalidFault(CodeCMS, "its /Contents contains no CMS signature"), nil
	}
	if slices.ContainsFunc(contents.Text[length:], func(b byte) bool { return b != 0 }) {
		return invalidFault(CodePadding,
			"something else than zeros follows the CMS in its /Contents; no signature covers it"), nil
	}
	if c.remaining.contents -= int64(length); c.remaining.contents < 0 {
		return indeterminateFault(CodeLimit, "the signatures of this file have more bytes together than are judged"),
			nil
	}
	var m *cmsMessage
	var wrong *fault
	if s.SubFilter == subFilterRSASHA1 {
		m, wrong = parseRSASHA1(dictionary.Get("Cert"), contents.Text[:length])
	} else {
		m, wrong = parseCMS(contents.Text[:length])
	}
	s.message = m
	for i, one := range m.signers {
		switch {
		case i == 0:
			s.DigestAlgorithm, s.SignatureAlgorithm = one.digest.name, one.algorithm.name
			s.ClaimedTime = one.signingTime()
			if one.certificate != nil {
				s.Signer = newSigner(one.certificate)
			}
		case one.certificate != nil:
			s.CoSigners = append(s.CoSigners, newSigner(one.certificate))
		}
	}
	if wrong != nil {
		return wrong, nil
	}
	if wrong, err := c.verify(s, m); wrong != nil || err != nil {
		return wrong, err
	}
	c.noteOddities(s, m, contents.Offset)
	if s.SubFilter != subFilterTimeStamp {
		c.judgeTimeStamp(s, m, contents.Offset)
	}
	return nil, nil
}

// verify checks the CMS against the covered bytes, in the way that the SubFilter requires.
func (c *checker) verify(s *Signature, m *cmsMessage) (*fault, error) {
	switch s.SubFilter {
	case subFilterTimeStamp:
		info, wrong := parseTimeStamp(m)
		if wrong != nil {
			return wrong, nil
		}
		digest, wrong, err := c.digest(s.byteRange, info.digest.hash)
		if wrong != nil || err != nil {
			return wrong, err
		}
		if wrong := info.verify(m, digest); wrong != nil {
			return wrong, nil
		}
		s.DigestAlgorithm = info.digest.name
		s.TimeStamp, s.stampMessage = newTimeStamp(m, info, nil), m
		return nil, nil
	case subFilterSHA1:
		// The CMS signs its own content, which is the digest of the covered bytes.
		digest, wrong, err := c.digest(s.byteRange, crypto.SHA1)
		if wrong != nil || err != nil {
			return wrong, err
		}
		if !sameDigest(crypto.SHA1, m.content, digest) {
			return invalidFault(CodeDigestMismatch, "the bytes it covers are not those that were signed"), nil
		}
		return m.verify(oidData, digestOf(m.content), m.content)
	}
	if len(m.content) > 0 {
		return invalidFault(CodeContentInside,
			"its CMS carries its own content, though it should be detached; readers differ in which of the two they "+
				"take"), nil
	}
	known := map[crypto.Hash][]byte{} // several signers may use the same digest
	return m.verify(oidData, func(hash crypto.Hash) ([]byte, *fault, error) {
		if digest := known[hash]; digest != nil {
			return digest, nil, nil
		}
		digest, wrong, err := c.digest(s.byteRange, hash)
		known[hash] = digest
		return digest, wrong, err
	}, nil)
}

// noteOddities reports oddities that do not invalidate a signature.
func (c *checker) noteOddities(s *Signature, m *cmsMessage, offset int64) {
	var weak []string
	note := func(name string) {
		if !slices.Contains(weak, name) {
			weak = append(weak, name)
		}
	}
	weakKeys, bare := false, false
	for _, one := range m.signers {
		if one.digest.weak {
			note(one.digest.name)
		}
		weakKeys = weakKeys || isWeakKey(one.certificate.key)
		bare = bare || !one.hasSignedAttributes
		if oid, strange := one.unknownAttribute(); strange {
			c.add(CodeUnsignedAttribute, offset,
				"signature in object %d: an unsigned attribute, %s, is not one of those that are known", s.Object,
				printable(oid.String()))
		}
	}
	if s.SubFilter == subFilterSHA1 || s.TimeStamp != nil && s.DigestAlgorithm == "SHA-1" {
		note("SHA-1")
	}
	if len(weak) > 0 {
		c.add(CodeWeakDigest, offset, "signature in object %d: %s is broken: two documents with one digest can be made",
			s.Object, strings.Join(weak, " and "))
	}
	if weakKeys {
		c.add(CodeWeakKey, offset, "signature in object %d: the signer's RSA key has less than %d bits", s.Object,
			strongKeyBits)
	}
	if bare && s.SubFilter != subFilterRSASHA1 {
		c.add(CodeNoSignedAttributes, offset, "signature in object %d: its CMS has no signed attributes", s.Object)
	}
	valid := m.signers[0].certificate.validity
	if t := s.ClaimedTime; t != nil && (t.Before(valid.NotBefore) || t.After(valid.NotAfter)) {
		c.add(CodeSigningTime, offset, "signature in object %d: the claimed signing time is outside the validity of "+
			"the signer's certificate", s.Object)
	}
}
