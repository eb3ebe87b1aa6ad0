//go:build foreign

package auditreport_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// bash runs a script in a folder and ends the test if it fails.
func bash(t *testing.T, folder, script string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-e")
	command.Dir, command.Stdin = folder, strings.NewReader(script)
	command.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// All commands on the page run unchanged and confirm what the page says.
func TestForeignCommandsOfThePage(t *testing.T) {
	subject := good(t)
	for _, name := range []string{"evidence.zip", "-rf $(touch gotcha) 'it''s'.zip", "a\u202eb\nc\\.zip"} {
		folder := t.TempDir()
		for from, to := range map[string]string{goodZIP: name, goodZIP + ".receipt.json": name + ".receipt.json"} {
			content, err := os.ReadFile(from)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, to), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		subject.File = name
		_, page := made(t, subject, auditreport.Options{})
		out := bash(t, folder, commandsOf(t, page))
		for _, want := range []string{
			"evidence.zip: OK", "No errors detected", "documents/contrato.pdf: OK", "audit.json: OK",
			"Total document signed",
			"erification successful", "CN = danabio emulator test signer", "\nsame\n", subject.Evidence.SHA256,
		} {
			if !strings.Contains(out, want) {
				t.Errorf("%q: the commands did not say %q, but\n%s", name, want, out)
			}
		}
		if _, err := os.Stat(filepath.Join(folder, "gotcha")); err == nil {
			t.Errorf("%q ran a command", name)
		}
	}
}

func TestForeignCommandsForOddEntries(t *testing.T) {
	content := zipOf(t, file{"it's $(touch gotcha) `touch gotcha`.json", []byte("{}")},
		file{"a\u200bb'c.json", []byte("[]")}, file{"ñandú.json", []byte("[1]")})
	subject := subjectOf(t, content, pdfsig.Options{}, evidence.CodeNameFormat)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "evidence.zip"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	_, page := made(t, subject, auditreport.Options{})
	out := bash(t, folder, commandsOf(t, page))
	if got := strings.Count(out, ".json: OK"); got != 3 {
		t.Errorf("%d files are said to be right:\n%s", got, out)
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "check", "*", "gotcha")); len(found) > 0 {
		t.Errorf("a name ran a command: %q", found)
	}
}

func TestForeignFirstPageByPoppler(t *testing.T) {
	renderer := auditreport.Poppler()
	if renderer == nil {
		t.Fatal("pdftoppm is not installed")
	}
	t.Setenv("DANABIO_CLIENT_SECRET", "hunter2")
	report, page := made(t, good(t), auditreport.Options{Renderer: renderer})
	checkPage(t, page)
	shown := report.Rendered.FirstPages[0].Shown
	if shown == nil || shown.Height != 1100 || shown.Width < 700 || shown.Width > 900 {
		t.Fatalf("the first page is %+v", report.Rendered.FirstPages[0])
	}
	report, _ = made(t, subjectOf(t, zipOf(t, file{"a.pdf", []byte("%PDF-1.4\nnothing")}), pdfsig.Options{}),
		auditreport.Options{Renderer: renderer})
	if got := report.Rendered.FirstPages[0].NotShown; got != auditreport.NotShownFailed {
		t.Errorf("nothing was drawn as %q", got)
	}
}

// The program ends when its time is up and sees none of our variables.
func TestForeignRendererIsBounded(t *testing.T) {
	folder := t.TempDir()
	program := func(script string) {
		if err := os.WriteFile(filepath.Join(folder, "pdftoppm"), []byte("#!/bin/sh\n"+script+"\n"),
			0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Setenv("DANABIO_CLIENT_SECRET", "hunter2")

	program("env")
	out, err := auditreport.Poppler()(t.Context(), filepath.Join(folder, "page.pdf"))
	if err != nil || bytes.Contains(out, []byte("hunter2")) || !bytes.Contains(out, []byte("LC_ALL=C")) {
		t.Errorf("the program sees %q, %v", out, err)
	}
	program("yes")
	if out, err := auditreport.Poppler()(t.Context(), filepath.Join(folder, "page.pdf")); err == nil {
		t.Errorf("a program that prints for ever gave %d bytes", len(out))
	}
	program("tail -c 2000000000 /dev/zero") // tail keeps all of this in memory
	if out, err := auditreport.Poppler()(t.Context(), filepath.Join(folder, "page.pdf")); err == nil {
		t.Errorf("a program that keeps 2 GB gave %d bytes", len(out))
	}
	program("sleep 60 & sleep 60")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := auditreport.Poppler()(ctx, filepath.Join(folder, "page.pdf")); err == nil ||
		!errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Errorf("a program that hangs: %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}
