package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

// built returns the path of the danabio program for tests that run it. Linking takes seconds, so it
// is built only once. TestMain removes the folder.
var (
	builtFolder string
	built       = sync.OnceValues(func() (path string, err error) {
		if builtFolder, err = os.MkdirTemp("", "danabio-test-"); err != nil {
			return "", err
		}
		path = filepath.Join(builtFolder, "danabio.exe")
		build := exec.Command("go", "build", "-o", path, "../..")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // it must also run in an empty root
		if out, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%w\n%s", err, out)
		}
		return path, nil
	})
)

func builtProgram(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Every command pays for the initialization of all packages at startup. Our packages therefore
// initialize almost nothing then and do the rest on first use. The test traces the program because
// the test binary itself initializes more.
func TestOurPackagesPrepareNothingAtTheStart(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), builtProgram(t), "version")
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
		"pkg/emulator/internal/page": 20_000,                   // style and script
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
