// Package verdict says of evidence what "danabio evidence verify" says of it: whether the ZIP can
// be accepted, is the one that was received, whether the signatures of its PDFs hold, whose they
// are, and whether the documents that were sent are in it.
//
// Begin with [File], or with [New] and [Judge.File] for many files:
//
//	policy := verdict.Policy{Sent: circuit.Documents, Circuit: circuit.ID}
//	found, err := verdict.File(ctx, "loan-4711.zip", policy)
//
// The error is nil if the evidence is good, which is exit code 0 of the command. A check that was
// asked for and could not be made is a [Problem], as one that failed is. What was not asked for is
// not judged, and says so: trust without roots, for instance.
//
// This package decides, by what packages evidence and pdfsig found. What may live here: how their
// answers become one.
package verdict

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// Policy says what evidence must be. The zero value asks for an acceptable ZIP that is the one of
// its receipt, if one lies beside it, and for signatures that hold.
type Policy struct {
	// Limits bound what is read of the ZIP.
	Limits evidence.Limits
	// Evidence says which ZIPs are accepted. If it is strict, notices about signatures and
	// documents that no signature covers are problems too.
	Evidence evidence.Policy
	// Signatures say whom to trust and what to accept. Their Sent is overwritten.
	Signatures pdfsig.Options
	// Sent are the documents that must be in the evidence, as [danabio.Circuit] has them. Default:
	// not looked for.
	Sent []evidence.SentDocument
	// Circuit is the one that started with them. If a receipt names another one, that is a problem.
	// Default: any.
	Circuit string
}

// Judge judges evidence by one policy. It is safe for concurrent use.
type Judge struct {
	policy    Policy
	inspector *pdfsig.Inspector
}

// New makes a judge. It fails on limits, policies and options that packages evidence and pdfsig
// refuse.
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

// Inspector is what a verification must be made with for [Judge.Report].
func (j *Judge) Inspector() evidence.Inspector { return j.inspector }

// SignatureCheck is what came of judging the signatures of all PDFs.
type SignatureCheck string

const (
	SignaturesGood      SignatureCheck = "good"      // each PDF that is signed is so wholly
	SignaturesAccepted  SignatureCheck = "accepted"  // not all are, but as the policy accepts
	SignaturesRefused   SignatureCheck = "refused"   // a finding about one is a refusal
	SignaturesNone      SignatureCheck = "none"      // no PDF is signed
	SignaturesUnchecked SignatureCheck = "unchecked" // they could not be judged
)

// SentCheck is what came of looking for the documents that were sent.
type SentCheck string

const (
	SentSigned    SentCheck = "signed"    // each document, and a signature that holds covers it
	SentUnsigned  SentCheck = "unsigned"  // each document, but no signature covers one of them
	SentChanged   SentCheck = "changed"   // each document, but one was changed before it was signed
	SentMissing   SentCheck = "missing"   // one of them is not in the evidence
	SentNone      SentCheck = "none"      // the policy names none
	SentUnchecked SentCheck = "unchecked" // they could not be looked for
)

// Verdict is what was found. Its words stay; there may be more one day.
type Verdict struct {
	// Evidence is the report on the ZIP, with its inspections. It is nil if the file could not be
	// read so far.
	Evidence *evidence.Report
	Receipt  ReceiptCheck
	// Signatures, Trust and Revocation are about all PDFs together.
	Signatures SignatureCheck
	Trust      pdfsig.TrustStatus
	Revocation pdfsig.RevocationStatus
	Sent       SentCheck
	// SentDocuments are those of the policy, in its order, with the entries that they are.
	SentDocuments []pdfsig.Found
	// Problems keep the evidence from being good; those about the ZIP itself are in Evidence.
	Problems []*Problem
}

// NotJudged is the verdict on evidence of which there is no accepted report, which is a problem.
// The report may be nil.
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

// Err is nil if there are no problems. Else it holds all of them.
func (v *Verdict) Err() error {
	errs := make([]error, len(v.Problems))
	for i, problem := range v.Problems {
		errs[i] = problem
	}
	return errors.Join(errs...)
}

// File is [Judge.File] of a new judge.
func File(ctx context.Context, path string, policy Policy) (*Verdict, error) {
	j, err := New(policy)
	if err != nil {
		return nil, err
	}
	return j.File(ctx, path)
}

// File verifies evidence and judges it, with the receipt that lies beside it, if one does. The
// verdict is never nil but beside an error of the policy. The error is nil if the evidence is good;
// it matches [evidence.ErrRefused] or [danabio.ErrIntegrity] if it is not, and is the system's or
// ctx's if that could not be found out.
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

// Report judges what a verification with [Judge.Inspector] found, which must have accepted the ZIP.
func (j *Judge) Report(report *evidence.Report, receipt Receipt) *Verdict {
	if report == nil || report.Verdict != evidence.VerdictAccepted {
		return NotJudged(report)
	}
	v := newUncheckedVerdict(report)
	v.Receipt = receipt.Check
	if receipt.Problem != nil {
		v.add(receipt.Problem)
	}
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
		for _, inspection := range v.Evidence.Entries[i].Inspections {
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

// judgeSent says where the documents are that were sent.
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
