package danabiogo_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/sample"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// block returns the code block of the README that stands behind a mark.
func block(t *testing.T, mark string) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), mark)
	if !found {
		t.Fatalf("README.md has no %q", mark)
	}
	code, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatalf("the block behind %q does not end", mark)
	}
	return code
}

// The program of the README compiles and does what the README says.
func TestProgramOfTheReadme(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	program := write("main.go", []byte(block(t, "```go\n")))
	write("contract.pdf", sample.Contract)
	// The overlay puts the program into this module, whose go.mod it needs.
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, "internal", "readme", "main.go"): program}})
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(folder, "onboarding.exe")
	build := exec.Command("go", "build", "-overlay", write("overlay.json", overlay), "-o", binary, "./internal/readme")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	server := emulatortest.Start(t, emulator.Config{CompleteAfter: time.Nanosecond})
	run := exec.Command(binary)
	run.Dir = folder
	run.Env = append(os.Environ(), "DANABIO_BASE_URL="+server.URL, "DANABIO_CHANNEL="+server.Channel(),
		"DANABIO_CLIENT_ID="+server.ClientID(), "DANABIO_CLIENT_SECRET="+server.ClientSecret())
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := regexp.MustCompile(`^circuit: \S+\nthe signer opens: http://\S+\nloan-4711\.zip [0-9a-f]{64}\n$`); !want.Match(out) {
		t.Errorf("it printed %q", out)
	}
	for _, name := range []string{"loan-4711.zip", "loan-4711.zip.receipt.json"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}
