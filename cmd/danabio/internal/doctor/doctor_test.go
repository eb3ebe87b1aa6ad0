package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testca"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// The canaries must not appear in any check.
const (
	canaryID      = "canary-id"
	canarySecret  = "canary-s3cr3t"
	canaryChannel = "canary-channel"
	canaryBody    = "canary-of-the-server"
)

// world is the environment in which the doctor tries to reach the API.
type world struct {
	t         *testing.T
	ca        *testca.CA
	api       http.Handler
	config    Config
	client    danabio.Config
	transport *http.Transport
}

func newWorld(t *testing.T) *world {
	t.Helper()
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
		"NO_PROXY", "no_proxy"} {
		t.Setenv(name, "")
	}
	api, err := emulator.New(emulator.Config{ClientID: canaryID, ClientSecret: canarySecret, Channel: canaryChannel})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, ca: testca.New(t), api: api, transport: http.DefaultTransport.(*http.Transport).Clone()}
	w.transport.Proxy = nil
	w.transport.TLSClientConfig = &tls.Config{RootCAs: w.ca.Pool()}
	w.client.Channel = canaryChannel
	w.client.Credentials = danabio.ClientCredentials(canaryID, canarySecret)
	w.config = Config{
		TempFolder: t.TempDir(),
		Transport:  func() *http.Transport { return w.transport },
		Trusts:     func(root *x509.Certificate) bool { return root.Equal(w.ca.Certificate) },
		Client: func() danabio.Config {
			w.client.Environment = danabio.CustomEnvironment(w.config.BaseURL)
			w.client.HTTPClient = &http.Client{Transport: w.transport}
			return w.client
		},
	}
	return w
}

// serve serves the API over TLS with a certificate from the world's authority.
func (w *world) serve(subject testca.Subject, change ...func(*tls.Config)) *httptest.Server {
	if subject.Hosts == nil {
		subject.Hosts = []string{"127.0.0.1", "localhost"}
	}
	subject.Name = "the server"
	return w.serveWith(w.ca.Issue(w.t, subject), change...)
}

func (w *world) serveWith(certificate tls.Certificate, change ...func(*tls.Config)) *httptest.Server {
	server := httptest.NewUnstartedServer(w.api)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	for _, f := range change {
		f(server.TLS)
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	w.t.Cleanup(server.Close)
	w.config.BaseURL = server.URL
	return server
}

// answers makes the server use handler for one path.
func (w *world) answers(path string, handler http.HandlerFunc) {
	next := w.api
	w.api = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, path) {
			handler(rw, r)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"message": %q}`, canaryBody)
	}
}

func (w *world) clockOff(by time.Duration) {
	w.answers("/", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
	})
}

func lines(checks []Check) string {
	var b strings.Builder
	for _, check := range checks {
		fmt.Fprintf(&b, "%s %s: %s\n", check.Status, check.Name, check.Found)
		if check.Advice.Format != "" {
			fmt.Fprintf(&b, "  %s: %s\n", check.Who, check.Advice)
		}
	}
	return b.String()
}

const (
	tokenPath   = "/oauth2/token"
	circuitPath = "/api/"
)

// noFolder is the system's error message for a file in a folder that does not exist.
var noFolder = func() string {
	_, err := os.Open("nosuch/nosuch")
	return errors.Unwrap(err).Error()
}()

// Each way to break the world is reported in exactly these words. It never stops the checks that do
// not depend on it.
func TestEachBrokenWorldIsNamed(t *testing.T) {
	day := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.DateOnly) }
	for name, test := range map[string]struct {
		breaks func(w *world)
		want   []string // PORT stands for the server's port, PROXY for the proxy's
		kind   Kind     // of the first failure
	}{
		"nothing is broken": {
			breaks: func(w *world) { w.serve(testca.Subject{}) },
			want: []string{
				"ok proxy: none",
				"ok dns: 127.0.0.1 is an address, which needs none",
				"ok tcp: 127.0.0.1:PORT accepts connections",
				"ok tls: TLS 1.3; the certificate of CN=the server, issued by CN=Test CA, is good for 100 days; your " +
					"CA file trusts its root CN=Test CA",
				"ok clock: at most 30s from the server's",
				"ok token: the credentials are accepted; a token is good for about 30 minutes",
				"ok channel: the API can be used with these credentials; whether the channel exists does not show, " +
					"since the server answers 404 to an unknown channel and to an unknown circuit alike",
				"ok temp-folder: a file of 16 MiB can be written",
			},
		},
		"no server": {
			breaks: func(*world) {},
			want: []string{"skipped proxy: no server is known", "skipped channel: no server is known",
				"ok temp-folder: a file of 16 MiB can be written"},
		},
		"host that does not exist": {
			breaks: func(w *world) {
				w.config.BaseURL = "https://api.example.invalid"
				w.config.Lookup = func(_ context.Context, host string) ([]string, error) {
					return nil, &net.DNSError{Name: host, IsNotFound: true}
				}
			},
			want: []string{
				"failed dns: the host api.example.invalid does not exist",
				"  you: look for a mistake in the base URL; if it is right, ask your network people why their DNS " +
					"does not know the host",
				`skipped tcp: needs "dns", which failed or was skipped`,
				`skipped tls: needs "tcp", which failed or was skipped`,
				`skipped clock: needs "tls", which failed or was skipped`,
				`skipped token: needs "tls", which failed or was skipped`,
				`skipped channel: needs "token", which failed or was skipped`,
			},
			kind: Unreached,
		},
		"host of the vendor that does not exist": {
			breaks: func(w *world) {
				w.config.BaseURL, w.config.Vendors = "https://api.example.invalid", true
				w.config.Lookup = func(_ context.Context, host string) ([]string, error) {
					return nil, &net.DNSError{Name: host, IsNotFound: true}
				}
			},
			want: []string{
				"failed dns: the host api.example.invalid does not exist here",
				"  network: have this machine's DNS look up hosts of the Internet, or set the proxy that does",
			},
			kind: Unreached,
		},
		"DNS that does not answer": {
			breaks: func(w *world) {
				w.config.BaseURL = "https://api.example.invalid"
				w.config.Lookup = func(_ context.Context, host string) ([]string, error) {
					return nil, &net.DNSError{Name: host, IsTimeout: true}
				}
			},
			want: []string{"failed dns: the host api.example.invalid could not be looked up",
				"  network: have DNS fixed on this machine or in its network"},
			kind: Unreached,
		},
		"closed port": {
			breaks: func(w *world) { w.serve(testca.Subject{}).Close() },
			want: []string{
				"failed tcp: 127.0.0.1:PORT: the connection was refused",
				"  you: start what should listen there, on this machine",
			},
			kind: Unreached,
		},
		"closed port elsewhere": {
			breaks: func(w *world) {
				w.config.BaseURL = "https://api.example.com"
				w.config.Lookup = func(context.Context,
					string) ([]string, error) {
					return []string{"192.0.2.2", "192.0.2.1"}, nil
				}
				w.transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
				}
			},
			want: []string{
				"ok dns: api.example.com has the addresses 192.0.2.1, 192.0.2.2",
				"failed tcp: api.example.com:443: no answer came within 10 s",
				"  network: have connections from this machine to api.example.com:443 allowed, or set the proxy that " +
					"leads there",
			},
			kind: Unreached,
		},
		"self-signed certificate": {
			breaks: func(w *world) {
				w.serveWith((&testca.CA{}).Issue(w.t, testca.Subject{Name: "a box", Hosts: []string{"127.0.0.1"}}))
			},
			want: []string{
				"failed tls: the server's certificate is self-signed: CN=a box",
				"  network: if the server is your own, give its certificate with --ca-file; else something in " +
					"between answers in the server's place",
			},
			kind: Unreached,
		},
		"authority that nobody trusts": {
			breaks: func(w *world) {
				w.serveWith(testca.New(w.t).Issue(w.t,
					testca.Subject{Name: "the server", Hosts: []string{"127.0.0.1"}}))
			},
			want: []string{
				"failed tls: the server's certificate comes from an authority that is not trusted: CN=Test CA",
				"  network: if that is an authority of your own or your network inspects TLS, ask for its " +
					"certificate and give it with --ca-file",
			},
			kind: Unreached,
		},
		"authority of the system that does not publish": {
			breaks: func(w *world) {
				w.serve(testca.Subject{})
				w.config.Trusts = nil
			},
			want: []string{
				"ok tls: TLS 1.3; the certificate of CN=the server, issued by CN=Test CA, is good for 100 days; the " +
					"system trusts its root CN=Test CA",
				"  network: only a hint: the certificate does not look like one of a public authority, so something " +
					"in your network may read what is sent; ask whether that is so",
			},
		},
		"expired certificate": {
			breaks: func(w *world) { w.serve(testca.Subject{For: -48 * time.Hour}) },
			want: []string{
				"failed tls: the server's certificate expired on " + day(-48*time.Hour),
				"  vendor: have it renewed; but first see that this machine's clock is right",
			},
			kind: Unreached,
		},
		"certificate of the future": {
			breaks: func(w *world) { w.serve(testca.Subject{Begins: 48 * time.Hour}) },
			want: []string{
				"failed tls: the server's certificate is valid only from " + day(48*time.Hour) + " on",
				"  you: set this machine's clock; if it is right, tell DANAconnect",
			},
			kind: Unreached,
		},
		"certificate that ends soon": {
			breaks: func(w *world) { w.serve(testca.Subject{For: 3*24*time.Hour + time.Hour}) },
			want: []string{
				"warning tls: TLS 1.3; the certificate of CN=the server, issued by CN=Test CA, is good for 3 days; " +
					"your CA file trusts its root CN=Test CA",
				"  vendor: have the certificate renewed in time",
			},
		},
		"certificate for another host": {
			breaks: func(w *world) { w.serve(testca.Subject{Hosts: []string{"api.example.com", "www.example.com"}}) },
			want: []string{
				"failed tls: the server's certificate is for api.example.com, www.example.com, not for 127.0.0.1",
				"  you: look for a mistake in the base URL; if it is right, tell DANAconnect",
			},
			kind: Unreached,
		},
		"certificate with a common name only": {
			breaks: func(w *world) { w.serveWith(w.ca.Issue(w.t, testca.Subject{Name: "127.0.0.1"})) },
			want: []string{
				"failed tls: the certificate CN=127.0.0.1 of 127.0.0.1 does not name its host properly: a common " +
					"name alone does not count",
				"  vendor: have a certificate issued with 127.0.0.1 among its subject alternative names",
			},
			kind: Unreached,
		},
		"certificate with the address as a name": {
			breaks: func(w *world) {
				w.serveWith(w.ca.Issue(w.t, testca.Subject{Name: "the server", Names: []string{"127.0.0.1"}}))
			},
			want: []string{
				"failed tls: the certificate of 127.0.0.1 names it in a form that does not count",
				"  vendor: have a certificate issued in which an address is an IP address, and a host name a DNS name",
			},
			kind: Unreached,
		},
		"server without TLS": {
			breaks: func(w *world) {
				server := httptest.NewServer(w.api)
				w.t.Cleanup(server.Close)
				w.config.BaseURL = strings.Replace(server.URL, "http:", "https:", 1)
			},
			want: []string{
				"failed tls: the server speaks plain HTTP on this port, not TLS",
				"  you: look for a mistake in the base URL, in its port above all; if it is right, ask your network " +
					"people what answers there",
			},
			kind: Unreached,
		},
		"server of TLS that gets plain HTTP": {
			breaks: func(w *world) {
				w.serve(testca.Subject{})
				w.config.BaseURL = strings.Replace(w.config.BaseURL, "https:", "http:", 1)
			},
			want: []string{"failed token: the server speaks TLS on this port, and got plain HTTP",
				"  you: give the base URL with https"},
			kind: Unreached,
		},
		"certificate with a negative serial number": {
			breaks: func(w *world) {
				w.serve(testca.Subject{},
					presents(w.ca.WithNegativeSerial(w.t, w.ca.Issue(w.t, testca.Subject{Name: "the server"}))))
			},
			want: []string{
				"failed tls: the server's certificate cannot be read: x509: negative serial number",
				"  network: have its issuer fix it, which may be a device that inspects TLS; until then, set " +
					"GODEBUG=x509negativeserial=1 in the environment of danabio",
			},
			kind: Unreached,
		},
		"certificate that is none": {
			breaks: func(w *world) {
				issued := w.ca.Issue(w.t, testca.Subject{Name: "the server"})
				w.serve(testca.Subject{},
					presents(tls.Certificate{Certificate: [][]byte{[]byte("none")}, PrivateKey: issued.PrivateKey}))
			},
			want: []string{
				"failed tls: the server's certificate cannot be read: x509: malformed certificate",
				"  network: have its issuer fix it, which may be a device that inspects TLS",
			},
			kind: Unreached,
		},
		"no authority in the system": {
			breaks: func(w *world) {
				w.serveWith(testca.New(w.t).Issue(w.t,
					testca.Subject{Name: "the server", Hosts: []string{"127.0.0.1"}}))
				w.config.SystemRoots = func() (*x509.CertPool, error) { return x509.NewCertPool(), nil }
			},
			want: []string{
				"failed tls: this system trusts no authority at all, so no certificate is good, as in a container " +
					"image without certificates",
				"  you: install the package ca-certificates, or name a file with authorities in SSL_CERT_FILE or " +
					"with --ca-file",
			},
			kind: Unreached,
		},
		"old versions of TLS only": {
			breaks: func(w *world) {
				w.serve(testca.Subject{}, func(c *tls.Config) {
					c.MinVersion, c.MaxVersion = tls.VersionTLS10,
						tls.VersionTLS11
				})
			},
			want: []string{
				"failed tls: the server has no safe TLS version: at least 1.2 is needed",
				"  network: have the software that answers there updated",
			},
			kind: Unreached,
		},
		"old ciphers only": {
			breaks: func(w *world) {
				w.serve(testca.Subject{RSA: true}, tls12,
					func(c *tls.Config) { c.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA} })
			},
			want: []string{
				"failed tls: the server accepts no safe cipher, or demands a client certificate",
				"  network: have the software that answers there updated; until then, try " +
					"GODEBUG=tlsrsakex=1,tls3des=1 in the environment of danabio",
			},
			kind: Unreached,
		},
		"hello that is too long for what is in between": {
			breaks: func(w *world) { w.serve(testca.Subject{}); w.losesLongHellos((*net.TCPConn).Close) },
			want: []string{
				"failed tls: the server answers a TLS hello only if that does not offer ML-KEM",
				"  network: have the firewall or gateway in between updated; until then, set GODEBUG=tlsmlkem=0 in " +
					"the environment of danabio",
				`skipped token: needs "tls", which failed or was skipped`,
			},
			kind: Unreached,
		},
		"hello that ends the connection, whatever it offers": {
			breaks: func(w *world) {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					w.t.Fatal(err)
				}
				w.t.Cleanup(func() { listener.Close() })
				go func() {
					for {
						conn, err := listener.Accept()
						if err != nil {
							return
						}
						_, _ = conn.Read(make([]byte, 16<<10))
						conn.Close()
					}
				}()
				w.config.BaseURL = "https://" + listener.Addr().String()
			},
			want: []string{
				"failed tls: the connection was closed before the answer was complete",
				"  network: ask whether a firewall or a proxy ends connections to 127.0.0.1:PORT",
			},
			kind: Unreached,
		},
		"client certificate missing, TLS 1.3": {
			breaks: func(w *world) { w.serve(testca.Subject{}, w.demandCertificate, tls13) },
			want: []string{
				"failed tls: the server demands a client certificate, and none was given that it accepts",
				"  you: give it with --client-cert and --client-key",
				`skipped token: needs "tls", which failed or was skipped`,
			},
			kind: Configuration,
		},
		"client certificate missing, TLS 1.2": {
			breaks: func(w *world) { w.serve(testca.Subject{}, w.demandCertificate, tls12) },
			want:   []string{"failed tls: the server demands a client certificate, and none was given that it accepts"},
			kind:   Configuration,
		},
		"client certificate of another authority": {
			breaks: func(w *world) {
				other := testca.New(w.t).Issue(w.t, testca.Subject{Name: "client"}) // another issuer, same name
				w.serve(testca.Subject{}, w.demandCertificate)
				w.transport.TLSClientConfig.Certificates = []tls.Certificate{other}
			},
			want: []string{"failed tls: the server does not accept the client certificate",
				"  vendor: ask which client certificate this server accepts"},
			kind: Unreached,
		},
		"client certificate accepted": {
			breaks: func(w *world) {
				w.serve(testca.Subject{}, w.demandCertificate)
				w.transport.TLSClientConfig.Certificates = []tls.Certificate{w.ca.Issue(w.t,
					testca.Subject{Name: "client"})}
			},
			want: []string{"ok clock: at most 30s from the server's",
				"ok token: the credentials are accepted; a token is good for about 30 minutes"},
		},
		"client certificate asked for, not demanded": {
			breaks: func(w *world) {
				w.serve(testca.Subject{}, func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert })
			},
			want: []string{
				"warning tls: TLS 1.3; the certificate of CN=the server, issued by CN=Test CA, is good for 100 days; " +
					"your CA file trusts its root CN=Test CA",
				"  you: the server asks for a client certificate, and got none; if requests are refused, give one " +
					"with --client-cert",
				"ok token: the credentials are accepted; a token is good for about 30 minutes",
			},
		},
		"clock a minute off": {
			breaks: func(w *world) { w.clockOff(time.Minute); w.serve(testca.Subject{}) },
			want: []string{
				"warning clock: this machine's clock is about 1m0s behind the server's",
				"  you: have this machine's clock set by the network (NTP); if it is right, tell DANAconnect",
			},
			kind: Unreached, // the failure of the token check, because the answer is empty
		},
		"clock an hour off": {
			breaks: func(w *world) { w.clockOff(-time.Hour); w.serve(testca.Subject{}) },
			want:   []string{"failed clock: this machine's clock is about 1h0m0s ahead of the server's"},
			kind:   Unreached,
		},
		"answer without a date": {
			breaks: func(w *world) {
				w.answers("/", func(rw http.ResponseWriter, _ *http.Request) { rw.Header()["Date"] = nil })
				w.serve(testca.Subject{})
			},
			want: []string{"skipped clock: the server's answer has no date"},
			kind: Unreached,
		},
		"credentials refused": {
			breaks: func(w *world) { w.answers(tokenPath, status(401)); w.serve(testca.Subject{}) },
			want: []string{
				"failed token: the server refuses the client id and secret: it answers 401",
				"  you: check both, and that they belong to this environment; if they do, ask DANAconnect whether " +
					"they are still good",
				`skipped channel: needs "token", which failed or was skipped`,
				"ok temp-folder: a file of 16 MiB can be written",
			},
			kind: Unauthorized,
		},
		"token refused for another reason": {
			breaks: func(w *world) { w.answers(tokenPath, status(403)); w.serve(testca.Subject{}) },
			want:   []string{"failed token: the server answers 403 to the request", "  vendor: ask why"},
			kind:   Refused,
		},
		"server out of order": {
			breaks: func(w *world) { w.answers(tokenPath, status(503)); w.serve(testca.Subject{}) },
			want: []string{
				"failed token: the server answers 503: it is not available now",
				"  vendor: if that lasts longer than some minutes, ask what is wrong",
			},
			kind: Unreached,
		},
		"channel refused": {
			breaks: func(w *world) { w.answers(circuitPath, status(403)); w.serve(testca.Subject{}) },
			want: []string{
				"failed channel: the server refuses the channel to this client id: it answers 403",
				"  you: check the channel, and that it belongs to this environment; if it does, ask DANAconnect " +
					"whether the client id may use it",
			},
			kind: Refused,
		},
		"token not accepted for the channel": {
			breaks: func(w *world) { w.answers(circuitPath, status(401)); w.serve(testca.Subject{}) },
			want: []string{
				"failed channel: the server does not accept its own token for this channel: it answers 401",
				"  vendor: ask whether the client id may use the channel",
			},
			kind: Unauthorized,
		},
		"login page of the network": {
			breaks: func(w *world) {
				w.answers(tokenPath, func(rw http.ResponseWriter, _ *http.Request) {
					fmt.Fprint(rw, "<html><title>"+canaryBody+"</title></html>")
				})
				w.serve(testca.Subject{})
			},
			want: []string{
				"failed token: what answers is not the API: perhaps a login page of your network",
				"  network: look for a mistake in the base URL; open a page in a browser, and if a login page comes, " +
					"log in or have this machine excepted",
			},
			kind: Unreached,
		},
		"redirect to a login page": {
			breaks: func(w *world) {
				w.answers(tokenPath, func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Location", "https://"+canaryBody+".example.com/")
					rw.WriteHeader(http.StatusFound)
				})
				w.serve(testca.Subject{})
			},
			want: []string{"failed token: what answers is not the API: perhaps a login page of your network"},
			kind: Unreached,
		},
		"page instead of evidence": {
			breaks: func(w *world) { w.answers(circuitPath, status(200)); w.serve(testca.Subject{}) },
			want:   []string{"failed channel: what answers is not the API: perhaps a login page of your network"},
			kind:   Unreached,
		},
		"another server": {
			breaks: func(w *world) { w.answers(tokenPath, page(404)); w.serve(testca.Subject{}) },
			want: []string{
				"failed token: a server other than the API answers: 404 with an HTML page",
				"  you: look for a mistake in the base URL; if it is right, ask DANAconnect",
			},
			kind: Unreached,
		},
		"404 without a page": {
			breaks: func(w *world) { w.answers(tokenPath, status(404)); w.serve(testca.Subject{}) },
			want:   []string{"failed token: the server answers 404 to the request", "  vendor: ask why"},
			kind:   Refused,
		},
		"another server behind the tokens": {
			breaks: func(w *world) { w.answers(circuitPath, page(404)); w.serve(testca.Subject{}) },
			want: []string{
				"warning channel: a server other than the API seems to answer: 404 with an HTML page",
				"  you: look for a mistake in the base URL; if it is right, ask DANAconnect",
			},
		},
		"proxy that wants credentials": {
			breaks: func(w *world) { w.serve(testca.Subject{}); w.proxyAnswers(407) },
			want: []string{
				"ok proxy: HTTPS_PROXY: https://127.0.0.1:PORT is reached through http://127.0.0.1:PROXY, with a " +
					"user name",
				"ok tcp: 127.0.0.1:PROXY accepts connections",
				"failed tls: the proxy answers 407: it wants a user name and a password",
				"  network: ask for them, and put them into the proxy's URL: " +
					"http://user:password@proxy.example.com:3128",
			},
			kind: Unreached,
		},
		"proxy that refuses": {
			breaks: func(w *world) { w.serve(testca.Subject{}); w.proxyAnswers(403) },
			want: []string{
				"failed tls: the proxy answers 403, and does not connect to the server",
				"  network: have the proxy allow requests to the server",
			},
			kind: Unreached,
		},
		"proxy that wants credentials for plain HTTP": {
			breaks: func(w *world) {
				w.config.BaseURL = "http://api.example.com"
				w.client.AllowPlainHTTP = true
				w.proxyAnswers(407)
			},
			want: []string{
				"ok proxy: HTTP_PROXY: http://api.example.com is reached through http://127.0.0.1:PROXY, with a user " +
					"name",
				"skipped tls: the base URL is plain http",
				"failed token: the proxy answers 407: it wants a user name and a password",
			},
			kind: Unreached,
		},
		"proxy variable that is no URL": {
			breaks: func(w *world) {
				w.serve(testca.Subject{})
				w.config.BaseURL = "https://api.example.com"
				w.transport.Proxy = http.ProxyFromEnvironment
				w.t.Setenv("HTTPS_PROXY", "http://"+canaryID+":"+canarySecret+"@%zz")
			},
			want: []string{
				"failed proxy: HTTPS_PROXY is not the URL of a proxy",
				"  you: set it to a URL such as http://proxy.example.com:3128, or unset it",
				`skipped dns: needs "proxy", which failed or was skipped`,
			},
			kind: Configuration,
		},
		"proxy variable that is no URL, and does not count": {
			breaks: func(w *world) {
				w.serve(testca.Subject{})
				w.transport.Proxy = http.ProxyFromEnvironment
				w.t.Setenv("HTTPS_PROXY", "http://"+canaryID+":"+canarySecret+"@%zz")
			},
			want: []string{
				"ok proxy: HTTPS_PROXY does not apply to https://127.0.0.1:PORT, because of NO_PROXY or because it " +
					"is this machine",
				"ok token: the credentials are accepted; a token is good for about 30 minutes",
			},
		},
		"proxy variable in a CGI program": {
			breaks: func(w *world) {
				w.config.BaseURL = "http://api.example.com"
				w.transport.Proxy = http.ProxyFromEnvironment
				w.t.Setenv("HTTP_PROXY", "http://proxy.example.com:3128")
				w.t.Setenv("REQUEST_METHOD", "GET")
			},
			want: []string{
				"failed proxy: HTTP_PROXY does not apply where REQUEST_METHOD is set, as in a CGI program",
				"  you: unset one of them",
			},
			kind: Configuration,
		},
		"proxy that does not count": {
			breaks: func(w *world) { w.serve(testca.Subject{}); w.t.Setenv("HTTPS_PROXY", "http://proxy.example.com") },
			want: []string{"ok proxy: HTTPS_PROXY does not apply to https://127.0.0.1:PORT, because of NO_PROXY or " +
				"because it is this machine"},
		},
		"proxy variable that danabio does not use": {
			breaks: func(w *world) { w.serve(testca.Subject{}); w.t.Setenv("ALL_PROXY", "http://proxy.example.com") },
			want: []string{"warning proxy: none; ALL_PROXY is set, which danabio does not use",
				"  you: if the proxy is needed, set HTTPS_PROXY too"},
		},
		"temporary folder that is not there": {
			breaks: func(w *world) { w.serve(testca.Subject{}); w.config.TempFolder += "/nosuch" },
			want: []string{"failed temp-folder: a file of 16 MiB cannot be written to the temporary folder: " +
				noFolder},
			kind: Unreached,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			test.breaks(w)
			var reported []Check
			w.config.Report = func(check Check) { reported = append(reported, check) }
			checks, err := Run(t.Context(), w.config)
			if err != nil {
				t.Fatal(err)
			}
			got := lines(checks)
			if lines(reported) != got {
				t.Errorf("reported:\n%s", lines(reported))
			}
			placed := func(address, place string) {
				if parsed, err := url.Parse(address); err == nil && parsed.Port() != "" {
					got = strings.ReplaceAll(got, ":"+parsed.Port(), place)
				}
			}
			placed(w.config.BaseURL, ":PORT")
			placed(os.Getenv("HTTPS_PROXY"), ":PROXY")
			for _, want := range test.want {
				if !strings.Contains("\n"+got, "\n"+want+"\n") {
					t.Errorf("there is no line %q in\n%s", want, got)
				}
			}
			kind := Kind(0)
			for _, check := range checks {
				if kind == 0 {
					kind = check.Kind
				}
			}
			if kind != test.kind {
				t.Errorf("the first failure is of kind %d, want %d:\n%s", kind, test.kind, got)
			}
			if len(checks) != 8 {
				t.Errorf("%d checks, want 8:\n%s", len(checks), got)
			}
			if strings.Contains(got, "canary") {
				t.Errorf("a canary is told:\n%s", got)
			}
			if left, _ := os.ReadDir(w.config.TempFolder); len(left) > 0 {
				t.Errorf("left in the temporary folder: %v", left)
			}
		})
	}
}

func (w *world) demandCertificate(c *tls.Config) {
	c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, w.ca.Pool()
}

// presents makes the server present a certificate that package httptest would not accept.
func presents(certificate tls.Certificate) func(*tls.Config) {
	return func(c *tls.Config) {
		c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return &tls.Config{Certificates: []tls.Certificate{certificate}}, nil
		}
	}
}

func tls12(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }
func tls13(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }

// losesLongHellos makes the server's listener read a TLS hello that does not fit into one packet
// and then end the connection with end.
func (w *world) losesLongHellos(end func(*net.TCPConn) error) {
	server := strings.TrimPrefix(w.config.BaseURL, "https://")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { listener.Close() })
	w.config.BaseURL = "https://" + listener.Addr().String()
	go func() {
		for {
			front, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer front.Close()
				hello := make([]byte, 16<<10)
				n, _ := front.Read(hello)
				if n > 1000 {
					_ = end(front.(*net.TCPConn))
					return
				}
				back, err := net.Dial("tcp", server)
				if err != nil {
					return
				}
				defer back.Close()
				_, _ = back.Write(hello[:n])
				go func() { _, _ = io.Copy(back, front) }()
				_, _ = io.Copy(front, back)
			}()
		}
	}()
}

func page(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		fmt.Fprint(w, "<html><title>"+canaryBody+"</title></html>")
	}
}

// proxyAnswers inserts a proxy that has credentials in its URL and answers with this status.
func (w *world) proxyAnswers(code int) {
	proxy := httptest.NewServer(status(code))
	w.t.Cleanup(proxy.Close)
	parsed, err := url.Parse(proxy.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	parsed.User = url.UserPassword(canaryID, canarySecret)
	w.transport.Proxy = http.ProxyURL(parsed)
	w.t.Setenv("HTTPS_PROXY", parsed.String())
	w.t.Setenv("HTTP_PROXY", parsed.String())
}

// A hello without an answer is reported within the time of two attempts.
func TestHelloThatGetsNoAnswer(t *testing.T) {
	for name, loses := range map[string]bool{"only if it offers ML-KEM": true, "whatever it offers": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{t: t, ca: testca.New(t), api: http.NotFoundHandler(), config: Config{TempFolder: t.TempDir()}}
			w.transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: w.ca.Pool()}}
			w.config.Transport = func() *http.Transport { return w.transport }
			w.config.Client = func() danabio.Config { return danabio.Config{} }
			want := "failed tls: no answer came within 10 s\n"
			if loses {
				want = "failed tls: the server answers a TLS hello only if that does not offer ML-KEM\n"
				w.serve(testca.Subject{})
				w.losesLongHellos(func(c *net.TCPConn) error { _, err := io.Copy(io.Discard, c); return err })
			} else {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { listener.Close() })
				w.config.BaseURL = "https://" + listener.Addr().String()
			}
			began := time.Now()
			checks, err := Run(t.Context(), w.config)
			if got := lines(checks); err != nil || !strings.Contains(got, want) {
				t.Errorf("%v after\n%s", err, got)
			}
			if took := time.Since(began); took > limit+5*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestAddedPath(t *testing.T) {
	for base, want := range map[string]string{
		"https://acme.example.com/api/v1": "/api/v1", "https://acme.example.com/gateway/api/v1/": "/api/v1",
		"https://acme.example.com":                  "",
		"https://acme.example.com/oauth2/token":     "/oauth2/token",
		"https://acme.example.com/api/v1/biometric": "/api/v1/biometric",
		"https://acme.example.com/api/v10":          "", "https://acme.example.com/gateway": "",
	} {
		if got := AddedPath(base); got != want {
			t.Errorf("%s: %q, want %q", base, got, want)
		}
	}
}

// The results of the first checks decide which others run.
func TestFirstChecksAreMadeFirst(t *testing.T) {
	w := newWorld(t)
	w.serve(testca.Subject{})
	w.config.First = []Step{
		{"configuration", func(context.Context) Check { return Fine(Say("fine")) }},
		{"secret", func(context.Context) Check { return Fails(Configuration, Say("no secret"), You, Say("give it")) }},
	}
	w.config.Client = func() danabio.Config { t.Error("the client was asked for"); return danabio.Config{} }
	checks, err := Run(t.Context(), w.config)
	if err != nil {
		t.Fatal(err)
	}
	got := lines(checks)
	if !strings.HasPrefix(got, "ok configuration: fine\nfailed secret: no secret\n  you: give it\nok proxy: none\n") ||
		!strings.Contains(got, "ok clock: ") ||
		!strings.Contains(got, `skipped token: needs "secret", which failed or was skipped`) {
		t.Errorf("%s", got)
	}
}

func TestEndOfTheContextEndsTheChecks(t *testing.T) {
	for name, at := range map[string]string{"while waiting for DNS": "dns", "while waiting for an answer": "tls"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ctx, interrupt := context.WithCancel(t.Context())
			block := func() { interrupt(); <-ctx.Done() }
			w.serve(testca.Subject{})
			if at == "dns" {
				w.config.BaseURL = "https://api.example.com"
				w.config.Lookup = func(context.Context, string) ([]string, error) { block(); return nil, ctx.Err() }
			} else {
				w.transport.TLSClientConfig.VerifyConnection = func(tls.ConnectionState) error {
					block()
					return ctx.Err()
				}
			}
			checks, err := Run(ctx, w.config)
			if err != context.Canceled || strings.Contains(lines(checks), at+":") {
				t.Errorf("%v after\n%s", err, lines(checks))
			}
		})
	}
}

func TestTextsTellWhatTheirArgumentsTell(t *testing.T) {
	if got := Say("%s and %s", Say("%d", 1), "two").String(); got != "1 and two" {
		t.Error(got)
	}
	if got := (Text{}).String(); got != "" {
		t.Errorf("no text is %q", got)
	}
}
