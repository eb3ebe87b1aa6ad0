package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func TestCheckReceipt(t *testing.T) {
	report := &evidence.Report{Size: 10, SHA256: "aa", Entries: []evidence.EntryReport{{Name: "a.pdf", Size: 1, SHA256: "bb"}}}
	tests := []struct {
		name   string
		change func(*danabio.Receipt)
		want   receiptCheck
	}{
		{"the same", func(*danabio.Receipt) {}, receiptMatches},
		{"file was renamed", func(r *danabio.Receipt) { r.File = "other.zip" }, receiptMatches},
		{"size", func(r *danabio.Receipt) { r.Size++ }, receiptDiffers},
		{"SHA-256", func(r *danabio.Receipt) { r.SHA256 = "ab" }, receiptDiffers},
		{"entry's name", func(r *danabio.Receipt) { r.Entries[0].Name = "b.pdf" }, receiptDiffers},
		{"entry's SHA-256", func(r *danabio.Receipt) { r.Entries[0].SHA256 = "bc" }, receiptDiffers},
		{"entry is missing", func(r *danabio.Receipt) { r.Entries = nil }, receiptDiffers},
		{"of another version", func(r *danabio.Receipt) { r.Version = 2 }, receiptUnreadable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			receipt := danabio.Receipt{
				Version: 1, Size: 10, SHA256: "aa", File: "evidence.zip",
				Entries: []danabio.ReceiptEntry{{Name: "a.pdf", Size: 1, SHA256: "bb"}},
			}
			test.change(&receipt)
			content, err := json.Marshal(receipt)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "evidence.zip")
			if err := os.WriteFile(danabio.ReceiptPath(path), content, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := checkReceipt(path, report)
			if got != test.want || errors.Is(err, danabio.ErrIntegrity) == (got == receiptMatches) {
				t.Errorf("%s with error %v, want %s", got, err, test.want)
			}
		})
	}
	if got, err := checkReceipt(filepath.Join(t.TempDir(), "evidence.zip"), report); got != receiptNone || err != nil {
		t.Errorf("without a receipt: %s with error %v", got, err)
	}
}
