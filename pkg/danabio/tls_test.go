package danabio_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// overTLS serves the script on a real socket and offers h2.
func overTLS(t *testing.T, replies *script) (*httptest.Server, danabio.Config) {
	t.Helper()
	checker, err := contract.New(contract.Config{Report: checkedClient(t),
		Allow: []contract.Class{contract.ClassUndocumentedStatus}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(checker.Handler(replies))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, danabio.Config{
		Environment: danabio.CustomEnvironment(server.URL),
		Channel:     channel,
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
		HTTPClient:  server.Client(),
	}
}

func newClient(t *testing.T, config danabio.Config) *danabio.Client {
	t.Helper()
	client, err := danabio.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// A server that offers h2 gets all requests over HTTP/1.1, each on a fresh connection.
func TestRequestsGoOutOnHTTP1EvenWhereHTTP2IsOffered(t *testing.T) {
	for name, prepare := range map[string]func(*http.Transport){
		"as the test server's client is": func(*http.Transport) {},
		"with h2 in its protocols": func(t *http.Transport) {
			t.TLSClientConfig.NextProtos = []string{"h2",
				"http/1.1"}
		},
		"with Protocols": func(t *http.Transport) {
			t.Protocols = new(http.Protocols)
			t.Protocols.SetHTTP1(true)
			t.Protocols.SetHTTP2(true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScript(t).on(start, started, started).on(download, status(404, ""))
			server, config := overTLS(t, s)
			transport := server.Client().Transport.(*http.Transport)
			prepare(transport)
			client := newClient(t, config)
			for range 2 {
				if _, err := client.StartCircuit(t.Context(),
					request(danabio.Bytes("contrato.pdf", pdf(200_000)))); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := client.OpenEvidence(t.Context(), circuit); !errors.Is(err, danabio.ErrNotReady) {
				t.Fatal(err)
			}
			for operation, want := range map[string][]string{token: {"HTTP/1.1"}, start: {"HTTP/1.1", "HTTP/1.1"},
				download: {"HTTP/1.1"}} {
				for i, proto := range s.protos[operation] {
					if proto != want[i] {
						t.Errorf("%s %d went out on %s, want %s", operation, i+1, proto, want[i])
					}
				}
			}
			remotes := slices.Concat(s.remotes[token], s.remotes[start], s.remotes[download])
			if slices.Sort(remotes); len(remotes) != 4 || len(slices.Compact(remotes)) != 4 {
				t.Errorf("requests came from %q, want four connections", remotes)
			}
			if transport.DisableKeepAlives || transport.ResponseHeaderTimeout != 0 {
				t.Error("the caller's transport was changed")
			}
		})
	}
}

func TestBadCertificateIsFinal(t *testing.T) {
	for name, change := range map[string]func(*httptest.Server, *danabio.Config){
		"of an unknown authority": func(_ *httptest.Server, c *danabio.Config) { c.HTTPClient = nil },
		"for another host": func(s *httptest.Server, c *danabio.Config) {
			c.Environment = danabio.CustomEnvironment("https://localhost:" + port(s))
			transport := s.Client().Transport.(*http.Transport).Clone()
			transport.TLSClientConfig.ServerName = "other.example.org"
			c.HTTPClient = &http.Client{Transport: transport}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, config := overTLS(t, newScript(t))
			var connections atomic.Int32
			change(server, &config)
			server.TLS.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
				connections.Add(1)
				return nil, nil
			}
			client := newClient(t, config)
			if _, err := client.Authenticate(t.Context()); !errors.Is(err, danabio.ErrCertificate) ||
				errors.Is(err, danabio.ErrUnavailable) {
				t.Errorf("got %v, want ErrCertificate", err)
			}
			server.Close()
			if n := connections.Load(); n != 1 {
				t.Errorf("%d connections, want 1", n)
			}
		})
	}
}

func port(s *httptest.Server) string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return port
}

// A handshake is not part of the start, so a connection that breaks right after it has taken no
// byte of the start.
func TestStartWhoseFirstWriteOverTLSFailsIsSentAgain(t *testing.T) {
	handshake := func(ctx context.Context, transport *http.Transport, conn net.Conn, err error) (net.Conn, error) {
		if err != nil {
			return nil, err
		}
		secured := tls.Client(conn, &tls.Config{RootCAs: transport.TLSClientConfig.RootCAs, ServerName: "example.com"})
		return secured, secured.HandshakeContext(ctx)
	}
	for name, prepare := range map[string]func(*http.Transport, dial){
		"DialContext": func(transport *http.Transport, dial dial) { transport.DialContext = dial },
		"DialTLSContext": func(transport *http.Transport, dial dial) {
			transport.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := dial(ctx, network, address)
				return handshake(ctx, transport, conn, err)
			}
		},
		"DialTLS": func(transport *http.Transport, dial dial) {
			//lint:ignore SA1019 a caller may still use it
			transport.DialTLS = func(network, address string) (net.Conn, error) {
				conn, err := dial(context.Background(), network, address)
				return handshake(context.Background(), transport, conn, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, config := overTLS(t, newScript(t).on(start, started))
			config.Credentials = danabio.TokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "opaque"}))
			config.Retry = danabio.RetryPolicy{MinDelay: time.Millisecond, MaxDelay: time.Millisecond}
			var dials atomic.Int32
			var broken atomic.Bool
			prepare(server.Client().Transport.(*http.Transport),
				func(ctx context.Context, network, _ string) (net.Conn, error) {
					conn, err := new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
					if dials.Add(1) == 1 {
						return breakingConn{conn, &broken}, err
					}
					return conn, err
				})
			client := newClient(t, config)
			ctx := httptrace.WithClientTrace(t.Context(),
				&httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { broken.Store(true) }})
			if _, err := client.StartCircuit(ctx, request()); err != nil || dials.Load() != 2 {
				t.Errorf("got %v after %d connections, want success after 2", err, dials.Load())
			}
		})
	}
}

// breakingConn refuses all writes once broken is set.
type breakingConn struct {
	net.Conn
	broken *atomic.Bool
}

func (c breakingConn) Write(p []byte) (int, error) {
	if c.broken.Load() {
		return 0, &net.OpError{Op: "write", Net: "tcp", Err: syscall.EPIPE}
	}
	return c.Conn.Write(p)
}
