package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// verifyData is what "evidence verify --json" prints: the report, and what the receipt said.
type verifyData struct {
	File    string           `json:"file"`
	Verdict evidence.Verdict `json:"verdict"`
	Error   string           `json:"error,omitempty"`
	*evidence.Report
	Receipt       verdict.ReceiptCheck    `json:"receipt"`
	Signatures    verdict.SignatureCheck  `json:"signatures"`
	Trust         pdfsig.TrustStatus      `json:"trust"`
	Revocation    pdfsig.RevocationStatus `json:"revocation"`
	Sent          verdict.SentCheck       `json:"sent"`
	SentDocuments []pdfsig.Found          `json:"sentDocuments,omitempty"`
}

func newEvidenceVerify(out *term.Output) *cobra.Command {
	judging, signing := judging{tables: ofSignatures()}, signing{}
	cmd := &cobra.Command{
		Use:   "verify " + manyEvidence,
		Short: "Verify the evidence and its signatures, and compare it with receipt and documents",
		Long: `Read every byte of each ZIP, and accept it only if every ZIP reader reads the same content from
it. If FILE.zip.receipt.json lies beside it, also compare: the file must still be the one that
was received. That is what a receipt proves, and no more: nothing about who made the file.

  verdict=accepted
  receipt=matches
  signatures=good
  trust=not-judged
  revocation=not-known
  sent=signed
  entries=6
  size=123456
  sha256=…

receipt=none: no receipt lies beside it. signatures=none: no PDF is signed; accepted: not all are
WHOLE_FILE or EXTENDED, but as --accept allows. trust=trusted: each signer's certificate leads to
--roots; untrusted: one does not; not-judged: without --roots, or where none can be judged.
revocation=good: the PDFs carry OCSP answers or CRLs by which no certificate was revoked; revoked:
one was; not-known: they do not say it of each. sent=unsigned: they are there, but no signature
covers one of them; none: without --sent. With several FILEs, a line file=… is in front of each.
What is odd but has one reading is a notice, on standard error.
` + signingHelp + `
With --json, for each FILE: {"file": …, "verdict": …, the report, "receipt": …, "signatures": …,
"trust": …, "revocation": …, "sent": …, "sentDocuments": […]}; with several FILEs, each on one
line. The verdict is that on the ZIP: "accepted", "refused", or "incomplete" if the FILE could not
be read; the receipt "matches", "differs", "unreadable" or "none"; signatures "good", "accepted",
"refused" or "none"; trust "trusted", "untrusted" or "not-judged"; revocation "good", "revoked" or
"not-known"; sent "signed", "unsigned", "changed", "missing" or "none"; each of them but trust and
revocation "unchecked" if it could not be. "error" says what is wrong if the report does not. What
the signatures are stands with the report's entries, under "inspections".
` + evidenceHelp + judging.acceptHelp(out),
		Example: `  danabio evidence verify evidence.zip
  danabio evidence verify evidence.zip --sent loan-4711.json --roots roots.pem
  danabio evidence verify --json archive/*.zip`,
		Args: evidenceArguments,
		RunE: func(cmd *cobra.Command, files []string) error {
			policy, rest, err := judging.policyAndRest(cmd)
			if err != nil {
				return err
			}
			judges, err := signing.open(cmd, files, rest, policy)
			if err != nil {
				return err
			}
			return each(out, files, func(file string) error {
				data, err := verify(cmd, out, file, policy, judges)
				if errors.Is(err, context.Canceled) {
					return err
				}
				if out.JSON {
					return errors.Join(err, printReportJSON(out, data))
				}
				if err != nil {
					return err
				}
				return printVerified(out, data, len(files) > 1)
			})
		},
	}
	judging.addFlags(cmd)
	signing.addFlags(cmd)
	return cmd
}

// verify always returns data, with what is known about the file.
func verify(cmd *cobra.Command, out *term.Output, file string, policy evidence.Policy,
	judges *judges) (verifyData, error) {
	archive, err := openEvidence(cmd, out, file, policy)
	if err != nil {
		return unopened(file, err), err
	}
	defer archive.Close()
	return verifyOpened(cmd, file, archive, judges)
}

// verifyDataOf is what is printed of a verdict.
func verifyDataOf(file string, found *verdict.Verdict) verifyData {
	data := verifyData{
		File: file, Verdict: evidence.VerdictIncomplete, Report: found.Evidence, Receipt: found.Receipt,
		Signatures: found.Signatures,
		Trust:      found.Trust, Revocation: found.Revocation, Sent: found.Sent, SentDocuments: found.SentDocuments,
	}
	if found.Evidence != nil {
		data.Verdict = found.Evidence.Verdict
	}
	return data
}

// unopened is what is known about a file that cannot be opened.
func unopened(file string, err error) verifyData {
	data := verifyDataOf(file, verdict.NotJudged(nil))
	data.Error = err.Error()
	if errors.Is(err, evidence.ErrRefused) {
		data.Verdict = evidence.VerdictRefused
	}
	return data
}

// verifyOpened is verify for evidence that stays open.
func verifyOpened(cmd *cobra.Command, file string, archive *openedEvidence, judges *judges) (verifyData, error) {
	report, err := archive.verify(cmd.Context(), judges.Inspector())
	var refused *evidence.RefusedError
	if errors.As(err, &refused) { // which the report says
		return verifyDataOf(file, verdict.NotJudged(report)), &failure.RefusedFile{File: file, RefusedError: refused}
	}
	if err != nil {
		data := verifyDataOf(file, verdict.NotJudged(report))
		data.Error = err.Error()
		return data, err
	}
	found := judges.Report(report, receiptOf(file, report))
	data := verifyDataOf(file, found)
	var all, beside []error
	for _, problem := range found.Problems {
		err := problemError(file, problem)
		all = append(all, err)
		// which the report says
		if problem.Kind != verdict.SignaturesRefuse && problem.Kind != verdict.SignaturesNotJudged {
			beside = append(beside, err)
		}
	}
	if err := errors.Join(beside...); err != nil {
		data.Error = err.Error()
	}
	return data, errors.Join(all...)
}

// printReportJSON prints the report with its long lists one entry at a time.
func printReportJSON(o *term.Output, data verifyData) error {
	if data.Report == nil {
		return o.PrintJSON(data)
	}
	short, none := *data.Report, []evidence.EntryReport{}
	good, bad := short.Entries, short.RefusedEntries
	short.Entries, short.RefusedEntries = none, none
	data.Report = &short
	return o.PrintJSON(data,
		term.JSONList{Key: "entries", Length: len(good), Item: func(i int) any { return &good[i] }},
		term.JSONList{Key: "refusedEntries", Length: len(bad), Item: func(i int) any { return &bad[i] }})
}

// printVerified prints what a verification found to be good, and the notices.
func printVerified(o *term.Output, data verifyData, several bool) error {
	lines := []term.Line{
		{Name: "verdict", Value: string(data.Verdict)}, {Name: "receipt", Value: string(data.Receipt)},
		{Name: "signatures", Value: string(data.Signatures)}, {Name: "trust", Value: string(data.Trust)},
		{Name: "revocation", Value: string(data.Revocation)}, {Name: "sent", Value: string(data.Sent)},
		{Name: "entries", Value: strconv.Itoa(len(data.Entries))},
		{Name: "size", Value: strconv.FormatInt(data.Size, 10)}, {Name: "sha256", Value: data.SHA256},
	}
	if several {
		lines = append([]term.Line{{Name: "file", Value: data.File}}, lines...)
	}
	if err := o.Data(data, lines...); err != nil {
		return err
	}
	if o.Quiet {
		return nil
	}
	for _, notice := range notices(data.Report) {
		fmt.Fprintln(o.Stderr, "danabio: "+i18n.Textf("notice: %s: %s", failure.FileName(data.File),
			notice).In(o.Language))
	}
	return nil
}

// notices returns one line for each code, since what is odd about one entry is often odd about all.
func notices(report *evidence.Report) []*i18n.Message {
	var (
		firsts []evidence.Finding
		more   = map[evidence.Code]int{}
	)
	count := func(findings []evidence.Finding) {
		for i := range findings {
			finding := &findings[i]
			if finding.Severity != evidence.SeverityNotice {
				continue
			}
			if _, known := more[finding.Code]; !known {
				firsts = append(firsts, *finding)
				more[finding.Code] = report.OmittedFindings[finding.Code] - 1
			}
			more[finding.Code]++
		}
	}
	count(report.Findings)
	for inspection := range inspections(report) {
		count(inspection.Findings)
	}
	var lines []*i18n.Message
	for _, first := range firsts {
		line := i18n.Textf("%s", failure.ShownFinding(first))
		if rest := more[first.Code]; rest > 0 {
			line = i18n.Textf("%s (and %d more)", failure.ShownFinding(first), rest)
		}
		lines = append(lines, line)
	}
	return lines
}
