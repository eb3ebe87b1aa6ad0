package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// What a package prepares when the program starts, every command pays for. So ours prepare next to nothing, and all else when it is first needed.
func TestOurPackagesPrepareNothingAtTheStart(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "version")
	cmd.Args[0] = "danabio"
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const most = 100_000 // bytes; the embedded spec and pages are in it
	seen := false
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line) // init PACKAGE @1.2 ms, 0.34 ms clock, 56 bytes, 7 allocs
		if len(fields) < 10 || fields[0] != "init" || !strings.HasPrefix(fields[1], "github.com/danabio/danabio-go/") {
			continue
		}
		seen = true
		bytes, err := strconv.Atoi(fields[len(fields)-4])
		if err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if bytes > most {
			t.Errorf("%s takes %d bytes before main", fields[1], bytes)
		}
	}
	if !seen {
		t.Errorf("nothing was traced:\n%s", out)
	}
}
