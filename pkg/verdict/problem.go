package verdict

import (
	"fmt"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// ProblemKind says why evidence is not good.
type ProblemKind string

const (
	NotAccepted         ProblemKind = "not-accepted"          // no verification accepted the ZIP
	ReceiptNotRead      ProblemKind = "receipt-not-read"      // the system could not read it; see Err
	ReceiptNotUsable    ProblemKind = "receipt-not-usable"    // see Err
	OtherSize           ProblemKind = "other-size"            // differs from the receipt
	OtherDigest         ProblemKind = "other-sha256"          // differs from the receipt
	OtherEntries        ProblemKind = "other-entries"         // differ from the receipt
	OtherCircuit        ProblemKind = "other-circuit"         // not the policy's circuit, which is Detail
	SignaturesNotJudged ProblemKind = "signatures-not-judged" // see Detail
	SignaturesRefuse    ProblemKind = "signatures-refused"    // see Findings
	NobodySigned        ProblemKind = "nobody-signed"         // although roots were given
	DocumentMissing     ProblemKind = "document-missing"      //
	DocumentUnsigned    ProblemKind = "document-unsigned"     // refused only by a strict policy
	DocumentChanged     ProblemKind = "document-changed"      // before it was signed; see Detail
)

// Problem is one reason why evidence is not good.
type Problem struct {
	Kind     ProblemKind
	Document string             // name under which it was sent
	Circuit  string             // the receipt's circuit
	Detail   string             // depends on Kind
	Findings []evidence.Finding // about signatures
	Err      error              // depends on Kind
}

func (p *Problem) Error() string {
	switch p.Kind {
	case ReceiptNotRead:
		return fmt.Sprintf("the receipt cannot be read: %v", p.Err)
	case ReceiptNotUsable:
		return fmt.Sprintf("the receipt cannot be used: %v", p.Err)
	case OtherSize:
		return "this is not the file that was received: its size is not the one in the receipt"
	case OtherDigest:
		return "this is not the file that was received: its SHA-256 is not the one in the receipt"
	case OtherEntries:
		return "this is not the file that was received: its list of files is not the one in the receipt"
	case OtherCircuit:
		return fmt.Sprintf("this is the evidence of circuit %q, but the documents were sent in circuit %q", p.Circuit,
			p.Detail)
	case SignaturesNotJudged:
		return "the signatures could not be judged: " + p.Detail
	case SignaturesRefuse:
		return p.refusal().Error()
	case NobodySigned:
		return "roots were given, and no PDF is signed"
	case DocumentMissing:
		return fmt.Sprintf("no file is or begins with document %q as it was sent", p.Document)
	case DocumentUnsigned:
		return fmt.Sprintf("no signature covers document %q", p.Document)
	case DocumentChanged:
		return fmt.Sprintf("document %q was changed before it was signed: %s", p.Document, p.Detail)
	}
	return "no verification accepted the ZIP"
}

func (p *Problem) refusal() *evidence.RefusedError {
	return &evidence.RefusedError{Findings: p.Findings}
}

// Unwrap returns [danabio.ErrIntegrity] for evidence that is not what it should be, an
// [evidence.RefusedError] for signatures, and only the system's error if something could not be
// determined.
func (p *Problem) Unwrap() []error {
	switch p.Kind {
	case SignaturesRefuse:
		return []error{p.refusal()}
	case SignaturesNotJudged, NotAccepted:
		return nil
	case ReceiptNotRead:
		return []error{p.Err}
	case ReceiptNotUsable:
		return []error{danabio.ErrIntegrity, p.Err}
	}
	return []error{danabio.ErrIntegrity}
}
