package cli

import (
	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// receiptOf compares evidence with the receipt beside it, if there is one. Evidence from standard
// input has none.
func receiptOf(path string, report *evidence.Report) verdict.Receipt {
	if path == failure.StandardInput {
		return verdict.NoReceipt
	}
	return verdict.CheckReceipt(path, report)
}

// checkReceipt fails if the evidence does not match its receipt.
func checkReceipt(path string, report *evidence.Report) error {
	if problem := receiptOf(path, report).Problem; problem != nil {
		return problemError(path, problem)
	}
	return nil
}

// problemError returns the error for a problem with evidence.
func problemError(file string, problem *verdict.Problem) error {
	otherFile := func(what *i18n.Message) error {
		return i18n.Errorf("%w: %s is not the file that was received: %s the one in %s", danabio.ErrIntegrity, file,
			what,
			danabio.ReceiptPath(file))
	}
	switch problem.Kind {
	case verdict.ReceiptNotRead:
		return i18n.Errorf("its receipt cannot be read: %w", problem.Err)
	case verdict.ReceiptNotUsable:
		return i18n.Errorf("%w: its receipt cannot be used: %w", danabio.ErrIntegrity, problem.Err)
	case verdict.OtherSize:
		return otherFile(i18n.Textf("its size is not"))
	case verdict.OtherDigest:
		return otherFile(i18n.Textf("its SHA-256 is not"))
	case verdict.OtherEntries:
		return otherFile(i18n.Textf("its list of files is not"))
	case verdict.OtherCircuit:
		return i18n.Errorf("%w: %s is the evidence of circuit %q, but the documents were sent in circuit %q",
			danabio.ErrIntegrity, failure.FileName(file), problem.Circuit, problem.Detail)
	case verdict.SignaturesNotJudged:
		return i18n.Errorf("evidence %s: the signatures could not be judged: %s", failure.FileName(file),
			i18n.Detail(problem.Detail))
	case verdict.SignaturesRefuse:
		return &failure.RefusedFile{File: file,
			RefusedError: &evidence.RefusedError{Path: file, Findings: problem.Findings}}
	case verdict.NobodySigned:
		return i18n.Errorf("%w: %s: --roots was given, and no PDF in it is signed; --accept unsigned allows that",
			danabio.ErrIntegrity, failure.FileName(file))
	case verdict.DocumentMissing:
		return i18n.Errorf("%w: %s: no file in it equals or begins with document %q as it was sent",
			danabio.ErrIntegrity, failure.FileName(file), problem.Document)
	case verdict.DocumentUnsigned:
		return i18n.Errorf("%w: %s: no signature covers document %q", danabio.ErrIntegrity, failure.FileName(file),
			problem.Document)
	case verdict.DocumentChanged:
		return i18n.Errorf("%w: %s: document %q was changed before it was signed: %s",
			danabio.ErrIntegrity, failure.FileName(file), problem.Document, problem.Detail)
	}
	return problem
}
