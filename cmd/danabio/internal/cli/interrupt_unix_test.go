//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
)

// command runs danabio in a separate process: TestMain runs main if the test binary has that name.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Args[0] = "danabio"
	return cmd
}

func TestSignalEndsWait(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			asked := make(chan struct{}, 1)
			watched(t, func(*http.Request) { asked <- struct{}{} })
			cmd := command(t, "wait", "some-circuit", "-o", "evidence.zip")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-asked
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != failure.ExitInterrupted {
				t.Errorf("ended with %v", err)
			}
			if stdout.Len() > 0 || !strings.Contains(stderr.String(), "interrupted") {
				t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}

// halfReceived runs danabio until half of the evidence is in the folder, then sends it the signals.
func halfReceived(t *testing.T, cmd *exec.Cmd, signals ...syscall.Signal) error {
	t.Helper()
	served(t, halfAnswer)
	cmd.Dir, _ = os.Getwd()
	cmd.Env = os.Environ()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if parts, _ := filepath.Glob(".evidence.zip.*.part"); len(parts) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	for _, signal := range signals {
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	return cmd.Wait()
}

// Closing a terminal leaves no half-written biometric data. The shell may send its signal as well.
func TestHangupsLeaveNothing(t *testing.T) {
	var exit *exec.ExitError
	cmd := command(t, "download", "some-circuit", "-o", "evidence.zip")
	if err := halfReceived(t, cmd, syscall.SIGHUP, syscall.SIGHUP, syscall.SIGTERM, syscall.SIGTERM); !errors.As(err,
		&exit) || exit.ExitCode() != failure.ExitInterrupted {
		t.Errorf("ended with %v", err)
	}
	holdsOnly(t, "contract.pdf")
}

// Evidence from standard input has no name while danabio reads it, so even a killed process leaves
// nothing behind.
func TestKillLeavesNothingOfStandardInput(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	cmd := command(t, "evidence", "verify", "-")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// This is more than a pipe holds, so danabio has read some of it when the write returns.
	if _, err := stdin.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it ended before it was killed")
	}
	if left, _ := os.ReadDir(temporary); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// Opening a pipe that has no writer would block forever.
func TestEvidenceOfAPipeIsBadInput(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := syscall.Mkfifo("evidence.zip", 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"verify"}, {"list"}, {"extract", "-o", "out"}} {
		code, stdout, stderr := run(t.Context(), nil, append(append([]string{"evidence"}, args...), "evidence.zip")...)
		if code != failure.ExitUsage || stdout != "" ||
			!strings.Contains(stderr, "evidence evidence.zip is a device or a pipe; give - and redirect") {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", args[0], code, stdout, stderr)
		}
	}
	holdsOnly(t, "evidence.zip")
}

// emulate runs the emulator with args and passes the first lines that it prints to use. It
// interrupts the emulator when use returns.
func emulate(t *testing.T, lines int, use func(printed string), args ...string) {
	t.Helper()
	cmd := command(t, append([]string{"emulator"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(stdout)
	var printed strings.Builder
	for range lines {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", printed.String(), err)
		}
		printed.WriteString(line)
	}
	use(printed.String())
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if more, _ := io.ReadAll(reader); len(more) > 0 {
		t.Errorf("it also printed %q", more)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it was interrupted as it is told to be, and ended with %v", err)
	}
}

func TestEmulatorServesUntilInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"DANABIO_ENVIRONMENT", "DANABIO_CLIENT_SECRET_FILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("DANABIO_CLIENT_ID", "real-id")
	t.Setenv("DANABIO_CLIENT_SECRET", "hunter2")
	t.Setenv("DANABIO_CHANNEL", "real-channel")
	names := []string{"DANABIO_BASE_URL", "DANABIO_CLIENT_ID", "DANABIO_CLIENT_SECRET", "DANABIO_CHANNEL"}
	emulate(t, len(names), func(printed string) {
		if strings.Contains(printed, "hunter2") || strings.Contains(printed, "real-") {
			t.Errorf("it shows the environment's: %s", printed)
		}
		for i, line := range strings.Split(strings.TrimSpace(printed), "\n") {
			name, value, _ := strings.Cut(line, "=")
			if name != names[i] || value == "" {
				t.Errorf("line %d: %q, want %s=…", i+1, line, names[i])
			}
			t.Setenv(name, value)
		}
		if code, _, stderr := run(t.Context(), nil, "token"); code != failure.ExitDone {
			t.Errorf("exit code %d, stderr %q", code, stderr)
		}
	})
}

func TestEmulatorTakesFixedCredentials(t *testing.T) {
	t.Setenv("DANABIO_CLIENT_SECRET", "it's fixed")
	t.Setenv("DANABIO_CLIENT_SECRET_FILE", "")
	emulate(t, 4, func(printed string) {
		if !strings.HasSuffix(printed,
			"\nDANABIO_CLIENT_ID=acme\nDANABIO_CLIENT_SECRET='it'\\''s fixed'\nDANABIO_CHANNEL=channel-1\n") {
			t.Errorf("printed %s", printed)
		}
	}, "--client-id", "acme", "--channel", "channel-1")
	emulate(t, 6, func(printed string) {
		var reach emulatorData
		if err := json.Unmarshal([]byte(printed), &reach); err != nil {
			t.Error(err)
		}
		if reach.ClientID != "acme" || reach.ClientSecret != "it's fixed" || reach.Channel == "" ||
			!strings.HasPrefix(reach.BaseURL, "http://127.0.0.1:") {
			t.Errorf("printed %s", printed)
		}
	}, "--json", "--client-id", "acme")
}

func TestEmulatorShowsItsListToThisMachineAlone(t *testing.T) {
	for flag, want := range map[string]int{"--open-list": http.StatusOK, "--open-list=false": http.StatusForbidden} {
		emulate(t, 4, func(printed string) {
			line, _, _ := strings.Cut(printed, "\n")
			_, base, _ := strings.Cut(line, "=")
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			for host, want := range map[string]int{request.Host: http.StatusOK, "emulator.example.com": want} {
				request.Host = host
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				if response.StatusCode != want {
					t.Errorf("%s, asked as %s: status %d", flag, host, response.StatusCode)
				}
			}
		}, flag)
	}
}

// The named file may be a pipe that has no writer.
func TestInterruptEndsWaitingForAPipe(t *testing.T) {
	watched(t, func(*http.Request) { t.Error("something was sent") })
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Fatal(err)
	}
	defer func() { // unblocks processes that are opening it
		if pipe, err := os.OpenFile("pipe", os.O_RDWR, 0); err == nil {
			_ = pipe.Close()
		}
	}()
	for _, test := range []struct {
		name, config string
		args         []string
	}{
		{"configuration file", "pipe", []string{"config", "show"}},
		{"client secret", "", []string{"token", "--client-secret-file", "pipe"}},
		{"authorities", "", []string{"token", "--ca-file", "pipe"}},
		{"request", "", []string{"start", "--request", "pipe"}},
		{"what was sent", "", []string{"evidence", "verify", "evidence.zip", "--sent", "pipe"}},
		{"roots", "", []string{"evidence", "verify", "evidence.zip", "--roots", "pipe"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DANABIO_CONFIG", test.config)
			ctx, interrupt := context.WithCancel(t.Context())
			interrupt()
			code, stdout, stderr := run(ctx, nil, test.args...)
			if code != failure.ExitInterrupted || stdout != "" || !strings.Contains(stderr, "interrupted") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
		})
	}
}
