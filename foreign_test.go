//go:build foreign

package danabiogo_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/sample"
)

// danabio builds the command line into a folder of its own and returns that.
func danabio(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if out, err := exec.Command("go", "build", "-o", folder, "./cmd/danabio").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return folder
}

func bash(t *testing.T, folder, binaries, script string) {
	t.Helper()
	run := exec.Command("bash", "-euo", "pipefail", "-c", script)
	run.Dir = folder
	run.Env = append(os.Environ(), "PATH="+binaries+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// The shell lines of the README do what it says, and other programs accept what comes of them.
func TestForeignShellLinesOfTheReadme(t *testing.T) {
	binaries, folder := danabio(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "contract.pdf"), sample.Contract, 0o600); err != nil {
		t.Fatal(err)
	}
	bash(t, folder, binaries, "trap 'kill %1 2>/dev/null || true' EXIT\n"+
		block(t, "<!-- shell: trio -->\n```bash\n")+
		block(t, "<!-- shell: curl -->\n```bash\n"))
	for _, name := range []string{"evidence.zip", "curl.zip"} {
		if out, err := exec.Command("unzip", "-t", filepath.Join(folder, name)).CombinedOutput(); err != nil || !bytes.Contains(out, []byte("No errors detected")) {
			t.Errorf("unzip -t %s: %v\n%s", name, err, out)
		}
		document := filepath.Join(folder, name+".pdf")
		bash(t, folder, binaries, "unzip -p "+name+" documents/contract.pdf > "+document)
		out, err := exec.Command("pdfsig", "-nocert", document).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("Signature is Valid")) || !bytes.Contains(out, []byte("Total document signed")) {
			t.Errorf("pdfsig on the document in %s: %v\n%s", name, err, out)
		}
	}
}

// oidc-provider is a certified OAuth2 server that shares no code with ours.
func TestForeignTokenServer(t *testing.T) {
	// Characters that form-encoding changes; others than printable ASCII are not allowed (RFC 6749, appendix A).
	const id, secret = "acme & sons", "s+3 c:r%t/"
	if out, err := npm("ci", "--no-audit", "--no-fund"); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	server := exec.Command("node", "server.js", id, secret)
	server.Dir = filepath.Join("testdata", "oidc-provider")
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}()
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	binaries := danabio(t)
	for given, want := range map[string]int{secret: 0, secret + "x": 4} {
		token := exec.Command(filepath.Join(binaries, "danabio"), "token", "--base-url", strings.TrimSpace(url), "--channel", "any", "--client-id", id)
		token.Env = append(os.Environ(), "DANABIO_CLIENT_SECRET="+given)
		out, err := token.CombinedOutput()
		code := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != want || bytes.Contains(out, []byte(given)) || want == 0 != bytes.Contains(out, []byte("expiresAt=")) {
			t.Errorf("exit code %d, want %d; it printed %q", code, want, out)
		}
	}
}

func npm(args ...string) ([]byte, error) {
	npm := exec.Command("npm", args...)
	npm.Dir = filepath.Join("testdata", "oidc-provider")
	return npm.CombinedOutput()
}
