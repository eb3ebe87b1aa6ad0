package pdfsig_test

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A program that may use nothing but what FIPS 140 approves comes to the same judgement, on SHA-1
// and MD5 too. How it runs is decided when it begins, so this one begins anew.
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

// TestFIPS140IsEnforced says of a process whether it is, for the test above.
func TestFIPS140IsEnforced(t *testing.T) {
	if strings.Contains(os.Getenv("GODEBUG"), "fips140=only") != fips140.Enforced() {
		t.Errorf("GODEBUG=%s, and enforced: %v", os.Getenv("GODEBUG"), fips140.Enforced())
	}
}
