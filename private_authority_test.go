package danabiogo_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// behindPrivateAuthority serves an emulator by TLS, with a certificate of an authority that no system knows, and only to clients that have one of it
// too. The authority's is in ca.pem, the client's in client.pem, and its key in client-key.pem.
func behindPrivateAuthority(t *testing.T, folder string) map[string]string {
	t.Helper()
	api, err := emulator.New(emulator.Config{CompleteAfter: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	template := func(serial int64, name string) *x509.Certificate {
		return &x509.Certificate{
			SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		}
	}
	authority := template(1, "Private test authority")
	authority.IsCA, authority.BasicConstraintsValid, authority.KeyUsage = true, true, x509.KeyUsageCertSign
	authorityKey, authorityCertificate := issue(t, authority, authority, nil)
	server := template(2, "Server")
	server.IPAddresses, server.ExtKeyUsage = []net.IP{net.IPv4(127, 0, 0, 1)}, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	serverKey, serverCertificate := issue(t, server, authority, authorityKey)
	client := template(3, "Client")
	client.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	clientKey, clientCertificate := issue(t, client, authority, authorityKey)

	clientKeyDER, err := x509.MarshalPKCS8PrivateKey(clientKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"ca.pem":         {Type: "CERTIFICATE", Bytes: authorityCertificate},
		"client.pem":     {Type: "CERTIFICATE", Bytes: clientCertificate},
		"client-key.pem": {Type: "PRIVATE KEY", Bytes: clientKeyDER},
	} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	trusted, err := x509.ParseCertificate(authorityCertificate)
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(trusted)
	listener := httptest.NewUnstartedServer(api)
	listener.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{serverCertificate}, PrivateKey: serverKey}},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    clients,
	}
	listener.StartTLS()
	t.Cleanup(listener.Close)
	return map[string]string{
		"CORPORATE_PROXY":  tunnel(t),
		"DANABIO_BASE_URL": listener.URL, "DANABIO_CHANNEL": api.Channel(),
		"DANABIO_CLIENT_ID": api.ClientID(), "DANABIO_CLIENT_SECRET": api.ClientSecret(),
	}
}

// tunnel serves a proxy that connects whoever gives the right name and password.
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

// issue makes a key and a certificate for it; without the issuer's key, one that is its own issuer.
func issue(t *testing.T, template, issuer *x509.Certificate, issuerKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if issuerKey == nil {
		issuerKey = key
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	return key, certificate
}
