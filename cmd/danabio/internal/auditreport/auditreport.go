// Package auditreport makes the page for a person who must decide whether evidence is good.
//
// Call [New] with the result of a verification, then [Report.WriteHTML]. The page is one HTML file
// without scripts or external resources, and its content security policy allows neither. Everything
// that came with the evidence appears as inert text, or as pictures that were re-encoded. A refused
// ZIP's content is not shown. The page contains personal data and says so. [Report.Rendered]
// contains none.
//
// Memory is bounded. Entries are never held whole, except for pictures of at most 16 MiB, one at a
// time, and JSON of at most 1 MiB. The page contains at most 12 MiB of pictures.
//
// This package presents verified evidence to people. It judges nothing that packages evidence and
// pdfsig have not judged. It only puts the sum of their findings into words, see [Judge].
package auditreport

import (
	"context"
	"io/fs"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// Subject is verified evidence.
type Subject struct {
	// Conclusion is what the verdict on the evidence comes to.
	Conclusion verdict.Conclusion
	// File is the file name of the ZIP without its folder, or empty if it has none.
	File string
	// Evidence is the report of the verification, with pdfsig's inspections. It is never nil.
	Evidence *evidence.Report
	// Content is the accepted ZIP, from which the page's content is read. It is not used for a
	// refused ZIP.
	Content fs.FS
	// Receipt is the result of the comparison with the receipt.
	Receipt verdict.Receipt
	// Found says where each document is that was sent for signing. Default: not compared.
	Found []pdfsig.Found
	// SentCircuit is the circuit that was started with those documents, or empty if it is not
	// known.
	SentCircuit string
	// RootsGiven says that trust in the signers was checked.
	RootsGiven bool
	// Strict says that notices count against the evidence.
	Strict bool
	// Failure is the error of the verification, or nil for good evidence. It is shown only if
	// nothing else explains the result.
	Failure error
}

// Options says how to make a report.
type Options struct {
	// Language is the language of the page. Default: English.
	Language i18n.Language
	// MadeAt is the creation time that the report states. Required.
	MadeAt time.Time
	// Program is the name and version of the program that makes the report.
	Program string
	// Renderer draws the first pages of PDFs. Default: none are shown.
	Renderer Renderer
	// FirstPages says that first pages were requested, so that the report can tell a missing
	// renderer from pages that nobody requested. Default: not requested.
	FirstPages bool
}

// Report is a report that is ready to be written.
type Report struct {
	Subject
	Options
	Verdict  Verdict
	Rendered Rendered
}

// Rendered lists which content of the evidence a report shows. It contains no personal data except
// names of entries.
type Rendered struct {
	Pictures   []Picture   `json:"pictures"`
	FirstPages []FirstPage `json:"firstPages"`
	Metadata   []Metadata  `json:"metadata"`
}

// New reads the content that the report will show. It fails if the content cannot be read or the
// context ends. Content that cannot be shown is not an error; the report says so.
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

// collect reads the content of an accepted ZIP that the report shows.
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
	NotShownTooMany    NotShown = "too-many"   // more of its kind than the report shows
	NotShownTooLarge   NotShown = "too-large"  // the file is too large
	NotShownType       NotShown = "type"       // its type is not shown
	NotShownDimensions NotShown = "dimensions" // it has no pixels, or too many
	NotShownBroken     NotShown = "broken"     // it cannot be decoded
	NotShownNotAsked   NotShown = "not-asked"  // nobody requested first pages
	NotShownNoProgram  NotShown = "no-program" // pdftoppm was not found
	NotShownTime       NotShown = "time"       // drawing took too long
	NotShownFailed     NotShown = "failed"     // the program failed
)
