// Package auditreport makes the page that a person reads who must decide whether evidence is good.
//
// Call [New] with what a verification found, then [Report.WriteHTML]. The page is one file of HTML:
// no script, nothing that is loaded from elsewhere, and a content security policy that allows
// neither. All that came with the evidence is shown as inert text, or as pictures that were drawn
// anew. From a ZIP that was refused no content is shown. The page holds personal data, and says so;
// [Report.Rendered] does not.
//
// Memory is bounded: no entry is held whole but pictures of at most 16 MiB, one at a time, and JSON
// of at most 1 MiB. The page holds at most 12 MiB of pictures.
//
// What may live here: how verified evidence is shown to people. It judges nothing that the evidence
// and pdfsig packages have not judged: it only says in words what their findings come to, see
// [Judge].
package auditreport

import (
	"context"
	"io/fs"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// Subject is evidence as it was verified.
type Subject struct {
	// File is the name of the ZIP without folder, empty if it has none.
	File string
	// Evidence is the report of the verification, with the inspections of pdfsig; never nil.
	Evidence *evidence.Report
	// Content is the accepted ZIP, read again for what is shown. It is not used for a refused one.
	Content fs.FS
	// Receipt is what came of the comparison with the receipt.
	Receipt Receipt
	// Found says where each document is that was sent for signing. Default: not compared.
	Found []pdfsig.Found
	// SentCircuit is the circuit that was started with those documents, empty if it is not known.
	SentCircuit string
	// RootsGiven says that trust in the signers was checked.
	RootsGiven bool
	// Strict says that notices count against the evidence.
	Strict bool
	// Failure is what the verification failed with, nil for good evidence. It is shown only if
	// nothing else says why.
	Failure error
}

// ReceiptOutcome is what came of comparing evidence with its receipt.
type ReceiptOutcome string

const (
	ReceiptMatches    ReceiptOutcome = "matches"
	ReceiptDiffers    ReceiptOutcome = "differs"
	ReceiptUnreadable ReceiptOutcome = "unreadable"
	ReceiptNone       ReceiptOutcome = "none"
	ReceiptUnchecked  ReceiptOutcome = "unchecked"
)

// Receipt is the receipt of the download and what came of the comparison with it.
type Receipt struct {
	Outcome ReceiptOutcome
	Content *danabio.Receipt // nil if there is none, or none that can be read
}

// Options say how a report is made.
type Options struct {
	// Language of the page. Default: English.
	Language i18n.Language
	// MadeAt is the time that the report says it was made at; required.
	MadeAt time.Time
	// Program is the name and version of the program that makes the report.
	Program string
	// Renderer draws the first pages of PDFs. Default: none are shown.
	Renderer Renderer
	// FirstPages says that first pages were asked for, so that the report can tell a missing
	// renderer from one that nobody wants. Default: not asked for.
	FirstPages bool
}

// Report is a report that can be written.
type Report struct {
	Subject
	Options
	Verdict  Verdict
	Rendered Rendered
}

// Rendered is what of the evidence's content a report shows. It holds no personal data but the
// names of entries.
type Rendered struct {
	Pictures   []Picture   `json:"pictures"`
	FirstPages []FirstPage `json:"firstPages"`
	Metadata   []Metadata  `json:"metadata"`
}

// New reads what the report is going to show. It fails when the content cannot be read or the
// context ends; what cannot be shown is no failure, but a sentence in the report.
func New(ctx context.Context, subject Subject, options Options) (*Report, error) {
	if options.Language == "" {
		options.Language = i18n.English
	}
	report := &Report{Subject: subject, Options: options}
	report.Rendered = Rendered{Pictures: []Picture{}, FirstPages: []FirstPage{}, Metadata: []Metadata{}}
	if subject.Evidence.Verdict == evidence.VerdictAccepted {
		if err := report.collect(ctx); err != nil {
			return nil, err
		}
	}
	report.Verdict = Judge(&report.Subject)
	return report, nil
}

// collect reads what is shown of an accepted ZIP.
func (r *Report) collect(ctx context.Context) error {
	pages := pageBudget{ctx: ctx, renderer: r.Renderer, asked: r.FirstPages}
	var pictures pictureBudget
	var metadata metadataBudget
	for _, entry := range r.Evidence.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		switch {
		case entry.Folder:
		case entry.MediaType == typePDF:
			var page FirstPage
			page, err = pages.collect(r.Content, entry)
			r.Rendered.FirstPages = append(r.Rendered.FirstPages, page)
		case isPicture(entry):
			var picture Picture
			picture, err = pictures.collect(r.Content, entry)
			r.Rendered.Pictures = append(r.Rendered.Pictures, picture)
		case entry.MediaType == typeJSON:
			var data Metadata
			data, err = metadata.collect(r.Content, entry)
			r.Rendered.Metadata = append(r.Rendered.Metadata, data)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	typePDF  = "application/pdf"
	typeJSON = "application/json"
)

// NotShown says why something is not shown.
type NotShown string

const (
	NotShownTooMany    NotShown = "too-many"   // more of its kind than are shown
	NotShownTooLarge   NotShown = "too-large"  // the file
	NotShownType       NotShown = "type"       // of a kind that is not shown
	NotShownDimensions NotShown = "dimensions" // no pixels, or too many
	NotShownBroken     NotShown = "broken"     // cannot be decoded
	NotShownNotAsked   NotShown = "not-asked"  // nobody asked for first pages
	NotShownNoProgram  NotShown = "no-program" // pdftoppm was not found
	NotShownTime       NotShown = "time"       // drawing took too long
	NotShownFailed     NotShown = "failed"     // the program failed
)
