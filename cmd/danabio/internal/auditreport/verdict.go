package auditreport

import (
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// Verdict is the result at the top of a report.
type Verdict struct {
	Outcome verdict.Conclusion
	// Against lists the reasons why the evidence is not good, or could not be judged.
	Against []Reason
	// For lists what was found to be right, and Mind what a reader must also know.
	For, Mind []Reason
}

// Reason is a sentence of the verdict.
type Reason struct {
	// Text is the key of the sentence, and Values are its arguments: numbers, or foreign text.
	Text   string
	Values []any
	// Entry is the entry concerned, or empty for the evidence as a whole.
	Entry string
	// Code and Detail are the code and the English message of a finding. Both are empty for other
	// reasons.
	Code   evidence.Code
	Detail string

	undecided bool
}

// textFinding selects the sentence of the reason's code.
const textFinding = "finding"

// shownReasons limits what a hostile ZIP can put at the top of the page.
const shownReasons = 20

// Judge puts the sum of the findings into words. It claims no more than was checked.
func Judge(subject *Subject) Verdict {
	j := judge{Subject: subject}
	j.judgeZIP()
	if subject.Evidence.Verdict == evidence.VerdictAccepted {
		j.judgeDocuments()
		j.judgeSent()
		j.judgeReceipt()
		j.noteFindings()
	}
	return j.verdict()
}

type judge struct {
	*Subject
	against []Reason
	right   []Reason
	mind    []Reason
	omitted int // reasons against the evidence that are not listed
}

func (j *judge) verdict() Verdict {
	v := Verdict{Outcome: j.Conclusion, For: j.right, Mind: foldReasons(j.mind)}
	if len(j.against) == 0 && j.Failure != nil {
		j.against = append(j.against, Reason{Text: "against.failure", Detail: j.Failure.Error(), undecided: true})
	}
	slices.SortStableFunc(j.against, func(a, b Reason) int {
		switch {
		case a.undecided == b.undecided:
			return 0
		case b.undecided: // what is wrong comes first
			return -1
		}
		return 1
	})
	v.Against = j.against
	if rest := len(v.Against) + j.omitted - shownReasons; rest > 0 && len(v.Against) > shownReasons {
		v.Against = append(v.Against[:shownReasons:shownReasons], Reason{Text: "more", Values: []any{rest}})
	}
	return v
}

// shownAlike is the number of entries named for the same reason.
const shownAlike = 5

// foldReasons replaces further entries with the same reason by their number.
func foldReasons(reasons []Reason) []Reason {
	var folded []Reason
	count := map[string]int{}
	for _, reason := range reasons {
		if count[reason.Text]++; reason.Entry == "" || count[reason.Text] <= shownAlike {
			folded = append(folded, reason)
		}
	}
	for i := len(folded) - 1; i >= 0; i-- {
		text := folded[i].Text
		if rest := count[text] - shownAlike; rest > 0 && folded[i].Entry != "" {
			folded = slices.Insert(folded, i+1, Reason{Text: "more", Values: []any{rest}})
			count[text] = 0
		}
	}
	return folded
}

func (j *judge) judgeZIP() {
	switch j.Evidence.Verdict {
	case evidence.VerdictAccepted:
		j.right = append(j.right, Reason{Text: "for.zip", Values: []any{countFiles(j.Evidence.Entries)}})
	case evidence.VerdictRefused:
		for _, finding := range j.Evidence.Refusals() {
			j.against = append(j.against, findingReason(finding))
		}
		for code, count := range j.Evidence.OmittedFindings {
			if slices.ContainsFunc(j.against, func(r Reason) bool { return r.Code == code }) {
				j.omitted += count
			}
		}
	default:
		j.against = append(j.against, Reason{Text: "against.incomplete", undecided: true})
	}
}

func findingReason(finding evidence.Finding) Reason {
	return Reason{Text: textFinding, Entry: finding.Entry, Code: finding.Code, Detail: finding.Message}
}

// judgeDocuments sums up the inspections of the PDFs.
func (j *judge) judgeDocuments() {
	documents, whole := 0, 0
	for i := range j.Evidence.Entries {
		entry := &j.Evidence.Entries[i]
		if entry.Folder || entry.MediaType != typePDF {
			continue
		}
		documents++
		inspection, details := inspectionOf(entry)
		switch {
		case inspection == nil:
			j.against = append(j.against, Reason{Text: "against.uninspected", Entry: entry.Name, undecided: true})
			continue
		case inspection.Error != "":
			j.against = append(j.against,
				Reason{Text: "against.uninspected", Entry: entry.Name, Detail: inspection.Error, undecided: true})
			continue
		}
		status := pdfsig.Status(inspection.Status)
		if status == pdfsig.StatusWholeFile || status == pdfsig.StatusExtended {
			whole++
		}
		for _, finding := range inspection.Findings {
			notice := finding.Severity == evidence.SeverityNotice && j.Strict
			if finding.Severity != evidence.SeverityRefusal && !notice {
				continue
			}
			reason := findingReason(finding)
			reason.Entry = entry.Name
			reason.undecided = status == pdfsig.StatusIndeterminate && !notice
			j.against = append(j.against, reason)
		}
		j.noteDocument(entry, status, inspection, details)
	}
	switch {
	case documents == 0:
		j.mind = append(j.mind, Reason{Text: "mind.no-document"})
	case whole > 0:
		j.right = append(j.right, Reason{Text: "for.whole", Values: []any{whole, documents}})
	}
}

// noteDocument notes what a reader must know about one PDF even if nothing is wrong.
func (j *judge) noteDocument(entry *evidence.EntryReport, status pdfsig.Status, inspection *evidence.Inspection,
	details *pdfsig.Details) {
	mind := func(text string) { j.mind = append(j.mind, Reason{Text: text, Entry: entry.Name}) }
	accepted := func(f evidence.Finding) bool { return f.Severity == evidence.SeverityAccepted }
	switch {
	case status == pdfsig.StatusUnsigned:
		mind("mind.unsigned")
	case status == pdfsig.StatusSignedRevisionOnly && slices.ContainsFunc(inspection.Findings, accepted):
		mind("mind.later-revision")
	case status == pdfsig.StatusIndeterminate && slices.ContainsFunc(inspection.Findings, accepted):
		mind("mind.indeterminate")
	}
	if details == nil {
		return
	}
	if slices.ContainsFunc(details.Signatures,
		func(s pdfsig.Signature) bool { return weakDigest(&s) || weakKey(s.Signer) }) {
		mind("mind.weak")
	}
	untrusted := func(f evidence.Finding) bool { return accepted(f) && f.Code == pdfsig.CodeUntrusted }
	if slices.ContainsFunc(inspection.Findings, untrusted) {
		mind("mind.untrusted")
	}
}

// judgeSent says whether the sent documents came back signed.
func (j *judge) judgeSent() {
	if len(j.Found) == 0 {
		j.mind = append(j.mind, Reason{Text: "mind.sent-unchecked"})
		return
	}
	if receipt := j.Receipt.Content; j.Receipt.Check == verdict.ReceiptMatches && receipt != nil &&
		j.SentCircuit != "" &&
		receipt.Circuit != j.SentCircuit {
		j.against = append(j.against, Reason{Text: "against.sent-circuit"})
	}
	covered := 0
	for _, found := range j.Found {
		switch {
		case found.Relation == pdfsig.RelationNotFound:
			j.against = append(j.against, Reason{Text: "against.sent-missing", Entry: found.Name})
		case !found.Covered && j.Strict:
			j.against = append(j.against, Reason{Text: "sent-uncovered", Entry: found.Name})
		case !found.Covered:
			j.mind = append(j.mind, Reason{Text: "sent-uncovered", Entry: found.Name})
		case !found.Signed():
			changed := Reason{Text: "against.sent-changed", Entry: found.Name, Detail: pdfsig.Summary(found.Changes)}
			j.against = append(j.against, changed)
		default:
			covered++
		}
	}
	if covered == len(j.Found) {
		j.right = append(j.right, Reason{Text: "for.sent", Values: []any{covered}})
	}
}

func (j *judge) judgeReceipt() {
	switch j.Receipt.Check {
	case verdict.ReceiptMatches:
		j.right = append(j.right, Reason{Text: "for.receipt"})
	case verdict.ReceiptDiffers:
		j.against = append(j.against, Reason{Text: "against.receipt"})
	case verdict.ReceiptUnreadable:
		j.against = append(j.against, Reason{Text: "against.receipt-unreadable", undecided: true})
	default:
		j.mind = append(j.mind, Reason{Text: "mind.receipt"})
	}
}

// noteFindings notes accepted findings, and that trust was not checked.
func (j *judge) noteFindings() {
	if !j.RootsGiven && j.hasSignature() {
		j.mind = append(j.mind, Reason{Text: "mind.trust"})
	}
	var accepted []evidence.Code
	for _, finding := range allFindings(j.Evidence) {
		if finding.Severity == evidence.SeverityAccepted && !slices.Contains(accepted, finding.Code) {
			accepted = append(accepted, finding.Code)
		}
	}
	for _, code := range accepted {
		j.mind = append(j.mind, Reason{Text: "mind.accepted", Code: code})
	}
}

func (j *judge) hasSignature() bool {
	return slices.ContainsFunc(j.Evidence.Entries, func(entry evidence.EntryReport) bool {
		_, details := inspectionOf(&entry)
		return details != nil && len(details.Signatures) > 0
	})
}

// inspectionOf returns pdfsig's inspection of an entry. It is nil if pdfsig did not inspect the
// entry. The details are nil if the inspection failed.
func inspectionOf(entry *evidence.EntryReport) (*evidence.Inspection, *pdfsig.Details) {
	for i := range entry.Inspections {
		if entry.Inspections[i].Inspector == pdfsig.InspectorName {
			details, _ := entry.Inspections[i].Details.(*pdfsig.Details)
			return &entry.Inspections[i], details
		}
	}
	return nil, nil
}

// allFindings returns the findings of the ZIP and of the inspections.
func allFindings(report *evidence.Report) []evidence.Finding {
	findings := slices.Clone(report.Findings)
	for i := range report.Entries {
		for _, inspection := range report.Entries[i].Inspections {
			for _, finding := range inspection.Findings {
				finding.Entry = report.Entries[i].Name
				findings = append(findings, finding)
			}
		}
	}
	return findings
}

func countFiles(entries []evidence.EntryReport) int {
	count := 0
	for _, entry := range entries {
		if !entry.Folder {
			count++
		}
	}
	return count
}
