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
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// verifyData is what "evidence verify --json" prints: the report, and the result of the receipt
// check.
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

	conclusion verdict.Conclusion // for "evidence report"
	received   *danabio.Receipt   // the receipt beside the file; nil if there is none that can be read
}

func newEvidenceVerify(out *term.Output) *cobra.Command {
	accept, signatures := acceptFlags{tables: signatureCodes()}, signatureFlags{}
	cmd := &cobra.Command{
		Annotations: accept.codes(out),
		Use:         "verify " + manyEvidence,
		Args:        evidenceArguments,
		RunE: func(cmd *cobra.Command, files []string) error {
			policy, rest, err := accept.policyAndRest(cmd)
			if err != nil {
				return err
			}
			judge, err := signatures.open(cmd, files, rest, policy)
			if err != nil {
				return err
			}
			return each(out, files, func(file string) error {
				data, err := verify(cmd, out, file, policy, judge)
				if errors.Is(err, context.Canceled) {
					return err
				}
				if out.JSON {
					return errors.Join(err, printReportJSON(out, data))
				}
				if err != nil {
					return err
				}
				return printVerdict(out, data, len(files) > 1)
			})
		},
	}
	accept.addFlags(cmd)
	signatures.addFlags(cmd)
	return cmd
}

// verify verifies a file. It always returns data with what is known about the file.
func verify(cmd *cobra.Command, out *term.Output, file string, policy evidence.Policy,
	judge *verifier) (verifyData, error) {
	archive, err := openEvidence(cmd, out, file, policy)
	if err != nil {
		return unreadable(file, err), err
	}
	defer archive.Close()
	return verifyFile(cmd, file, archive, judge)
}

// verifyDataOf converts a verdict to its printed form.
func verifyDataOf(file string, found *verdict.Verdict) verifyData {
	data := verifyData{
		File: file, Verdict: evidence.VerdictIncomplete, Report: found.Evidence, Receipt: found.Receipt,
		Signatures: found.Signatures,
		Trust:      found.Trust, Revocation: found.Revocation, Sent: found.Sent, SentDocuments: found.SentDocuments,
		conclusion: found.Conclusion(),
	}
	if found.Evidence != nil {
		data.Verdict = found.Evidence.Verdict
	}
	return data
}

// unreadable returns what is known about a file that cannot be opened.
func unreadable(file string, err error) verifyData {
	data := verifyDataOf(file, verdict.NotJudged(nil))
	data.Error = err.Error()
	if errors.Is(err, evidence.ErrRefused) {
		data.Verdict, data.conclusion = evidence.VerdictRefused, verdict.NotGood
	}
	return data
}

// verifyFile is verify for evidence that is already open and stays open.
func verifyFile(cmd *cobra.Command, file string, archive *evidenceFile, judge *verifier) (verifyData, error) {
	report, err := archive.verify(cmd.Context(), judge.Inspector())
	var refused *evidence.RefusedError
	if errors.As(err, &refused) { // the report states it
		data := verifyDataOf(file, verdict.NotJudged(report))
		data.received = receiptOf(file, report).Content
		return data, &failure.RefusedFile{File: file, RefusedError: refused}
	}
	if err != nil {
		data := verifyDataOf(file, verdict.NotJudged(report))
		data.Error = err.Error()
		return data, err
	}
	receipt := receiptOf(file, report)
	found := judge.Report(report, receipt)
	data := verifyDataOf(file, found)
	data.received = receipt.Content
	var all, beside []error
	for _, problem := range found.Problems {
		err := problemError(file, problem)
		all = append(all, err)
		// the report states it
		if problem.Kind != verdict.SignaturesRefuse && problem.Kind != verdict.SignaturesNotJudged {
			beside = append(beside, err)
		}
	}
	if err := errors.Join(beside...); err != nil {
		data.Error = err.Error()
	}
	return data, errors.Join(all...)
}

// printReportJSON prints the report, and encodes its long lists one entry at a time.
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

// printVerdict prints the result for good evidence, and the notices.
func printVerdict(o *term.Output, data verifyData, several bool) error {
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

// notices returns one line per code, because an unusual property of one entry is often shared by
// all.
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
	for inspection := range allInspections(report) {
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
