package pdfsig_test

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A program that is restricted to FIPS 140 algorithms reaches the same results, also for SHA-1 and
// MD5. The mode is fixed when a process starts, so the test starts a new process.
func TestJudgementsAreTheSameUnderFIPS140(t *testing.T) {
	if fips140.Enforced() {
		t.Fatal("this test was begun so")
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^(TestCorpus|TestFIPS140IsEnforced)$")
	child.Env = append(os.Environ(), "GODEBUG=fips140=only")
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, passed := range []string{"--- PASS: TestFIPS140IsEnforced", "--- PASS: TestCorpus/", "SHA-1", "MD5"} {
		if !strings.Contains(string(out), passed) {
			t.Errorf("%q is missing in\n%s", passed, out)
		}
	}
}

// TestFIPS140IsEnforced checks for the test above that the process enforces FIPS 140.
func TestFIPS140IsEnforced(t *testing.T) {
	if strings.Contains(os.Getenv("GODEBUG"), "fips140=only") != fips140.Enforced() {
		t.Errorf("GODEBUG=%s, and enforced: %v", os.Getenv("GODEBUG"), fips140.Enforced())
	}
}
