package pdfsig

import (
	"cmp"
	"crypto/x509"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// judgeTrust judges the certificates of all signatures that hold. It runs after all signatures were
// judged, because the time stamp of one may be another signature of the file.
func (c *checker) judgeTrust() error {
	signatures := c.report.Signatures
	if c.validation = newValidationData(); slices.ContainsFunc(signatures,
		func(s Signature) bool { return s.holds() }) {
		var err error
		if c.validation, err = c.readDSS(); err != nil {
			return err
		}
	}
	for i := range signatures {
		if s := &signatures[i]; s.TimeStamp != nil && s.TimeStamp.Status == TimeStampValid {
			s.TimeStamp.Trust = c.stampTrust(s.stampMessage, *s.TimeStamp.Time)
			if s.Kind == KindTimeStamp {
				s.Trust = s.TimeStamp.Trust
			}
		}
	}
	for i := range signatures {
		s := &signatures[i]
		if s.holds() && s.Kind != KindTimeStamp {
			c.judgeSigners(s)
		}
		c.noteTimes(s)
		c.noteTrust(s)
	}
	c.report.Trust, c.report.Revocation = fileTrust(signatures), fileRevocation(signatures)
	return nil
}

// noteNotJudged reports that trust was not judged although roots were given. It is silent for
// unsigned and for invalid files, where trust does not matter.
func (c *checker) noteNotJudged() {
	r := c.report
	if c.options.Roots == nil || r.Trust != NotJudged || r.Status == StatusUnsigned || r.Status == StatusInvalid {
		return
	}
	reason := "the signatures were not judged"
	if i := slices.IndexFunc(r.Signatures, func(s Signature) bool { return s.Trust.Status == NotJudged }); i >= 0 {
		reason = r.Signatures[i].Trust.Reason
	}
	c.add(CodeTrustNotJudged, -1, "a signer's certificate was not checked against the given roots: %s", reason)
}

// fileTrust returns the worst trust of the signers. Document time stamps count only if nobody
// signed.
func fileTrust(signatures []Signature) TrustStatus {
	trust := TrustStatus("")
	for _, kind := range []bool{false, true} {
		for i := range signatures {
			if (signatures[i].Kind == KindTimeStamp) == kind {
				trust = worseTrust(trust, signatures[i].Trust.Status)
			}
		}
		if trust != "" {
			return trust
		}
	}
	return NotJudged
}

// fileRevocation returns the worst revocation status of the signers.
func fileRevocation(signatures []Signature) RevocationStatus {
	worst := RevocationStatus("")
	for i := range signatures {
		if r := signatures[i].Revocation; r != nil {
			worst = worseRevocation(worst, r.Status)
		}
	}
	return cmp.Or(worst, RevocationNotKnown)
}

// worseTrust returns the less favourable of two statuses.
func worseTrust(a, b TrustStatus) TrustStatus {
	for _, status := range []TrustStatus{Untrusted, NotJudged, Trusted} {
		if a == status || b == status {
			return status
		}
	}
	return ""
}

// judgeSigners judges the signers' certificates at the time of a trusted time stamp, else at the
// present. The claimed time does not count: with the key one can claim any time, including one
// before the certificate expired or was revoked.
func (c *checker) judgeSigners(s *Signature) {
	stamped := c.trustedTime(s)
	chains := make([][]*x509.Certificate, len(s.message.signers))
	if c.options.Roots == nil {
		s.Trust = Trust{Status: NotJudged, Reason: "no roots were given"}
	} else {
		when, source := c.now, TimeFromClock
		if stamped != nil {
			when, source = *stamped, TimeFromStamp
		}
		s.Trust, chains = c.chain(s.message, c.options.Roots, when, source, allowsSigning)
	}
	s.Revocation = c.revocation(s.message, chains)
	switch revoked := s.Revocation.revokedAt(); {
	case revoked == nil:
	case stamped != nil && stamped.Before(*revoked):
		c.add(CodeRevokedLater, s.fileOffset,
			"signature in object %d: a certificate was revoked after the time stamp, on %s", s.Object,
			revoked.Format(time.DateOnly))
	default:
		c.add(CodeRevoked, s.fileOffset,
			"signature in object %d: a certificate was revoked on %s, and no trusted time stamp says that the "+
				"signature is older",
			s.Object, revoked.Format(time.DateOnly))
	}
}

// stampTrust judges a time stamp authority's certificate.
func (c *checker) stampTrust(m *cmsMessage, when time.Time) Trust {
	if c.options.TimeStampRoots == nil {
		return Trust{Status: NotJudged, Reason: "no roots for time stamps were given"}
	}
	trust, chains := c.chain(m, c.options.TimeStampRoots, when, TimeFromStamp, allowsTimeStamps)
	if revoked := c.revocation(m, chains).revokedAt(); trust.Status == Trusted && revoked != nil &&
		!when.Before(*revoked) {
		trust.Status, trust.Reason = Untrusted, "a certificate of the chain was revoked before that time"
	}
	return trust
}

// chain looks for a chain from each of a message's signers to the roots, and returns the worst
// result.
func (c *checker) chain(m *cmsMessage, roots *x509.CertPool, when time.Time, source TimeSource,
	fits func(*x509.Certificate) bool) (Trust, [][]*x509.Certificate) {
	intermediates := x509.NewCertPool()
	for _, list := range [][]*certificate{m.certificates, c.validation.certificates} {
		for _, certificate := range list {
			if certificate.x509 != nil && isUsableKey(certificate.key) {
				intermediates.AddCert(certificate.x509)
			}
		}
	}
	var chains [][]*x509.Certificate
	worst := Trust{}
	for _, one := range m.signers {
		trust := Trust{Status: NotJudged, Reason: one.certificate.parseFault}
		var chain []*x509.Certificate
		if one.certificate.x509 != nil {
			trust, chain = chainOf(one.certificate.x509, intermediates, roots, when, fits)
			trust.TimeSource = source
			if source == TimeFromStamp { // stating the present would make every report different
				trust.At = &when
			}
		}
		chains = append(chains, chain)
		if worst.Status == "" || worseTrust(trust.Status, worst.Status) != worst.Status {
			worst = trust
		}
	}
	return worst, chains
}

// chainOf looks for a chain from one certificate to the roots. The chain is nil if there is none.
func chainOf(signer *x509.Certificate, intermediates, roots *x509.CertPool, when time.Time,
	fits func(*x509.Certificate) bool) (Trust, []*x509.Certificate) {
	trust := Trust{Status: Untrusted}
	chains, err := signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, CurrentTime: when,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	const signing = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	switch {
	case err != nil:
		trust.Reason = chainFault(err)
		return trust, nil
	case signer.KeyUsage != 0 && signer.KeyUsage&signing == 0:
		trust.Reason = "the certificate is not meant for signing"
	case !fits(signer):
		trust.Reason = "the certificate is meant for another use"
	case !slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool { return authoritiesFit(chain, fits) }):
		trust.Reason = "an authority's certificate is meant for another use"
	default:
		trust.Status, trust.Reason = Trusted, "the certificate leads to a given root"
	}
	return trust, chains[0]
}

// chainFault describes an error without x509's message, which contains names.
func chainFault(err error) string {
	var wrong x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var critical x509.UnhandledCriticalExtension
	var insecure x509.InsecureAlgorithmError
	switch {
	case errors.As(err, &wrong):
		switch wrong.Reason {
		case x509.Expired:
			return "a certificate of the chain was not valid at that time"
		case x509.NotAuthorizedToSign:
			return "a certificate of the chain may not issue certificates"
		}
		return "a certificate of the chain forbids the next"
	case errors.As(err, &insecure):
		return "a certificate of the chain is signed with a broken digest"
	case errors.As(err, &unknown):
		return "the certificate does not lead to a given root"
	case errors.As(err, &critical):
		return "a certificate of the chain has a critical extension that is not known here"
	}
	return "the chain of certificates cannot be checked"
}

// noteTrust reports certificates that do not lead to the caller's roots, and the notices that
// belong to trust.
func (c *checker) noteTrust(s *Signature) {
	stamps := s.Kind == KindTimeStamp
	if stamps && s.Trust.Status == Untrusted {
		c.add(CodeTimeStampUntrusted, s.fileOffset, "document time stamp in object %d: %s", s.Object, s.Trust.Reason)
	}
	if !stamps && s.TimeStamp != nil && s.TimeStamp.Trust.Status == Untrusted {
		c.add(CodeTimeStampUntrusted, s.fileOffset, "time stamp of the signature in object %d: %s", s.Object,
			s.TimeStamp.Trust.Reason)
	}
	if stamps || !s.holds() {
		return
	}
	if s.Trust.Status == Untrusted {
		c.add(CodeUntrusted, s.fileOffset, "signature in object %d: %s", s.Object, s.Trust.Reason)
	}
	if s.Trust.Status == Trusted && slices.ContainsFunc(s.message.signers,
		func(one *signerInfo) bool { return isForClients(one.certificate.x509) }) {
		c.add(CodeKeyUsage, s.fileOffset,
			"signature in object %d: the certificate is meant for clients that log in, not for signing documents",
			s.Object)
	}
}

// TrustIn returns the worst trust of the signed PDFs in a report that was made with an [Inspector].
// It returns [NotJudged] if none is signed.
func TrustIn(report *evidence.Report) TrustStatus {
	trust := TrustStatus("")
	for details := range signedDetails(report) {
		one := NotJudged
		if details != nil {
			one = details.Trust
		}
		trust = worseTrust(trust, one)
	}
	return cmp.Or(trust, NotJudged)
}

// signedDetails iterates over the details of PDFs that may be signed. It yields nil for a PDF
// without details.
func signedDetails(report *evidence.Report) iter.Seq[*Details] {
	return func(yield func(*Details) bool) {
		for i := range report.Entries {
			for _, inspection := range report.Entries[i].Inspections {
				if inspection.Inspector != InspectorName || inspection.Status == string(StatusUnsigned) {
					continue
				}
				details, _ := inspection.Details.(*Details)
				if !yield(details) {
					return
				}
			}
		}
	}
}
