// Package verdict judges evidence as "danabio evidence verify" does: whether the ZIP is acceptable
// and is the one that was received, whether the signatures of its PDFs hold and whose they are, and
// whether it contains the documents that were sent.
//
// Start with [File], or for many files with [New] and [Judge.File]:
//
//	policy := verdict.Policy{Sent: circuit.Documents, Circuit: circuit.ID}
//	found, err := verdict.File(ctx, "loan-4711.zip", policy)
//
// The error is nil if the evidence is good, which is the command's exit code 0. A check that was
// requested but could not be made is a [Problem], like a check that failed. What was not requested
// is not judged, and the verdict says so, for example about trust without roots.
//
// This package combines the results of packages evidence and pdfsig into one verdict.
package verdict

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// Policy says what evidence must be. The zero value requires an acceptable ZIP that matches its
// receipt, if there is one beside it, and signatures that hold.
type Policy struct {
	// Limits apply to the ZIP.
	Limits evidence.Limits
	// Evidence says which ZIPs are accepted. If it is strict, notices about signatures and
	// documents that no signature covers are problems too.
	Evidence evidence.Policy
	// Signatures says whom to trust and what to accept. Its Sent is overwritten.
	Signatures pdfsig.Options
	// Sent lists the documents that the evidence must contain, as [danabio.Circuit] returns them.
	// Default: not checked.
	Sent []evidence.SentDocument
	// Circuit is the circuit that was started with them. A receipt for another circuit is a
	// problem. Default: any.
	Circuit string
}

// Judge judges evidence by one policy. It is safe for concurrent use.
type Judge struct {
	policy    Policy
	inspector *pdfsig.Inspector
}

// New returns a judge. It fails on limits and options that packages evidence and pdfsig reject.
func New(policy Policy) (*Judge, error) {
	var err error
	if policy.Limits, err = policy.Limits.WithDefaults(); err != nil {
		return nil, fmt.Errorf("verdict: %w", err)
	}
	if err := policy.Evidence.Validate(); err != nil {
		return nil, fmt.Errorf("verdict: %w", err)
	}
	policy.Sent = slices.Clone(policy.Sent)
	j := &Judge{policy: policy}
	options := policy.Signatures
	options.Sent = policy.Sent
	if j.inspector, err = pdfsig.New(options); err != nil {
		return nil, fmt.Errorf("verdict: %w", err)
	}
	return j, nil
}

// Inspector returns the inspector that a verification must use for [Judge.Report].
func (j *Judge) Inspector() evidence.Inspector { return j.inspector }

// SignatureCheck is the result of judging the signatures of all PDFs.
type SignatureCheck string

const (
	SignaturesGood      SignatureCheck = "good"      // every signed PDF is completely signed
	SignaturesAccepted  SignatureCheck = "accepted"  // not every one is, but the policy accepts that
	SignaturesRefused   SignatureCheck = "refused"   // a finding about one is a refusal
	SignaturesNone      SignatureCheck = "none"      // no PDF is signed
	SignaturesUnchecked SignatureCheck = "unchecked" // they could not be judged
)

// SentCheck is the result of looking for the documents that were sent.
type SentCheck string

const (
	SentSigned    SentCheck = "signed"    // all were found, and a valid signature covers each
	SentUnsigned  SentCheck = "unsigned"  // all were found, but no signature covers one of them
	SentChanged   SentCheck = "changed"   // all were found, but one was changed before it was signed
	SentMissing   SentCheck = "missing"   // one of them is not in the evidence
	SentNone      SentCheck = "none"      // the policy lists none
	SentUnchecked SentCheck = "unchecked" // they could not be looked for
)

// Verdict is the judgement on evidence. Its values stay stable; new ones may be added.
type Verdict struct {
	// Evidence is the report on the ZIP, with its inspections. It is nil if the file could not be
	// read that far.
	Evidence *evidence.Report
	Receipt  ReceiptCheck
	// Signatures, Trust and Revocation are about all PDFs together.
	Signatures SignatureCheck
	Trust      pdfsig.TrustStatus
	Revocation pdfsig.RevocationStatus
	Sent       SentCheck
	// SentDocuments lists the policy's documents, in its order, with the entries that contain them.
	SentDocuments []pdfsig.Found
	// Problems lists why the evidence is not good. Problems of the ZIP itself are in Evidence.
	Problems []*Problem

	wrongSignature bool // a PDF is wrong, and not only impossible to judge
}

// NotJudged returns the verdict on evidence without an accepted report, which is a problem. The
// report may be nil.
func NotJudged(report *evidence.Report) *Verdict {
	v := newUncheckedVerdict(report)
	v.add(&Problem{Kind: NotAccepted})
	return v
}

func newUncheckedVerdict(report *evidence.Report) *Verdict {
	return &Verdict{
		Evidence: report, Receipt: ReceiptUnchecked, Signatures: SignaturesUnchecked, Trust: pdfsig.NotJudged,
		Revocation: pdfsig.RevocationNotKnown, Sent: SentUnchecked,
	}
}

// Err returns nil if there are no problems, and otherwise an error with all of them.
func (v *Verdict) Err() error {
	errs := make([]error, len(v.Problems))
	for i, problem := range v.Problems {
		errs[i] = problem
	}
	return errors.Join(errs...)
}

// File judges a file by a policy, as [Judge.File] does.
func File(ctx context.Context, path string, policy Policy) (*Verdict, error) {
	j, err := New(policy)
	if err != nil {
		return nil, err
	}
	return j.File(ctx, path)
}

// File verifies evidence and judges it, together with the receipt beside it, if there is one. The
// verdict is never nil, except with an error about the policy. The error is nil if the evidence is
// good. It matches [evidence.ErrRefused] or [danabio.ErrIntegrity] if it is not. If that could not
// be determined, it is the system's or ctx's error.
func (j *Judge) File(ctx context.Context, path string) (*Verdict, error) {
	archive, err := evidence.Open(path, j.policy.Limits)
	if err != nil {
		return NotJudged(nil), err
	}
	defer archive.Close()
	report, err := archive.Verify(ctx, evidence.WithPolicy(j.policy.Evidence), evidence.WithInspectors(j.inspector))
	if err != nil {
		return NotJudged(report), err
	}
	found := j.Report(report, CheckReceipt(path, report))
	return found, found.Err()
}

// Report judges the report of a verification that used [Judge.Inspector] and accepted the ZIP.
func (j *Judge) Report(report *evidence.Report, receipt Receipt) *Verdict {
	if report == nil || report.Verdict != evidence.VerdictAccepted {
		return NotJudged(report)
	}
	v := newUncheckedVerdict(report)
	v.Receipt = receipt.Check
	if receipt.Problem != nil {
		v.add(receipt.Problem)
	}
	v.wrongSignature = j.hasWrongSignature(report)
	j.judgeSignatures(v)
	if j.policy.Signatures.Roots != nil && v.Signatures == SignaturesNone &&
		!slices.Contains(j.policy.Signatures.Accept, pdfsig.CodeUnsigned) {
		v.add(&Problem{Kind: NobodySigned})
	}
	if v.Signatures != SignaturesUnchecked {
		v.Trust, v.Revocation = pdfsig.TrustIn(report), pdfsig.RevocationIn(report)
	}
	j.judgeSent(v, receipt)
	return v
}

func (v *Verdict) add(problem *Problem) { v.Problems = append(v.Problems, problem) }

// judgeSignatures sums up the inspections.
func (j *Judge) judgeSignatures(v *Verdict) {
	v.Signatures = SignaturesNone
	var refusals []evidence.Finding
	for i := range v.Evidence.Entries {
		entry := &v.Evidence.Entries[i]
		if isPDF := entry.MediaType == "application/pdf"; isPDF && !slices.ContainsFunc(entry.Inspections,
			func(i evidence.Inspection) bool { return i.Inspector == pdfsig.InspectorName }) {
			v.Signatures = SignaturesUnchecked
			v.add(&Problem{Kind: SignaturesNotJudged, Detail: "a PDF was not inspected"})
			return
		}
		for _, inspection := range entry.Inspections {
			if inspection.Inspector != pdfsig.InspectorName {
				continue
			}
			if inspection.Error != "" {
				v.Signatures = SignaturesUnchecked
				v.add(&Problem{Kind: SignaturesNotJudged, Detail: inspection.Error})
				return
			}
			accepted := false
			for _, finding := range inspection.Findings {
				switch {
				case finding.Severity == evidence.SeverityAccepted:
					accepted = true
				case finding.Severity == evidence.SeverityRefusal, j.policy.Evidence.Strict &&
					finding.Severity == evidence.SeverityNotice:
					refusals = append(refusals, finding)
				}
			}
			switch {
			case accepted:
				v.Signatures = SignaturesAccepted
			case v.Signatures == SignaturesNone && inspection.Status != string(pdfsig.StatusUnsigned):
				v.Signatures = SignaturesGood
			}
		}
	}
	if len(refusals) > 0 {
		v.Signatures = SignaturesRefused
		v.add(&Problem{Kind: SignaturesRefuse, Findings: refusals})
	}
}

// judgeSent says where the sent documents are.
func (j *Judge) judgeSent(v *Verdict, receipt Receipt) {
	if receipt.Content != nil && receipt.Check == ReceiptMatches && j.policy.Circuit != "" &&
		receipt.Content.Circuit != j.policy.Circuit {
		v.add(&Problem{Kind: OtherCircuit, Circuit: receipt.Content.Circuit, Detail: j.policy.Circuit})
	}
	if len(j.policy.Sent) == 0 {
		v.Sent = SentNone
		return
	}
	v.Sent = SentSigned
	v.SentDocuments = pdfsig.FindSent(v.Evidence, j.policy.Sent)
	for _, document := range v.SentDocuments {
		switch {
		case document.Relation == pdfsig.RelationNotFound:
			v.Sent = SentMissing
			v.add(&Problem{Kind: DocumentMissing, Document: document.Name})
		case !document.Covered:
			if v.Sent == SentSigned {
				v.Sent = SentUnsigned
			}
			if j.policy.Evidence.Strict {
				v.add(&Problem{Kind: DocumentUnsigned, Document: document.Name})
			}
		case !document.Signed():
			if v.Sent != SentMissing {
				v.Sent = SentChanged
			}
			v.add(&Problem{Kind: DocumentChanged, Document: document.Name, Detail: pdfsig.Summary(document.Changes)})
		}
	}
}
