package verdict_test

import (
	"crypto/x509"
	"errors"
	"testing"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

func TestConclusion(t *testing.T) {
	const pdf = "application/pdf"
	finding := func(severity evidence.Severity) []evidence.Finding {
		return []evidence.Finding{{Code: pdfsig.CodeLaterRevision, Severity: severity}}
	}
	inspected := func(status pdfsig.Status, findings []evidence.Finding) evidence.EntryReport {
		return evidence.EntryReport{Name: "a.pdf", MediaType: pdf, Inspections: []evidence.Inspection{{
			Inspector: pdfsig.InspectorName, Status: string(status), Findings: findings, Details: &pdfsig.Details{}}}}
	}
	failed := evidence.EntryReport{Name: "b.pdf", MediaType: pdf,
		Inspections: []evidence.Inspection{{Inspector: pdfsig.InspectorName, Error: "disk full"}}}
	wrong := inspected(pdfsig.StatusSignedRevisionOnly, finding(evidence.SeverityRefusal))
	accepted := func(entries ...evidence.EntryReport) *evidence.Report {
		return &evidence.Report{Verdict: evidence.VerdictAccepted, Entries: entries}
	}
	differs := verdict.Receipt{Check: verdict.ReceiptDiffers, Problem: &verdict.Problem{Kind: verdict.OtherSize}}
	unreadable := verdict.Receipt{Check: verdict.ReceiptUnreadable,
		Problem: &verdict.Problem{Kind: verdict.ReceiptNotRead, Err: errors.New("permission denied")}}
	strict := verdict.Policy{Evidence: evidence.Policy{Strict: true}}
	for name, test := range map[string]struct {
		report  *evidence.Report
		receipt verdict.Receipt
		policy  verdict.Policy
		want    verdict.Conclusion
	}{
		"nothing known": {nil, verdict.NoReceipt, verdict.Policy{}, verdict.Undecided},
		"refused": {&evidence.Report{Verdict: evidence.VerdictRefused}, verdict.NoReceipt, verdict.Policy{},
			verdict.NotGood},
		"not read": {&evidence.Report{Verdict: evidence.VerdictIncomplete}, verdict.NoReceipt, verdict.Policy{},
			verdict.Undecided},
		"good": {accepted(inspected(pdfsig.StatusWholeFile, nil)), verdict.NoReceipt, verdict.Policy{},
			verdict.Good},
		"other file":     {accepted(), differs, verdict.Policy{}, verdict.NotGood},
		"receipt unread": {accepted(), unreadable, verdict.Policy{}, verdict.Undecided},
		"changed later":  {accepted(wrong), verdict.NoReceipt, verdict.Policy{}, verdict.NotGood},
		"indeterminate": {accepted(inspected(pdfsig.StatusIndeterminate, finding(evidence.SeverityRefusal))),
			verdict.NoReceipt,
			verdict.Policy{}, verdict.Undecided},
		"a notice": {accepted(inspected(pdfsig.StatusWholeFile, finding(evidence.SeverityNotice))),
			verdict.NoReceipt, verdict.Policy{}, verdict.Good},
		"a notice, strictly": {accepted(inspected(pdfsig.StatusWholeFile, finding(evidence.SeverityNotice))),
			verdict.NoReceipt, strict, verdict.NotGood},
		"inspection failed":   {accepted(failed), verdict.NoReceipt, verdict.Policy{}, verdict.Undecided},
		"failed, and a wrong": {accepted(failed, wrong), verdict.NoReceipt, verdict.Policy{}, verdict.NotGood},
		"not inspected": {accepted(evidence.EntryReport{Name: "a.pdf", MediaType: pdf}), verdict.NoReceipt,
			verdict.Policy{}, verdict.Undecided},
		"nobody signed": {accepted(), verdict.NoReceipt,
			verdict.Policy{Signatures: pdfsig.Options{Roots: x509.NewCertPool()}},
			verdict.Undecided},
		"document missing": {accepted(), verdict.NoReceipt,
			verdict.Policy{Sent: []evidence.SentDocument{{Name: "a", Size: 1, SHA256: sum}}}, verdict.NotGood},
	} {
		judge, err := verdict.New(test.policy)
		if err != nil {
			t.Fatal(err)
		}
		v := judge.Report(test.report, test.receipt)
		if got := v.Conclusion(); got != test.want || (got == verdict.Good) != (v.Err() == nil) {
			t.Errorf("%s: %s with %v, want %s", name, got, v.Err(), test.want)
		}
	}
}

const sum = "845728955df261ce90c36a9408761cbc31bd1fec6f4d354ea5ee7fc17a97f2f8"

// A verdict that no judge made is never good.
func TestConclusionOfAVerdictMadeByHand(t *testing.T) {
	for _, report := range []*evidence.Report{nil, {}, {Verdict: evidence.VerdictIncomplete}} {
		v := verdict.Verdict{Evidence: report}
		if got := v.Conclusion(); got != verdict.Undecided {
			t.Errorf("%+v: %s", report, got)
		}
	}
}
