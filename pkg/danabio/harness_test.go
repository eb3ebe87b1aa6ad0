// A test of the client looks like this:
//
//	s := newScript(t).on(start, status(429, "", "Retry-After", "7"), started)
//	inBubble(t, s, func(b *bed) {
//		opened, err := b.client.StartCircuit(b.Context(), request())
//		…
//		if gap := b.gaps(start)[0]; gap < 7*time.Second { … }
//	})
//
// A script is a server. Its method on lists the replies of an operation (token, start, download) in
// order. A test fails if a reply remains unused or if a request has no reply. Only the token
// endpoint answers without a script. Replies are status, tokenReply, zipReply, started, hangUp or
// any handler. pkg/contract checks requests and answers against the spec; broken exempts a reply
// that is malformed on purpose.
//
// inBubble runs client and server over net.Pipe in a bubble of testing/synctest. Hours of waiting
// take no time and are exact to the nanosecond, and a leaked goroutine fails the test. Options
// after the function change the danabio.Config. Afterwards calls, gaps and header of the script
// describe the requests. target, files and wantFiles help with files, request and pdf with
// documents, and smallZIP and zipOf with evidence. A test that needs a real connection, TLS or a
// separate process starts it itself.

package danabio_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/danabio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	channel = "acme-onboarding"
	circuit = "12ceb3ec-7b76-5555-b263-xx222"

	token    = "token"
	start    = "start"
	download = "download"
)

// reply answers one request.
type reply func(http.ResponseWriter, *http.Request)

// script is a server that answers each operation with the given replies in order, and with nothing
// after them. The token endpoint alone keeps issuing tokens. The client must use each reply.
type script struct {
	t *testing.T

	mu      sync.Mutex
	replies map[string][]reply
	times   map[string][]time.Time
	headers map[string][]http.Header
	protos  map[string][]string
	remotes map[string][]string
	tokens  int

	optional reply // answers any request beyond the script
}

func newScript(t *testing.T) *script {
	s := &script{
		t: t, replies: map[string][]reply{}, times: map[string][]time.Time{}, headers: map[string][]http.Header{},
		protos: map[string][]string{}, remotes: map[string][]string{},
	}
	t.Cleanup(func() {
		for operation, left := range s.replies {
			if len(left) > 0 {
				t.Errorf("%d replies of %s were not asked for", len(left), operation)
			}
		}
	})
	return s
}

func (s *script) on(operation string, replies ...reply) *script {
	s.replies[operation] = append(s.replies[operation], replies...)
	return s
}

func operationOf(r *http.Request) string {
	switch {
	case strings.HasSuffix(r.URL.Path, "/oauth2/token"):
		return token
	case strings.Contains(r.URL.Path, "/start_circuit/"):
		return start
	case strings.Contains(r.URL.Path, "/document_circuit/"):
		return download
	}
	return r.URL.Path
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation := operationOf(r)
	s.mu.Lock()
	s.times[operation] = append(s.times[operation], time.Now())
	s.headers[operation] = append(s.headers[operation], r.Header.Clone())
	s.protos[operation] = append(s.protos[operation], r.Proto)
	s.remotes[operation] = append(s.remotes[operation], r.RemoteAddr)
	var next reply
	if left := s.replies[operation]; len(left) > 0 {
		next, s.replies[operation] = left[0], left[1:]
	} else if operation == token {
		s.tokens++
		next = tokenReply(fmt.Sprintf("opaque-token-%d", s.tokens), 1799)
	} else {
		next = s.optional
	}
	s.mu.Unlock()
	if next == nil {
		s.t.Errorf("request %d of %s was not expected", s.calls(operation), operation)
		http.Error(w, "not expected", http.StatusTeapot)
		return
	}
	next(w, r)
}

func (s *script) calls(operation string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.times[operation])
}

// gaps returns the times between the requests of an operation.
func (s *script) gaps(operation string) []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gaps []time.Duration
	for i, at := range s.times[operation] {
		if i > 0 {
			gaps = append(gaps, at.Sub(s.times[operation][i-1]))
		}
	}
	return gaps
}

func (s *script) header(operation string, n int) http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.headers[operation][n]
}

// status reads the request and answers with a status and a body.
func status(code int, body string, headers ...string) reply {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		if w.Header().Get("Content-Type") == "" && strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// broken marks a reply that deliberately violates the spec.
func broken(next reply) reply {
	return func(w http.ResponseWriter, r *http.Request) {
		contract.Exempt(r)
		next(w, r)
	}
}

// hangUp reads the request and then closes the connection.
func hangUp(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	conn.Close()
}

func tokenReply(value string, lifetime int) reply {
	return status(200, fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, value, lifetime))
}

var started = status(200, `{"circuitId":"`+circuit+`","link":"https://sign.example.com/s/9f3kd81"}`)

func zipReply(content []byte) reply {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content)
	}
}

// smallZIP returns evidence with one small file.
func smallZIP(t testing.TB) []byte { return zipOf(t, `{"result":"completed"}`) }

func zipOf(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("audit.json")
	if err == nil {
		_, err = io.WriteString(f, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pdf returns a document of n bytes that passes as a PDF.
func pdf(n int) []byte {
	content := make([]byte, max(n, 16))
	_, _ = rand.Read(content)
	copy(content, "%PDF-1.7\n")
	return content
}

func request(documents ...danabio.Document) danabio.CircuitRequest {
	if documents == nil {
		documents = []danabio.Document{danabio.Bytes("contrato.pdf", pdf(100))}
	}
	return danabio.CircuitRequest{
		ID:        "loan-4711",
		Signer:    danabio.Signer{Name: "Ana Pérez Ejemplo", Email: "ana@example.com", NIF: "12345678Z"},
		Documents: documents,
	}
}

// bed is a client and a server that talk over net.Pipe in a bubble of testing/synctest. Time passes
// only while all goroutines wait, and none may be left at the end.
type bed struct {
	*testing.T
	*script
	client *danabio.Client
	dials  atomic.Int32
}

// checkedClient fails the test if the client's requests violate the spec. It does not check the
// answers, because the test chooses them.
func checkedClient(t *testing.T) func(contract.Finding) {
	fail := contract.FailTest(t)
	return func(finding contract.Finding) {
		t.Helper()
		switch finding.Class {
		case contract.ClassResponseInvalid:
			return
		// These classes apply to the request or to the answer.
		case contract.ClassMediaType, contract.ClassUndocumentedField, contract.ClassLength:
			if finding.Status >= 300 || finding.Operation == "downloadEvidence" {
				return
			}
		}
		fail(finding)
	}
}

func inBubble(t *testing.T, replies *script, test func(b *bed), options ...func(*danabio.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		checker, err := contract.New(contract.Config{Report: checkedClient(t),
			Allow: []contract.Class{contract.ClassUndocumentedStatus}})
		if err != nil {
			t.Fatal(err)
		}
		b := &bed{T: t, script: replies}
		listener := newPipeListener()
		var handlers sync.WaitGroup
		checked := checker.Handler(replies)
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handlers.Add(1)
			defer handlers.Done()
			checked.ServeHTTP(w, r)
		})}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.Serve(listener)
		}()
		config := danabio.Config{
			Environment: danabio.CustomEnvironment("http://localhost"),
			Channel:     channel,
			Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
			HTTPClient: &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _,
				_ string) (net.Conn, error) {
				b.dials.Add(1)
				return listener.dial(ctx)
			}}},
		}
		for _, option := range options {
			option(&config)
		}
		b.client, err = danabio.New(config)
		if err != nil {
			t.Fatal(err)
		}
		test(b)
		_ = b.client.Close()
		_ = server.Close()
		<-done
		handlers.Wait()
	})
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// files returns the sorted names in the folder.
func files(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	slices.Sort(names)
	return names
}

func wantFiles(t testing.TB, path string, want ...string) {
	t.Helper()
	if got := files(t, filepath.Dir(path)); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("files %q, want %q", got, want)
	}
}
