package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// What nohup has ignored stays ignored.
func TestHangupThatIsIgnoredEndsNothing(t *testing.T) {
	circuit, release := heldEvidence(t)
	signal.Ignore(syscall.SIGHUP) // which a child inherits
	defer signal.Reset(syscall.SIGHUP)
	cmd := command(t, "download", circuit, "-o", "evidence.zip")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if parts, _ := filepath.Glob(".evidence.zip.*.part"); len(parts) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	release()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	holdsOnly(t, "contract.pdf", "evidence.zip", "evidence.zip.receipt.json")
}

// unread is the end of a pipe that nobody reads.
func unread(t *testing.T) *os.File {
	t.Helper()
	reads, writes, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { writes.Close() })
	reads.Close()
	return writes
}

// redirected is danabio with what only a shell can do to its streams.
func redirected(t *testing.T, redirection string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	danabio := filepath.Join(t.TempDir(), "danabio")
	if err := os.Symlink(self, danabio); err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), "sh", append([]string{"-c", `exec "$0" "$@" ` + redirection, danabio}, args...)...)
}

// exitOf runs a command, and returns its exit code and what it said.
func exitOf(t *testing.T, cmd *exec.Cmd) (code int, stderr string) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}

// A start whose result cannot be printed is not sent.
func TestStartLooksAtStandardOutputBeforeItSends(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	onlyRead, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer onlyRead.Close()
	closed := func(args ...string) *exec.Cmd { return redirected(t, ">&-", args...) }
	to := func(stdout *os.File) func(args ...string) *exec.Cmd {
		return func(args ...string) *exec.Cmd {
			cmd := command(t, args...)
			cmd.Stdout = stdout
			return cmd
		}
	}
	for name, test := range map[string]struct {
		start func(args ...string) *exec.Cmd
		kept  []string // flags
		want  string   // empty: a circuit is started
	}{
		"a pipe that nobody reads":           {to(unread(t)), nil, "cannot be written: broken pipe"},
		"the same, with a receipt":           {to(unread(t)), []string{"--receipt", "sent.json"}, "cannot be written: broken pipe"},
		"a file that is open to be read":     {to(onlyRead), nil, "cannot be written: bad file descriptor"},
		"closed":                             {closed, nil, "is closed or the null device"},
		"the null device":                    {to(null), nil, "is closed or the null device"},
		"closed, with a receipt":             {closed, []string{"--receipt", "sent.json"}, ""},
		"the null device, and a journal":     {to(null), []string{"--journal", "starts.journal"}, ""},
		"the null device, and the word JSON": {to(null), []string{"--json"}, "is closed or the null device"},
	} {
		t.Run(name, func(t *testing.T) {
			api := watched(t, func(*http.Request) {})
			code, stderr := exitOf(t, test.start(startWith(append(test.kept, "contract.pdf")...)...))
			if test.want == "" {
				if code != exitDone || len(api.Circuits()) != 1 {
					t.Errorf("exit code %d, %d circuits, stderr %q", code, len(api.Circuits()), stderr)
				}
				return
			}
			if code != exitFailed || len(api.Circuits()) != 0 || !strings.Contains(stderr, "nothing was sent, since standard output "+test.want) {
				t.Errorf("exit code %d, %d circuits, stderr %q", code, len(api.Circuits()), stderr)
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}

// Whatever is printed, a failure to do so is told as that, and not by a signal's silence.
func TestOutputThatNobodyReadsIsAFailure(t *testing.T) {
	watched(t, func(*http.Request) {})
	for _, args := range [][]string{{"version"}, {"spec"}, {"--help"}, {"--version"}, {"completion", "bash"}, {"token"}, {"config", "show"}, {"help", "start"}} {
		cmd := command(t, args...)
		cmd.Stdout = unread(t)
		if code, stderr := exitOf(t, cmd); code != exitFailed || !strings.HasPrefix(stderr, "danabio: write standard output: ") || !strings.Contains(stderr, "broken pipe\n") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
	}
}

// A reader that ends while the start is under way is no reason to say nothing of the circuit.
func TestStartTellsTheCircuitWhenNobodyReadsAnyMore(t *testing.T) {
	reads, writes, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writes.Close()
	api := watched(t, func(*http.Request) { reads.Close() })
	cmd := command(t, startWith("contract.pdf")...)
	cmd.Stdout = writes
	code, stderr := exitOf(t, cmd)
	if circuits := api.Circuits(); code != exitFailed || len(circuits) != 1 || !strings.Contains(stderr, circuits[0].ID) {
		t.Errorf("exit code %d, %d circuits, stderr %q", code, len(circuits), stderr)
	}
}

// Nothing is no empty document: a container without -i has such a standard input.
func TestStandardInputThatNothingComesFrom(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"evidence": {[]string{"evidence", "verify", "-"}, exitFailed, "danabio: store the evidence from standard input: it is closed or the null device, so nothing comes from it\n"},
		"document": {startWith("--stdin-name", "b.pdf", "-"), exitFailed, "danabio: store the document from standard input: it is closed or the null device, so nothing comes from it\n"},
		"secret":   {[]string{"token", "--client-secret-stdin"}, exitUsage, "danabio: client secret: read standard input: it is closed or the null device, so nothing comes from it\n"},
		"request":  {[]string{"start", "--request", "-"}, exitUsage, "danabio: request in standard input: it is closed or the null device, so nothing comes from it\n"},
	} {
		t.Run(name, func(t *testing.T) {
			watched(t, func(*http.Request) { t.Error("something was sent") })
			null := command(t, test.args...) // package exec gives it the null device
			for _, cmd := range []*exec.Cmd{redirected(t, "<&-", test.args...), null} {
				cmd.Stdout = io.Discard
				if code, stderr := exitOf(t, cmd); code != test.code || !strings.HasPrefix(stderr, test.want) {
					t.Errorf("%q: exit code %d, stderr %q", cmd.Args[0], code, stderr)
				}
			}
		})
	}
}

// The limit on the size of a file stands for a disk that is full.
func TestStartWithoutRoomForItsReceiptIsNotSent(t *testing.T) {
	for _, args := range [][]string{startWith("--receipt", "sent.json", "contract.pdf"), {"contract", "--start", "--started", "started.json"}} {
		api := watched(t, func(r *http.Request) { t.Errorf("a request came for %s", r.URL.Path) })
		cmd := redirected(t, "", args...)
		cmd.Args[2] = "ulimit -f 0; " + cmd.Args[2]
		if code, stderr := exitOf(t, cmd); code != exitFailed || len(api.Circuits()) != 0 || !strings.Contains(stderr, ".json cannot be written: file too large") {
			t.Errorf("%q: exit code %d, %d circuits, stderr %q", args, code, len(api.Circuits()), stderr)
		}
		holdsOnly(t, "contract.pdf")
	}
}

// A start that is killed leaves a receipt that says what is known.
func TestKilledStartLeavesAReceiptThatSaysUnknown(t *testing.T) {
	var cmd *exec.Cmd
	watched(t, func(*http.Request) { _ = cmd.Process.Kill() })
	cmd = command(t, startWith("--receipt", "sent.json", "contract.pdf")...)
	if err := cmd.Run(); err == nil {
		t.Error("it was not killed")
	}
	if sent := sentAt(t, "sent.json"); sent.State != danabio.OutcomeUnknown || sent.RequestID != "loan-4711" {
		t.Errorf("it left %+v", sent)
	}
}
