//go:build foreign

package danabio_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testca"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// watchedOutput collects the output of a program.
type watchedOutput struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *watchedOutput) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *watchedOutput) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// await waits until the program has printed one of the texts. It returns false if none appears in
// time.
func (o *watchedOutput) await(texts ...string) bool {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, text := range texts {
			if strings.Contains(o.String(), text) {
				return true
			}
		}
	}
	return false
}

// openssl s_server can ask for a renegotiation, which Go's server cannot. The client agrees to one
// only if it has a client certificate to show.
func TestForeignRenegotiation(t *testing.T) {
	ca := testca.New(t)
	server := ca.Issue(t, testca.Subject{Name: "the server", Hosts: []string{"127.0.0.1"}})
	client := ca.Issue(t, testca.Subject{Name: "acme, the client"})
	folder := t.TempDir()
	for name, content := range map[string][]byte{
		"server.pem": testca.CertificatePEM(server.Leaf), "server-key.pem": testca.KeyPEM(t, server),
		"ca.pem": testca.CertificatePEM(ca.Certificate),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content := smallZIP(t)
	for name, certificates := range map[string][]tls.Certificate{"with a client certificate": {client},
		"without one": nil} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			address := listener.Addr().String()
			listener.Close() // s_server listens there
			openssl := exec.Command("openssl", "s_server", "-accept", address, "-tls1_2", "-cert", "server.pem", "-key",
				"server-key.pem", "-CAfile", "ca.pem", "-naccept", "1")
			openssl.Dir = folder
			printed := &watchedOutput{}
			openssl.Stdout, openssl.Stderr = printed, printed
			typed, err := openssl.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := openssl.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() {
				_ = openssl.Process.Kill()
				_ = openssl.Wait()
			}()
			if !printed.await("ACCEPT") {
				t.Fatalf("openssl does not listen:\n%s", printed)
			}
			told := make(chan struct{})
			go func() {
				defer close(told)
				if !printed.await("Host: ") {
					return
				}
				_, _ = io.WriteString(typed, "R\n")
				if printed.await("verify return:", "no renegotiation", "ERROR", "shutting down SSL") {
					_, _ = fmt.Fprintf(typed, "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: "+
						"%d\r\nConnection: close\r\n\r\n%s", len(content), content)
				}
			}()
			path := target(t)
			_, err = newClient(t, danabio.Config{
				Environment: danabio.CustomEnvironment("https://" + address), Channel: channel,
				Credentials: danabio.TokenSource(&countedTokens{}),
				HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: ca.Pool(),
					Certificates: certificates}}},
				Retry: danabio.RetryPolicy{MinDelay: time.Millisecond, MaxDelay: time.Millisecond},
			}).DownloadEvidence(t.Context(), circuit, path)
			<-told
			if !strings.Contains(printed.String(), "SSL_do_handshake -> ") {
				t.Errorf("openssl did not renegotiate:\n%s", printed)
			}
			if certificates == nil {
				if classes(err) != "ErrTLS" ||
					!strings.Contains(err.Error(), "the server asks for a TLS renegotiation") {
					t.Errorf("got %v (%s), want ErrTLS that says so:\n%s", err, classes(err), printed)
				}
				return
			}
			if err != nil || !strings.Contains(printed.String(), "acme, the client") {
				t.Errorf("got %v, want success, and the server to see the client certificate:\n%s", err, printed)
				return
			}
			wantStored(t, path, content)
		})
	}
}
