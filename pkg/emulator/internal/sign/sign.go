// Package sign adds the emulator's signature to PDFs: a real CMS signature by a test authority that
// exists only while the process runs. It appends an incremental update, so the signed document
// begins with the exact bytes that were sent.
//
// Call [NewAuthority] once, [Authority.Check] to find out whether a PDF can be signed, and
// [Authority.Sign] to sign it. An Authority is safe for concurrent use.
//
// This package places signatures in PDFs. Package internal/pdf reads PDFs, and pkg/evidence/pdfsig
// judges signatures of others.
package sign

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/pkg/emulator/internal/pen"
)

// Options says what a signature states about itself.
type Options struct {
	// Time is the signing time. It goes into /M and the CMS, in whole seconds, and must lie within
	// the validity of the authority's certificates. Required.
	Time time.Time
	// Signer is the name of the person for whom the emulator signs. Default: none stated.
	Signer string
	// Reason is the reason for signing. Default: none stated.
	Reason string
	// Ink is the signature that the signer gave. The stamp shows it if the page is wide enough.
	// Default: none.
	Ink pen.Signature
}

// Error says why a document cannot be signed, which its sender must fix.
type Error struct {
	// Reason is for people: lower case, no full stop, and nothing from the document.
	Reason string
	err    error
}

func (e *Error) Error() string { return "document cannot be signed: " + e.Reason }

// Unwrap returns the [pdf.Error] behind the reason, if there is one.
func (e *Error) Unwrap() error { return e.err }

// Check returns the [*Error] with which Sign would refuse the document. It does everything that
// Sign does.
func (a *Authority) Check(document []byte) error {
	_, err := a.Sign(document, Options{Time: a.signer.NotBefore.Add(validBefore)})
	return err
}

// Sign returns the document with another signature by the authority on its first page. The document
// may have been signed before. An [*Error] is the document's fault. Any other error is about the
// options or an internal error of the emulator.
//
// Before Sign returns the result, it reads it from its bytes alone and checks the signature.
func (a *Authority) Sign(document []byte, options Options) ([]byte, error) {
	if options.Time.Before(a.signer.NotBefore) || options.Time.After(a.signer.NotAfter) {
		return nil, fmt.Errorf("signing: the time %s is outside the test certificate's validity, %s to %s",
			options.Time.UTC().Format(time.RFC3339), a.signer.NotBefore.Format(time.RFC3339),
			a.signer.NotAfter.Format(time.RFC3339))
	}
	options.Time = options.Time.UTC().Truncate(time.Second)
	revision, err := prepare(document)
	if err != nil {
		return nil, err
	}
	signature, err := a.place(revision, options)
	if err != nil {
		return nil, err
	}
	signed, err := a.complete(revision, signature, options)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	if err := a.verify(signed, document, signature.reference, options); err != nil {
		// only for a document whose parts overlap, for example a page that is also the form
		return nil, &Error{Reason: "the PDF's structure does not carry a signature: " + err.Error(), err: err}
	}
	return signed, nil
}

// prepare opens a document and refuses one that cannot be signed.
func prepare(document []byte) (*revision, error) {
	opened, err := pdf.Open(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return nil, refuse(err)
	}
	if opened.Encrypted() {
		return nil, &Error{Reason: "the PDF is encrypted or protected by a password; send it without protection"}
	}
	if err := opened.Check(); err != nil {
		return nil, refuse(err)
	}
	r := newRevision(opened, document)
	if err := r.findForm(); err != nil {
		return nil, refuse(err)
	}
	return r, nil
}

// refuse turns an error of the PDF reader into a reason.
func refuse(err error) error {
	var fault *pdf.Error
	var known *Error
	switch {
	case errors.As(err, &known):
		return err
	case !errors.As(err, &fault):
		return fmt.Errorf("reading a document in memory: %w", err)
	case errors.Is(err, pdf.ErrNotPDF):
		return &Error{Reason: "it is not a PDF: " + fault.Detail, err: err}
	case errors.Is(err, pdf.ErrCrossReference):
		return &Error{Reason: "the PDF is damaged (" + fault.Error() + "); save it anew with a PDF program", err: err}
	case errors.Is(err, pdf.ErrLimit), errors.Is(err, pdf.ErrUnsupported):
		return &Error{Reason: "the PDF is of a kind that the emulator does not read (" + fault.Error() + ")", err: err}
	}
	return &Error{Reason: "the PDF is not well formed (" + fault.Error() + "); save it anew with a PDF program",
		err: err}
}

// restrictions refuses a document whose certification forbids any change.
func (r *revision) restrictions(catalog pdf.Object) error {
	permissions, _, err := r.base.Resolve(catalog.Get("Perms"))
	if err != nil {
		return err
	}
	certification, _, err := r.base.Resolve(permissions.Get("DocMDP"))
	if err != nil {
		return err
	}
	references, _, err := r.base.Resolve(certification.Get("Reference"))
	if err != nil || references.Kind != pdf.Array {
		return err
	}
	for _, item := range references.Items {
		reference, _, err := r.base.Resolve(item)
		if err != nil {
			return err
		}
		parameters, _, err := r.base.Resolve(reference.Get("TransformParams"))
		if err != nil {
			return err
		}
		level, _, err := r.base.Resolve(parameters.Get("P"))
		if err != nil {
			return err
		}
		if reference.Get("TransformMethod").IsName("DocMDP") && level.Kind == pdf.Integer && level.Int == 1 {
			return &Error{Reason: "the PDF is certified by its author with no changes allowed (DocMDP P=1), so that " +
				"a signature would break it"}
		}
	}
	return nil
}
