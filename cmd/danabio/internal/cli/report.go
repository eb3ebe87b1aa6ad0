package cli

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// reportData is what "evidence report --json" prints: the output of "evidence verify", and a
// summary of the report.
type reportData struct {
	verifyData
	Path       string               `json:"report"` // of the HTML file
	Language   i18n.Language        `json:"language"`
	MadeAt     time.Time            `json:"madeAt"`     // UTC
	Conclusion verdict.Conclusion   `json:"conclusion"` // good, not-good or undecided
	Shown      auditreport.Rendered `json:"shown"`
}

func newEvidenceReport(out *term.Output) *cobra.Command {
	accept, signatures := acceptFlags{tables: signatureCodes()}, signatureFlags{}
	var path string
	var firstPages bool
	cmd := &cobra.Command{
		Annotations: accept.codes(out),
		Use:         "report FILE.zip -o REPORT.html",
		Args:        arguments("FILE.zip"),
		RunE: func(cmd *cobra.Command, args []string) error {
			policy, rest, err := accept.policyAndRest(cmd)
			if err != nil {
				return err
			}
			judge, err := signatures.open(cmd, args, rest, policy)
			if err != nil {
				return err
			}
			made, err := reportOptions(out, firstPages)
			if err != nil {
				return err
			}
			part, err := newReportFile(cmd, path)
			if err != nil {
				return err
			}
			defer part.Discard()
			data, judgement, err := report(cmd, out, args[0], policy, judge, made, part)
			if errors.Is(err, context.Canceled) {
				err = &interruptedError{err, shortList([]string{path})}
			}
			if err != nil {
				return err
			}
			if err := placeReport(part, path); err != nil {
				return err
			}
			data.Path = path
			err = printReport(out, data, judgement)
			if address := fileURL(path); address != "" {
				out.Note(i18n.Textf("Open the report in a browser: %s", address))
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&path, "output", "o", "", "")
	cmd.Flags().BoolVar(&firstPages, "first-pages", false, "")
	accept.addFlags(cmd)
	signatures.addFlags(cmd)
	return cmd
}

func reportOptions(out *term.Output, firstPages bool) (made auditreport.Options, err error) {
	made = auditreport.Options{Program: "danabio " + danabio.Version, FirstPages: firstPages, Language: out.Language}
	if firstPages {
		made.Renderer = auditreport.Poppler()
	}
	made.MadeAt, err = reportTime(time.Now, os.Getenv)
	return made, err
}

// reportTime returns the time of SOURCE_DATE_EPOCH if it is set, and the current time otherwise.
func reportTime(now func() time.Time, getenv func(string) string) (time.Time, error) {
	given := getenv("SOURCE_DATE_EPOCH")
	if given == "" {
		return now().UTC().Truncate(time.Second), nil
	}
	seconds, err := strconv.ParseInt(given, 10, 64)
	const year10000 = 253402300800
	if err != nil || seconds < 0 || seconds >= year10000 {
		return time.Time{}, failure.BadInput("SOURCE_DATE_EPOCH %q is not a number of seconds since 1970", given)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// newReportFile creates the file of the report before anything is read, so that an unwritable place
// is reported first.
func newReportFile(cmd *cobra.Command, path string) (*atomicfile.File, error) {
	if path == "" {
		return nil, failure.Usagef(cmd, "-o REPORT.html is missing")
	}
	if fileExists(path) {
		return nil, failure.FileExists("%s exists; choose another name or move it away", path)
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	part, err := atomicfile.Create(path)
	if err != nil {
		return nil, failure.BadInput("report %s cannot be written: %w", path, failure.Reason(err))
	}
	return part, nil
}

func placeReport(part *atomicfile.File, path string) error {
	if err := part.Place(path); err != nil {
		return i18n.Errorf("report %s: %w", path, failure.Reason(err))
	}
	return nil
}

// report writes the report into part. The judgement is the error of the verification. If the
// verification reached no verdict, there is no report and err is the reason.
func report(
	cmd *cobra.Command, out *term.Output, file string, policy evidence.Policy, judge *verifier,
	made auditreport.Options,
	part *atomicfile.File,
) (data reportData, judgement, err error) {
	var content fs.FS
	archive, err := openEvidence(cmd, out, file, policy)
	var refused *evidence.RefusedError
	switch {
	case errors.As(err, &refused): // refused before it was stored
		data.verifyData, judgement = unreadable(file, err), err
		data.Report = &evidence.Report{Version: evidence.ReportVersion, Verdict: evidence.VerdictRefused,
			Findings: refused.Findings}
	case err != nil:
		return data, nil, err
	default:
		defer archive.Close()
		content = archive
		data.verifyData, judgement = verifyFile(cmd, file, archive, judge)
		if data.Verdict == evidence.VerdictIncomplete || errors.Is(judgement, context.Canceled) {
			return data, nil, judgement
		}
	}
	began := time.Now()
	defer out.Progress(func(now time.Time) string {
		return say(out, "Writing the report, for %s", seconds(now.Sub(began)))
	})()
	written, err := auditreport.New(cmd.Context(),
		subjectOf(data.verifyData, judge, content, i18n.ErrorIn(made.Language, judgement)), made)
	if err != nil {
		return data, nil, err
	}
	data.Language, data.MadeAt, data.Conclusion, data.Shown = made.Language, made.MadeAt, written.Verdict.Outcome,
		written.Rendered
	if err := written.WriteHTML(part); err != nil {
		return data, nil, err
	}
	return data, judgement, part.Seal()
}

// subjectOf returns the subject of the report.
func subjectOf(data verifyData, judge *verifier, content fs.FS, judgement error) auditreport.Subject {
	subject := auditreport.Subject{
		Conclusion: data.conclusion, Evidence: data.Report, Content: content, Found: data.SentDocuments,
		RootsGiven: judge.roots,
		Strict:     judge.strict, Failure: judgement,
		Receipt: verdict.Receipt{Check: data.Receipt},
	}
	if judge.sent != nil {
		subject.SentCircuit = judge.sent.CircuitID
	}
	subject.Receipt.Content = data.received
	if data.File != failure.StandardInput {
		subject.File = filepath.Base(data.File)
	}
	return subject
}

// fileURL returns what a terminal lets a person open, or nothing if the folder is not known.
func fileURL(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	if absolute = filepath.ToSlash(absolute); !strings.HasPrefix(absolute, "/") { // C:/…
		absolute = "/" + absolute
	}
	return (&url.URL{Scheme: "file", Path: absolute}).String()
}

// printReport prints a summary of the report, and fails with the error of the verification.
func printReport(o *term.Output, data reportData, judgement error) error {
	if judgement != nil {
		judgement = &reportedError{judgement, data.Path}
	}
	if o.JSON {
		return errors.Join(judgement, o.PrintJSON(data))
	}
	if judgement != nil {
		return judgement
	}
	return o.Data(data, term.Line{Name: "report", Value: data.Path},
		term.Line{Name: "conclusion", Value: string(data.Conclusion)},
		term.Line{Name: "verdict", Value: string(data.Verdict)},
		term.Line{Name: "receipt", Value: string(data.Receipt)},
		term.Line{Name: "signatures", Value: string(data.Signatures)},
		term.Line{Name: "trust", Value: string(data.Trust)}, term.Line{Name: "revocation",
			Value: string(data.Revocation)}, term.Line{Name: "sent", Value: string(data.Sent)})
}

// reportedError is the reason why evidence is not good, when a report states it too.
type reportedError struct {
	error
	path string
}

func (e *reportedError) Unwrap() error { return e.error }
func (e *reportedError) Advice() *i18n.Message {
	return i18n.Textf("The report says more: %s", term.OneLine(e.path))
}
