package pdfsig

import (
	"crypto/x509"
	"encoding/asn1"
	"slices"
)

// Extended key usages for signing documents that package x509 does not know.
var documentUses = []asn1.ObjectIdentifier{
	{1, 3, 6, 1, 5, 5, 7, 3, 36},       // documentSigning, RFC 9336
	{1, 2, 840, 113583, 1, 1, 5},       // Adobe, authentic documents
	{1, 3, 6, 1, 4, 1, 311, 10, 3, 12}, // Microsoft, document signing
}

// allowsSigning reports whether a certificate may sign documents: it names no use, or one that
// allows it. A certificate for client login passes too, see [isForClients]. One only for servers,
// code or time stamps does not.
func allowsSigning(certificate *x509.Certificate) bool {
	return signsDocuments(certificate) || isForClients(certificate)
}

func signsDocuments(certificate *x509.Certificate) bool {
	if len(certificate.ExtKeyUsage)+len(certificate.UnknownExtKeyUsage) == 0 {
		return true
	}
	return slices.ContainsFunc(certificate.ExtKeyUsage, func(use x509.ExtKeyUsage) bool {
		return use == x509.ExtKeyUsageAny || use == x509.ExtKeyUsageEmailProtection
	}) || slices.ContainsFunc(certificate.UnknownExtKeyUsage, func(use asn1.ObjectIdentifier) bool {
		return slices.ContainsFunc(documentUses, use.Equal)
	})
}

// isForClients reports whether client login is the closest to signing that a certificate is meant
// for.
func isForClients(certificate *x509.Certificate) bool {
	return !signsDocuments(certificate) && slices.Contains(certificate.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
}

// allowsTimeStamps reports whether a certificate may sign time stamps, which RFC 3161 requires it
// to say.
func allowsTimeStamps(certificate *x509.Certificate) bool {
	return slices.Contains(certificate.ExtKeyUsage, x509.ExtKeyUsageTimeStamping)
}

// authoritiesFit reports whether the authorities between a signer and the root may issue for a use.
// Those that name no use may.
func authoritiesFit(chain []*x509.Certificate, fits func(*x509.Certificate) bool) bool {
	const signerAndRoot = 2
	if len(chain) <= signerAndRoot {
		return true
	}
	return !slices.ContainsFunc(chain[1:len(chain)-1], func(authority *x509.Certificate) bool {
		named := len(authority.ExtKeyUsage)+len(authority.UnknownExtKeyUsage) > 0
		return named && !slices.Contains(authority.ExtKeyUsage, x509.ExtKeyUsageAny) && !fits(authority)
	})
}
