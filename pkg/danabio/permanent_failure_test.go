package danabio_test

import (
	"bufio"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testca"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// counted is a server on a socket that handles each connection itself and counts the connections.
type counted struct {
	net.Listener
	connections atomic.Int32
}

func serveEach(t *testing.T, handle func(net.Conn)) *counted {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, done := &counted{Listener: listener}, make(chan struct{})
	t.Cleanup(func() { listener.Close(); <-done })
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.connections.Add(1)
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			handle(conn)
			conn.Close()
		}
	}()
	return s
}

// shakes returns a handler that does a TLS handshake and then reads until the client closes the
// connection. If it closed with unread data, the system would send a reset, which may overtake an
// alert.
func shakes(config *tls.Config) func(net.Conn) {
	return func(conn net.Conn) {
		if tls.Server(conn, config).Handshake() != nil {
			_ = conn.(*net.TCPConn).CloseWrite()
		}
		_, _ = io.Copy(io.Discard, conn)
	}
}

// says returns a handler that reads once and then sends the text.
func says(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 16<<10))
		_, _ = io.WriteString(conn, text)
	}
}

// hugeKey is a key that is too large for the client to accept. Its signatures are invalid.
type hugeKey struct{}

func (hugeKey) Public() crypto.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), 8200)
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(1)), E: 65537}
}
func (hugeKey) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return make([]byte, 1026), nil
}

// wantAtOnce calls each operation. It fails unless each one ends at once, after one connection,
// with the wanted error and no other error that a caller can decide on.
func wantAtOnce(t *testing.T, s *counted, config danabio.Config, want error, text string) {
	t.Helper()
	for _, operation := range all {
		t.Run(operation, func(t *testing.T) {
			n := &notebook{}
			config := config
			config.Channel, config.Journal = channel, n
			config.Credentials = danabio.TokenSource(&countedTokens{})
			if operation == token {
				config.Credentials = danabio.ClientCredentials("acme", "s3cr3t-of-acme")
			}
			before := s.connections.Load()
			path := target(t)
			err := call(t.Context(), newClient(t, config), operation, path, 40_000, danabio.PollPolicy{})
			if !errors.Is(err, want) || strings.Contains(classes(err), "+") {
				t.Errorf("got %v (%s), want %v and nothing else", err, classes(err), want)
			}
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("got %v, want a text with %q", err, text)
			}
			if n := s.connections.Load() - before; n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
			if operation == start && (len(n.results) != 1 || n.results[0].Outcome != danabio.NotSent) {
				t.Errorf("the journal has %+v, want one start that was not sent", n.results)
			}
			wantFiles(t, path)
		})
	}
}

// A permanent error ends each operation at once and says what is wrong.
func TestWhatDoesNotMendItselfIsNoOutage(t *testing.T) {
	ca := testca.New(t)
	good := ca.Issue(t, testca.Subject{Name: "the server", Hosts: []string{"127.0.0.1", "localhost"}})
	huge := ca.IssueFor(t, testca.Subject{Name: "the server", Hosts: []string{"127.0.0.1", "localhost"}}, hugeKey{})
	serving := func(certificate tls.Certificate) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{certificate}}
	}
	// A ServerHello of TLS 1.0, as an old server sends it: version, random, no session, a cipher,
	// no compression.
	oldHello := "\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01" + strings.Repeat("r", 32) + "\x00\x00\x2f\x00"
	rsaOnly := serving(ca.Issue(t, testca.Subject{Name: "the server", Hosts: []string{"127.0.0.1"}, RSA: true}))
	rsaOnly.MaxVersion, rsaOnly.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	for _, test := range []struct {
		name   string
		handle func(net.Conn)
		want   error
		text   string
		client func(*http.Transport)
	}{
		{name: "certificate with a negative serial number", handle: shakes(serving(ca.WithNegativeSerial(t, good))),
			want: danabio.ErrCertificate,
			text: "x509: negative serial number; the environment variable GODEBUG=x509negativeserial=1 allows it"},
		{name: "certificate with a key that is too large", handle: shakes(serving(huge)), want: danabio.ErrCertificate,
			text: "RSA key larger than 8192 bits; the environment variable GODEBUG=tlsmaxrsasize=16384 allows it"},
		{name: "certificate that is none",
			handle: shakes(serving(tls.Certificate{Certificate: [][]byte{[]byte("none")},
				PrivateKey: good.PrivateKey})),
			want: danabio.ErrCertificate, text: "x509: malformed certificate"},
		{name: "certificate with a common name only",
			handle: shakes(serving(ca.Issue(t, testca.Subject{Name: "localhost"}))), want: danabio.ErrCertificate,
			text: "certificate relies on legacy Common Name field, use SANs instead"},
		{name: "TLS 1.0 and 1.1 only",
			handle: shakes(&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10,
				MaxVersion: tls.VersionTLS11}),
			want: danabio.ErrTLS,
			text: "the server has no safe TLS version: at least 1.2 is needed: tls: protocol version not supported"},
		{name: "TLS 1.0, which it takes although it is not offered", handle: says(oldHello), want: danabio.ErrTLS,
			text: "the server has no safe TLS version"},
		{name: "no common cipher", handle: shakes(rsaOnly), want: danabio.ErrTLS,
			text: "GODEBUG=tlsrsakex=1,tls3des=1 allows it"},
		{name: "alert: insufficient security", handle: says("\x15\x03\x03\x00\x02\x02\x47"), want: danabio.ErrTLS,
			text: "the server accepts no safe cipher"},
		{name: "alert: unrecognized name", handle: says("\x15\x03\x03\x00\x02\x02\x70"), want: danabio.ErrTLS,
			text: "the server does not know the host by this name"},
		{name: "client certificate demanded",
			handle: shakes(&tls.Config{Certificates: []tls.Certificate{good}, ClientAuth: tls.RequireAnyClientCert,
				MaxVersion: tls.VersionTLS12}),
			want: danabio.ErrTLS, text: "or demands a client certificate"},
		{name: "alert: bad certificate", handle: says("\x15\x03\x03\x00\x02\x02\x2a"), want: danabio.ErrTLS,
			text: "the server demands a client certificate, or does not accept the one it got"},
		{name: "alert: certificate required", handle: says("\x15\x03\x03\x00\x02\x02\x74"), want: danabio.ErrTLS,
			text: "the server demands a client certificate"},
		{name: "alert of another kind", handle: says("\x15\x03\x03\x00\x02\x02\x56"), want: danabio.ErrTLS,
			text: "the TLS handshake failed: tls: inappropriate fallback"},
		{name: "plain HTTP on the TLS port", handle: says("HTTP/1.0 400 Bad Request\r\n\r\n"), want: danabio.ErrTLS,
			text: "the server speaks plain HTTP on this port"},
		{name: "mail on the TLS port", handle: says("220 mail.example.com ready\r\n"), want: danabio.ErrTLS,
			text: "the server does not speak TLS on this port"},
		{name: "TLS with a certificate that the caller does not accept", handle: shakes(serving(good)),
			want: danabio.ErrTLS, text: "the TLS handshake failed",
			client: func(t *http.Transport) {
				t.TLSClientConfig.VerifyConnection = func(tls.ConnectionState) error {
					return errors.New("another pin")
				}
			}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serveEach(t, test.handle)
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool()}}
			if test.client != nil {
				test.client(transport)
			}
			wantAtOnce(t, s, danabio.Config{
				Environment: danabio.CustomEnvironment("https://localhost:" + portOf(s.Listener)),
				HTTPClient:  &http.Client{Transport: transport},
			}, test.want, test.text)
		})
	}
}

func portOf(l net.Listener) string {
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// A TLS server that gets plain HTTP answers 400, which says nothing about the credentials.
func TestPlainHTTPToAServerOfTLSIsNamed(t *testing.T) {
	for name, body := range map[string]string{
		"Go":    "Client sent an HTTP request to an HTTPS server.\n",
		"nginx": "<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>\r\n</html>",
		"Apache": "<p>Your browser sent a request that this server could not understand.<br />\nReason: You're " +
			"speaking plain HTTP to an SSL-enabled server port.</p>",
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t).on(token, broken(status(400, body)))
			inBubble(t, s, func(b *bed) {
				_, err := b.client.Authenticate(b.Context())
				if classes(err) != "ErrTLS" || !strings.Contains(err.Error(), "https") {
					t.Errorf("got %v (%s), want ErrTLS", err, classes(err))
				}
			})
		})
	}
}

// answersConnect returns a handler that answers CONNECT.
func answersConnect(answer string) func(net.Conn) {
	return func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = io.WriteString(conn, "HTTP/1.1 "+answer+"\r\nContent-Length: 0\r\n\r\n")
		}
	}
}

// answersSOCKS returns a handler that answers the greeting of SOCKS 5, and the request after it if
// there is a reply for that.
func answersSOCKS(method byte, reply ...byte) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1024))
		_, _ = conn.Write([]byte{5, method})
		if len(reply) > 0 {
			_, _ = conn.Read(make([]byte, 1024))
			_, _ = conn.Write(append([]byte{5}, reply...))
			_, _ = io.Copy(io.Discard, conn)
		}
	}
}

// The client asks a proxy that refuses only once, because repeated wrong passwords lock accounts.
func TestProxyThatRefusesIsAskedOnce(t *testing.T) {
	refusing := func(t *http.Transport) {
		t.OnProxyConnectResponse = func(context.Context, *url.URL, *http.Request,
			*http.Response) error {
			return errors.New("canary")
		}
	}
	own := func(t *http.Transport) {
		t.OnProxyConnectResponse = func(context.Context, *url.URL, *http.Request, *http.Response) error { return nil }
	}
	for _, test := range []struct {
		name, scheme string
		handle       func(net.Conn)
		text         string
		client       func(*http.Transport)
	}{
		{"407", "http", answersConnect("407 Proxy Authentication Required"), "the proxy answered 407", nil},
		{"407, below a hook of the caller's", "http", answersConnect("407 Proxy Authentication Required"),
			"the proxy answered 407", own},
		{"407, which a hook of the caller's refuses too", "http", answersConnect("407 Proxy Authentication Required"),
			"the proxy answered 407", refusing},
		{"403", "http", answersConnect("403 Forbidden"), "the proxy answered 403", nil},
		{"redirect to a page for logging in", "http", answersConnect("302 Found"), "the proxy answered 302", nil},
		{"SOCKS, no way to log in", "socks5", answersSOCKS(0xff), "no acceptable authentication methods", nil},
		{"SOCKS, not allowed", "socks5", answersSOCKS(0, 2, 0, 1, 0, 0, 0, 0, 0, 0),
			"connection not allowed by ruleset", nil},
		{"HTTP where SOCKS is wanted", "socks5", says("HTTP/1.1 400 Bad Request\r\n\r\n"),
			"unexpected protocol version 72", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serveEach(t, test.handle)
			proxy := &url.URL{Scheme: test.scheme, Host: s.Addr().String(),
				User: url.UserPassword("canary-user", "canary-password")}
			if test.scheme == "socks5" {
				proxy.User = nil
			}
			transport := &http.Transport{Proxy: http.ProxyURL(proxy)}
			if test.client != nil {
				test.client(transport)
			}
			wantAtOnce(t, s, danabio.Config{Environment: danabio.Sandbox,
				HTTPClient: &http.Client{Transport: transport}}, danabio.ErrProxy, test.text)
		})
	}
}

// A proxy that cannot reach the server now may reach it later, so the client asks again.
func TestProxyThatCannotReachTheServerIsAskedAgain(t *testing.T) {
	for name, test := range map[string]struct {
		scheme string
		handle func(net.Conn)
	}{
		"502":                         {"http", answersConnect("502 Bad Gateway")},
		"SOCKS, connection refused":   {"socks5", answersSOCKS(0, 5, 0, 1, 0, 0, 0, 0, 0, 0)},
		"SOCKS, host not reached now": {"socks5", answersSOCKS(0, 4, 0, 1, 0, 0, 0, 0, 0, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveEach(t, test.handle)
			client := newClient(t, danabio.Config{
				Environment: danabio.Sandbox, Channel: channel,
				Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
				HTTPClient: &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: test.scheme,
					Host: s.Addr().String()})}},
				Retry: danabio.RetryPolicy{MinDelay: time.Millisecond, MaxDelay: time.Millisecond},
			})
			if _, err := client.Authenticate(t.Context()); classes(err) != "ErrUnavailable" ||
				s.connections.Load() != 4 {
				t.Errorf("got %v (%s) after %d connections, want ErrUnavailable after 4", err, classes(err),
					s.connections.Load())
			}
		})
	}
}

// Plain HTTP uses no CONNECT, so the proxy's status arrives as an answer.
func TestProxyThatRefusesPlainHTTPIsAskedOnce(t *testing.T) {
	for _, operation := range all {
		t.Run(operation, func(t *testing.T) {
			s := newScript(t).on(map[string]string{token: token, start: start, download: download,
				wait: download}[operation], broken(status(407, "")))
			inBubble(t, s, func(b *bed) {
				if operation != token {
					b.authenticate()
				}
				err := call(b.Context(), b.client, operation, target(t), 40_000, danabio.PollPolicy{})
				if got := classes(err); got != "ErrProxy + APIError 407" {
					t.Errorf("got %v (%s), want ErrProxy", err, got)
				}
			})
		})
	}
}

// The client sends nothing if the caller's Proxy function fails, or if it returns a URL that
// net/http would misinterpret.
func TestProxyFunctionThatCannotBeUsed(t *testing.T) {
	s := serveEach(t, func(net.Conn) {})
	for name, proxy := range map[string]func(*http.Request) (*url.URL, error){
		"it fails": func(*http.Request) (*url.URL, error) {
			return nil,
				errors.New("canary-password of the proxy")
		},
		"it names a scheme that is no one": http.ProxyURL(&url.URL{Scheme: "socks4", Host: s.Addr().String(),
			User: url.UserPassword("u", "canary-password")}),
		"it names no host": http.ProxyURL(&url.URL{Scheme: "http", Path: "canary-password"}),
	} {
		for _, operation := range all {
			t.Run(name+"/"+operation, func(t *testing.T) {
				tries := 0
				config := danabio.Config{
					Environment: danabio.CustomEnvironment("https://" + s.Addr().String()), Channel: channel,
					Credentials: danabio.TokenSource(&countedTokens{}),
					HTTPClient: &http.Client{Transport: &http.Transport{
						Proxy: func(r *http.Request) (*url.URL, error) { tries++; return proxy(r) }}},
				}
				if operation == token {
					config.Credentials = danabio.ClientCredentials("acme", "s3cr3t-of-acme")
				}
				err := call(t.Context(), newClient(t, config), operation, filepath.Join(t.TempDir(), "evidence.zip"),
					40_000, danabio.PollPolicy{})
				if classes(err) != "ErrProxy" || tries != 1 ||
					strings.Contains(fmt.Sprintf("%v %+v", err, err), "canary") {
					t.Errorf("got %v (%s) after %d tries, want ErrProxy after one", err, classes(err), tries)
				}
			})
		}
	}
	if n := s.connections.Load(); n > 0 {
		t.Errorf("%d connections were made", n)
	}
}

// The client tries an unknown failure as often as others, but does not report an outage.
func TestUnknownFailureIsNoOutage(t *testing.T) {
	tries := 0
	client := newClient(t, danabio.Config{
		Environment: danabio.CustomEnvironment("http://localhost"), Channel: channel,
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
		Retry:       danabio.RetryPolicy{MinDelay: time.Millisecond, MaxDelay: time.Millisecond},
		HTTPClient: &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			tries++
			return nil, errors.New("the breaker is open")
		})},
	})
	if _, err := client.Authenticate(t.Context()); classes(err) != "an error of the system" || tries != 4 {
		t.Errorf("got %v (%s) after %d tries, want an error that matches nothing after 4", err, classes(err), tries)
	}
}
