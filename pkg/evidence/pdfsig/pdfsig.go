// Package pdfsig judges the signatures of PDFs: which bytes each one covers, whether it holds for
// them, by whose certificate, and whether the file begins with the bytes that were sent for
// signing.
//
// Call [New] and give the inspector to evidence's Archive.Verify, or [Check] for a PDF without a
// ZIP:
//
//	inspector, err := pdfsig.New(pdfsig.Options{Roots: roots})
//	report, err := archive.Verify(ctx, evidence.WithInspectors(inspector))
//
// # What is judged
//
// An encrypted file is judged if it opens with the empty user password, as any reader shows it.
//
// Signature dictionaries are found through the cross-reference, those of earlier revisions
// included, never by a search of bytes and never by the form's /Fields. Each gets one [Status]:
//
//   - WHOLE_FILE: /ByteRange is four integers, starts at byte 0, leaves out exactly the hexadecimal
//     string of the dictionary's own /Contents, ends where the file ends, and the CMS in /Contents
//     holds for those bytes.
//   - EXTENDED: the same, but the range ends earlier, at a revision that is a PDF of its own and
//     has this signature, and validation data and document time stamps alone follow, as in PAdES-LT
//     and LTA.
//   - SIGNED_REVISION_ONLY: the same, but something else follows. [Signature.Revision] gives the
//     signed revision, and [Signature].Later names what came after it.
//   - INVALID: the signature does not hold, or is not written as a signature must be: an object
//     that reaches into the gap of its /ByteRange, white space in its /Contents, and padding other
//     than zeros are enough.
//   - INDETERMINATE: it is of a kind that this package does not judge: curves other than NIST's
//     (brainpool, secp256k1), Ed448, DSA, an unknown SubFilter, a file that needs a password, or
//     more than a limit allows; docs/evidence.md has a table.
//
// Of several signers of one CMS all must hold. A certificate that package x509 refuses, with a
// negative serial number say, is taken for its key; trust in it cannot be judged.
//
// The file is INVALID if any signature is; else INDETERMINATE if any is; else SIGNED_REVISION_ONLY
// if a [ChangeOther] follows any of them; else it has the status of the last signature, the one
// whose byte range reaches furthest. Document time stamps (ETSI.RFC3161) count for this only where
// there is nothing else: anybody can have any bytes stamped, so a stamp behind an update does not
// make the update signed. A signature dictionary that a later revision overwrote counts if it
// holds; one that does not counts only where there is no other. A PDF without signatures is
// UNSIGNED, which is a notice, unless its bytes hold a signature dictionary that the
// cross-reference does not lead to: such a file is INDETERMINATE. Where the cross-reference, or an
// object of a file without signatures, cannot be read, the file is INDETERMINATE if a signature
// dictionary is written anywhere in its bytes, since programs that repair such a file differ in
// what they find in it, and UNSIGNED if none is. An object that cannot be read is a notice beside
// signatures.
//
// # What an update changes
//
// Two revisions of a file are compared object by object through their cross-references. Each object
// that the later one adds, replaces or removes must be proven to be part of a [Change] of a known
// kind: [ChangeValidationData], [ChangeTimeStamp], [ChangeSignature], or [ChangeFormField] where
// the certification's /DocMDP and /FieldMDP allow it. What is not proven is [ChangeOther]. So after
// any other change all pages of the earlier revision resolve to what they did. Another date and
// producer in the document information, objects that say the same as before, and new ones that
// nothing leads to are no change. A signature shows its appearance in its own rectangle, which may
// lie upon the text, and is half an A4 page at most.
//
// The same comparison tells whether a document that was sent was changed before it was signed, see
// [DocumentMatch].
//
// Trust in the signer is a line of its own and never changes a status: without [Options].Roots it
// is "not-judged". WHOLE_FILE alone therefore does not say who signed: anybody can put an update
// and a signature of his own behind another's. With roots whatever is not "trusted" is a refusal.
// Certificates must be meant for signing documents. They are judged at the time of a time stamp
// whose authority leads to the roots too, else at the present; a time that only the signer claims
// is a notice, and one in the future a refusal, with or without roots.
//
// Revocation is judged by the OCSP answers and CRLs that the file carries, and never by the
// network: good at a time, revoked, or not known, see [Revocation]. Revoked is a refusal unless a
// trusted time stamp is older.
//
// A certificate's subject is personal data: it is in no JSON, finding or error, only behind
// [Signer].Certificate.
//
// # Bounds
//
// A file is never held in memory. To find signatures at most four times its size and 64 MiB are
// read; 100 signatures are judged, 1 MiB, 32 levels, 262,144 elements, 16 signers and 256
// certificates of CMS each, 16 MiB of CMS for all, 16 MiB and 256 items of validation data, RSA
// keys of up to 16,384 bits, and 16 times the file's size and 64 MiB hashed for all of them; more
// is INDETERMINATE. To compare revisions at most twelve times its size and 256 MiB are read; what
// takes more is a [ChangeOther]. The bounds of reading a PDF's structure come on top: a
// cross-reference of 1,048,576 entries, 256 MiB of decoded object streams.
//
// This package holds the judging of PDF signatures and nothing else: it signs nothing and knows no
// network. Codes, words and the JSON form of [Report] stay compatible; new codes may be added.
package pdfsig

import (
	"context"
	"crypto/fips140"
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// Options say against what PDFs are judged. The zero value is useful.
type Options struct {
	// Roots are the certificates to which signers' certificates must lead. Default: trust is not
	// judged.
	Roots *x509.CertPool
	// TimeStampRoots are the same for the signers of time stamps. Default: their trust is not
	// judged, and so they set no time.
	TimeStampRoots *x509.CertPool
	// Now is the present, at which certificates are judged whose signatures have no trusted time
	// stamp, and against which times in the future are found. Default: the time of the system's
	// clock.
	Now time.Time
	// Sent are the documents that were sent for signing. Default: no comparison.
	Sent []evidence.SentDocument
	// Accept lists codes of findings that shall not count, [CodeLaterRevision] say. They change no
	// status. Only codes for which [Codes] says so may stand here. Default: none.
	Accept []evidence.Code
}

func (o *Options) check() error {
	for _, code := range o.Accept {
		info, known := lookup(code)
		if !known {
			return fmt.Errorf("pdfsig options: there is no finding code %q to accept; Codes() lists them", code)
		}
		if !info.Acceptable {
			return fmt.Errorf("pdfsig options: %q can not be accepted: the signature does not hold", code)
		}
	}
	for i := range o.Sent {
		if err := checkSent(o.Sent[i]); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) severity(code evidence.Code) evidence.Severity {
	if slices.Contains(o.Accept, code) {
		return evidence.SeverityAccepted
	}
	info, _ := lookup(code)
	return info.Severity
}

// InspectorName is what [Inspector.Name] says.
const InspectorName = "pdfsig"

// Inspector judges the PDFs of an evidence ZIP; it is an [evidence.Inspector] and safe for
// concurrent use.
type Inspector struct{ options Options }

// New makes an inspector. It fails on codes to accept that do not exist or cannot be accepted, and
// on sent documents without a size or with something else than a SHA-256.
func New(options Options) (*Inspector, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	options.Sent, options.Accept = slices.Clone(options.Sent), slices.Clone(options.Accept)
	return &Inspector{options: options}, nil
}

// Name is [InspectorName].
func (i *Inspector) Name() string { return InspectorName }

// Wants takes every PDF, and whatever may be taken for one, see evidence.EntryReport.MediaType.
func (i *Inspector) Wants(entry evidence.EntryReport) bool {
	return !entry.Folder && entry.MediaType == "application/pdf"
}

// Inspect judges one PDF. Details of the inspection are a *[Details].
func (i *Inspector) Inspect(ctx context.Context, entry evidence.EntryReport,
	content *io.SectionReader) (evidence.Inspection, error) {
	report, err := Check(ctx, content, content.Size(), i.options)
	if err != nil {
		return evidence.Inspection{}, err
	}
	for n := range report.Findings {
		report.Findings[n].Entry = entry.Name
	}
	return evidence.Inspection{
		Inspector: InspectorName,
		Status:    string(report.Status),
		Findings:  report.Findings,
		Details:   &report.Details,
	}, nil
}

// Check judges a PDF of size bytes. Whatever is wrong with the file is in the report; the error is
// one of the options, ctx.Err(), or what r returned.
func Check(ctx context.Context, r io.ReaderAt, size int64, options Options) (*Report, error) {
	return check(ctx, r, size, options, workLimits{hashed: maxHashedBytes(size), contents: maxContents})
}

func check(ctx context.Context, r io.ReaderAt, size int64, options Options, left workLimits) (*Report, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	if size < 0 {
		return nil, fmt.Errorf("checking a PDF: size %d is negative", size)
	}
	c := &checker{ctx: ctx, reader: r, size: size, options: &options, remaining: left, report: &Report{
		Findings: []evidence.Finding{},
		Details: Details{
			Version: ReportVersion, Signatures: []Signature{}, Trust: NotJudged, Revocation: RevocationNotKnown,
		},
	}}
	if c.now = options.Now; c.now.IsZero() {
		c.now = time.Now()
	}
	// Signatures of old are judged whatever a program may use itself: with GODEBUG=fips140=only,
	// SHA-1 and MD5 would panic. It is the report that says which digests are weak.
	var err error
	fips140.WithoutEnforcement(func() { err = c.run() })
	if err != nil {
		return nil, fmt.Errorf("checking a PDF: %w", err)
	}
	return c.report, nil
}
