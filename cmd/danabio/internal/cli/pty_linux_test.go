package cli

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

// terminal opens a pseudo-terminal with this many columns. Output written to tty appears on
// control.
func terminal(t *testing.T, columns int) (control, tty *os.File) {
	t.Helper()
	control, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { control.Close() })
	number, err := unix.IoctlGetInt(int(control.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(control.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(control.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)})
	}
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	return control, tty
}

// onTerminal runs danabio with all its output on a terminal and returns that output. It calls seen
// when text appears.
func onTerminal(t *testing.T, columns int, environment []string, text string, seen func(), args ...string) string {
	t.Helper()
	control, tty := terminal(t, columns)
	cmd := command(t, args...)
	cmd.Env = append(os.Environ(), environment...)
	cmd.Stdout, cmd.Stderr = tty, tty
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	var all bytes.Buffer
	piece := make([]byte, 4096)
	for {
		n, err := control.Read(piece) // fails when no process has the terminal open any more
		all.Write(piece[:n])
		if seen != nil && strings.Contains(all.String(), text) {
			seen()
			seen = nil
		}
		if err != nil {
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		if _, failed := err.(*exec.ExitError); !failed {
			t.Error(err)
		}
	}
	return strings.ReplaceAll(all.String(), "\r\n", "\n")
}

// heldEvidence serves a completed circuit. It sends half of the evidence and holds back the rest
// until release is called.
func heldEvidence(t *testing.T) (circuit string, release func()) {
	t.Helper()
	released := make(chan struct{})
	release = sync.OnceFunc(func() { close(released) })
	t.Cleanup(release)
	var api http.Handler
	emulated := watched(t, func(*http.Request) {})
	api = emulated
	if code, _, stderr := run(t.Context(), nil, startWith("contract.pdf")...); code != failure.ExitDone {
		t.Fatal(stderr)
	}
	circuit = emulated.Circuits()[0].ID
	if err := emulated.Complete(circuit); err != nil {
		t.Fatal(err)
	}
	served(t, func(w http.ResponseWriter, r *http.Request) {
		answer := &wholeAnswer{header: http.Header{}}
		api.ServeHTTP(answer, r)
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(max(answer.status, http.StatusOK))
		half := answer.body.Len() / 2
		_, _ = io.CopyN(w, &answer.body, int64(half))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-released:
		case <-r.Context().Done():
		}
		_, _ = io.Copy(w, &answer.body)
	}, api.ServeHTTP)
	t.Setenv("DANABIO_CLIENT_ID", emulated.ClientID())
	t.Setenv("DANABIO_CLIENT_SECRET", emulated.ClientSecret())
	t.Setenv("DANABIO_CHANNEL", emulated.Channel())
	return circuit, release
}

// wholeAnswer records a response.
type wholeAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *wholeAnswer) Header() http.Header         { return a.header }
func (a *wholeAnswer) WriteHeader(status int)      { a.status = status }
func (a *wholeAnswer) Write(p []byte) (int, error) { return a.body.Write(p) }

func TestDownloadOnATerminal(t *testing.T) {
	for name, test := range map[string]struct {
		columns     int
		environment []string
		args        []string
		dim         bool
	}{
		"with colour":    {80, []string{"TERM=xterm", "NO_COLOR="}, nil, true},
		"without colour": {80, []string{"TERM=xterm", "NO_COLOR=1"}, nil, false},
		"narrow":         {24, []string{"TERM=xterm", "NO_COLOR=1"}, nil, false},
		"as JSON":        {80, []string{"TERM=xterm", "NO_COLOR=1"}, []string{"--json"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			circuit, release := heldEvidence(t)
			all := onTerminal(t, test.columns, test.environment, "Receiving: ", release,
				append([]string{"download", circuit, "-o", "evidence.zip"}, test.args...)...)
			drawn := 0
			for piece := range strings.SplitSeq(all, term.EraseLine) {
				bare := strings.TrimSuffix(strings.TrimPrefix(piece, term.DimText), term.PlainText)
				if !strings.HasPrefix(bare, "Receiving: ") {
					continue
				}
				drawn++
				if utf8.RuneCountInString(bare) >= test.columns || test.dim != (bare != piece) {
					t.Errorf("drawn on %d columns: %q", test.columns, piece)
				}
			}
			left := all[strings.LastIndex(all, term.EraseLine)+len(term.EraseLine):]
			want := "file=evidence.zip\nsize="
			if test.args != nil {
				want = "{\n  \"version\": 1,"
			}
			if drawn == 0 || !strings.HasPrefix(left, want) || strings.Contains(left, "\x1b") {
				t.Errorf("drawn %d times, %q is left of %q", drawn, left, all)
			}
		})
	}
}

func TestOnATerminal(t *testing.T) {
	watched(t, func(*http.Request) {})
	for name, test := range map[string]struct {
		environment []string
		args        []string
		want        string
	}{
		"a failure is red": {[]string{"TERM=xterm", "NO_COLOR="}, []string{"version", "x"},
			"\x1b[31mdanabio:\x1b[0m unexpected argument \"x\""},
		"NO_COLOR": {[]string{"TERM=xterm", "NO_COLOR=1"}, []string{"version", "x"},
			"danabio: unexpected argument \"x\""},
		"a dumb terminal has no colour": {[]string{"TERM=dumb", "NO_COLOR="}, []string{"version", "x"},
			"danabio: unexpected argument \"x\""},
		"a dumb terminal gets notes": {[]string{"TERM=dumb", "NO_COLOR="}, []string{"token"},
			"The server accepts the credentials.\nexpiresAt="},
		"an unknown terminal, no colour": {[]string{"TERM=", "NO_COLOR="}, []string{"version", "x"},
			"danabio: unexpected argument \"x\""},
		"notes": {[]string{"TERM=xterm"}, []string{"token"},
			"The server accepts the credentials.\nexpiresAt="},
		"--quiet": {[]string{"TERM=xterm"}, []string{"token", "--quiet"}, "expiresAt="},
	} {
		t.Run(name, func(t *testing.T) {
			if got := onTerminal(t, 80, test.environment, "", nil, test.args...); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// On a terminal, danabio prints an address that the user can open.
func TestReportTellsItsAddressOnATerminal(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "año 1")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	file, err := archive.Create("a.txt")
	if err == nil {
		_, err = file.Write([]byte("text"))
	}
	if err = errors.Join(err, archive.Close()); err == nil {
		err = os.WriteFile("e.zip", content.Bytes(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	got := onTerminal(t, 80, []string{"TERM=dumb", "NO_COLOR="}, "", nil, "evidence", "report", "e.zip", "-o", "r.html")
	want := "\nOpen the report in a browser: file://" + strings.ReplaceAll(filepath.ToSlash(filepath.Dir(folder)), " ",
		"%20") +
		"/a%C3%B1o%201/r.html\n"
	if !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
}

// danabio prompts for a secret on a terminal and never shows it.
func TestSecretIsTypedOnATerminal(t *testing.T) {
	for name, test := range map[string]struct {
		typed string
		code  int
		want  string
	}{
		"right":    {"", failure.ExitDone, "expiresAt="},
		"wrong":    {"hunter2\n", failure.ExitUnauthorized, "danabio: get token: server answered 401"},
		"nothing":  {"\n", failure.ExitUsage, "danabio: client secret: standard input is empty"},
		"the end":  {"\x04", failure.ExitUsage, "danabio: client secret: standard input is empty"},
		"an abort": {"\x03", failure.ExitInterrupted, "danabio: client secret: read standard input: interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			api := watched(t, func(*http.Request) {})
			t.Setenv("DANABIO_CLIENT_SECRET", "")
			typed := test.typed
			if typed == "" {
				typed = api.ClientSecret() + "\n"
			}
			control, tty := terminal(t, 200)
			cmd := command(t, "token", "--client-secret-stdin")
			cmd.Env = append(os.Environ(), "TERM=dumb")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
			cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true} // ^C must arrive as a signal
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			before, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			var all bytes.Buffer
			piece := make([]byte, 4096)
			for asked := false; ; {
				n, err := control.Read(piece)
				all.Write(piece[:n])
				if !asked && strings.Contains(all.String(), "Client secret: ") {
					asked = true
					if _, err := control.WriteString(typed); err != nil {
						t.Fatal(err)
					}
				}
				if asked && strings.Contains(all.String(), test.want) || err != nil {
					break
				}
			}
			_ = cmd.Wait() // the test checks the exit code below
			after, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
			if err != nil || after.Lflag != before.Lflag|unix.ECHO {
				t.Errorf("the terminal is left with %x, which was %x, %v", after.Lflag, before.Lflag, err)
			}
			text := strings.ReplaceAll(all.String(), "\r\n", "\n")
			if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(text, test.want) ||
				strings.Contains(text, strings.TrimSpace(typed)) && test.typed != "\n" {
				t.Errorf("exit code %d, the terminal shows %q", code, text)
			}
		})
	}
}

// The null device is a character device like a terminal, but it is not a terminal.
func TestTheNullDeviceIsNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if out := term.NewOutput(null, null); out.Line != nil || out.Colour {
		t.Error("it is taken for a terminal")
	}
}

// A second interrupt ends the process at once, even if the first one is still waiting for
// something.
func TestSecondInterruptEndsAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := unix.Mkfifo("roots.pem", 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "evidence", "verify", "evidence.zip", "--roots", "roots.pem") // a pipe without a writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-done:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
