//go:build foreign

package docs_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/markdown"
)

// The shell commands in the documentation do what it says.
func TestForeignShellLinesOfTheDocumentation(t *testing.T) {
	binaries := buildDanabio(t)
	for _, file := range documentation(t) {
		isShell := func(block markdown.Block) bool { return block.Mark == "shell" || block.Mark == "danabio" }
		if file.Path == "README.es.md" || !slices.ContainsFunc(file.Blocks, isShell) {
			continue
		}
		t.Run(file.Path, func(t *testing.T) {
			folder, variables := prepare(t, file)
			printed := t.TempDir()
			script := "trap 'kill %1 2>/dev/null || true' EXIT\n"
			for i, block := range file.Blocks {
				if isShell(block) {
					script += fmt.Sprintf("{ echo '%s:%d: %s' >&2\n%s} > '%s'\n", file.Path, block.Line, block.Name,
						block.Text, filepath.Join(printed, strconv.Itoa(i)))
				}
			}
			run := exec.Command("bash", "-euo", "pipefail", "-c", script)
			run.Dir = folder
			run.Env = append(environment(folder, variables), "PATH="+binaries+string(os.PathListSeparator)+
				os.Getenv("PATH"))
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for i, block := range file.Blocks {
				shown, found := file.Output(block.Name)
				if !isShell(block) || !found {
					continue
				}
				got, err := os.ReadFile(filepath.Join(printed, strconv.Itoa(i)))
				if err != nil {
					t.Fatal(err)
				}
				if !shown.Matches(string(got)) {
					t.Errorf("%s:%d: %s prints\n%s\nand not\n%s", file.Path, shown.Line, block.Name, got, shown.Text)
				}
			}
			if file.Path == "README.md" {
				acceptedByOthers(t, folder, "evidence.zip")
				acceptedByOthers(t, folder, "curl.zip")
			}
		})
	}
}

// acceptedByOthers fails if other programs reject the evidence or the signature of its document.
func acceptedByOthers(t *testing.T, folder, name string) {
	t.Helper()
	path := filepath.Join(folder, name)
	if out, err := exec.Command("unzip", "-t", path).CombinedOutput(); err != nil ||
		!bytes.Contains(out, []byte("No errors detected")) {
		t.Errorf("unzip -t %s: %v\n%s", name, err, out)
	}
	document, err := exec.Command("unzip", "-p", path, "documents/contract.pdf").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".pdf", document, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdfsig", "-nocert", path+".pdf").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("Signature is Valid")) ||
		!bytes.Contains(out, []byte("Total document signed")) {
		t.Errorf("pdfsig on the document in %s: %v\n%s", name, err, out)
	}
}

// oidc-provider is a certified OAuth2 server that shares no code with ours.
func TestForeignTokenServer(t *testing.T) {
	// Form-encoding changes these characters. Only printable ASCII is allowed (RFC 6749, appendix
	// A).
	const id, secret = "acme & sons", "s+3 c:r%t/"
	if out, err := npm("ci", "--no-audit", "--no-fund"); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	server := exec.Command("node", "server.js", id, secret)
	server.Dir = filepath.Join(here, "testdata", "oidc-provider")
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
	binaries := buildDanabio(t)
	for given, want := range map[string]int{secret: 0, secret + "x": 4} {
		token := exec.Command(filepath.Join(binaries, "danabio"), "token", "--base-url", strings.TrimSpace(url),
			"--channel", "any", "--client-id", id)
		token.Env = append(os.Environ(), "DANABIO_CLIENT_SECRET="+given)
		out, err := token.CombinedOutput()
		code := 0
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != want || bytes.Contains(out, []byte(given)) ||
			want == 0 != bytes.Contains(out, []byte("expiresAt=")) {
			t.Errorf("exit code %d, want %d; it printed %q", code, want, out)
		}
	}
}

func npm(args ...string) ([]byte, error) {
	npm := exec.Command("npm", args...)
	npm.Dir = filepath.Join(here, "testdata", "oidc-provider")
	return npm.CombinedOutput()
}
