package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// reach sets the variables so that commands reach an API with these credentials and use none of the
// developer's own settings.
func reach(t *testing.T, api *emulator.Emulator, baseURL string) {
	t.Helper()
	for _, name := range []string{"DANABIO_ENVIRONMENT", "DANABIO_CLIENT_SECRET_FILE", "DANABIO_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("DANABIO_CONFIG", noConfigFile(t))
	t.Setenv("DANABIO_BASE_URL", baseURL)
	t.Setenv("DANABIO_CLIENT_ID", api.ClientID())
	t.Setenv("DANABIO_CLIENT_SECRET", api.ClientSecret())
	t.Setenv("DANABIO_CHANNEL", api.Channel())
	t.Chdir(t.TempDir())
	if err := os.WriteFile("contract.pdf", sample.Contract, 0o600); err != nil {
		t.Fatal(err)
	}
}

// noConfigFile returns the path of an empty configuration file.
func noConfigFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// watched serves an emulator and calls before ahead of each request, except token requests.
func watched(t *testing.T, before func(r *http.Request)) *emulator.Emulator {
	t.Helper()
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth2/token" {
			before(r)
		}
		api.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	reach(t, api, server.URL)
	return api
}

// served answers all requests except token requests with the test's handler. If there is a second
// handler, it answers the token requests.
func served(t *testing.T, answer http.HandlerFunc, token ...http.HandlerFunc) {
	t.Helper()
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/oauth2/token":
			answer(w, r)
		case len(token) > 0:
			token[0](w, r)
		default:
			api.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	reach(t, api, server.URL)
}

var startArgs = []string{"start", "--signer-name", canaryName, "--signer-email", canaryEmail, "--signer-nif", canaryNIF,
	"--id", "loan-4711"}

func startWith(args ...string) []string { return append(append([]string{}, startArgs...), args...) }

func run(ctx context.Context, stdin io.Reader, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Run(ctx, args, stdin, &out, &err)
	return code, out.String(), err.String()
}

func holdsOnly(t *testing.T, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	if strings.Join(found, " ") != strings.Join(names, " ") {
		t.Errorf("the folder holds %q, want %q", found, names)
	}
}

// noLeaks fails the test if a goroutine is left after the cleanup of everything that was set up
// after this call.
func noLeaks(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func TestRunInterruptedWhileWaiting(t *testing.T) {
	noLeaks(t)
	ctx, interrupt := context.WithCancel(t.Context())
	watched(t, func(*http.Request) { interrupt() })
	code, stdout, stderr := run(ctx, nil, "wait", "some-circuit", "-o", "evidence.zip", "--json")
	if code != failure.ExitInterrupted || stdout != "" || !strings.Contains(stderr, "interrupted") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
	holdsOnly(t, "contract.pdf")
}

func TestRunInterruptedBeforeAnythingWasSent(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	watched(t, func(r *http.Request) { t.Errorf("a request came for %s", r.URL.Path) })
	code, stdout, _ := run(ctx, nil, startWith("--receipt", "sent.json", "contract.pdf")...)
	if code != failure.ExitInterrupted || stdout != "" {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	holdsOnly(t, "contract.pdf")
}

// An interrupt does not hide that a circuit may have been started.
func TestRunInterruptedStartHasAnUnknownOutcome(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	watched(t, func(r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		interrupt()
		<-r.Context().Done()
	})
	code, stdout, stderr := run(ctx, nil, startWith("--receipt", "sent.json", "contract.pdf")...)
	if code != failure.ExitUnknown || stdout != "" {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	for _, want := range []string{"request ID  loan-4711", "not sent again", "interrupted"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
	holdsOnly(t, "contract.pdf", "sent.json")
}

func TestRunInterruptedWhileReadingStandardInput(t *testing.T) {
	for name, args := range map[string][]string{
		"document":              startWith("--stdin-name", "b.pdf", "-"),
		"secret":                {"token", "--client-secret-stdin"},
		"secret, for doctor":    {"doctor", "--client-secret-stdin", "--json"},
		"evidence":              {"evidence", "verify", "-"},
		"evidence among others": {"evidence", "extract", "nosuch.zip", "-", "contract.pdf", "-o", "out"},
	} {
		t.Run(name, func(t *testing.T) {
			watched(t, func(r *http.Request) { t.Errorf("a request came for %s", r.URL.Path) })
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			ctx, interrupt := context.WithCancel(t.Context())
			code, stdout, _ := run(ctx, blocked{interrupt}, args...)
			if code != failure.ExitInterrupted || stdout != "" {
				t.Errorf("exit code %d, stdout %q", code, stdout)
			}
			if left, _ := filepath.Glob(filepath.Join(temporary, "*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}

// blocked is a source that never delivers data.
type blocked struct{ asked func() }

func (b blocked) Read([]byte) (int, error) {
	b.asked()
	select {}
}

func TestRunInterruptedDemoLeavesNothing(t *testing.T) {
	noLeaks(t)
	t.Chdir(t.TempDir())
	ctx, interrupt := context.WithCancel(t.Context())
	var stderr bytes.Buffer
	code := Run(ctx, []string{"demo"}, nil, writerFunc(func(p []byte) (int, error) {
		if strings.HasPrefix(string(p), "3/9") {
			interrupt()
		}
		return len(p), nil
	}), &stderr)
	if code != failure.ExitInterrupted {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	holdsOnly(t)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

var errFull = errors.New("no space left")

func full([]byte) (int, error) { return 0, errFull }

func TestRunFailsWhenStandardOutputCannotBeWritten(t *testing.T) {
	server := emulatortest.Start(t, emulator.Config{})
	reach(t, server.Emulator, server.URL)
	for _, args := range [][]string{
		{"token"}, {"token", "--json"}, {"version"}, {"spec"}, {"spec", "--go"}, {"emulator"}, {"demo"},
		{"config", "path"}, {"config", "show"}, {"config", "show", "--json"},
	} {
		var stderr bytes.Buffer
		if code := Run(t.Context(), args, nil, writerFunc(full), &stderr); code != failure.ExitFailed ||
			!strings.Contains(stderr.String(), "write standard output: no space left") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
	holdsOnly(t, "contract.pdf")
}

func TestDoctorFailsWhenStandardOutputCannotBeWritten(t *testing.T) {
	watched(t, func(*http.Request) {})
	for _, args := range [][]string{{"doctor"}, {"doctor", "--json"}} {
		var stderr bytes.Buffer
		if code := Run(t.Context(), args, nil, writerFunc(full), &stderr); code != failure.ExitFailed ||
			!strings.Contains(stderr.String(), "write standard output: no space left") {
			t.Errorf("%q: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}

func TestStartTellsTheCircuitWhenStandardOutputCannotBeWritten(t *testing.T) {
	server := emulatortest.Start(t, emulator.Config{})
	reach(t, server.Emulator, server.URL)
	var stderr bytes.Buffer
	code := Run(t.Context(), startWith("contract.pdf"), nil, writerFunc(full), &stderr)
	circuits := server.Circuits()
	if code != failure.ExitFailed || len(circuits) != 1 || !strings.Contains(stderr.String(), circuits[0].ID) ||
		strings.Contains(stderr.String(), "/sign/") {
		t.Errorf("exit code %d, %d circuits, stderr %q", code, len(circuits), stderr.String())
	}
}

func TestStartTellsTheCircuitWhenTheReceiptCannotBeWritten(t *testing.T) {
	api := watched(t, func(*http.Request) {
		if err := os.WriteFile("sent.json", []byte("of another program"), 0o600); err != nil {
			t.Error(err)
		}
	})
	code, stdout, stderr := run(t.Context(), nil, startWith("--receipt", "sent.json", "contract.pdf")...)
	circuits := api.Circuits()
	if code != failure.ExitFailed || len(circuits) != 1 ||
		!strings.HasPrefix(stdout, "circuitId="+circuits[0].ID+"\nlink=") {
		t.Errorf("exit code %d, %d circuits, stdout %q", code, len(circuits), stdout)
	}
	if !strings.Contains(stderr, "was started, but its receipt sent.json could not be written: ") {
		t.Errorf("stderr %q", stderr)
	}
	holdsOnly(t, "contract.pdf", "sent.json")
	if content, _ := os.ReadFile("sent.json"); string(content) != "of another program" {
		t.Errorf("the other program's file was replaced by %q", content)
	}
}

// The user must learn of a started circuit even if its output is lost, so as not to start it again.
func TestStartedCircuitIsToldWhenItsOutputIsLost(t *testing.T) {
	api := watched(t, func(*http.Request) {})
	var stderr strings.Builder
	if code := Run(t.Context(), startWith("--json", "contract.pdf"), nil, fullDisk{},
		&stderr); code != failure.ExitFailed {
		t.Errorf("exit code %d", code)
	}
	var told failure.JSON
	if err := json.Unmarshal([]byte(stderr.String()), &told); err != nil {
		t.Fatal(err)
	}
	if circuits := api.Circuits(); told.Error != failure.KindStarted || told.CircuitID != circuits[0].ID ||
		told.RequestID != "loan-4711" || told.State != failure.StateStarted {
		t.Errorf("%+v", told)
	}
	stderr.Reset()
	if code := Run(t.Context(), startWith("contract.pdf"), nil, fullDisk{}, &stderr); code != failure.ExitFailed ||
		!strings.Contains(stderr.String(), "\nDo not give the same command again") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
	stderr.Reset()
	if code := Run(t.Context(), []string{"token"}, nil, fullDisk{}, &stderr); code != failure.ExitFailed ||
		strings.Contains(stderr.String(), "same command") {
		t.Errorf("exit code %d, stderr %q", code, stderr.String())
	}
}

// fullDisk is a standard output without space.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestUnknownOutcomeIsToldWhenTheReceiptCannotBeWritten(t *testing.T) {
	watched(t, func(*http.Request) {
		if err := os.WriteFile("sent.json", []byte("of another program"), 0o600); err != nil {
			t.Error(err)
		}
		panic(http.ErrAbortHandler)
	})
	code, stdout, stderr := run(t.Context(), nil, startWith("--receipt", "sent.json", "contract.pdf")...)
	if code != failure.ExitUnknown || stdout != "" {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	for _, want := range []string{"request ID  loan-4711", "its receipt sent.json could not be written: "} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
	holdsOnly(t, "contract.pdf", "sent.json")
}

func TestStartSendsWhatStandardInputHolds(t *testing.T) {
	server := emulatortest.Start(t, emulator.Config{})
	reach(t, server.Emulator, server.URL)
	code, _, stderr := run(t.Context(), bytes.NewReader(sample.Contract),
		startWith("--stdin-name", "b.pdf", "-", "contract.pdf")...)
	if code != failure.ExitDone || stderr != "" {
		t.Fatalf("exit code %d, stderr %q", code, stderr)
	}
	documents := server.Circuits()[0].Documents
	if documents[0].Name != "b.pdf" || documents[1].Name != "contract.pdf" ||
		documents[0].SHA256 != documents[1].SHA256 {
		t.Errorf("sent: %+v", documents)
	}
}

// A wrong Content-Encoding is reported next to the result and is not a failure.
func TestWrongLabelIsANotice(t *testing.T) {
	var content bytes.Buffer
	archive := zip.NewWriter(&content)
	if _, err := archive.Create("audit.json"); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	served(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(content.Len()))
		_, _ = w.Write(content.Bytes())
	})
	const english = "danabio: notice: evidence.zip: it was labelled Content-Encoding: utf-8, which is wrong\n"
	for i, test := range []struct {
		args   []string
		stderr string
	}{
		{nil, english},
		{[]string{"--json"}, english},
		{[]string{"--lang", "es"}, "danabio: aviso: evidence.zip: llegó con la etiqueta Content-Encoding: utf-8, que " +
			"es falsa\n"},
		{[]string{"--quiet"}, ""},
	} {
		code, stdout, stderr := run(t.Context(), strings.NewReader(""),
			append([]string{"download", "c", "-o", "evidence.zip"}, test.args...)...)
		if code != failure.ExitDone || stderr != test.stderr || strings.Contains(stdout, `"notices"`) != (i == 1) {
			t.Errorf("%q: exit code %d, %q, and on standard error %q", test.args, code, stdout, stderr)
		}
	}
	holdsOnly(t, "contract.pdf", "evidence.zip", "evidence.zip.receipt.json")
}
