package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

// What a package prepares when the program starts, every command pays for. So ours prepare next to
// nothing, and all else when it is first needed. It is the program that is traced and not this
// test, which prepares more.
func TestOurPackagesPrepareNothingAtTheStart(t *testing.T) {
	program := filepath.Join(t.TempDir(), "danabio.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program,
		"../..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.CommandContext(t.Context(), program, "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	document, err := spec.GetSpecJSON()
	if err != nil {
		t.Fatal(err)
	}
	const most = 10_000 // bytes
	more := map[string]int{
		"pkg/emulator/internal/page": 80_000,                   // its texts
		"gen/biometricapi/spec":      50_000 + 5*len(document), // the embedded spec, which is unpacked
	}
	seen := false
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line) // init PACKAGE @1.2 ms, 0.34 ms clock, 56 bytes, 7 allocs
		if len(fields) < 10 || fields[0] != "init" {
			continue
		}
		name, ours := strings.CutPrefix(fields[1], "github.com/danabio/danabio-go/")
		if !ours {
			continue
		}
		seen = true
		bytes, err := strconv.Atoi(fields[len(fields)-4])
		if err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if bound := max(most, more[name]); bytes > bound {
			t.Errorf("%s takes %d bytes before main, more than %d", name, bytes, bound)
		}
	}
	if !seen {
		t.Errorf("nothing was traced:\n%s", out)
	}
}
