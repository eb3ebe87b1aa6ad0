// Package pemfile reads the certificates and keys of a PEM file, all of them or none. Package
// encoding/pem skips what it cannot read. A skipped authority would only be missed much later, when
// a server presents a certificate from it.
//
// Call [Decode], then [Certificates].
package pemfile

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"slices"
)

// Block is one block, with the line in which it begins, from 1.
type Block struct {
	*pem.Block
	Line int
}

// Fault says what is wrong with a file.
type Fault int

// Faults. The first three concern the whole file, the others a line.
const (
	UTF16   Fault = iota + 1 // text in UTF-16
	DER                      // a certificate that is not in PEM form
	PKCS7                    // certificates in PKCS #7, in DER or PEM form
	Damaged                  // a block that cannot be read
	Unbegun                  // the end of a block without a beginning
)

// Error says why a file cannot be read.
type Error struct {
	Fault Fault
	Line  int  // for Damaged and Unbegun
	DER   bool // for PKCS7: it is not in PEM form
}

func (e *Error) Error() string {
	switch e.Fault {
	case UTF16:
		return "it is text in UTF-16"
	case DER:
		return "it is in DER form"
	case PKCS7:
		return "it is PKCS #7"
	case Unbegun:
		return fmt.Sprintf("line %d ends a block that no line begins", e.Line)
	}
	return fmt.Sprintf("the block that begins in line %d cannot be read", e.Line)
}

const dashes = "-----"

var (
	begin         = []byte("BEGIN ")
	end           = []byte(dashes + "END ")
	byteOrderMark = []byte("\ufeff")
)

// Decode returns the blocks of a file, or none if no line begins one. It ignores a byte order mark,
// and text before and between the blocks. A block may begin on the line on which another ends, as
// happens when files are concatenated without a line break. The error is an [*Error].
func Decode(content []byte) ([]Block, error) {
	content = bytes.TrimPrefix(content, byteOrderMark)
	if bytes.HasPrefix(content, []byte("\xff\xfe")) || bytes.HasPrefix(content, []byte("\xfe\xff")) {
		return nil, &Error{Fault: UTF16}
	}
	starts := blockStarts(content)
	line := func(at int) int { return bytes.Count(content[:at], []byte("\n")) + 1 }
	before := content
	if len(starts) > 0 {
		before = content[:starts[0]]
	}
	if at := bytes.Index(before, end); at >= 0 {
		return nil, &Error{Fault: Unbegun, Line: line(at)}
	}
	if len(starts) == 0 {
		return nil, notPEM(content)
	}
	var blocks []Block
	for i, start := range starts {
		stop := len(content)
		if i+1 < len(starts) {
			stop = starts[i+1]
		}
		piece := content[start:stop]
		block, rest := pem.Decode(piece)
		if block == nil {
			return nil, &Error{Fault: Damaged, Line: line(start)}
		}
		if at := bytes.Index(rest, end); at >= 0 {
			return nil, &Error{Fault: Unbegun, Line: line(stop - len(rest) + at)}
		}
		if block.Type == "PKCS7" || block.Type == "CMS" {
			return nil, &Error{Fault: PKCS7}
		}
		blocks = append(blocks, Block{block, line(start)})
	}
	return blocks, nil
}

// blockStarts returns the offsets at which blocks begin, including those whose first line lacks a
// dash.
func blockStarts(content []byte) []int {
	var starts []int
	for at := 0; ; {
		next := bytes.Index(content[at:], begin)
		if next < 0 {
			return starts
		}
		next += at
		start := next
		for start > at && next-start < len(dashes) && content[start-1] == '-' {
			start--
		}
		if next-start >= len(dashes)-1 {
			starts = append(starts, start)
		}
		at = next + len(begin)
	}
}

// signedData is the PKCS #7 type that holds certificates (RFC 5652, section 5.1).
var signedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}

// notPEM says what a file without a block is, or returns nil if it does not know.
func notPEM(content []byte) error {
	if bytes.HasPrefix(content, []byte("-\x00-\x00")) || bytes.HasPrefix(content, []byte("\x00-\x00-")) {
		return &Error{Fault: UTF16}
	}
	if _, err := x509.ParseCertificate(content); err == nil {
		return &Error{Fault: DER}
	}
	var message struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"optional"`
	}
	if _, err := asn1.Unmarshal(content, &message); err == nil && message.Type.Equal(signedData) {
		return &Error{Fault: PKCS7, DER: true}
	}
	return nil
}

// CertificateError means that a certificate cannot be parsed.
type CertificateError struct {
	Number, Line int // both from 1
	Err          error
}

func (e *CertificateError) Error() string {
	return fmt.Sprintf("certificate %d, in line %d, cannot be parsed: %v", e.Number, e.Line, e.Err)
}

// Unwrap returns the error of package crypto/x509.
func (e *CertificateError) Unwrap() error { return e.Err }

// Purposes that a certificate may be trusted for (RFC 5280, section 4.2.1.12).
var (
	ForServers = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
	ForSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 4} // e-mail protection, which comes closest
	forAll     = asn1.ObjectIdentifier{2, 5, 29, 37, 0}
)

// Certificates parses the blocks that hold certificates. It leaves out an OpenSSL TRUSTED
// CERTIFICATE that is not trusted for the wanted purpose, and returns how many it left out; if
// wanted is nil, it keeps all. The error is a [*CertificateError].
func Certificates(blocks []Block, wanted asn1.ObjectIdentifier) (found []*x509.Certificate, leftOut int, err error) {
	number := 0
	for _, block := range blocks {
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" && block.Type != "X509 CERTIFICATE" {
			continue
		}
		number++
		content, trust := block.Bytes, []byte(nil)
		if block.Type == "TRUSTED CERTIFICATE" {
			var certificate asn1.RawValue
			if rest, err := asn1.Unmarshal(content, &certificate); err == nil {
				content, trust = certificate.FullBytes, rest
			}
		}
		certificate, err := x509.ParseCertificate(content)
		if err != nil {
			return nil, 0, &CertificateError{number, block.Line, err}
		}
		if wanted != nil && !trusts(trust, wanted) {
			leftOut++
			continue
		}
		found = append(found, certificate)
	}
	return found, leftOut, nil
}

// trusts reads what follows the certificate in a TRUSTED CERTIFICATE: OpenSSL's X509_CERT_AUX.
// Content that cannot be read restricts nothing.
func trusts(content []byte, wanted asn1.ObjectIdentifier) bool {
	var aux struct {
		Trusted  []asn1.ObjectIdentifier `asn1:"optional"`
		Rejected []asn1.ObjectIdentifier `asn1:"optional,tag:0"`
	}
	if _, err := asn1.Unmarshal(content, &aux); err != nil {
		return true
	}
	includes := func(usages []asn1.ObjectIdentifier) bool {
		return slices.ContainsFunc(usages, func(usage asn1.ObjectIdentifier) bool {
			return usage.Equal(wanted) ||
				usage.Equal(forAll)
		})
	}
	return !includes(aux.Rejected) && (len(aux.Trusted) == 0 || includes(aux.Trusted))
}
