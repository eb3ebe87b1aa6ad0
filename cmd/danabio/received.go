package main

import (
	"errors"
	"io/fs"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// receiptCheck is what came of comparing evidence with its receipt.
type receiptCheck string

const (
	receiptMatches    receiptCheck = "matches"
	receiptDiffers    receiptCheck = "differs"
	receiptUnreadable receiptCheck = "unreadable"
	receiptNone       receiptCheck = "none"
	receiptUnchecked  receiptCheck = "unchecked"
)

// checkReceipt compares evidence with the receipt that lies beside it, if one does. What came from standard input has none.
func checkReceipt(path string, report *evidence.Report) (receiptCheck, error) {
	if path == standardInput {
		return receiptNone, nil
	}
	receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
	var unread *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return receiptNone, nil
	case errors.As(err, &unread): // the system's, which says nothing about the evidence
		return receiptUnreadable, errorf("its receipt cannot be read: %w", err)
	case err != nil:
		return receiptUnreadable, errorf("%w: its receipt cannot be used: %w", danabio.ErrIntegrity, err)
	}
	differs := func(what *message) (receiptCheck, error) {
		return receiptDiffers, errorf("%w: %s is not the file that was received: %s the one in %s",
			danabio.ErrIntegrity, path, what, danabio.ReceiptPath(path))
	}
	switch {
	case receipt.Size != report.Size:
		return differs(textf("its size is not"))
	case receipt.SHA256 != report.SHA256:
		return differs(textf("its SHA-256 is not"))
	case !sameEntries(receipt.Entries, report.Entries):
		return differs(textf("its list of files is not"))
	}
	return receiptMatches, nil
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
