package pdfsig

import (
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// ReportVersion is the version of the JSON form of [Details]. It grows when a field changes its
// meaning or goes.
const ReportVersion = 1

// Status is the outcome for a signature or a file; the package comment says how it is found.
type Status string

// The outcomes. Unsigned is a file's only.
const (
	StatusWholeFile          Status = "WHOLE_FILE"
	StatusExtended           Status = "EXTENDED"
	StatusSignedRevisionOnly Status = "SIGNED_REVISION_ONLY"
	StatusInvalid            Status = "INVALID"
	StatusIndeterminate      Status = "INDETERMINATE"
	StatusUnsigned           Status = "UNSIGNED"
)

// Report is what [Check] found.
type Report struct {
	// Status is the file's.
	Status Status `json:"status"`
	// Findings are all refusals, notices and accepted findings.
	Findings []evidence.Finding `json:"findings"`
	Details
}

// Refusals returns the findings for which the file should not be relied upon; none for a file that
// is wholly signed, or unsigned.
func (r *Report) Refusals() []evidence.Finding {
	var refusals []evidence.Finding
	for _, finding := range r.Findings {
		if finding.Severity == evidence.SeverityRefusal {
			refusals = append(refusals, finding)
		}
	}
	return refusals
}

// Details are what a report says beside status and findings.
type Details struct {
	// Version is [ReportVersion].
	Version int `json:"version"`
	// Signatures are in the order in which their byte ranges end, so that the last comes last;
	// those without one come first.
	Signatures []Signature `json:"signatures"`
	// Trust is the worst of the signatures, but for document time stamps, which count where nobody
	// signed; [NotJudged] without roots, without signatures, and where there is a signature that
	// does not hold.
	Trust TrustStatus `json:"trust"`
	// Revocation is the worst of the signers'; not known where nobody signed.
	Revocation RevocationStatus `json:"revocation"`
	// Sent is the comparison with what was sent; absent if there was nothing to compare with.
	Sent *SentMatch `json:"sent,omitempty"`
}

// Kind is what a signature is for.
type Kind string

const (
	KindSignature     Kind = "signature"
	KindCertification Kind = "certification"       // the author's, with DocMDP
	KindTimeStamp     Kind = "document-time-stamp" // says when, not who
)

// Signature is one signature of the file.
type Signature struct {
	// Object is the number of the object that holds the signature dictionary.
	Object uint32 `json:"object"`
	// Field is the name of the form field that has the signature, as far as it can be shown; empty
	// if there is none. Forms name their fields by purpose; a program that names one after a person
	// puts personal data here.
	Field string `json:"field,omitempty"`
	Kind  Kind   `json:"kind"`
	// Status is never StatusUnsigned.
	Status Status `json:"status"`
	// Reason says why a signature is INVALID or INDETERMINATE.
	Reason string `json:"reason,omitempty"`
	// Superseded says that a later revision overwrote or removed the signature's object.
	Superseded bool `json:"superseded,omitempty"`
	// SubFilter is how the signature is encoded, as the file says.
	SubFilter string `json:"subFilter,omitempty"`
	// ByteRange is as written, offsets and lengths in turn; empty if it is not four integers.
	ByteRange []int64 `json:"byteRange,omitempty"`
	// BytesAfter is how many bytes of the file follow the signed revision.
	BytesAfter int64 `json:"bytesAfter"`
	// Later is what those bytes add and replace, if the signature holds; 20 changes at most. Bytes
	// that change nothing are not in it.
	Later []Change `json:"later,omitempty"`
	// DigestAlgorithm and SignatureAlgorithm are names such as SHA-256 and RSA.
	DigestAlgorithm    string `json:"digestAlgorithm,omitempty"`
	SignatureAlgorithm string `json:"signatureAlgorithm,omitempty"`
	// ClaimedTime is the signing time in the CMS, signed but by the signer's own clock.
	ClaimedTime *time.Time `json:"claimedTime,omitempty"`
	// StatedTime is /M of the signature dictionary, of no more weight.
	StatedTime *time.Time `json:"statedTime,omitempty"`
	// TimeStamp is the RFC 3161 time stamp of the signature, or the document time stamp itself.
	TimeStamp *TimeStamp `json:"timeStamp,omitempty"`
	// DocMDP is what a certification allows: 1 no changes, 2 filling in forms and signing, 3
	// annotations too; 0 for other signatures.
	DocMDP int `json:"docMDP,omitempty"`
	// Signer is the signer's certificate, as far as it was found.
	Signer *Signer `json:"signer,omitempty"`
	// CoSigners are the certificates of the others if several signed as one. What is said of the
	// signature holds for all of them, and trust is the worst of theirs.
	CoSigners []*Signer `json:"coSigners,omitempty"`
	// Trust says whether the certificate leads to the caller's roots.
	Trust Trust `json:"trust"`
	// Revocation says whether the certificates were revoked; absent for document time stamps and
	// for what does not hold.
	Revocation *Revocation `json:"revocation,omitempty"`

	byteRange    signedRange // usable if the signature holds
	fileOffset   int64       // of the dictionary in the file
	message      *cmsMessage // while the file is judged
	stampMessage *cmsMessage // of TimeStamp, likewise
}

// Revision gives the file as it was when it was signed: its first bytes up to the end of the byte
// range. r is the file that was checked. It fails for a signature that is INVALID or INDETERMINATE.
func (s *Signature) Revision(r io.ReaderAt) (*io.SectionReader, error) {
	if !s.holds() {
		return nil, fmt.Errorf("signature in object %d is %s: there is no signed revision", s.Object, s.Status)
	}
	return io.NewSectionReader(r, 0, s.byteRange.end), nil
}

// Signer is a signer's certificate without the subject.
type Signer struct {
	// Issuer is the distinguished name of who issued it; empty if the certificate is its own
	// issuer.
	Issuer string `json:"issuer,omitempty"`
	// Serial is the serial number in hexadecimal.
	Serial string `json:"serial"`
	// SHA256 is the certificate's fingerprint in lower-case hexadecimal.
	SHA256    string    `json:"sha256"`
	NotBefore time.Time `json:"notBefore"`
	NotAfter  time.Time `json:"notAfter"`
	// Certificate is all of it, nil if package x509 refuses it. Its subject is personal data.
	Certificate *x509.Certificate `json:"-"`
}

// TimeStampStatus says whether a time stamp holds.
type TimeStampStatus string

const (
	TimeStampValid         TimeStampStatus = "valid"
	TimeStampInvalid       TimeStampStatus = "invalid"
	TimeStampIndeterminate TimeStampStatus = "indeterminate"
)

// TimeStamp is an RFC 3161 time stamp.
type TimeStamp struct {
	Status TimeStampStatus `json:"status"`
	// Reason says why it is not valid.
	Reason string `json:"reason,omitempty"`
	// Time is what the stamp says, absent if it could not be read.
	Time *time.Time `json:"time,omitempty"`
	// DigestAlgorithm is that of the message imprint.
	DigestAlgorithm string `json:"digestAlgorithm,omitempty"`
	// Signer is the time stamp authority's certificate.
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
	TimeFromClock TimeSource = "present"    // there is no such stamp
)

// Trust is whether a certificate leads to the caller's roots.
type Trust struct {
	Status TrustStatus `json:"status"`
	// Reason explains the status.
	Reason string `json:"reason,omitempty"`
	// At is the time of the time stamp at which the certificates were judged; absent if that was
	// the present. TimeSource is where the time is from.
	At         *time.Time `json:"at,omitempty"`
	TimeSource TimeSource `json:"timeSource,omitempty"`
}
