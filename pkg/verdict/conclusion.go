package verdict

import (
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// Conclusion is a verdict in one word.
type Conclusion string

const (
	Good      Conclusion = "good"      // as far as it was checked
	NotGood   Conclusion = "not-good"  // something is wrong
	Undecided Conclusion = "undecided" // nothing is known to be wrong, but something could not be judged
)

// undecidedKinds are the problems of evidence that could not be judged. All others mean that it is
// wrong, except for signatures, which [Verdict.Conclusion] checks one by one.
var undecidedKinds = [...]ProblemKind{NotAccepted, ReceiptNotRead, ReceiptNotUsable, SignaturesNotJudged, NobodySigned,
	SignaturesRefuse}

// Conclusion sums up the verdict. Evidence is good if there is no problem. One problem that shows
// that something is wrong outweighs all that could not be judged.
func (v *Verdict) Conclusion() Conclusion {
	switch {
	case v.Evidence == nil:
		return Undecided
	case v.Evidence.Verdict == evidence.VerdictRefused:
		return NotGood
	case v.Evidence.Verdict != evidence.VerdictAccepted:
		return Undecided
	case v.wrongSignature || slices.ContainsFunc(v.Problems,
		func(p *Problem) bool { return !slices.Contains(undecidedKinds[:], p.Kind) }):
		return NotGood
	case len(v.Problems) > 0:
		return Undecided
	}
	return Good
}

// hasWrongSignature reports whether a finding shows that a PDF is wrong, and not only that it could
// not be judged.
func (j *Judge) hasWrongSignature(report *evidence.Report) bool {
	for i := range report.Entries {
		for _, inspection := range report.Entries[i].Inspections {
			if inspection.Inspector != pdfsig.InspectorName {
				continue
			}
			indeterminate := inspection.Status == string(pdfsig.StatusIndeterminate)
			if slices.ContainsFunc(inspection.Findings, func(f evidence.Finding) bool {
				return f.Severity == evidence.SeverityRefusal && !indeterminate ||
					f.Severity == evidence.SeverityNotice && j.policy.Evidence.Strict
			}) {
				return true
			}
		}
	}
	return false
}
