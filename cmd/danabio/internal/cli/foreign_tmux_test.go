//go:build foreign && linux

package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

// tmux runs a tmux command on a server that only this test uses.
func tmux(t *testing.T, socket string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "tmux",
		append([]string{"-S", socket, "-f", os.DevNull}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// In a real terminal, the progress line is visible during a slow download and disappears
// afterwards. DANABIO_TMUX_CAPTURE names a file that receives the screen content.
func TestForeignTmuxShowsADownload(t *testing.T) {
	api := watched(t, func(*http.Request) {})
	if code, _, stderr := run(t.Context(), nil, startWith("contract.pdf")...); code != failure.ExitDone {
		t.Fatal(stderr)
	}
	circuit := api.Circuits()[0].ID
	if err := api.Complete(circuit); err != nil {
		t.Fatal(err)
	}
	slowly(t, api)
	for name, value := range map[string]string{
		"DANABIO_CLIENT_ID": api.ClientID(), "DANABIO_CLIENT_SECRET": api.ClientSecret(),
		"DANABIO_CHANNEL": api.Channel(),
	} {
		t.Setenv(name, value)
	}
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(path, filepath.Join(folder, "danabio")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	socket := filepath.Join(folder, "socket")
	tmux(t, socket, "new-session", "-d", "-x", "80", "-y", "12", "sh")
	defer func() { _ = exec.Command("tmux", "-S", socket, "kill-server").Run() }()
	seen := func(what string) string {
		t.Helper()
		find := regexp.MustCompile(what)
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			pane := tmux(t, socket, "capture-pane", "-p")
			if find.MatchString(pane) {
				return pane
			}
			if time.Now().After(end) {
				t.Fatalf("%s was not seen; the pane shows\n%s", what, pane)
			}
		}
	}
	seen(`[$#%]`)
	tmux(t, socket, "send-keys", "danabio download "+circuit+" -o evidence.zip", "Enter")
	during := seen(`(?m)^Receiving: \d+ kB of \d+ kB \(\d+ %\), \d+ kB/s, \ds left$`)
	after := seen(`sha256=`)
	if strings.Contains(after, "Receiving") ||
		!regexp.MustCompile(`evidence\.zip\nfile=evidence\.zip\nsize=\d+\nsha256=[0-9a-f]{64}\n`).MatchString(after) {
		t.Errorf("afterwards the pane shows\n%s", after)
	}
	tmux(t, socket, "send-keys", "clear; danabio wait "+circuit+" unknown -o archive", "Enter")
	waiting := seen(`(?m)^Waiting for \ds, polls: 1, next in \ds; 1 of 2 circuits done$`)
	tmux(t, socket, "send-keys", "C-c")
	interrupted := seen(`Not done: circuits unknown into archive`)
	if strings.Contains(interrupted, "Waiting") ||
		!strings.Contains(interrupted, "danabio: interrupted, with 1 of 2 circuits to go") {
		t.Errorf("after Ctrl-C the pane shows\n%s", interrupted)
	}
	if file := os.Getenv("DANABIO_TMUX_CAPTURE"); file != "" {
		text := fmt.Sprintf("--- during a download\n%s--- after it\n%s--- while waiting\n%s--- after Ctrl-C\n%s",
			during, after, waiting, interrupted)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
}

// slowly serves the API at about 80 kB per second.
func slowly(t *testing.T, api http.Handler) {
	served(t, func(w http.ResponseWriter, r *http.Request) {
		answer := &wholeAnswer{header: http.Header{}}
		api.ServeHTTP(answer, r)
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(max(answer.status, http.StatusOK))
		for answer.body.Len() > 0 {
			_, _ = io.CopyN(w, &answer.body, 8<<10)
			_ = http.NewResponseController(w).Flush()
			time.Sleep(100 * time.Millisecond)
		}
	}, api.ServeHTTP)
}
