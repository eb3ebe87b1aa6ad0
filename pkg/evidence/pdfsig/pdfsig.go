// Package pdfsig judges the signatures of PDFs: which bytes each one covers, whether it is valid
// for them, whose certificate made it, and whether the file begins with the bytes that were sent
// for signing.
//
// Call [New] and pass the inspector to evidence's Archive.Verify, or call [Check] for a PDF outside
// a ZIP:
//
//	inspector, err := pdfsig.New(pdfsig.Options{Roots: roots})
//	report, err := archive.Verify(ctx, evidence.WithInspectors(inspector))
//
// # What is judged
//
// An encrypted file is judged if it opens with the empty user password, since any reader shows such
// a file.
//
// Signature dictionaries are found through the cross-reference, including those of earlier
// revisions. They are never found by searching bytes or through the form's /Fields. Each gets one
// [Status]:
//
//   - WHOLE_FILE: /ByteRange is four integers. It starts at byte 0, leaves out exactly the
//     hexadecimal string of the dictionary's own /Contents, and ends where the file ends. The CMS
//     in /Contents is valid for those bytes.
//   - EXTENDED: as above, but the range ends earlier, at a revision that is a complete PDF
//     containing this signature. Only validation data and document time stamps follow, as in
//     PAdES-LT and LTA.
//   - SIGNED_REVISION_ONLY: as EXTENDED, but something else follows. [Signature.Revision] returns
//     the signed revision, and [Signature].Later lists what came after it.
//   - INVALID: the signature does not hold, or is not written as a signature must be. An object
//     that reaches into the gap of its /ByteRange, white space in its /Contents, or padding other
//     than zeros is enough.
//   - INDETERMINATE: this package does not support the signature: curves other than NIST's
//     (brainpool, secp256k1), Ed448, DSA, an unknown SubFilter, a file that needs a password, or
//     more than a limit allows. docs/evidence.md has a table.
//
// If a CMS has several signers, all of them must be valid. If package x509 refuses a certificate,
// for example because of a negative serial number, only its key is used; its trust cannot be
// judged.
//
// The file is INVALID if any signature is, else INDETERMINATE if any is, else SIGNED_REVISION_ONLY
// if a [ChangeOther] follows any of them. Otherwise it has the status of the last signature, the
// one whose byte range reaches furthest. Document time stamps (ETSI.RFC3161) count only in a file
// without other signatures: anybody can have any bytes stamped, so a stamp after an update does not
// make the update signed. A signature dictionary that a later revision overwrote counts if it
// holds. If it does not hold, it counts only where there is no other.
//
// A PDF without signatures is UNSIGNED, which is a notice. It is INDETERMINATE instead if its bytes
// contain a signature dictionary that the cross-reference does not lead to. If the cross-reference
// of a file cannot be read, or an object of a file without signatures, the file is INDETERMINATE if
// a signature dictionary is written anywhere in its bytes, and UNSIGNED if none is: programs that
// repair such a file differ in what they find in it. In a file with signatures an unreadable object
// is a notice.
//
// # What an update changes
//
// Two revisions of a file are compared object by object through their cross-references. Each object
// that the later one adds, replaces or removes must be proven to be part of a [Change] of a known
// kind: [ChangeValidationData], [ChangeTimeStamp], [ChangeSignature], or [ChangeFormField] where
// the certification's /DocMDP and /FieldMDP allow it. Anything else is [ChangeOther]. So after any
// other kind of change, all pages of the earlier revision resolve to the same objects as before. A
// new date and producer in the document information, objects that say the same as before, and new
// objects that nothing refers to are no change. A signature shows its appearance in its own
// rectangle, which may cover text but at most half an A4 page.
//
// The same comparison tells whether a document was changed between sending and signing, see
// [evidence.SentDocument].
//
// Trust in the signer is reported separately and never changes a status. Without [Options].Roots it
// is "not-judged". WHOLE_FILE alone therefore does not say who signed: anybody can append an update
// and a signature of their own. With roots, every trust other than "trusted" is a refusal.
// Certificates must be meant for signing documents. They are judged at the time of a time stamp
// whose authority also leads to the roots, else at the present. A time that only the signer claims
// is a notice, and one in the future a refusal, with or without roots.
//
// Revocation is judged from the OCSP responses and CRLs that the file carries, never over the
// network: good at a time, revoked, or not known, see [Revocation]. Revoked is a refusal unless a
// trusted time stamp is older.
//
// A certificate's subject is personal data. It appears in no JSON, finding or error, only in
// [Signer].Certificate.
//
// # Limits
//
// A file is never held in memory. To find signatures, at most four times the file's size plus 64
// MiB are read. At most 100 signatures are judged, with 1 MiB, 32 levels, 262,144 elements, 16
// signers and 256 certificates of CMS each, 16 MiB of CMS in total, 16 MiB and 256 items of
// validation data, RSA keys of up to 16,384 bits, and 16 times the file's size plus 64 MiB hashed
// in total. Anything beyond is INDETERMINATE. To compare revisions, at most twelve times the file's
// size plus 256 MiB are read; if that is not enough, the result is a [ChangeOther]. The limits of
// reading a PDF's structure apply too: a cross-reference of 1,048,576 entries, 256 MiB of decoded
// object streams.
//
// This package only judges PDF signatures: it signs nothing and uses no network. Codes, status
// words and the JSON form of [Report] stay compatible; new codes may be added.
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

// Options configures how PDFs are judged. The zero value is useful.
type Options struct {
	// Roots are the certificates that signers' certificates must lead to. Default: trust is not
	// judged.
	Roots *x509.CertPool
	// TimeStampRoots are the certificates that time stamp authorities must lead to. Default: their
	// trust is not judged, so their time stamps do not determine when certificates are judged.
	TimeStampRoots *x509.CertPool
	// Now is the present. Certificates are judged at this time if their signature has no trusted
	// time stamp, and later times count as in the future. Default: the system clock.
	Now time.Time
	// Sent lists the documents that were sent for signing. Default: no comparison.
	Sent []evidence.SentDocument
	// Accept lists codes of findings that do not count as refusals, for example
	// [CodeLaterRevision]. They change no status. Only codes that [Codes] marks as acceptable are
	// allowed. Default: none.
	Accept []evidence.Code
}

func (o *Options) check() error {
	for _, code := range o.Accept {
		info, known := lookup(code)
		if !known {
			return fmt.Errorf("pdfsig options: there is no finding code %q to accept; Codes() lists them", code)
		}
		if !info.Acceptable {
			return fmt.Errorf("pdfsig options: %q cannot be accepted: the signature is not valid", code)
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

// InspectorName is the name that [Inspector.Name] returns.
const InspectorName = "pdfsig"

// Inspector judges the PDFs of an evidence ZIP. It implements [evidence.Inspector] and is safe for
// concurrent use.
type Inspector struct{ options Options }

// New returns an inspector. It fails if a code in Accept does not exist or cannot be accepted, or
// if a sent document has no size or no valid SHA-256.
func New(options Options) (*Inspector, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	options.Sent, options.Accept = slices.Clone(options.Sent), slices.Clone(options.Accept)
	return &Inspector{options: options}, nil
}

// Name returns [InspectorName].
func (i *Inspector) Name() string { return InspectorName }

// Wants returns true for every PDF and for everything that may be taken for one, see
// evidence.EntryReport.MediaType.
func (i *Inspector) Wants(entry evidence.EntryReport) bool {
	return !entry.Folder && entry.MediaType == "application/pdf"
}

// Inspect judges one PDF. The inspection's details are a *[Details].
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

// Check judges a PDF of size bytes. Everything that is wrong with the file is in the report. The
// error is about the options, ctx.Err(), or what r returned.
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
	// Old signatures must be judged even in a program that may not use their algorithms itself:
	// with GODEBUG=fips140=only, SHA-1 and MD5 would panic. The report says which digests are weak.
	var err error
	fips140.WithoutEnforcement(func() { err = c.run() })
	if err != nil {
		return nil, fmt.Errorf("checking a PDF: %w", err)
	}
	return c.report, nil
}
