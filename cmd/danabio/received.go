package main

import (
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/verdict"
)

// receiptOf compares evidence with the receipt that lies beside it, if one does. What came from
// standard input has none.
func receiptOf(path string, report *evidence.Report) verdict.Receipt {
	if path == standardInput {
		return verdict.NoReceipt
	}
	return verdict.CheckReceipt(path, report)
}

// checkReceipt fails if evidence is not the one of its receipt.
func checkReceipt(path string, report *evidence.Report) error {
	if problem := receiptOf(path, report).Problem; problem != nil {
		return problemError(path, problem)
	}
	return nil
}

// problemError says what is wrong with evidence.
func problemError(file string, problem *verdict.Problem) error {
	otherFile := func(what *message) error {
		return errorf("%w: %s is not the file that was received: %s the one in %s", danabio.ErrIntegrity, file, what,
			danabio.ReceiptPath(file))
	}
	switch problem.Kind {
	case verdict.ReceiptNotRead:
		return errorf("its receipt cannot be read: %w", problem.Err)
	case verdict.ReceiptNotUsable:
		return errorf("%w: its receipt cannot be used: %w", danabio.ErrIntegrity, problem.Err)
	case verdict.OtherSize:
		return otherFile(textf("its size is not"))
	case verdict.OtherDigest:
		return otherFile(textf("its SHA-256 is not"))
	case verdict.OtherEntries:
		return otherFile(textf("its list of files is not"))
	case verdict.OtherCircuit:
		return errorf("%w: %s is the evidence of circuit %q, and what was sent started circuit %q",
			danabio.ErrIntegrity, shownName(file), problem.Circuit, problem.Detail)
	case verdict.SignaturesNotJudged:
		return errorf("evidence %s: the signatures could not be judged: %s", shownName(file), detail(problem.Detail))
	case verdict.SignaturesRefuse:
		return &refusedFile{file, &evidence.RefusedError{Path: file, Findings: problem.Findings}}
	case verdict.NobodySigned:
		return errorf("%w: %s: --roots was given, and no PDF in it is signed; --accept unsigned allows that",
			danabio.ErrIntegrity, shownName(file))
	case verdict.DocumentMissing:
		return errorf("%w: %s: no file in it is or begins with document %q as it was sent",
			danabio.ErrIntegrity, shownName(file), problem.Document)
	case verdict.DocumentUnsigned:
		return errorf("%w: %s: no signature covers document %q", danabio.ErrIntegrity, shownName(file),
			problem.Document)
	case verdict.DocumentChanged:
		return errorf("%w: %s: document %q was changed before it was signed: %s",
			danabio.ErrIntegrity, shownName(file), problem.Document, problem.Detail)
	}
	return problem
}
