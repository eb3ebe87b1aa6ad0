package verdict

import (
	"errors"
	"io/fs"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// ReceiptCheck is the result of comparing evidence with its receipt.
type ReceiptCheck string

const (
	ReceiptMatches    ReceiptCheck = "matches"
	ReceiptDiffers    ReceiptCheck = "differs"
	ReceiptUnreadable ReceiptCheck = "unreadable"
	ReceiptNone       ReceiptCheck = "none" // there is no receipt beside the evidence
	ReceiptUnchecked  ReceiptCheck = "unchecked"
)

// Receipt is the receipt of some evidence with the result of the comparison. Use NoReceipt for
// evidence without one.
type Receipt struct {
	Check   ReceiptCheck
	Content *danabio.Receipt // nil if there is none that can be read
	Problem *Problem         // nil unless it differs or is unreadable
}

// NoReceipt is the Receipt of evidence without a receipt.
var NoReceipt = Receipt{Check: ReceiptNone}

// CheckReceipt compares the report on a ZIP with the receipt beside it, if there is one.
func CheckReceipt(path string, report *evidence.Report) Receipt {
	content, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
	var unread *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return NoReceipt
	case errors.As(err, &unread): // a system error, which says nothing about the evidence
		return Receipt{ReceiptUnreadable, nil, &Problem{Kind: ReceiptNotRead, Err: err}}
	case err != nil:
		return Receipt{ReceiptUnreadable, nil, &Problem{Kind: ReceiptNotUsable, Err: err}}
	}
	differs := func(kind ProblemKind) Receipt { return Receipt{ReceiptDiffers, content, &Problem{Kind: kind}} }
	switch {
	case content.Size != report.Size:
		return differs(OtherSize)
	case content.SHA256 != report.SHA256:
		return differs(OtherDigest)
	case !sameEntries(content.Entries, report.Entries):
		return differs(OtherEntries)
	}
	return Receipt{ReceiptMatches, content, nil}
}

func sameEntries(received []danabio.ReceiptEntry, found []evidence.EntryReport) bool {
	if len(received) != len(found) {
		return false
	}
	for i, entry := range found {
		if received[i] != (danabio.ReceiptEntry{Name: entry.Name, Size: entry.Size, SHA256: entry.SHA256}) {
			return false
		}
	}
	return true
}
