package pdfsig

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// RevocationStatus says whether a certificate was revoked, by the OCSP answers and CRLs that the
// PDF carries.
type RevocationStatus string

const (
	RevocationGood     RevocationStatus = "good"      // at the time that is said
	RevocationRevoked  RevocationStatus = "revoked"   // at the time that is said
	RevocationNotKnown RevocationStatus = "not-known" // the PDF does not say
)

// Revocation is what a PDF's OCSP answers and CRLs say of a signer's certificate and of the
// authorities below the root. Nothing is looked up in a network. Answers are verified: the issuer
// of a certificate must have signed them, or a responder that it made for that.
type Revocation struct {
	// Status is the worst of Certificates: revoked, else not known, else good.
	Status RevocationStatus `json:"status"`
	// Certificates are the signer's and those above it, but for the root, which nobody can revoke;
	// of several signers one after the other.
	Certificates []CertificateRevocation `json:"certificates"`
}

// Role is what a certificate is in a chain.
type Role string

const (
	RoleSigner       Role = "signer"
	RoleIntermediate Role = "intermediate"
)

// RevocationSource is who says it.
type RevocationSource string

const (
	SourceOCSP RevocationSource = "ocsp"
	SourceCRL  RevocationSource = "crl"
)

// CertificateRevocation is what is known of one certificate.
type CertificateRevocation struct {
	Role Role `json:"role"`
	// SHA256 is the certificate's fingerprint in lower-case hexadecimal.
	SHA256 string           `json:"sha256"`
	Status RevocationStatus `json:"status"`
	// At is the time for which a good answer was given, the latest of several; or the time of the
	// revocation, the earliest. Absent if nothing is known.
	At     *time.Time       `json:"at,omitempty"`
	Source RevocationSource `json:"source,omitempty"`
	// Reason says why nothing is known.
	Reason string `json:"reason,omitempty"`
}

// maxChain bounds the way from a signer upwards.
const maxChain = 8

// revocation looks for what is known of a message's signers. chains are those that led to the
// roots, one for each signer; where there is none the message's certificates are followed.
func (c *checker) revocation(m *cmsMessage, chains [][]*x509.Certificate) *Revocation {
	own := m.validationData()
	result := &Revocation{Status: RevocationGood}
	for i, s := range m.signers {
		chain := chains[i]
		if chain == nil && s.certificate.x509 != nil {
			chain = c.certificatePath(s.certificate.x509, m.certificates)
		}
		if chain == nil {
			result.add(CertificateRevocation{Role: RoleSigner, SHA256: fingerprint(s.certificate.raw),
				Status: RevocationNotKnown, Reason: s.certificate.parseFault})
			continue
		}
		for n, subject := range chain {
			if isSelfIssued(subject) && (n > 0 || len(chain) == 1) {
				break // a root, or somebody who vouches for himself
			}
			one := CertificateRevocation{Role: RoleIntermediate, SHA256: fingerprint(subject.Raw),
				Status: RevocationNotKnown}
			if n == 0 {
				one.Role = RoleSigner
			}
			if n+1 == len(chain) {
				if chains[i] != nil {
					break // a root that is not its own issuer
				}
				one.Reason = "the certificate of its issuer is not there"
			} else {
				c.askRevocation(&one, subject, chain[n+1], own)
			}
			result.add(one)
		}
	}
	if len(result.Certificates) == 0 {
		result.Status = RevocationNotKnown
	}
	return result
}

func (r *Revocation) add(one CertificateRevocation) {
	r.Certificates = append(r.Certificates, one)
	r.Status = worseRevocation(r.Status, one.Status)
}

func worseRevocation(a, b RevocationStatus) RevocationStatus {
	for _, status := range []RevocationStatus{RevocationRevoked, RevocationNotKnown, RevocationGood} {
		if a == status || b == status {
			return status
		}
	}
	return ""
}

// revokedAt is the earliest time at which a certificate was revoked, nil if none is known to have
// been.
func (r *Revocation) revokedAt() *time.Time {
	var earliest *time.Time
	for _, one := range r.Certificates {
		if one.Status == RevocationRevoked && (earliest == nil || one.At.Before(*earliest)) {
			earliest = one.At
		}
	}
	return earliest
}

func fingerprint(raw []byte) string {
	digest := sha256.Sum256(raw)
	return hex.EncodeToString(digest[:])
}

func isSelfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawIssuer, c.RawSubject) }

// certificatePath follows issuers among the certificates that are there. It ends at a root, or
// where the next is missing.
func (c *checker) certificatePath(signer *x509.Certificate, certificates []*certificate) []*x509.Certificate {
	chain := []*x509.Certificate{signer}
	for len(chain) < maxChain && !isSelfIssued(chain[len(chain)-1]) {
		last := chain[len(chain)-1]
		var issuer *x509.Certificate
		for _, list := range [][]*certificate{certificates, c.validation.certificates} {
			for _, candidate := range list {
				if issuer == nil && candidate.x509 != nil && isUsableKey(candidate.key) &&
					bytes.Equal(candidate.x509.RawSubject, last.RawIssuer) &&
					last.CheckSignatureFrom(candidate.x509) == nil {
					issuer = candidate.x509
				}
			}
		}
		if issuer == nil {
			break
		}
		chain = append(chain, issuer)
	}
	return chain
}

// askRevocation looks for answers about a certificate. That it was revoked counts for more than
// that it was not.
func (c *checker) askRevocation(one *CertificateRevocation, subject, issuer *x509.Certificate, own *validationData) {
	one.Reason = "the PDF carries no OCSP answer and no CRL about it"
	for _, data := range []*validationData{own, c.validation} {
		for _, o := range data.ocsps {
			for i := range o.answers {
				answer := &o.answers[i]
				if (answer.isGood || answer.revokedAt != nil) && answer.isAbout(subject, issuer) &&
					!c.isFuture(answer.at) &&
					c.isVouched(o, issuer) {
					one.consider(SourceOCSP, answer.at, answer.revokedAt)
				}
			}
		}
		for _, list := range data.crls {
			if c.isFuture(list.ThisUpdate) || !bytes.Equal(list.RawIssuer, issuer.RawSubject) ||
				!c.isVouched(list, issuer) {
				continue
			}
			if entry := list.find(subject); entry != nil {
				one.consider(SourceCRL, list.ThisUpdate, &entry.RevocationTime)
			} else if list.coversCertificate(subject) {
				one.consider(SourceCRL, list.ThisUpdate, nil)
			}
		}
	}
}

// consider takes an answer if it says more than what is known.
func (one *CertificateRevocation) consider(source RevocationSource, at time.Time, revoked *time.Time) {
	status, when := RevocationGood, at.UTC()
	if revoked != nil {
		status, when = RevocationRevoked, revoked.UTC()
	}
	better := one.Status == RevocationNotKnown
	switch {
	case status == RevocationRevoked:
		better = better || one.Status == RevocationGood || when.Before(*one.At)
	case one.Status == RevocationGood:
		better = when.After(*one.At)
	}
	if better {
		one.Status, one.At, one.Source, one.Reason = status, &when, source, ""
	}
}

// voucher is an answer that may be the issuer's.
type voucher interface {
	isSignedBy(issuer *x509.Certificate) bool
}

// voucherKey is one question of who made an answer.
type voucherKey struct {
	answer voucher
	issuer *x509.Certificate
}

// maxVouchers bounds the questions: each costs computing with keys.
const maxVouchers = 2000

// isVouched tells whether an issuer vouches for an answer. It asks once.
func (c *checker) isVouched(answer voucher, issuer *x509.Certificate) bool {
	question := voucherKey{answer, issuer}
	holds, known := c.voucherCache[question]
	if !known && len(c.voucherCache) < maxVouchers {
		if c.voucherCache == nil {
			c.voucherCache = map[voucherKey]bool{}
		}
		holds = answer.isSignedBy(issuer)
		c.voucherCache[question] = holds
	}
	return holds
}

// RevocationIn is the worst that is known of the signed PDFs in a report that was made with an
// [Inspector]; not known if none is signed.
func RevocationIn(report *evidence.Report) RevocationStatus {
	worst := RevocationStatus("")
	for details := range signedDetails(report) {
		one := RevocationNotKnown
		if details != nil {
			one = details.Revocation
		}
		if worst = worseRevocation(worst, one); worst == RevocationRevoked {
			break
		}
	}
	return cmp.Or(worst, RevocationNotKnown)
}
