package reach

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/internal/testca"
)

// again runs a test of this program in a separate process, with these variables and without the
// caller's proxies. It returns the output.
func again(t *testing.T, test string, variables ...string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "-test.run=^"+test+"$")
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasSuffix(strings.ToUpper(name), "_PROXY") && name != "GODEBUG" {
			child.Env = append(child.Env, variable)
		}
	}
	child.Env = append(append(child.Env, "REACH_CHILD=1"), variables...)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, printed, _ := strings.Cut(string(out), "printed: ")
	printed, _, _ = strings.Cut(printed, "\n")
	return printed
}

func isChild() bool { return os.Getenv("REACH_CHILD") != "" }

// The suggested settings have the described effect in the Go version of this build.
func TestSettingsThatAreNamedHelp(t *testing.T) {
	if isChild() {
		conn, err := net.Dial("tcp", os.Getenv("REACH_SERVER"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}).Handshake(); err != nil {
			f := Classify(&HandshakeError{err})
			fmt.Printf("printed: %d %s\n", f.Class, f.Setting)
		} else {
			fmt.Println("printed: connected")
		}
		return
	}
	ca := testca.New(t)
	old := &tls.Config{
		Certificates: []tls.Certificate{ca.Issue(t, testca.Subject{Name: "the server", RSA: true})},
		MaxVersion:   tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA},
	}
	negative := &tls.Config{Certificates: []tls.Certificate{ca.WithNegativeSerial(t,
		ca.Issue(t, testca.Subject{Name: "the server"}))}}
	for _, test := range []struct {
		name    string
		config  *tls.Config
		class   Class
		setting string
	}{
		{"negative serial number", negative, Certificate, "x509negativeserial=1"},
		{"old cipher", old, TLS, "tlsrsakex=1,tls3des=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			listener, err := tls.Listen("tcp", "127.0.0.1:0", test.config)
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			hellos := make(chan []tls.CurveID, 2)
			test.config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				hellos <- hello.SupportedCurves
				return nil, nil
			}
			go func() {
				for {
					conn, err := listener.Accept()
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, conn)
					conn.Close()
				}
			}()
			server := "REACH_SERVER=" + listener.Addr().String()
			if got, want := again(t, "TestSettingsThatAreNamedHelp", server),
				fmt.Sprintf("%d %s", test.class, test.setting); got != want {
				t.Errorf("without it: %q, want %q", got, want)
			}
			if got, want := again(t, "TestSettingsThatAreNamedHelp", server, "GODEBUG=tlsmlkem=0,"+test.setting),
				"connected"; got != want {
				t.Errorf("with it: %q, want %q", got, want)
			}
			offersMLKEM := func(curves []tls.CurveID) bool { return strings.Contains(fmt.Sprint(curves), "MLKEM") }
			if !offersMLKEM(<-hellos) || offersMLKEM(<-hellos) {
				t.Error("ML-KEM is not offered by default, or with GODEBUG=tlsmlkem=0 too")
			}
		})
	}
}

// A server can send any text. It must not pass for a message from a Go package.
func TestServersTextIsNotTold(t *testing.T) {
	const secret = "canary-s3cr3t"
	for _, said := range []string{
		"tls: failed to parse certificate from server: " + secret, "http2: " + secret, "remote error: tls: " + secret,
		"HTTP/1.1 " + secret,
		"malformed HTTP response " + secret, `"` + secret + `"`, "\x15\x03\x03" + secret,
		"HTTP/1.1 200 OK\r\ntls, failed to parse certificate from server, " + secret,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret, "HTTP/1.1 200 OK\r\nContent-Length: " + secret,
	} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.Copy(conn, bytes.NewReader([]byte(said+"\r\n\r\n")))
			conn.Close()
		}()
		request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+
			listener.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := HTTP1(&http.Transport{}).RoundTrip(request)
		listener.Close()
		if err == nil {
			response.Body.Close()
			t.Errorf("%q was taken for an answer", said)
			continue
		}
		if f := Classify(err); strings.Contains(f.String(), secret) || f.Class != NotHTTP && f.Class != TLS {
			t.Errorf("%q is told as %q, of class %d", said, f, f.Class)
		}
	}
}

// On Windows, connection errors of the system have different numbers.
func TestFailedOnWindows(t *testing.T) {
	for number, want := range map[syscall.Errno]string{
		10061: "the connection was refused", 10054: "the connection was reset", 10053: "the connection was reset",
		10065: "the connection failed",
	} {
		err := fmt.Errorf("get: %w", &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("wsarecv", number)})
		if got := Classify(err); got.Class != Passing || got.Text != want {
			t.Errorf("%d: %v %q, want %q", number, got.Class, got.Text, want)
		}
	}
}
