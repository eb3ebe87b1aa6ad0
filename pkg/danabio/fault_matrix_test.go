package danabio_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// wait is the fourth operation of the fault matrix: a download by WaitForEvidence.
const wait = "wait"

var (
	all = []string{token, start, download, wait}
	// operations that need a token and pass the caller's context down to the connection
	calls     = []string{start, download, wait}
	fetches   = []string{download, wait}
	stored    = []string{"evidence.zip", "evidence.zip.receipt.json"}
	keptAside = []string{"evidence.zip.rejected", "evidence.zip.rejected.json"}
)

// fault is a fault in one phase of its operations. It occurs at every attempt, except in a wait,
// where it occurs once.
type fault struct {
	operations []string
	phase      string // connect, tls, send, headers, body, disk or cancel
	name       string
	kind       kind

	// The way to inject it: reply or dial, the end of the caller's context, a folder, or several of
	// them.
	reply  reply                                         // the server's answer
	dial   func(context.Context, dial) (net.Conn, error) // makes the connection
	ends   func(end func()) *httptrace.ClientTrace       // the caller's context ends there
	after  time.Duration                                 // the caller's context ends then
	folder func(t *testing.T, path string)               // prepares the folder

	large  bool // the start has 1 MiB, so that it waits for 100 Continue
	config func(*danabio.Config)
	pauses [2]time.Duration // bounds of the time between two attempts, if any
	left   []string         // files that the decision table cannot know
}

// wanted is the client's correct reaction to a fault.
type wanted struct {
	attempts int    // that the server saw, or connections if no request reached it
	faulty   int    // number of attempts that met the fault
	err      string // all that errors.Is and errors.As find, in the form of classes
	outcome  danabio.OutcomeState
	files    []string
}

// TestFaultMatrix injects every fault into every operation that it applies to. With
// DANABIO_FAULTS_TABLE it writes the results to that file.
func TestFaultMatrix(t *testing.T) {
	type triple struct{ operation, phase, name string }
	var rows []*string // rows of the table, in its order
	seen := map[triple]bool{}
	run := func(this triple, over string, inject func(t *testing.T, operation string) wanted) {
		if seen[this] {
			t.Errorf("%v is in the table twice", this)
		}
		seen[this] = true
		row := new(string)
		rows = append(rows, row)
		t.Run(this.operation+"/"+this.phase+"/"+this.name, func(t *testing.T) {
			if over == "pipe" { // a bubble has its own time and shares nothing
				t.Parallel()
			}
			got := inject(t, this.operation)
			*row = fmt.Sprintf("| %s | %s | %s | %s | %d | %s | %s | %s |\n", this.operation, this.phase, this.name,
				over, got.attempts,
				or(got.err, "none"), or(string(got.outcome), "-"), or(strings.Join(got.files, ", "), "none"))
		})
	}
	for _, operation := range all {
		for _, f := range allFaults(t) {
			if slices.Contains(f.operations, operation) {
				run(triple{operation, f.phase, f.name}, "pipe", f.inject)
			}
		}
		for _, f := range socketFaults(t) {
			if slices.Contains(f.operations, operation) {
				run(triple{operation, f.phase, f.name}, "socket", f.inject)
			}
		}
	}
	if len(seen) < 120 {
		t.Errorf("%d triples of operation, phase and fault, want 120 at least", len(seen))
	}
	path := os.Getenv("DANABIO_FAULTS_TABLE")
	if path == "" {
		return
	}
	t.Cleanup(func() {
		var table strings.Builder
		table.WriteString("| operation | phase | fault | over | attempts | error | outcome | files " +
			"|\n|---|---|---|---|---|---|---|---|\n")
		for _, row := range rows {
			table.WriteString(*row)
		}
		fmt.Fprintf(&table, "\n%d triples of operation, phase and fault\n", len(seen))
		if err := os.WriteFile(path, []byte(table.String()), 0o600); err != nil {
			t.Error(err)
		}
	})
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// inject runs the operation with the fault. It fails unless the result is the wanted one and the
// fault occurred as often as wanted.
func (f fault) inject(t *testing.T, operation string) (got wanted) {
	want := decide(operation, f.kind)
	if f.left != nil {
		want.files = f.left
	}
	path := target(t)
	asked := operation // the operation that the server sees
	if operation == wait {
		asked = download
	}
	var met, dials atomic.Int32
	var armed atomic.Bool
	s := newScript(t)
	requests := want.attempts // requests that reach the server
	if f.dial != nil {
		requests -= want.faulty
	}
	for n := range requests {
		switch {
		case f.reply != nil && n < want.faulty:
			s.on(asked, broken(func(w http.ResponseWriter, r *http.Request) {
				met.Add(1)
				f.reply(w, r)
			}))
		case asked == start:
			s.on(start, started)
		case asked == download:
			s.on(download, zipReply(smallZIP(t)))
		}
	}
	n := &notebook{}
	options := []func(*danabio.Config){journaled(n), dialThrough(func(plain dial) dial {
		return func(ctx context.Context, network, address string) (net.Conn, error) {
			next := plain
			if strings.HasSuffix(address, ":443") {
				next = secured(next)
			}
			if !armed.Load() {
				return next(ctx, network, address)
			}
			if dials.Add(1); f.dial != nil && int(dials.Load()) <= want.faulty {
				met.Add(1)
				return f.dial(ctx, next)
			}
			return next(ctx, network, address)
		}
	})}
	if f.config != nil {
		options = append(options, f.config)
	}
	inBubble(t, s, func(b *bed) {
		if operation != token {
			b.authenticate()
		}
		if f.folder != nil {
			f.folder(t, path)
			met.Add(1)
		}
		armed.Store(true)
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		ended := f.after > 0 || f.ends != nil
		var ends atomic.Int32
		if f.after > 0 {
			time.AfterFunc(f.after, func() { ends.Add(1); cancel() })
		} else if f.ends != nil {
			defer time.Sleep(time.Minute) // no goroutine may remain when the bubble ends
			ctx = httptrace.WithClientTrace(ctx, f.ends(func() {
				ends.Add(1)
				cancel()
				time.Sleep(time.Second) // all that wait for the end see it first
			}))
		}
		size := 40_000 // more than the transport's buffer, too small to wait for 100 Continue
		if f.large {
			size = 1 << 20
		}
		got.err = classes(call(ctx, b.client, operation, path, size, danabio.PollPolicy{}))
		if ended && ends.Load() == 0 {
			t.Error("the caller did not end")
		}
		if f.dial == nil {
			synctest.Wait() // an abandoned request may not have reached its handler yet
			got.attempts = s.calls(asked)
		} else {
			got.attempts = int(dials.Load())
		}
		for i, gap := range b.gaps(asked) {
			if f.pauses[1] > 0 && operation != wait && (gap < f.pauses[0] || gap > f.pauses[1]) {
				t.Errorf("pause %d is %v, want %v to %v", i+1, gap, f.pauses[0], f.pauses[1])
			}
		}
	}, options...)
	if len(n.results) == 1 {
		got.outcome = n.results[0].Outcome
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		got.files = files(t, filepath.Dir(path))
	}
	if f.folder != nil {
		want.faulty++
	}
	got.faulty = int(met.Load())
	got.compare(t, want)
	return got
}

// compare fails unless the result is the wanted one and the fault occurred as often as wanted.
func (got wanted) compare(t *testing.T, want wanted) {
	t.Helper()
	if got.faulty != want.faulty {
		t.Errorf("the fault was met %d times, want %d", got.faulty, want.faulty)
	}
	if got.attempts != want.attempts || got.err != want.err || got.outcome != want.outcome ||
		!slices.Equal(got.files, want.files) {
		t.Errorf("got  %d attempts, error %q, outcome %q, files %q;\nwant %d attempts, error %q, outcome %q, files %q",
			got.attempts, got.err, got.outcome, got.files, want.attempts, want.err, want.outcome, want.files)
	}
}

// call calls the operation. A start sends a document of that size.
func call(ctx context.Context, client *danabio.Client, operation, path string, size int,
	policy danabio.PollPolicy) error {
	var err error
	switch operation {
	case token:
		_, err = client.Authenticate(ctx)
	case start:
		_, err = client.StartCircuit(ctx, request(danabio.Bytes("contrato.pdf", pdf(size))))
	case download:
		_, err = client.DownloadEvidence(ctx, circuit, path)
	case wait:
		_, err = client.WaitForEvidence(ctx, circuit, path, policy)
	}
	return err
}

// classes names everything in an error that a caller can decide on.
func classes(err error) string {
	var found []string
	var unknown *danabio.OutcomeUnknownError
	var rejected *danabio.RejectedError
	var answer *danabio.APIError
	if errors.As(err, &unknown) {
		found = append(found, "OutcomeUnknownError")
	}
	for _, class := range []struct {
		name string
		err  error
	}{
		{"ErrInvalidRequest", danabio.ErrInvalidRequest}, {"ErrUnauthorized", danabio.ErrUnauthorized},
		{"ErrUnavailable", danabio.ErrUnavailable},
		{"ErrProtocol", danabio.ErrProtocol}, {"ErrNotReady", danabio.ErrNotReady},
		{"ErrTruncated", danabio.ErrTruncated},
		{"ErrIntegrity", danabio.ErrIntegrity}, {"ErrRedirected", danabio.ErrRedirected},
		{"ErrCertificate", danabio.ErrCertificate},
		{"ErrTLS", danabio.ErrTLS}, {"ErrProxy", danabio.ErrProxy}, {"ErrUnknownHost", danabio.ErrUnknownHost},
		{"ErrPlainHTTP", danabio.ErrPlainHTTP}, {"ErrClosed", danabio.ErrClosed},
		{"context.Canceled", context.Canceled}, {"context.DeadlineExceeded", context.DeadlineExceeded},
		{"fs.ErrExist", fs.ErrExist}, {"fs.ErrNotExist", fs.ErrNotExist},
	} {
		if errors.Is(err, class.err) {
			found = append(found, class.name)
		}
	}
	if errors.As(err, &rejected) {
		found = append(found, "RejectedError")
	}
	if errors.As(err, &answer) {
		found = append(found, fmt.Sprintf("APIError %d", answer.StatusCode))
	}
	if err != nil && found == nil {
		found = []string{"an error of the system"}
	}
	return strings.Join(found, " + ")
}

// kind is a line of the decision table. Most lines apply to several operations.
type kind struct {
	line   string
	status int
}

func of(line string) kind { return kind{line: line} }

// decide returns the client's correct reaction. It is the decision table.
func decide(operation string, k kind) wanted {
	answer := ""
	if k.status != 0 {
		answer = fmt.Sprintf(" + APIError %d", k.status)
	}
	state := func(s danabio.OutcomeState) danabio.OutcomeState {
		if operation == start {
			return s
		}
		return ""
	}
	// The fault is temporary, and the next attempt succeeds.
	passes := wanted{2, 1, "", state(danabio.Started), nil}
	if operation == wait || operation == download {
		passes.files = stored
	}
	once := func(err string, s danabio.OutcomeState) wanted { return wanted{1, 1, err, state(s), nil} }
	unknown := func(s danabio.OutcomeState) wanted { return once("OutcomeUnknownError"+answer, s) }
	again := wanted{4, 4, "ErrUnavailable" + answer, state(danabio.NotSent), nil}
	ended := func(attempts int, s danabio.OutcomeState) wanted {
		w := wanted{attempts, attempts, "context.Canceled", state(s), nil}
		if operation == start && (s == danabio.PartlySent || s == danabio.OutcomeUnknown) {
			w.err = "OutcomeUnknownError + context.Canceled"
		}
		return w
	}

	switch k.line {
	case "not sent": // no byte of the request was sent
		if operation == wait {
			return passes
		}
		return again
	case "partly sent":
		switch operation {
		case start:
			return unknown(danabio.PartlySent)
		case wait:
			return passes
		}
		return again
	case "lost", "unavailable": // no readable answer, or 408 or 5xx
		switch operation {
		case start:
			return unknown(danabio.OutcomeUnknown)
		case wait:
			return passes
		}
		return again
	case "unavailable for too long": // by Retry-After
		switch operation {
		case start:
			return unknown(danabio.OutcomeUnknown)
		case wait:
			return passes
		}
		return once("ErrUnavailable"+answer, "")
	case "throttled":
		if operation == wait {
			return passes
		}
		again.outcome = state(danabio.Refused)
		return again
	case "too early":
		return wanted{4, 4, "APIError 425", state(danabio.Refused), nil}
	case "throttled for too long":
		if operation == wait {
			return passes
		}
		return once("ErrUnavailable"+answer, danabio.Refused)
	case "refused", "refused, but for a start":
		switch {
		// The answer may mean that the server is working on the start, or nothing at all.
		case operation == start && k.line != "refused":
			return unknown(danabio.OutcomeUnknown)
		case operation == token && (k.status == 400 || k.status == 401):
			return once("ErrUnauthorized"+answer, "")
		case k.status == 401 && operation == wait:
			return passes
		case k.status == 401: // one attempt with a new token
			return wanted{2, 2, "ErrUnauthorized" + answer, state(danabio.Refused), nil}
		case (k.status == 404 || k.status == 409 || k.status == 425) && operation == wait:
			return passes
		case k.status == 404 && operation == download:
			return once("ErrNotReady"+answer, "")
		}
		return once("APIError "+fmt.Sprint(k.status), danabio.Refused)
	case "redirect": // some servers redirect after they have done the work
		return once("ErrRedirected", danabio.OutcomeUnknown)
	case "certificate":
		return once("ErrCertificate", danabio.NotSent)
	case "unknown host":
		return once("ErrUnknownHost", danabio.NotSent)
	case "no TLS": // no handshake that both sides accept
		return once("ErrTLS", danabio.NotSent)
	case "no TLS, partly sent", "no TLS, sent": // the server refuses late
		if operation == start {
			w := unknown(stateOf(k.line))
			w.err += " + ErrTLS"
			return w
		}
		return once("ErrTLS", "")
	case "proxy refuses":
		return once("ErrProxy", danabio.NotSent)
	// The answer may come from something that is there only temporarily.
	case "no HTTP, not sent", "no HTTP, partly sent", "no HTTP":
		again.err = "ErrProtocol"
		switch {
		case operation == wait:
			return passes
		case operation == start && k.line != "no HTTP, not sent":
			return unknown(stateOf(k.line))
		}
		return again
	case "nonsense": // an answer that the API does not document
		if operation == start {
			return unknown(danabio.OutcomeUnknown)
		}
		return once("ErrProtocol", "")
	case "not yet, perhaps": // not an answer of the API, but perhaps "not yet"
		if operation == wait {
			return passes
		}
		return once("ErrProtocol", "")
	case "tolerated":
		passes.attempts = 1
		return passes
	case "passes": // the client recovers with one more attempt
		return passes
	case "cut": // the body is cut; three more attempts get no further
		if operation == wait {
			return passes
		}
		return wanted{4, 4, "ErrTruncated", "", nil}
	case "not acceptable": // the client keeps the evidence aside after two such answers
		if operation == wait {
			return passes
		}
		return wanted{2, 2, "ErrIntegrity + RejectedError", "", keptAside}
	case "too large":
		return once("ErrIntegrity", "")

	case "target taken": // nothing is sent
		return wanted{0, 0, "ErrInvalidRequest + fs.ErrExist", "", nil}
	case "no place for it": // nothing is sent
		return wanted{0, 0, "ErrInvalidRequest", "", nil}
	case "taken meanwhile":
		return once("ErrInvalidRequest + fs.ErrExist", "")
	case "gone meanwhile":
		return once("fs.ErrNotExist", "")
	case "exists meanwhile":
		return once("fs.ErrExist", "")

	case "ended before it was sent":
		return ended(0, danabio.NotSent)
	case "ended while connecting":
		return ended(1, danabio.NotSent)
	case "ended while sending":
		return ended(1, danabio.PartlySent)
	case "ended when it was sent":
		return ended(1, danabio.OutcomeUnknown)
	case "ended while waiting to try again":
		if operation == token { // the exchange continues, because other callers may need it
			return ended(1, "")
		}
		return once("ErrUnavailable + context.Canceled"+answer, danabio.Refused)
	case "ended while waiting to poll again":
		return once("ErrNotReady + context.Canceled"+answer, "")
	}
	panic("no such line: " + k.line)
}

// stateOf returns how far a start got, according to its line.
func stateOf(line string) danabio.OutcomeState {
	if strings.HasSuffix(line, "partly sent") {
		return danabio.PartlySent
	}
	return danabio.OutcomeUnknown
}

// rawReply answers with bytes that need not be HTTP, and then calls rest.
func rawReply(text string, rest func(net.Conn, *http.Request)) reply {
	return func(w http.ResponseWriter, r *http.Request) {
		readAll(r)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		out := bufio.NewWriter(conn)
		_, _ = out.WriteString(text)
		_ = out.Flush()
		if rest != nil {
			rest(conn, r)
		}
	}
}
