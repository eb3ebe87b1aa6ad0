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

// RevocationStatus says whether a certificate was revoked, according to the OCSP responses and CRLs
// that the PDF carries.
type RevocationStatus string

const (
	RevocationGood     RevocationStatus = "good"      // not revoked at the given time
	RevocationRevoked  RevocationStatus = "revoked"   // revoked at the given time
	RevocationNotKnown RevocationStatus = "not-known" // the PDF does not say
)

// Revocation is what a PDF's OCSP responses and CRLs say about a signer's certificate and the
// authorities below the root. Nothing is fetched over the network. Responses are verified: the
// issuer of a certificate must have signed them, or a responder that the issuer authorized.
type Revocation struct {
	// Status is the worst status in Certificates: revoked, else not known, else good.
	Status RevocationStatus `json:"status"`
	// Certificates lists the signer's certificate and those above it, without the root, which
	// nobody can revoke. With several signers their chains follow one another.
	Certificates []CertificateRevocation `json:"certificates"`
}

// Role is the position of a certificate in a chain.
type Role string

const (
	RoleSigner       Role = "signer"
	RoleIntermediate Role = "intermediate"
)

// RevocationSource says whether an OCSP response or a CRL gave the status.
type RevocationSource string

const (
	SourceOCSP RevocationSource = "ocsp"
	SourceCRL  RevocationSource = "crl"
)

// CertificateRevocation is the revocation status of one certificate.
type CertificateRevocation struct {
	Role Role `json:"role"`
	// SHA256 is the certificate's fingerprint in lower-case hexadecimal.
	SHA256 string           `json:"sha256"`
	Status RevocationStatus `json:"status"`
	// At is the latest time for which a response says good, or the earliest time of revocation. It
	// is absent if the status is not known.
	At     *time.Time       `json:"at,omitempty"`
	Source RevocationSource `json:"source,omitempty"`
	// Reason says why the status is not known.
	Reason string `json:"reason,omitempty"`
}

// maxChain limits the length of a chain from a signer upwards.
const maxChain = 8

// revocation determines the revocation status of a message's signers. chains holds the chain to the
// roots for each signer. If a signer has none, its issuers are looked up among the known
// certificates.
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
				break // a root, or a self-issued signer
			}
			one := CertificateRevocation{Role: RoleIntermediate, SHA256: fingerprint(subject.Raw),
				Status: RevocationNotKnown}
			if n == 0 {
				one.Role = RoleSigner
			}
			if n+1 == len(chain) {
				if chains[i] != nil {
					break // a root that is not self-issued
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

// revokedAt returns the earliest time at which a certificate was revoked, or nil if none is known
// to be revoked.
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

// certificatePath follows issuers among the certificates at hand. It ends at a root, or where the
// next issuer is missing.
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

// askRevocation looks for responses about a certificate. A response that it is revoked outweighs
// one that it is not.
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

// consider takes over a response that says more than what is known.
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

// voucher is a response or list that an issuer may have made.
type voucher interface {
	isSignedBy(issuer *x509.Certificate) bool
}

// voucherKey is a question whether an issuer made a response.
type voucherKey struct {
	answer voucher
	issuer *x509.Certificate
}

// maxVouchers limits these questions, since each costs a public-key operation.
const maxVouchers = 2000

// isVouched reports whether an issuer made a response. It remembers the answer.
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

// RevocationIn returns the worst revocation status of the signed PDFs in a report that was made
// with an [Inspector]. It returns not known if none is signed.
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
