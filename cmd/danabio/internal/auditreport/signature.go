package auditreport

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"fmt"
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

const (
	maxDocuments  = 100 // shown in detail
	maxSignatures = 300 // in all documents together
	weakRSA       = 2048
)

// document is a PDF of the evidence, as the page shows it.
type document struct {
	Entry      evidence.EntryReport
	Status     pdfsig.Status // empty if it was not judged
	Problem    string        // why it was not judged, in English
	Page       FirstPage
	Sent       *pdfsig.SentMatch
	Signatures []signature
	Omitted    int // number of signatures not shown
	Findings   []evidence.Finding
}

// signature is one signature, as the page shows it.
type signature struct {
	pdfsig.Signature
	Number int // from 1
}

// Weak reports whether two documents with the same digest can be made for its digest algorithm.
func (s *signature) Weak() bool { return weakDigest(&s.Signature) }

// weakDigest is also true for an encoding that hashes the document with a weak digest and signs the
// result with a strong one.
func weakDigest(s *pdfsig.Signature) bool {
	weak := []string{"SHA-1", "MD5"}
	return slices.Contains(weak, s.DigestAlgorithm) || s.SubFilter == "adbe.pkcs7.sha1"
}

// weakKey reports whether a key is too short by today's standards.
func weakKey(signer *pdfsig.Signer) bool {
	if signer == nil || signer.Certificate == nil {
		return false
	}
	key, isRSA := signer.Certificate.PublicKey.(*rsa.PublicKey)
	return isRSA && key.N.BitLen() < weakRSA
}

// keyOf describes the signer's key.
func keyOf(signer *pdfsig.Signer) string {
	if signer == nil || signer.Certificate == nil {
		return ""
	}
	switch key := signer.Certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d bits", key.N.BitLen())
	case *ecdsa.PublicKey:
		return key.Params().Name
	}
	return signer.Certificate.PublicKeyAlgorithm.String()
}

// subjectOf returns the certificate's subject, which is personal data.
func subjectOf(signer *pdfsig.Signer) string {
	if signer == nil || signer.Certificate == nil {
		return ""
	}
	return signer.Certificate.Subject.String()
}

// documents returns the PDFs in the order of the ZIP. rest holds those that are not shown in
// detail.
func (r *Report) documents() (detailed, rest []document) {
	pages := map[string]FirstPage{}
	for _, page := range r.Rendered.FirstPages {
		pages[page.Entry] = page
	}
	left := maxSignatures
	var all []document
	for i := range r.Evidence.Entries {
		entry := &r.Evidence.Entries[i]
		if entry.Folder || entry.MediaType != typePDF {
			continue
		}
		d := document{Entry: *entry, Page: pages[entry.Name]}
		if inspection, details := inspectionOf(entry); inspection != nil {
			d.Status, d.Problem, d.Findings = pdfsig.Status(inspection.Status), inspection.Error,
				slices.Clone(inspection.Findings)
			for n := range d.Findings {
				d.Findings[n].Entry = "" // the name stands above them
			}
			if details != nil {
				d.Sent = details.Sent
				for n, one := range details.Signatures {
					if left == 0 {
						d.Omitted = len(details.Signatures) - n
						break
					}
					left--
					d.Signatures = append(d.Signatures, signature{one, n + 1})
				}
			}
		}
		all = append(all, d)
	}
	shown := min(len(all), maxDocuments)
	return all[:shown], all[shown:]
}
