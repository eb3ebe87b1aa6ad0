package emulator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// served is an emulator behind a real HTTP server.
type served struct {
	*emulator.Emulator
	t      *testing.T
	url    string
	client *http.Client
}

// contractHandler checks the traffic against the spec. The emulator must refuse requests that
// violate it on purpose. Answers are always checked.
func contractHandler(t *testing.T, next http.Handler) http.Handler {
	t.Helper()
	checker, err := contract.New(contract.Config{Report: func(finding contract.Finding) {
		if finding.Status >= 400 && finding.Class != contract.ClassResponseInvalid &&
			finding.Class != contract.ClassLength {
			return
		}
		if finding.Class == contract.ClassUndocumentedField {
			return // fields that the spec does not define are allowed and sent on purpose
		}
		t.Errorf("contract: %v", finding)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return checker.Handler(next)
}

func newEmulator(t *testing.T, config emulator.Config) *emulator.Emulator {
	t.Helper()
	api, err := emulator.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// serve serves an emulator on loopback until the test ends.
func serve(t *testing.T, config emulator.Config) *served {
	t.Helper()
	api := newEmulator(t, config)
	server := httptest.NewServer(contractHandler(t, api))
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &served{Emulator: api, t: t, url: server.URL, client: client}
}

// reply is a complete answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) message(t *testing.T) string {
	t.Helper()
	var body struct{ Message string }
	if err := json.Unmarshal(r.body, &body); err != nil {
		t.Fatalf("error body is not JSON: %v: %q", err, r.body)
	}
	return body.Message
}

// try sends a request and returns the complete answer or the error.
func (s *served) try(request *http.Request) (reply, error) {
	response, err := s.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, body}, err
}

func (s *served) do(request *http.Request) reply {
	s.t.Helper()
	answer, err := s.try(request)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer
}

func (s *served) request(method, path, body string, header ...string) *http.Request {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	return request
}

const formType = "application/x-www-form-urlencoded"

func (s *served) tokenRequest() *http.Request {
	request := s.request("POST", "/oauth2/token", "grant_type=client_credentials", "Content-Type", formType)
	request.SetBasicAuth(url.QueryEscape(s.ClientID()), url.QueryEscape(s.ClientSecret()))
	return request
}

func (s *served) token() string {
	s.t.Helper()
	answer := s.do(s.tokenRequest())
	if answer.status != 200 || tokenIn(answer) == "" {
		s.t.Fatalf("token: status %d", answer.status)
	}
	return tokenIn(answer)
}

func (s *served) startRequest(token, body string) *http.Request {
	return s.request("POST", "/api/v1/biometric/start_circuit/"+url.PathEscape(s.Channel()), body,
		"Content-Type", "application/json", "Authorization", "Bearer "+token)
}

// started is the answer to a start.
type started struct {
	CircuitID string `json:"circuitId"`
	Link      string `json:"link"`
}

// tokenIn and circuitIn read answers without ending the test. If a value is missing, the next
// request fails.
func tokenIn(answer reply) string {
	var body struct {
		AccessToken string `json:"access_token"`
	}
	json.Unmarshal(answer.body, &body)
	return body.AccessToken
}

func circuitIn(answer reply) (circuit started) {
	json.Unmarshal(answer.body, &circuit)
	return circuit
}

func (s *served) start(token, body string) started {
	s.t.Helper()
	answer := s.do(s.startRequest(token, body))
	if answer.status != s.StartStatus() || circuitIn(answer).CircuitID == "" {
		s.t.Fatalf("start: status %d: %s", answer.status, answer.body)
	}
	return circuitIn(answer)
}

func (s *served) downloadRequest(token, channel, circuit string) *http.Request {
	return s.request("GET", "/api/v1/biometric/document_circuit/"+url.PathEscape(channel)+"/circuit/"+
		url.PathEscape(circuit), "",
		"Authorization", "Bearer "+token)
}

func (s *served) download(token, circuit string) reply {
	s.t.Helper()
	return s.do(s.downloadRequest(token, s.Channel(), circuit))
}

// sent is a document in a start's body.
type sent struct {
	name    string
	content []byte
}

// startBody returns a valid body with the given documents.
func startBody(documents ...sent) string {
	docs := make([]map[string]any, len(documents))
	for i, document := range documents {
		docs[i] = map[string]any{
			"name": document.name, "size": len(document.content),
			"content": base64.StdEncoding.EncodeToString(document.content),
		}
	}
	body, err := json.Marshal(map[string]any{
		"id":     "loan-4711",
		"signer": map[string]string{"name": "Ana Pérez", "email": "ana@example.com", "nif": "12345678A"},
		"docs":   docs,
	})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// oneDocument returns a valid body with one document.
func oneDocument() string { return startBody(sent{"contract.pdf", makePDF("contract")}) }

// makePDF returns a small PDF with one page and adds trailer to its trailer dictionary.
func makePDF(text string, trailer ...string) []byte {
	stream := fmt.Sprintf("BT /F1 24 Tf 72 720 Td (%s) Tj ET", text)
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> " +
			">>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		"<< /Filter /Standard /V 1 /R 2 /P -4 /O (01234567890123456789012345678901) /U " +
			"(01234567890123456789012345678901) >>",
	}
	var pdf bytes.Buffer
	pdf.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for i, object := range objects {
		offsets[i] = pdf.Len()
		fmt.Fprintf(&pdf, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	xref := pdf.Len()
	fmt.Fprintf(&pdf, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range offsets {
		fmt.Fprintf(&pdf, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&pdf, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1,
		strings.Join(trailer, " "), xref)
	return pdf.Bytes()
}

// encryptedPDF returns a PDF that claims to be encrypted.
func encryptedPDF() []byte {
	return makePDF("secret", "/Encrypt 6 0 R",
		"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]")
}

// sum returns the SHA-256 of content in hexadecimal.
func sum(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// clock is a clock that the test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
