package pdfsig

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
)

var (
	oidIssuingPoint      = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidCertificateIssuer = asn1.ObjectIdentifier{2, 5, 29, 29}
)

// crl is a certificate revocation list (RFC 5280) that has not been verified.
type crl struct {
	*x509.RevocationList
	entries map[string]*x509.RevocationListEntry // by serial number; built on first use
}

// find returns the list's entry for a certificate.
func (l *crl) find(subject *x509.Certificate) *x509.RevocationListEntry {
	if l.entries == nil {
		l.entries = make(map[string]*x509.RevocationListEntry, len(l.RevokedCertificateEntries))
		for i := range l.RevokedCertificateEntries {
			const removed = 8
			entry := &l.RevokedCertificateEntries[i]
			others := slices.ContainsFunc(entry.Extensions, func(e pkix.Extension) bool {
				return e.Id.Equal(oidCertificateIssuer)
			})
			if !others && entry.ReasonCode != removed {
				l.entries[entry.SerialNumber.Text(16)] = entry
			}
		}
	}
	return l.entries[subject.SerialNumber.Text(16)]
}

// coversCertificate reports whether the list covers all certificates like subject, so that subject
// is not revoked if the list does not name it.
func (l *crl) coversCertificate(subject *x509.Certificate) bool {
	for _, extension := range l.Extensions {
		switch {
		case extension.Id.Equal(oidIssuingPoint):
			if !pointIncludes(extension.Value, subject) {
				return false
			}
		case extension.Critical: // for example the mark of a delta CRL
			return false
		}
	}
	return true
}

// pointIncludes reports whether an IssuingDistributionPoint covers a certificate.
func pointIncludes(value []byte, subject *x509.Certificate) bool {
	const users, authorities = 0x81, 0x82
	parts, err := parseMembers(value, tagSequence)
	if err != nil {
		return false
	}
	for _, part := range parts {
		yes := len(part.Bytes) == 1 && part.Bytes[0] != 0
		switch part.FullBytes[0] {
		case tagZero: // a partial list, which the certificate must name too
			named := func(url string) bool { return bytes.Contains(part.Bytes, []byte(url)) }
			if !slices.ContainsFunc(subject.CRLDistributionPoints, named) {
				return false
			}
		case users:
			if yes && subject.IsCA {
				return false
			}
		case authorities:
			if yes && !subject.IsCA {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// isIndirect reports whether a list may cover certificates of other issuers. This package does not
// use such lists.
func (l *crl) isIndirect() bool {
	const others = 0x84
	return slices.ContainsFunc(l.Extensions, func(extension pkix.Extension) bool {
		parts, err := parseMembers(extension.Value, tagSequence)
		return extension.Id.Equal(oidIssuingPoint) && (err != nil || slices.ContainsFunc(parts,
			func(part asn1.RawValue) bool { return part.FullBytes[0] == others }))
	})
}

// isSignedBy reports whether the issuer signed the list.
func (l *crl) isSignedBy(issuer *x509.Certificate) bool {
	return bytes.Equal(l.RawIssuer, issuer.RawSubject) && !l.isIndirect() && l.CheckSignatureFrom(issuer) == nil
}
