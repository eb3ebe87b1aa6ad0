package docs_test

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testca"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// companyFiles writes the files that a company's network staff provide. company-ca.pem is the
// certificate of an authority that no system knows. client.pem and client-key.pem are a client's
// certificate from this authority and its key.
func companyFiles(t *testing.T, folder string) *testca.CA {
	t.Helper()
	authority := testca.New(t)
	client := authority.Issue(t, testca.Subject{Name: "Client"})
	for name, content := range map[string][]byte{
		"company-ca.pem": testca.CertificatePEM(authority.Certificate),
		"client.pem":     testca.CertificatePEM(client.Leaf),
		"client-key.pem": testca.KeyPEM(t, client),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return authority
}

// behindPrivateAuthority serves an emulator over TLS, with a certificate from the authority of
// companyFiles. It accepts only clients that also have a certificate from it.
func behindPrivateAuthority(t *testing.T, folder string) map[string]string {
	t.Helper()
	api, err := emulator.New(emulator.Config{CompleteAfter: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	authority := companyFiles(t, folder)
	listener := httptest.NewUnstartedServer(api)
	listener.TLS = &tls.Config{
		Certificates: []tls.Certificate{authority.Issue(t,
			testca.Subject{Name: "Server", Hosts: []string{"127.0.0.1"}})},
		ClientAuth: tls.RequireAndVerifyClientCert,
		ClientCAs:  authority.Pool(),
	}
	listener.Config.ErrorLog = log.New(io.Discard, "", 0) // the page expects failed handshakes
	listener.StartTLS()
	t.Cleanup(listener.Close)
	return map[string]string{
		"CORPORATE_PROXY":  tunnel(t),
		"DANABIO_BASE_URL": listener.URL, "DANABIO_CHANNEL": api.Channel(),
		"DANABIO_CLIENT_ID": api.ClientID(), "DANABIO_CLIENT_SECRET": api.ClientSecret(),
	}
}

// tunnel serves a proxy that accepts only the right name and password.
func tunnel(t *testing.T) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const basic = "Basic dXNlcjpwYXNzd29yZA==" // user:password
		if r.Method != http.MethodConnect || r.Header.Get("Proxy-Authorization") != basic {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		there, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			there.Close()
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(there, here)
			there.Close()
		}()
		_, _ = io.Copy(here, there)
		here.Close()
	}))
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "http://", "http://user:password@", 1)
}
