package pdfsig

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"slices"
	"time"
)

func newSigner(certificate *x509.Certificate) *Signer {
	fingerprint := sha256.Sum256(certificate.Raw)
	signer := &Signer{
		Serial:      certificate.SerialNumber.Text(16),
		SHA256:      hex.EncodeToString(fingerprint[:]),
		NotBefore:   certificate.NotBefore.UTC(),
		NotAfter:    certificate.NotAfter.UTC(),
		Certificate: certificate,
	}
	// of a certificate that is its own issuer the issuer is the person
	if certificate.Issuer.String() != certificate.Subject.String() {
		signer.Issuer = certificate.Issuer.String()
	}
	return signer
}

// signerTrust judges a signer's certificate at the best time that is known.
func (c *checker) signerTrust(s *Signature, m *message) Trust {
	if c.options.Roots == nil {
		return Trust{Status: NotChecked, Reason: "no roots were given"}
	}
	var when *time.Time
	var source TimeSource
	stamp := s.TimeStamp
	switch {
	case stamp != nil && stamp.Status == TimeStampValid && stamp.Trust.Status != Untrusted:
		when, source = stamp.Time, TimeFromStamp
	case s.ClaimedTime != nil:
		when, source = s.ClaimedTime, TimeFromCMS
	case s.StatedTime != nil:
		when, source = s.StatedTime, TimeFromStated
	default:
		return Trust{Status: NotChecked, Reason: "the signature names no time at which its certificate could be judged"}
	}
	return chain(m, c.options.Roots, *when, source, x509.ExtKeyUsageAny)
}

// stampTrust judges a time stamp authority's certificate.
func (c *checker) stampTrust(m *message, when time.Time) Trust {
	if c.options.TimeStampRoots == nil {
		return Trust{Status: NotChecked, Reason: "no roots for time stamps were given"}
	}
	trust := chain(m, c.options.TimeStampRoots, when, TimeFromStamp, x509.ExtKeyUsageTimeStamping)
	// x509 lets a certificate that names no use pass for any; RFC 3161 demands this one
	if trust.Status == Trusted && !slices.Contains(m.signer.ExtKeyUsage, x509.ExtKeyUsageTimeStamping) {
		trust.Status, trust.Reason = Untrusted, "the certificate is not meant for time stamps"
	}
	return trust
}

// chain looks for a way from a message's signer to the roots.
func chain(m *message, roots *x509.CertPool, when time.Time, source TimeSource, use x509.ExtKeyUsage) Trust {
	trust := Trust{Status: Untrusted, At: &when, TimeSource: source}
	intermediates := x509.NewCertPool()
	for _, certificate := range m.certificates {
		if usableKey(certificate) {
			intermediates.AddCert(certificate)
		}
	}
	_, err := m.signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: intermediates, CurrentTime: when, KeyUsages: []x509.ExtKeyUsage{use},
	})
	const signing = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	switch {
	case err != nil:
		trust.Reason = chainFault(err)
	case m.signer.KeyUsage != 0 && m.signer.KeyUsage&signing == 0:
		trust.Reason = "the certificate is not meant for signing"
	default:
		trust.Status, trust.Reason = Trusted, "the certificate leads to a given root"
	}
	return trust
}

// chainFault says what is wrong without the words of x509, which hold names.
func chainFault(err error) string {
	var wrong x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var critical x509.UnhandledCriticalExtension
	switch {
	case errors.As(err, &wrong):
		switch wrong.Reason {
		case x509.Expired:
			return "a certificate of the chain was not valid at that time"
		case x509.NotAuthorizedToSign:
			return "a certificate of the chain may not issue certificates"
		case x509.IncompatibleUsage:
			return "the certificate is meant for another use"
		}
		return "a certificate of the chain forbids the next"
	case errors.As(err, &unknown):
		return "the certificate does not lead to a given root"
	case errors.As(err, &critical):
		return "a certificate of the chain has a critical extension that is not known here"
	}
	return "the chain of certificates cannot be checked"
}
