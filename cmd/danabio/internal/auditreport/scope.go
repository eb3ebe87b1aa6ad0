package auditreport

import (
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// scopeRow says whether something was checked. All fields are keys of texts.
type scopeRow struct{ Question, Checked, How string }

// scope lists what was checked and what was not.
func (r *Report) scope() []scopeRow {
	const yes, no, part = "scope.yes", "scope.no", "scope.part"
	accepted := r.Evidence.Verdict == evidence.VerdictAccepted
	when := func(condition bool, how string) scopeRow {
		if condition {
			return scopeRow{Checked: yes, How: how + ".yes"}
		}
		return scopeRow{Checked: no, How: how + ".no"}
	}
	named := func(question string, row scopeRow) scopeRow {
		row.Question = question
		return row
	}
	stamped := slices.ContainsFunc(r.Evidence.Entries, func(entry evidence.EntryReport) bool {
		_, details := inspectionOf(&entry)
		return details != nil &&
			slices.ContainsFunc(details.Signatures, func(s pdfsig.Signature) bool { return s.TimeStamp != nil })
	})
	rows := []scopeRow{
		{"scope.zip", yes, "scope.zip.how"},
		named("scope.bytes", when(accepted, "scope.bytes")),
		named("scope.receipt",
			when(r.Receipt.Check == verdict.ReceiptMatches || r.Receipt.Check == verdict.ReceiptDiffers,
				"scope.receipt")),
		named("scope.sent", when(accepted && len(r.Found) > 0, "scope.sent")),
		named("scope.signatures", when(accepted, "scope.signatures")),
		{"scope.later", no, "scope.later.how"},
		named("scope.trust", when(accepted && r.RootsGiven, "scope.trust")),
		r.revocationScope(),
		{"scope.time", no, "scope.time.how"},
		{"scope.person", no, "scope.person.how"},
		{"scope.kind", no, "scope.kind.how"},
	}
	if stamped {
		i := slices.IndexFunc(rows, func(row scopeRow) bool { return row.Question == "scope.time" })
		rows[i].Checked, rows[i].How = part, "scope.time.stamped"
	}
	return rows
}

// revocationScope says whether revocation is known for all, some or no certificates.
func (r *Report) revocationScope() scopeRow {
	known, unknown := false, false
	for i := range r.Evidence.Entries {
		_, details := inspectionOf(&r.Evidence.Entries[i])
		if details == nil {
			continue
		}
		for _, s := range details.Signatures {
			if s.Revocation == nil {
				continue
			}
			unknown = unknown || s.Revocation.Status == pdfsig.RevocationNotKnown
			known = known || slices.ContainsFunc(s.Revocation.Certificates,
				func(one pdfsig.CertificateRevocation) bool { return one.Status != pdfsig.RevocationNotKnown })
		}
	}
	switch {
	case !known:
		return scopeRow{"scope.revocation", "scope.no", "scope.revocation.no"}
	case unknown:
		return scopeRow{"scope.revocation", "scope.part", "scope.revocation.part"}
	}
	return scopeRow{"scope.revocation", "scope.yes", "scope.revocation.yes"}
}
