package pdfsig

import (
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// ReportVersion is the version of the JSON form of [Details]. It increases when a field changes its
// meaning or is removed.
const ReportVersion = 1

// Status is the result for a signature or a file. The package comment defines it.
type Status string

// Status values. StatusUnsigned applies only to files.
const (
	StatusWholeFile          Status = "WHOLE_FILE"
	StatusExtended           Status = "EXTENDED"
	StatusSignedRevisionOnly Status = "SIGNED_REVISION_ONLY"
	StatusInvalid            Status = "INVALID"
	StatusIndeterminate      Status = "INDETERMINATE"
	StatusUnsigned           Status = "UNSIGNED"
)

// Report is the result of [Check].
type Report struct {
	// Status is the status of the file.
	Status Status `json:"status"`
	// Findings lists all refusals, notices and accepted findings.
	Findings []evidence.Finding `json:"findings"`
	Details
}

// Refusals returns the findings that say not to rely on the file. There are none for a file that is
// completely signed, or unsigned.
func (r *Report) Refusals() []evidence.Finding {
	var refusals []evidence.Finding
	for _, finding := range r.Findings {
		if finding.Severity == evidence.SeverityRefusal {
			refusals = append(refusals, finding)
		}
	}
	return refusals
}

// Details is the part of a report other than status and findings.
type Details struct {
	// Version is [ReportVersion].
	Version int `json:"version"`
	// Signatures is sorted by where the byte ranges end, so that the last signature comes last.
	// Signatures without a byte range come first.
	Signatures []Signature `json:"signatures"`
	// Trust is the worst trust of the signatures. Document time stamps count only in a file without
	// other signatures. It is [NotJudged] without roots, without signatures, and if a signature
	// does not hold.
	Trust TrustStatus `json:"trust"`
	// Revocation is the worst revocation status of the signers. It is not known if nobody signed.
	Revocation RevocationStatus `json:"revocation"`
	// Sent is the comparison with what was sent. It is absent if there was nothing to compare with.
	Sent *SentMatch `json:"sent,omitempty"`
}

// Kind is the purpose of a signature.
type Kind string

const (
	KindSignature     Kind = "signature"
	KindCertification Kind = "certification"       // the author's, with DocMDP
	KindTimeStamp     Kind = "document-time-stamp" // says when, not who
)

// Signature is one signature of the file.
type Signature struct {
	// Object is the number of the object that contains the signature dictionary.
	Object uint32 `json:"object"`
	// Field is the printable part of the name of the form field that has the signature, or empty if
	// there is none. Forms usually name fields by purpose. A program that names one after a person
	// puts personal data here.
	Field string `json:"field,omitempty"`
	Kind  Kind   `json:"kind"`
	// Status is never StatusUnsigned.
	Status Status `json:"status"`
	// Reason says why a signature is INVALID or INDETERMINATE.
	Reason string `json:"reason,omitempty"`
	// Superseded is true if a later revision overwrote or removed the signature's object.
	Superseded bool `json:"superseded,omitempty"`
	// SubFilter is the signature's encoding according to the file.
	SubFilter string `json:"subFilter,omitempty"`
	// ByteRange is as written, with offsets and lengths alternating. It is empty if it is not four
	// integers.
	ByteRange []int64 `json:"byteRange,omitempty"`
	// BytesAfter is the number of bytes that follow the signed revision.
	BytesAfter int64 `json:"bytesAfter"`
	// Later lists what those bytes add and replace, if the signature holds: at most 20 changes.
	// Bytes that change nothing are not listed.
	Later []Change `json:"later,omitempty"`
	// DigestAlgorithm and SignatureAlgorithm are names such as SHA-256 and RSA.
	DigestAlgorithm    string `json:"digestAlgorithm,omitempty"`
	SignatureAlgorithm string `json:"signatureAlgorithm,omitempty"`
	// ClaimedTime is the signing time in the CMS. It is signed, but comes from the signer's own
	// clock.
	ClaimedTime *time.Time `json:"claimedTime,omitempty"`
	// StatedTime is /M of the signature dictionary, which proves no more than ClaimedTime.
	StatedTime *time.Time `json:"statedTime,omitempty"`
	// TimeStamp is the RFC 3161 time stamp of the signature, or the document time stamp itself.
	TimeStamp *TimeStamp `json:"timeStamp,omitempty"`
	// DocMDP is what a certification allows: 1 no changes, 2 filling in forms and signing, 3
	// annotations too. It is 0 for other signatures.
	DocMDP int `json:"docMDP,omitempty"`
	// Signer describes the signer's certificate, if it was found.
	Signer *Signer `json:"signer,omitempty"`
	// CoSigners describes the certificates of the other signers, if several signed together. The
	// signature's status applies to all of them, and its trust is the worst of theirs.
	CoSigners []*Signer `json:"coSigners,omitempty"`
	// Trust says whether the certificate leads to the caller's roots.
	Trust Trust `json:"trust"`
	// Revocation says whether the certificates were revoked. It is absent for document time stamps
	// and for signatures that do not hold.
	Revocation *Revocation `json:"revocation,omitempty"`

	byteRange    signedRange // usable if the signature holds
	fileOffset   int64       // of the dictionary in the file
	message      *cmsMessage // set while the file is judged
	stampMessage *cmsMessage // of TimeStamp; set while the file is judged
}

// Revision returns the file as it was when it was signed: its first bytes up to the end of the byte
// range. r is the file that was checked. It fails for a signature that is INVALID or INDETERMINATE.
func (s *Signature) Revision(r io.ReaderAt) (*io.SectionReader, error) {
	if !s.holds() {
		return nil, fmt.Errorf("signature in object %d is %s: there is no signed revision", s.Object, s.Status)
	}
	return io.NewSectionReader(r, 0, s.byteRange.end), nil
}

// Signer describes a signer's certificate without the subject.
type Signer struct {
	// Issuer is the issuer's distinguished name. It is empty for a self-issued certificate.
	Issuer string `json:"issuer,omitempty"`
	// Serial is the serial number in hexadecimal.
	Serial string `json:"serial"`
	// SHA256 is the certificate's fingerprint in lower-case hexadecimal.
	SHA256    string    `json:"sha256"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	// Certificate is the whole certificate, or nil if package x509 refuses it. Its subject is
	// personal data.
	Certificate *x509.Certificate `json:"-"`
}

// TimeStampStatus says whether a time stamp is valid.
type TimeStampStatus string

const (
	TimeStampValid         TimeStampStatus = "valid"
	TimeStampInvalid       TimeStampStatus = "invalid"
	TimeStampIndeterminate TimeStampStatus = "indeterminate"
)

// TimeStamp is an RFC 3161 time stamp.
type TimeStamp struct {
	Status TimeStampStatus `json:"status"`
	// Reason says why the time stamp is not valid.
	Reason string `json:"reason,omitempty"`
	// Time is the time that the stamp states. It is absent if it could not be read.
	Time *time.Time `json:"time,omitempty"`
	// DigestAlgorithm is the algorithm of the message imprint.
	DigestAlgorithm string `json:"digestAlgorithm,omitempty"`
	// Signer describes the time stamp authority's certificate.
	Signer *Signer `json:"signer,omitempty"`
	// Trust is judged at the stamp's own time.
	Trust Trust `json:"trust"`
}

// TrustStatus says whether a certificate leads to the caller's roots.
type TrustStatus string

const (
	Trusted   TrustStatus = "trusted"
	Untrusted TrustStatus = "untrusted"
	NotJudged TrustStatus = "not-judged"
)

// TimeSource says where the time comes from at which a certificate was judged.
type TimeSource string

const (
	TimeFromStamp TimeSource = "time-stamp" // a time stamp whose authority leads to the caller's roots
	TimeFromClock TimeSource = "present"    // the present, since there is no such stamp
)

// Trust says whether a certificate leads to the caller's roots.
type Trust struct {
	Status TrustStatus `json:"status"`
	// Reason explains the status.
	Reason string `json:"reason,omitempty"`
	// At is the time of the time stamp at which the certificates were judged. It is absent if they
	// were judged at the present. TimeSource says which of the two applies.
	At         *time.Time `json:"at,omitempty"`
	TimeSource TimeSource `json:"timeSource,omitempty"`
}
