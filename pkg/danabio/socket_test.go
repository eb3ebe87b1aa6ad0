package danabio_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// socketFault is a fault on real sockets of this machine. It occurs at every attempt, except in a
// wait, where it occurs once.
type socketFault struct {
	operations []string
	phase      string
	name       string
	kind       kind
	or         kind // another valid result, if the system decides; the table has the actual one

	// The server's side of a connection that meets the fault. The connection is closed when the
	// function returns. At most one of these is set:
	serve func(*wire)
	h2    func(w *wire, c *h2, stream uint32) // serves a request; all connections use HTTP/2

	secure    *tls.Config // for the server; nil means plain HTTP
	handshake *tls.Config // for the server when it meets the fault; nil means secure
	plain     bool        // serve runs before any handshake
	silent    bool        // the server sends no SETTINGS on HTTP/2
	proxied   bool        // the client uses a proxy, which the server plays too
	held      bool        // the client gets the connection when serve has returned
	gate      int         // write before which the client stops reading, counted from 1
	// size of a start's document. Zero means 40,000 bytes, which is more than the transport's
	// buffer and less than the size from which the client waits for 100 Continue.
	size   int
	prints string // output of net/http that the client cannot prevent
	// net/http repeats each attempt by itself, and may do so once before it sees that the client
	// ended it.
	resent    bool
	transport func(*http.Transport)
	elsewhere func(*testing.T) (address string) // target of a connection that meets the fault
	limit     time.Duration                     // time limit for connecting there
}

// inject runs the operation with the fault. It fails unless the result is the wanted one and the
// fault occurred as often as wanted.
func (f socketFault) inject(t *testing.T, operation string) wanted {
	want := decide(operation, f.kind)
	path := target(t)
	faulty := want.faulty
	if f.resent && operation != wait {
		faulty *= 2
	}
	got := f.run(t, operation, path, faulty)
	if more := got.attempts - want.attempts; f.resent && more > 0 && more <= want.attempts {
		got.attempts -= more
		got.faulty = min(got.faulty, want.faulty)
	}
	if f.or.line != "" {
		if other := decide(operation, f.or); got.err == other.err {
			want = other
		}
	}
	got.compare(t, want)
	if slices.Contains(got.files, "evidence.zip") {
		wantStored(t, path, socketZIP)
	}
	return got
}

// run runs the operation, and lets the first faulty attempts meet the fault.
func (f socketFault) run(t *testing.T, operation, path string, faulty int) (got wanted) {
	s := newSocketServer(t, f, operation, faulty)
	transport := &http.Transport{DialContext: s.dial, TLSClientConfig: &tls.Config{RootCAs: authorities}}
	if f.transport != nil {
		f.transport(transport)
	}
	n := &notebook{}
	config := danabio.Config{
		Environment: danabio.CustomEnvironment(s.url()),
		Channel:     channel,
		Credentials: danabio.TokenSource(&countedTokens{}),
		HTTPClient:  &http.Client{Transport: transport},
		Retry:       danabio.RetryPolicy{MinDelay: time.Millisecond, MaxDelay: time.Millisecond},
		Journal:     n,
	}
	if f.h2 != nil {
		config.HTTPClient.Transport = anotherKind(transport)
	}
	if operation == token {
		config.Credentials = danabio.ClientCredentials("acme", "s3cr3t-of-acme")
	}
	var printed bytes.Buffer
	log.SetOutput(&printed)
	defer log.SetOutput(os.Stderr)
	client := newClient(t, config)
	size := f.size
	if size == 0 {
		size = 40_000
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got.err = classes(call(ctx, client, operation, path, size, danabio.PollPolicy{MinInterval: time.Millisecond}))
	_ = client.Close()
	transport.CloseIdleConnections() // the client does not close those of another RoundTripper
	s.stop()
	if text := printed.String(); f.prints == "" && text != "" || !strings.Contains(text, f.prints) {
		t.Errorf("net/http printed %q, want %q", text, f.prints)
	}
	got.attempts, got.faulty, got.files = s.attempts, s.met, files(t, filepath.Dir(path))
	if len(n.results) == 1 {
		got.outcome = n.results[0].Outcome
	}
	return got
}

// wantStored fails unless the file at path has exactly that content and its receipt describes it.
func wantStored(t *testing.T, path string, content []byte) {
	t.Helper()
	sum := sha256.Sum256(content)
	stored, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(stored, content) {
		t.Errorf("%d bytes are stored (%v), want the %d that were sent", len(stored), err, len(content))
	}
	receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
	if err != nil || receipt.SHA256 != hex.EncodeToString(sum[:]) || receipt.Size != int64(len(content)) {
		t.Errorf("the receipt is %+v (%v), want size and SHA-256 of what was sent", receipt, err)
	}
}

// countedTokens returns a different token each time.
type countedTokens struct{ n int }

func (c *countedTokens) Token() (*oauth2.Token, error) {
	c.n++
	return &oauth2.Token{AccessToken: fmt.Sprintf("opaque-token-%d", c.n)}, nil
}

// socketServer serves on a real socket. The first connections meet the fault, the others do not.
type socketServer struct {
	net.Listener
	t         *testing.T
	fault     socketFault
	operation string
	elsewhere string
	wait      sync.WaitGroup
	stopped   chan struct{}

	mu     sync.Mutex
	faulty int
	// Number of connections. On HTTP/2 it counts requests, since net/http may open a connection
	// that it no longer needs.
	attempts int
	met      int
	clients  map[string]chan *clientEnd // by address
}

func newSocketServer(t *testing.T, f socketFault, operation string, faulty int) *socketServer {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &socketServer{Listener: listener, t: t, fault: f, operation: operation, faulty: faulty,
		clients: map[string]chan *clientEnd{}, stopped: make(chan struct{})}
	if f.elsewhere != nil {
		s.elsewhere = f.elsewhere(t)
	}
	s.wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.wait.Go(func() { s.accept(conn.(*net.TCPConn)) })
		}
	})
	return s
}

func (s *socketServer) stop() { _ = s.Close(); close(s.stopped); s.wait.Wait() }

// If its context ends, the dialler drops a connection that is already established. The server then
// never gets a clientEnd for it.
func TestSocketServerStopsWithoutTheClientsEnd(t *testing.T) {
	s := newSocketServer(t, socketFault{}, token, 0)
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s.stop()
	if s.attempts > 0 {
		t.Errorf("%d attempts", s.attempts)
	}
}

func (s *socketServer) url() string {
	scheme := "http"
	if s.fault.secure != nil || s.fault.h2 != nil {
		scheme = "https"
	}
	_, port, _ := net.SplitHostPort(s.Addr().String())
	return scheme + "://localhost:" + port
}

// next counts an attempt and reports whether the fault occurs in it.
func (s *socketServer) next() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.attempts++; s.attempts > s.faulty {
		return false
	}
	s.met++
	return true
}

func (s *socketServer) client(address string) chan *clientEnd {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clients[address] == nil {
		s.clients[address] = make(chan *clientEnd, 1)
	}
	return s.clients[address]
}

// patience limits what happens at once on an idle machine. It only keeps a failing test from
// hanging.
const patience = 20 * time.Second

// dial is the client's DialContext.
func (s *socketServer) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	if s.fault.elsewhere != nil && s.next() {
		return (&net.Dialer{Timeout: s.fault.limit}).DialContext(ctx, network, s.elsewhere)
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, s.Addr().String())
	if err != nil {
		return nil, err
	}
	// A fixed buffer keeps unread data with the client, whatever the system's buffers are.
	if err := conn.(*net.TCPConn).SetWriteBuffer(64 << 10); err != nil {
		return nil, err
	}
	end := &clientEnd{Conn: conn, served: make(chan struct{}), closed: make(chan struct{}), gate: s.fault.gate}
	end.news.L = &end.mu
	s.client(conn.LocalAddr().String()) <- end
	if s.fault.held {
		select {
		case <-end.served:
		case <-s.stopped:
		}
	}
	return end, nil
}

func (s *socketServer) accept(conn *net.TCPConn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	w := &wire{counted: &toldConn{TCPConn: conn}, server: s}
	client := s.client(conn.RemoteAddr().String())
	select {
	case w.client = <-client:
	case <-s.stopped: // an abandoned dial has no clientEnd
		select {
		case w.client = <-client:
		default:
			return
		}
	}
	w.Conn, w.in = w.counted, bufio.NewReader(w.counted)
	if s.fault.h2 != nil {
		s.http2(w)
		return
	}
	if s.fault.elsewhere != nil || !s.next() {
		close(w.client.served)
		s.answer(w)
		return
	}
	defer close(w.client.served)
	switch {
	case s.fault.plain:
	case s.fault.handshake != nil:
		_ = w.secure(s.fault.handshake) // the fault decides whether it succeeds
	case s.fault.secure != nil:
		if err := w.secure(s.fault.secure); err != nil {
			s.t.Errorf("handshake: %v", err)
		}
	}
	s.fault.serve(w)
}

// http2 serves one connection on HTTP/2.
func (s *socketServer) http2(w *wire) {
	defer close(w.client.served)
	if w.secure(overHTTP2) != nil {
		return
	}
	c := &h2{s.t, w.Conn, w.in}
	stream, ok := c.begin(!s.fault.silent)
	switch {
	case !ok:
	case s.next():
		s.fault.h2(w, c, stream)
	default:
		if s.fault.silent {
			_ = c.frame(frameSettings, 0, 0, nil)
		}
		_ = c.frame(frameHeaders, endHeaders, stream, fields(":status", "200"))
		_, body := goodBody(s.operation)
		c.body(stream, []byte(body))
		_ = c.frame(frameData, endStream, stream, nil)
		c.rest(s.next)
	}
}

// answer answers like a good server.
func (s *socketServer) answer(w *wire) {
	if s.fault.proxied {
		w.connect()
	}
	if s.fault.secure != nil {
		if err := w.secure(s.fault.secure); err != nil {
			s.t.Errorf("handshake: %v", err)
			return
		}
	}
	w.request()
	w.say(goodAnswer(s.operation))
}

// socketZIP is evidence that needs more than one packet.
var socketZIP = largeZIP(69_000)

func goodBody(operation string) (media, body string) {
	switch operation {
	case token:
		return "application/json", `{"access_token":"opaque-token","token_type":"Bearer","expires_in":1799}`
	case start:
		return "application/json", `{"circuitId":"` + circuit + `"}`
	}
	return "application/zip", string(socketZIP)
}

func goodAnswer(operation string) string {
	media, body := goodBody(operation)
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		media, len(body), body)
}

// secure adds TLS to the connection.
func (w *wire) secure(config *tls.Config) error {
	conn := tls.Server(w.counted, config)
	w.Conn, w.in = conn, bufio.NewReader(conn)
	return conn.Handshake()
}

// connect answers CONNECT like a good proxy.
func (w *wire) connect() {
	if method := w.headers().Method; method != http.MethodConnect {
		w.server.t.Errorf("the proxy was asked for %s, want CONNECT", method)
	}
	w.say("HTTP/1.1 200 Connection established\r\n\r\n")
}

// wire is the server's side of a connection.
type wire struct {
	net.Conn // the TLS connection after secure
	in       *bufio.Reader
	counted  *toldConn
	client   *clientEnd
	server   *socketServer
}

// toldConn counts the bytes written to it.
type toldConn struct {
	*net.TCPConn
	told int64
}

func (c *toldConn) Write(p []byte) (int, error) {
	n, err := c.TCPConn.Write(p)
	c.told += int64(n)
	return n, err
}

func (w *wire) say(text string) { _, _ = io.WriteString(w, text) }

// headers reads the request up to its body.
func (w *wire) headers() *http.Request {
	req, err := http.ReadRequest(w.in)
	if err != nil {
		w.server.t.Errorf("reading the request: %v", err)
		return &http.Request{Body: http.NoBody}
	}
	return req
}

// request reads the whole request.
func (w *wire) request() *http.Request {
	req := w.headers()
	if req.Header.Get("Expect") != "" {
		w.say("HTTP/1.1 100 Continue\r\n\r\n")
	}
	if _, err := io.Copy(io.Discard, req.Body); err != nil {
		w.server.t.Errorf("reading the request's body: %v", err)
	}
	return req
}

// upload reads the request's headers and n bytes of its longer body.
func (w *wire) upload(n int64) {
	req := w.headers()
	if req.Header.Get("Expect") != "" {
		w.say("HTTP/1.1 100 Continue\r\n\r\n")
	}
	if _, err := io.CopyN(io.Discard, req.Body, n); err != nil {
		w.server.t.Errorf("reading the request's body: %v", err)
	}
}

// arrived waits until the client has read everything that the server wrote, or has closed the
// connection.
func (w *wire) arrived() {
	if !w.client.hears(w.counted.told) {
		w.server.t.Errorf("the client did not read %d bytes", w.counted.told)
	}
}

// reset ends the connection by RST.
func (w *wire) reset() {
	_ = w.counted.SetLinger(0)
	_ = w.counted.Close()
}

// fin ends the server's side by FIN and waits until the client closes the connection. Closing with
// unread data would send a reset.
func (w *wire) fin() {
	_ = w.counted.CloseWrite()
	w.until(w.client.closed, "the client did not close the connection")
}

// stand waits until the client closes the connection.
func (w *wire) stand() { w.until(w.client.closed, "the client did not close the connection") }

func (w *wire) until(happened <-chan struct{}, otherwise string) {
	select {
	case <-happened:
	case <-time.After(patience):
		w.server.t.Error(otherwise)
	}
}

// clientEnd is the client's side of a connection.
type clientEnd struct {
	net.Conn
	gate   int
	served chan struct{} // the server is done
	closed chan struct{}
	once   sync.Once

	mu     sync.Mutex
	news   sync.Cond
	heard  int64
	writes int
	ended  bool
}

func (c *clientEnd) Read(p []byte) (int, error) {
	c.mu.Lock()
	for c.writes == c.gate-1 && !c.ended {
		c.news.Wait()
	}
	c.mu.Unlock()
	n, err := c.Conn.Read(p)
	c.tell(func() { c.heard += int64(n) })
	return n, err
}

func (c *clientEnd) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.tell(func() { c.writes++ })
	return n, err
}

func (c *clientEnd) Close() error {
	c.tell(func() { c.ended = true })
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

func (c *clientEnd) tell(news func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	news()
	c.news.Broadcast()
}

// hears waits until the client has read n bytes or has closed the connection.
func (c *clientEnd) hears(n int64) bool {
	late := false
	defer time.AfterFunc(patience, func() { c.tell(func() { late = true }) }).Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.heard < n && !c.ended && !late {
		c.news.Wait()
	}
	return c.heard >= n || c.ended
}
