package contract_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/danabio/danabio-go/pkg/contract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// notes records the reports of a checker.
type notes struct {
	mu        sync.Mutex
	findings  []contract.Finding
	exchanges []contract.Exchange
}

func (l *notes) report(f contract.Finding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.findings = append(l.findings, f)
}

func (l *notes) checked(e contract.Exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.exchanges = append(l.exchanges, e)
}

func (l *notes) classes() []contract.Class {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []contract.Class
	for _, f := range l.findings {
		all = append(all, f.Class)
	}
	slices.Sort(all)
	return all
}

// text returns everything that the checker reported, for searching.
func (l *notes) text(checker *contract.Checker) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%v %+v %#v %s", l.findings, l.findings, l.exchanges, checker.Summary())
}

// only returns the single exchange that was checked.
func (l *notes) only(t *testing.T) contract.Exchange {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.exchanges) != 1 {
		t.Fatalf("checked exchanges: %+v, want one", l.exchanges)
	}
	return l.exchanges[0]
}

// frozenSpec is a copy of an earlier embedded spec. These tests use it, so that a new spec of the
// vendor does not break them.
var frozenSpec = func() []byte {
	text, err := os.ReadFile("testdata/spec.json")
	if err != nil {
		log.Fatal(err)
	}
	return text
}()

func newChecker(t *testing.T, change ...func(*contract.Config)) (*contract.Checker, *notes) {
	t.Helper()
	seen := new(notes)
	config := contract.Config{Report: seen.report, Checked: seen.checked, Spec: frozenSpec}
	for _, change := range change {
		change(&config)
	}
	checker, err := contract.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return checker, seen
}

// serve starts a server and returns a transport for it. stop waits for the handlers, because a
// client may have its answer before they return.
func serve(t *testing.T, handler http.Handler, h2 bool) (url string, transport *http.Transport, stop func()) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // clients give up spare TLS handshakes
	if h2 {
		server.EnableHTTP2 = true
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	transport = server.Client().Transport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return server.URL, transport, func() {
		transport.CloseIdleConnections()
		server.Close()
	}
}

const (
	startPath    = "/api/v1/biometric/start_circuit/acme"
	downloadPath = "/api/v1/biometric/document_circuit/acme/circuit/c-1"
	startBody    = `{"id":"5","signer":{"name":"Ana","email":"ana@example.com","nif":"1"},"docs":[{"name":"a.pdf","size":3,"content":"YWJj"}]}`
	startAnswer  = `{"circuitId":"c-1","link":"https://example.com/l"}`
	tokenBody    = "grant_type=client_credentials"
	tokenAnswer  = `{"access_token":"t","token_type":"Bearer","expires_in":1799}`
	basic        = "Basic aWQ6c2VjcmV0"
	bearer       = "Bearer t"
	formType     = "application/x-www-form-urlencoded"
	jsonType     = "application/json"
	zipType      = "application/zip"
)

// call is a request and the answer to it.
type call struct {
	method, path, query, auth, media, body string
	agent                                  []string

	status      int
	answerMedia string
	answer      string
	header      http.Header
}

func (c call) request(t *testing.T, base string) *http.Request {
	t.Helper()
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	request, err := http.NewRequestWithContext(t.Context(), c.method, base+c.path+c.query, body)
	if err != nil {
		t.Fatal(err)
	}
	if c.auth != "" {
		request.Header.Set("Authorization", c.auth)
	}
	if c.agent != nil {
		request.Header["User-Agent"] = c.agent
	}
	if c.media != "" {
		request.Header.Set("Content-Type", c.media)
	}
	return request
}

func (c call) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	for name, values := range c.header {
		w.Header()[name] = values
	}
	if c.header.Values("Content-Type") == nil {
		w.Header()["Content-Type"] = nil
		if c.answerMedia != "" {
			w.Header().Set("Content-Type", c.answerMedia)
		}
	}
	w.WriteHeader(c.status)
	io.WriteString(w, c.answer)
}

func tokenCall(change ...func(*call)) call {
	return changed(call{method: "POST", path: "/oauth2/token", auth: basic, media: formType, body: tokenBody,
		status: 200, answerMedia: jsonType, answer: tokenAnswer}, change)
}

func startCall(change ...func(*call)) call {
	return changed(call{method: "POST", path: startPath, auth: bearer, media: jsonType, body: startBody, status: 200,
		answerMedia: jsonType, answer: startAnswer}, change)
}

func downloadCall(change ...func(*call)) call {
	return changed(call{method: "GET", path: downloadPath, auth: bearer, status: 200, answerMedia: zipType,
		answer: "PK\x05\x06"}, change)
}

func changed(c call, change []func(*call)) call {
	for _, change := range change {
		change(&c)
	}
	return c
}

// exchange sends the call and reads the whole answer.
func (c call) exchange(t *testing.T, transport http.RoundTripper, base string) {
	t.Helper()
	response, err := transport.RoundTrip(c.request(t, base))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != c.answer || response.StatusCode != c.status {
		t.Errorf("the answer came as %d %q, was sent as %d %q", response.StatusCode, got, c.status, c.answer)
	}
}
