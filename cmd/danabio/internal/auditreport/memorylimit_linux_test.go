package auditreport_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
)

// A fake pdftoppm waits until its memory is limited, then prints the limit in KiB.
func TestTheProgramThatDrawsHasLittleMemory(t *testing.T) {
	folder := t.TempDir()
	script := "#!/bin/sh\nwhile [ \"$(ulimit -v)\" = unlimited ]; do :; done\nulimit -v\n"
	if err := os.WriteFile(filepath.Join(folder, "pdftoppm"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder)
	out, err := auditreport.Poppler()(t.Context(), filepath.Join(folder, "page.pdf"))
	if err != nil || string(out) != "1048576\n" {
		t.Errorf("%q, %v", out, err)
	}
}
