package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Some file systems treat these names as the same.
func TestEvidenceOfOneNameIsNotExtractedIntoOneFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, files := range [][]string{{"a/loan.zip", "b/loan.zip"}, {"a/loan.zip", "b/LOAN.ZIP"},
		{"a/cr\u00e9dito.zip", "b/cre\u0301dito.zip"}} {
		if _, err := extractionFolders(&cobra.Command{}, files, "out"); err == nil ||
			!strings.Contains(err.Error(), "would both be extracted") {
			t.Errorf("%q: %v", files, err)
		}
	}
	if _, err := extractionFolders(&cobra.Command{}, []string{"a/cr\u00e9dito.zip", "b/credito.zip"},
		"out"); err != nil {
		t.Error(err)
	}
}
