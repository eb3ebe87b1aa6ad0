package cli

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

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// A signal that nohup ignores stays ignored.
func TestHangupThatIsIgnoredEndsNothing(t *testing.T) {
	circuit, release := heldEvidence(t)
	signal.Ignore(syscall.SIGHUP) // a child process inherits this
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

// unread returns the write end of a pipe that has no reader.
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

// redirected runs danabio through a shell, which can redirect its streams in ways that exec cannot.
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
	return exec.CommandContext(t.Context(), "sh", append([]string{"-c", `exec "$0" "$@" ` + redirection, danabio},
		args...)...)
}

// exitOf runs a command and returns its exit code and its standard error.
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
		"a pipe that nobody reads": {to(unread(t)), nil, "cannot be written: broken pipe"},
		"the same, with a receipt": {to(unread(t)), []string{"--receipt", "sent.json"},
			"cannot be written: broken pipe"},
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
				if code != failure.ExitDone || len(api.Circuits()) != 1 {
					t.Errorf("exit code %d, %d circuits, stderr %q", code, len(api.Circuits()), stderr)
				}
				return
			}
			if code != failure.ExitFailed || len(api.Circuits()) != 0 ||
				!strings.Contains(stderr, "nothing was sent, since standard output "+test.want) {
				t.Errorf("exit code %d, %d circuits, stderr %q", code, len(api.Circuits()), stderr)
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}

// If output cannot be printed, danabio reports the failure and is not silently killed by a signal.
func TestOutputThatNobodyReadsIsAFailure(t *testing.T) {
	watched(t, func(*http.Request) {})
	for _, args := range [][]string{{"version"}, {"spec"}, {"--help"}, {"--version"}, {"completion", "bash"}, {"token"},
		{"config", "show"}, {"help", "start"}} {
		cmd := command(t, args...)
		cmd.Stdout = unread(t)
		if code, stderr := exitOf(t, cmd); code != failure.ExitFailed || !strings.HasPrefix(stderr,
			"danabio: write standard output: ") || !strings.Contains(stderr, "broken pipe\n") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
	}
}

// danabio reports the circuit even if the reader of its output ends while the start is in progress.
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
	if circuits := api.Circuits(); code != failure.ExitFailed || len(circuits) != 1 ||
		!strings.Contains(stderr, circuits[0].ID) {
		t.Errorf("exit code %d, %d circuits, stderr %q", code, len(circuits), stderr)
	}
}

// Missing input is not an empty document. A container without -i has such a standard input.
func TestStandardInputThatNothingComesFrom(t *testing.T) {
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"evidence": {[]string{"evidence", "verify", "-"}, failure.ExitFailed,
			"danabio: store the evidence from standard input: it is closed or the null device, so nothing comes from " +
				"it\n"},
		"document": {startWith("--stdin-name", "b.pdf", "-"), failure.ExitFailed,
			"danabio: store the document from standard input: it is closed or the null device, so nothing comes from " +
				"it\n"},
		"secret": {[]string{"token", "--client-secret-stdin"}, failure.ExitUsage,
			"danabio: client secret: read standard input: it is closed or the null device, so nothing comes from it\n"},
		"request": {[]string{"start", "--request", "-"}, failure.ExitUsage,
			"danabio: request in standard input: it is closed or the null device, so nothing comes from it\n"},
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

// The file size limit simulates a full disk.
func TestStartWithoutRoomForItsReceiptIsNotSent(t *testing.T) {
	for _, args := range [][]string{startWith("--receipt", "sent.json", "contract.pdf"),
		{"contract", "--start", "--started", "started.json"}} {
		api := watched(t, func(r *http.Request) { t.Errorf("a request came for %s", r.URL.Path) })
		cmd := redirected(t, "", args...)
		cmd.Args[2] = "ulimit -f 0; " + cmd.Args[2]
		if code, stderr := exitOf(t, cmd); code != failure.ExitFailed || len(api.Circuits()) != 0 ||
			!strings.Contains(stderr, ".json cannot be written: file too large") {
			t.Errorf("%q: exit code %d, %d circuits, stderr %q", args, code, len(api.Circuits()), stderr)
		}
		holdsOnly(t, "contract.pdf")
	}
}

// A killed start leaves a receipt with the known facts.
func TestKilledStartLeavesAReceiptThatSaysUnknown(t *testing.T) {
	asked := make(chan struct{})
	watched(t, func(r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not notice the end of the connection
		close(asked)
		<-r.Context().Done()
	})
	cmd := command(t, startWith("--receipt", "sent.json", "contract.pdf")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it was not killed")
	}
	if sent := sentAt(t, "sent.json"); sent.State != danabio.OutcomeUnknown || sent.RequestID != "loan-4711" {
		t.Errorf("it left %+v", sent)
	}
}

// asAnother makes a command run as an ordinary user. Root may read everything, so the program is
// copied to a place where that user can start it.
func asAnother(t *testing.T, cmd *exec.Cmd) *exec.Cmd {
	t.Helper()
	if os.Getuid() != 0 {
		return cmd
	}
	folder := t.TempDir()
	self := filepath.Join(folder, "danabio")
	content, err := os.ReadFile(cmd.Path)
	if err == nil {
		err = errors.Join(os.WriteFile(self, content, 0o755), os.Chmod(self, 0o755), os.Chmod(folder, 0o755),
			os.Chmod(filepath.Dir(folder), 0o755))
	}
	if err != nil {
		t.Fatal(err)
	}
	const nobody = 65534
	cmd.Path, cmd.Dir = self, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	return cmd
}

// A HOME kept by sudo or su belongs to another user. danabio ignores that user's file unless it is
// needed.
func TestConfigurationFileOfAnotherUser(t *testing.T) {
	watched(t, func(*http.Request) {})
	home := t.TempDir()
	folder := filepath.Join(home, ".config", "danabio")
	path := filepath.Join(folder, "config.toml")
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(path, []byte("[profiles.a]\nchannel = \"c\"\n"),
		0o600), os.Chmod(path, 0)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{home, filepath.Dir(home)} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("DANABIO_CONFIG", "")
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	unread := "danabio: configuration file " + path + ": permission denied\n"
	for name, test := range map[string]struct {
		args    []string
		channel string
		code    int
		want    string // a prefix of standard error on failure, otherwise of standard output
	}{
		"not needed":             {[]string{"token"}, "channel", failure.ExitDone, "expiresAt="},
		"something is missing":   {[]string{"token"}, "", failure.ExitUsage, unread},
		"a profile is asked for": {[]string{"token", "--profile", "a"}, "channel", failure.ExitUsage, unread},
		"shown": {[]string{"config", "show"}, "", failure.ExitDone, "file                " + path +
			" (cannot be read)\n"},
		"the doctor, not needed": {[]string{"doctor"}, "channel", failure.ExitDone,
			"ok       configuration  ~/.config/danabio/config.toml cannot be read, and is not needed; nothing is " +
				"missing\n"},
		"the doctor, and needed": {[]string{"doctor"}, "", failure.ExitUsage,
			"failed   configuration  configuration file " +
				path + ": permission denied\n"},
		"named by the variable":   {[]string{"token"}, "named", failure.ExitUsage, unread},
		"nothing to do with them": {[]string{"version"}, "", failure.ExitDone, "danabio "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DANABIO_CHANNEL", test.channel)
			if test.channel == "named" {
				t.Setenv("DANABIO_CONFIG", path)
			}
			cmd := asAnother(t, command(t, test.args...))
			var stdout bytes.Buffer
			cmd.Stdout = &stdout
			code, stderr := exitOf(t, cmd)
			if code != test.code || !strings.HasPrefix(stderr, test.want) &&
				!strings.HasPrefix(stdout.String(), test.want) {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout.String(), stderr)
			}
		})
	}
}

// A container may have no /tmp.
func TestNoTemporaryFolderIsTold(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nosuch"))
	for _, args := range [][]string{{"evidence", "verify", "-"}, startWith("--stdin-name", "b.pdf", "-")} {
		watched(t, func(*http.Request) { t.Error("something was sent") })
		code, _, stderr := run(t.Context(), strings.NewReader("%PDF-1.7"), args...)
		if code != failure.ExitFailed || !strings.Contains(stderr, "\nThere is no temporary folder to write to at "+
			os.TempDir()+"; make one, or name another with TMPDIR") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr)
		}
	}
}
