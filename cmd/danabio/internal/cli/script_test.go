package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n/i18ntest"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/internal/testca"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

func TestMain(m *testing.M) {
	// Tests in this process expect English, regardless of the developer's language. A script sets
	// its own variables.
	if strings.Contains(filepath.Base(os.Args[0]), ".test") {
		_ = os.Setenv("LC_ALL", "C")
	}
	// A danabio built with the race detector exits at once and with exit code 66 at the first race.
	_ = os.Setenv("GORACE", "atexit_sleep_ms=0 halt_on_error=1 "+os.Getenv("GORACE"))
	// This default applies unless the command line sets another. Scripts mostly wait for servers
	// and programs.
	_ = flag.Set("test.parallel", "6")
	testscript.Main(builder{m}, map[string]func(){"danabio": scriptMain})
}

// builder removes the program that the tests built.
type builder struct{ *testing.M }

func (b builder) Run() int {
	defer func() { _ = os.RemoveAll(builtFolder) }() // does nothing if there is no folder
	return b.M.Run()
}

// TestScripts runs testdata/script. Scripts can use these commands in addition to testscript's:
//
//	exits CODE ARG…              run danabio, which must exit with CODE and print no secret or
//	                             personal data
//	interrupts CODE ARG…         run danabio and interrupt it once it has printed something or sent
//	                             the server more than a token request
//	serve [DURATION] [FAULT…]    serve an emulator, whose circuits complete after DURATION, and set
//	                             the DANABIO_ variables and PORT
//	serve unchecked …            the same, without checking requests against the spec
//	serve tls|mtls …             the same, over TLS with a private CA, written to ca.pem; mtls
//	                             requires client.pem and client-key.pem, which are also written
//	completed                    complete all circuits
//	requests TOKEN START DOWNLOAD  check how often each operation was called so far
//	holds FOLDER [NAME…]         check that the folder contains exactly these names, including
//	                             hidden files
//	mode PERMISSIONS FILE…       check the files' permissions on systems that have them
//	flip FILE                    invert a byte in the middle of the file
//	update FILE validation|page  append validation data, or other content of page 1, to a PDF
//	zip FILE [comment=TEXT] NAME…  make a ZIP of these files; a missing file contains its name
//	unreadable FILE              make the system refuse to read FILE
//	write FILE TEXT…             write these texts to FILE with nothing between them
//	take VARIABLE NAME           set VARIABLE to the value in the last printed line NAME=value
//
// $LF, $CR, $NBSP and $BOM are characters that a script cannot contain. $NOFILE is the system's
// error message for a file that does not exist.
//
// A FAULT is OPERATION:KEY[=VALUE],…; see faultKeys. Every script has contract.pdf.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[scriptTest{}] = env.T().(testing.TB)
			env.Values[scriptServer{}] = &currentServer{}
			// A folder that others cannot enter would protect the files in it regardless of their
			// permissions.
			if err := os.Chmod(filepath.Dir(env.WorkDir), 0o755); err != nil {
				return err
			}
			// DANABIO_ONLY is the folder with danabio, for scripts that must not find other
			// programs.
			path, _, _ := strings.Cut(env.Getenv("PATH"), string(os.PathListSeparator))
			env.Setenv("DANABIO_ONLY", path)
			for name, value := range map[string]string{
				"LF": "\n", "CR": "\r", "NBSP": "\u00a0", "BOM": "\ufeff", "NOFILE": syscall.ENOENT.Error(),
				"LANG": "C",
			} {
				env.Setenv(name, value)
			}
			if term.OnWindows {
				env.Setenv("AppData", filepath.Join(env.WorkDir, "settings"))
			}
			return os.WriteFile(filepath.Join(env.WorkDir, "contract.pdf"), sample.Contract, 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":      scriptExits,
			"interrupts": scriptInterrupts,
			"serve":      scriptServe,
			"completed":  scriptCompleted,
			"requests":   scriptRequests,
			"holds":      scriptHolds,
			"mode":       scriptMode,
			"zip":        scriptZIP,
			"join":       scriptJoin,
			"flip":       scriptFlip,
			"update":     scriptUpdate,
			"unreadable": scriptUnreadable,
			"take":       scriptTake,
			"write":      scriptWrite,
		},
	})
}

type (
	scriptTest   struct{}
	scriptServer struct{}
)

// The scripts use this signer, which must not appear in any output.
const (
	canaryName  = "Canaria Prueba"
	canaryEmail = "canaria@example.com"
	canaryNIF   = "99887766C"
)

func scriptExits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil {
		ts.Fatalf("usage: exits CODE ARG…")
	}
	args = withSigner(args)
	run := execute
	if repeatable(want, args[1:]) {
		run = executeTwice
	}
	if got := run(ts, args[1:]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	canaries := []string{canaryName, canaryEmail, canaryNIF, "Canaria", "hunter2"}
	if secret := ts.Getenv("DANABIO_CLIENT_SECRET"); secret != "" {
		canaries = append(canaries, secret)
	}
	for _, stream := range []string{"stdout", "stderr"} {
		for _, canary := range canaries {
			if strings.Contains(ts.ReadFile(stream), canary) {
				ts.Fatalf("%s holds %q", stream, canary)
			}
		}
		if strings.Contains(ts.ReadFile(stream), "/sign/") && (stream == "stderr" || args[1] != "start") {
			ts.Fatalf("%s holds the link", stream)
		}
	}
	if strings.Contains(ts.ReadFile("stderr"), "Config.") {
		ts.Fatalf("stderr speaks of the library's Config")
	}
}

// execute runs danabio and returns its exit code.
func execute(ts *testscript.TestScript, args []string) int {
	err := ts.Exec("danabio", args...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	return failure.ExitDone
}

// repeatable reports whether a command that exits with code changes nothing and can run twice.
func repeatable(code int, args []string) bool {
	for _, arg := range args {
		switch {
		case arg == failure.StandardInput, arg == "--client-secret-stdin", arg == "--journal",
			strings.HasPrefix(arg, "--lang"):
			return false
		}
	}
	judging := len(args) > 1 && args[0] == "evidence" && (args[1] == "verify" || args[1] == "list")
	return code == failure.ExitUsage || judging && code != failure.ExitDone
}

// spokenVariable names a file. If it is set, danabio first runs its command in Spanish in the same
// process, because starting a process takes longer than most commands.
const spokenVariable = "DANABIO_TEST_SPOKEN"

// spoken is the result of a command in Spanish.
type spoken struct {
	Code           int
	Stdout, Stderr string
}

// scriptMain is the main function of danabio in the scripts.
func scriptMain() {
	if path := os.Getenv(spokenVariable); path != "" {
		_ = os.Unsetenv(spokenVariable)
		if err := speakFirst(path, os.Args[1:]); err != nil {
			log.Fatal(err)
		}
	}
	os.Exit(Main())
}

func speakFirst(path string, args []string) error {
	before := os.Getenv("LC_ALL")
	if err := os.Setenv("LC_ALL", "es_MX.UTF-8"); err != nil {
		return err
	}
	var stdout, stderr bytes.Buffer
	code := Run(context.Background(), args, strings.NewReader(""), &stdout, &stderr)
	content, err := json.Marshal(spoken{code, stdout.String(), stderr.String()})
	return errors.Join(err, os.WriteFile(path, content, 0o600), os.Setenv("LC_ALL", before))
}

// executeTwice runs a command like execute and checks its behaviour in Spanish: the same exit code,
// the same data and no English.
func executeTwice(ts *testscript.TestScript, args []string) int {
	path := filepath.Join(ts.Value(scriptTest{}).(testing.TB).TempDir(), "spoken.json")
	ts.Setenv(spokenVariable, path)
	code := execute(ts, args)
	ts.Setenv(spokenVariable, "")
	content, err := os.ReadFile(path)
	ts.Check(err)
	var spanish spoken
	ts.Check(json.Unmarshal(content, &spanish))
	if spanish.Code != code {
		ts.Fatalf("exit code %d in Spanish, %d in English", spanish.Code, code)
	}
	inJSON := slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--json") })
	// The checks of "doctor" are text, so they differ between languages.
	if english := ts.ReadFile("stdout"); spanish.Stdout != english &&
		(inJSON || len(args) == 0 || args[0] != "doctor") {
		ts.Fatalf("standard output in Spanish: %q, in English: %q", spanish.Stdout, english)
	}
	if inJSON {
		return code // JSON is the same in every language
	}
	if english := i18ntest.EnglishIn(spanish.Stderr); english != "" {
		ts.Fatalf("English in Spanish: %s", english)
	}
	return code
}

// withSigner replaces SIGNER with the three flags that every start needs.
func withSigner(args []string) []string {
	if i := slices.Index(args, "SIGNER"); i >= 0 {
		return slices.Concat(args[:i], []string{"--signer-name", canaryName, "--signer-email", canaryEmail,
			"--signer-nif", canaryNIF}, args[i+1:])
	}
	return args
}

func scriptInterrupts(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	begun := make(chan struct{}, 1)
	begin := func() {
		select {
		case begun <- struct{}{}:
		default:
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/oauth2/token" {
			_, _ = io.Copy(io.Discard, r.Body)
			begin()
			<-r.Context().Done()
			return
		}
		current(ts).ServeHTTP(w, r)
	}))
	defer server.Close()
	self, err := os.Executable()
	ts.Check(err)
	cmd := exec.Command(self, withSigner(args)[1:]...)
	cmd.Args[0], cmd.Dir, cmd.Env = "danabio", ts.MkAbs("."), append(os.Environ(), "DANABIO_BASE_URL="+server.URL)
	for _, name := range []string{"DANABIO_CLIENT_ID", "DANABIO_CLIENT_SECRET", "DANABIO_CHANNEL", "DANABIO_CONFIG",
		"HOME", "XDG_CONFIG_HOME"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Stdout = io.MultiWriter(ts.Stdout(), writerFunc(func(p []byte) (int, error) { begin(); return len(p), nil }))
	cmd.Stderr = ts.Stderr()
	ts.Check(cmd.Start())
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-begun:
		ts.Check(cmd.Process.Signal(os.Interrupt))
		<-ended // the exit code is checked below
	case err := <-ended:
		ts.Fatalf("it ended before it was interrupted: %v", err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func scriptServe(ts *testscript.TestScript, _ bool, args []string) {
	config, how := emulator.Config{ClientID: "acme", Channel: "channel-1"}, ""
	for _, arg := range args {
		if arg == "unchecked" || arg == "tls" || arg == "mtls" {
			how = arg
			continue
		}
		if after, err := time.ParseDuration(arg); err == nil {
			config.CompleteAfter = after
			continue
		}
		fault, err := parseFault(arg)
		ts.Check(err)
		config.Faults = append(config.Faults, fault)
	}
	tb := ts.Value(scriptTest{}).(testing.TB)
	var server *emulatortest.Server
	if how != "" {
		api, err := emulator.New(config)
		ts.Check(err)
		listener := httptest.NewUnstartedServer(api)
		tb.Cleanup(listener.Close)
		if how == "unchecked" {
			listener.Start()
		} else {
			listener.TLS = scriptTLS(ts, tb, how)
			listener.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes
			listener.StartTLS()
		}
		server = &emulatortest.Server{Emulator: api, URL: listener.URL}
	} else {
		server = emulatortest.Start(tb, config)
	}
	ts.Setenv("DANABIO_BASE_URL", server.URL)
	ts.Setenv("PORT", server.URL[strings.LastIndex(server.URL, ":")+1:])
	ts.Setenv("DANABIO_CLIENT_ID", server.ClientID())
	ts.Setenv("DANABIO_CLIENT_SECRET", server.ClientSecret())
	ts.Setenv("DANABIO_CHANNEL", server.Channel())
	current(ts).Server = server
}

// scriptTLS creates the certificates of a server and of its client.
func scriptTLS(ts *testscript.TestScript, tb testing.TB, how string) *tls.Config {
	ca := testca.New(tb)
	write := func(name string, contents ...[]byte) {
		ts.Check(os.WriteFile(ts.MkAbs(name), bytes.Join(contents, nil), 0o600))
	}
	client, expired := ca.Issue(tb, testca.Subject{Name: "client"}),
		ca.Issue(tb, testca.Subject{Name: "old client", For: -time.Hour})
	write("ca.pem", testca.CertificatePEM(ca.Certificate))
	write("client.pem", testca.CertificatePEM(client.Leaf))
	write("client-key.pem", testca.KeyPEM(tb, client))
	write("both.pem", testca.CertificatePEM(client.Leaf), testca.KeyPEM(tb, client))
	write("expired.pem", testca.CertificatePEM(expired.Leaf), testca.KeyPEM(tb, expired))
	write("ca.der", ca.Certificate.Raw)
	config := &tls.Config{Certificates: []tls.Certificate{ca.Issue(tb,
		testca.Subject{Name: "server", Hosts: []string{"127.0.0.1"}})}}
	if how == "mtls" {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
	}
	return config
}

// faultKeys are the keys of a FAULT in a script.
var faultKeys = map[string]func(fault *emulator.Fault, value string) error{
	"started": func(f *emulator.Fault, v string) error { // CIRCUIT=LINK
		id, link, _ := strings.Cut(v, "=")
		body, err := json.Marshal(map[string]string{"circuitId": id, "link": link})
		f.Status, f.Body, f.Header = http.StatusOK, string(body), http.Header{"Content-Type": {"application/json"}}
		return err
	},
	"status": func(f *emulator.Fault, v string) (err error) { f.Status, err = strconv.Atoi(v); return err },
	"cut": func(f *emulator.Fault, v string) (err error) {
		f.CutAfter, err = strconv.ParseInt(v, 10, 64)
		return err
	},
	"delay":       func(f *emulator.Fault, v string) (err error) { f.Delay, err = time.ParseDuration(v); return err },
	"body":        func(f *emulator.Fault, v string) error { f.Body = v; return nil },
	"retry-after": func(f *emulator.Fault, v string) error { f.Header = http.Header{"Retry-After": {v}}; return nil },
	"location":    func(f *emulator.Fault, v string) error { f.Header = http.Header{"Location": {v}}; return nil },
	"reset":       func(f *emulator.Fault, _ string) error { f.Reset = true; return nil },
	"html":        func(f *emulator.Fault, _ string) error { f.HTML = true; return nil },
	"forge":       func(f *emulator.Fault, v string) error { f.Forge = emulator.Forgery(v); return nil },
	"notzip":      func(f *emulator.Fault, _ string) error { f.NotZIP = true; return nil },
	"expired":     func(f *emulator.Fault, _ string) error { f.ExpiredToken = true; return nil },
}

func parseFault(text string) (emulator.Fault, error) {
	operation, keys, _ := strings.Cut(text, ":")
	fault := emulator.Fault{Operation: emulator.Operation(operation)}
	for _, key := range strings.Split(keys, ",") {
		name, value, _ := strings.Cut(key, "=")
		set, ok := faultKeys[name]
		if !ok {
			return fault, fmt.Errorf("fault %q: there is no key %q", text, name)
		}
		if err := set(&fault, value); err != nil {
			return fault, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	return fault, nil
}

// currentServer is the emulator of a script.
type currentServer struct{ *emulatortest.Server }

func current(ts *testscript.TestScript) *currentServer {
	return ts.Value(scriptServer{}).(*currentServer)
}

func scriptCompleted(ts *testscript.TestScript, _ bool, _ []string) {
	for _, circuit := range current(ts).Circuits() {
		ts.Check(current(ts).Complete(circuit.ID))
	}
}

func scriptRequests(ts *testscript.TestScript, _ bool, args []string) {
	counts := current(ts).Requests()
	got := fmt.Sprint(counts[emulator.OperationToken], counts[emulator.OperationStart],
		counts[emulator.OperationDownload])
	if want := strings.Join(args, " "); got != want {
		ts.Fatalf("requests for token, start, download: %s, want %s", got, want)
	}
}

func scriptHolds(ts *testscript.TestScript, _ bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	want := slices.Clone(args[1:])
	slices.Sort(want)
	if !slices.Equal(names, want) {
		ts.Fatalf("%s holds %q, want %q", args[0], names, want)
	}
}

func scriptMode(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] && !term.OnWindows {
			ts.Fatalf("%s has permissions %s, want %s", name, got, args[0])
		}
	}
}

func scriptFlip(ts *testscript.TestScript, _ bool, args []string) {
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	content[len(content)/2] ^= 0xff
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}

// scriptZIP makes a ZIP of files. If a file does not exist, its entry contains its name.
func scriptZIP(ts *testscript.TestScript, _ bool, args []string) {
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer file.Close()
	archive := zip.NewWriter(file)
	for _, name := range args[1:] {
		if comment, found := strings.CutPrefix(name, "comment="); found {
			ts.Check(archive.SetComment(comment))
			continue
		}
		entry, err := archive.Create(name)
		ts.Check(err)
		content, err := os.ReadFile(ts.MkAbs(name))
		if err != nil {
			content = []byte(name)
		}
		_, err = entry.Write(content)
		ts.Check(err)
	}
	ts.Check(archive.Close())
}

// scriptJoin concatenates the other files into the first.
func scriptJoin(ts *testscript.TestScript, _ bool, args []string) {
	var joined []byte
	for _, name := range args[1:] {
		joined = append(joined, ts.ReadFile(name)...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), joined, 0o600))
}

// scriptUpdate appends two objects to a PDF: the catalog or the first page, and a stream that this
// object refers to.
func scriptUpdate(ts *testscript.TestScript, _ bool, args []string) {
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	document, err := pdf.Open(bytes.NewReader(content), int64(len(content)))
	ts.Check(err)
	defer document.Close()
	stream := pdf.NewReference(pdf.Reference{Number: document.Highest() + 1})
	changed, at, err := document.Catalog()
	ts.Check(err)
	switch args[1] {
	case "validation":
		store := pdf.Object{Kind: pdf.Dictionary}
		changed = changed.With("DSS", store.With("Certs", pdf.NewArray(stream)))
	case "page":
		page, err := document.FirstPage()
		ts.Check(err)
		changed, at = page.Dictionary.With("Contents", stream), page.Reference
	default:
		ts.Fatalf("there is no update %q", args[1])
	}
	first := len(content) + 1
	content = fmt.Appendf(content, "\n%d 0 obj\n%s\nendobj\n", at.Number, changed.Append(nil))
	second := len(content)
	content = fmt.Appendf(content, "%d 0 obj\n<< /Length 4 >>\nstream\n1234\nendstream\nendobj\n", stream.Int)
	table := len(content)
	content = fmt.Appendf(content, "xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %s "+
		"/Prev %d >>\nstartxref\n%d\n%%%%EOF\n",
		at.Number, first, stream.Int, second, stream.Int+1, document.Trailer().Get("Root").Append(nil),
		document.Sections()[0].Offset, table)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}

// scriptUnreadable removes all permissions. For users such as root, who need no permissions, it
// replaces the file with a link to itself.
func scriptUnreadable(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	if term.OnWindows {
		open, err := openAlone(path)
		ts.Check(err)
		ts.Defer(func() { _ = open.Close() })
		return
	}
	ts.Check(os.Chmod(path, 0))
	if _, err := os.ReadFile(path); err == nil {
		ts.Check(os.Remove(path))
		ts.Check(os.Symlink(filepath.Base(path), path))
	}
}

func scriptWrite(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(args[1:], "")), 0o600))
}

func scriptTake(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if value, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), args[1]+"="); found {
			ts.Setenv(args[0], value)
			return
		}
	}
	ts.Fatalf("no line %s=… was printed", args[1])
}
