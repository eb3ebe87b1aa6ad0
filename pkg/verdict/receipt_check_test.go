package verdict_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/verdict"
)

func TestCheckReceipt(t *testing.T) {
	report := &evidence.Report{Size: 10, SHA256: "aa",
		Entries: []evidence.EntryReport{{Name: "a.pdf", Size: 1, SHA256: "bb"}}}
	tests := []struct {
		name   string
		change func(*danabio.Receipt)
		want   verdict.ReceiptCheck
	}{
		{"the same", func(*danabio.Receipt) {}, verdict.ReceiptMatches},
		{"file was renamed", func(r *danabio.Receipt) { r.File = "other.zip" }, verdict.ReceiptMatches},
		{"size", func(r *danabio.Receipt) { r.Size++ }, verdict.ReceiptDiffers},
		{"SHA-256", func(r *danabio.Receipt) { r.SHA256 = "ab" }, verdict.ReceiptDiffers},
		{"entry's name", func(r *danabio.Receipt) { r.Entries[0].Name = "b.pdf" }, verdict.ReceiptDiffers},
		{"entry's SHA-256", func(r *danabio.Receipt) { r.Entries[0].SHA256 = "bc" }, verdict.ReceiptDiffers},
		{"entry is missing", func(r *danabio.Receipt) { r.Entries = nil }, verdict.ReceiptDiffers},
		{"of another version", func(r *danabio.Receipt) { r.Version = 2 }, verdict.ReceiptUnreadable},
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
			got := verdict.CheckReceipt(path, report)
			if got.Check != test.want || (got.Problem == nil) != (got.Check == verdict.ReceiptMatches) ||
				got.Problem != nil && !errors.Is(got.Problem, danabio.ErrIntegrity) {
				t.Errorf("%s with %v, want %s", got.Check, got.Problem, test.want)
			}
		})
	}
	if got := verdict.CheckReceipt(filepath.Join(t.TempDir(), "evidence.zip"), report); got != verdict.NoReceipt {
		t.Errorf("without a receipt: %+v", got)
	}
}
