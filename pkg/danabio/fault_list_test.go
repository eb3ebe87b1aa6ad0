package danabio_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testsystem"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func allFaults(t *testing.T) []fault {
	return slices.Concat(connectFaults(), tlsFaults(), sendFaults(), answerFaults(), statusFaults(), tokenFaults(),
		startFaults(), evidenceFaults(t), h2Stalls(t), diskFaults(t), cancelFaults(t))
}

func connectFaults() []fault {
	var faults []fault
	dialling := func(name, line string, dial func(context.Context, dial) (net.Conn, error)) {
		faults = append(faults, fault{operations: all, phase: "connect", name: name, kind: of(line), dial: dial})
	}
	failing := func(err error) func(context.Context, dial) (net.Conn, error) {
		return func(context.Context, dial) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
		}
	}
	for name, err := range inOrder(
		"refused", syscall.ECONNREFUSED, "reset", syscall.ECONNRESET, "network unreachable", syscall.ENETUNREACH,
		"host unreachable", syscall.EHOSTUNREACH,
		"timed out by the system", syscall.ETIMEDOUT, "too many open files", syscall.EMFILE, "no free port",
		syscall.EADDRNOTAVAIL,
	) {
		dialling(name, "not sent", failing(err))
	}
	dialling("black hole", "not sent", func(ctx context.Context, _ dial) (net.Conn, error) {
		<-ctx.Done()
		return nil,
			ctx.Err()
	})
	dialling("unknown host", "unknown host",
		failing(&net.DNSError{Err: "no such host", Name: "localhost", IsNotFound: true}))
	dialling("name server does not answer", "not sent",
		failing(&net.DNSError{Err: "i/o timeout", Name: "localhost", IsTimeout: true, IsTemporary: true}))
	dialling("name server fails", "not sent",
		failing(&net.DNSError{Err: "server misbehaving", Name: "localhost", IsTemporary: true}))
	dialling("host not found for now", "not sent",
		failing(&net.DNSError{Err: "no such host", Name: "localhost", IsNotFound: true, IsTemporary: true}))
	return faults
}

// inOrder ranges over pairs of a name and its error, in the given order.
func inOrder(pairs ...any) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		for i := 0; i < len(pairs); i += 2 {
			if !yield(pairs[i].(string), pairs[i+1].(error)) {
				return
			}
		}
	}
}

// certificate makes a certificate, which the clients of the fault matrix trust if trusted is set.
// Time in a bubble begins with the year 2000.
func certificate(host string, from, to int, trusted bool) tls.Certificate {
	return certificateFor(pkix.Name{}, []string{host}, from, to, trusted)
}

func certificateFor(subject pkix.Name, hosts []string, from, to int, trusted bool) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: subject, DNSNames: hosts, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	if trusted {
		authorities.AddCert(leaf)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

var (
	authorities = x509.NewCertPool()
	goodServer  = &tls.Config{Certificates: []tls.Certificate{certificate("localhost", 1999, 2099, true)}}
)

// secured adds TLS in front of the server.
func secured(next dial) dial { return behind(next, goodServer) }

func behind(next dial, config *tls.Config) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		plain, err := next(ctx, network, address)
		if err != nil {
			return nil, err
		}
		front, back := net.Pipe()
		conn := tls.Server(back, config)
		ended := func() { back.Close(); plain.Close() }
		go func() {
			defer ended()
			_, _ = io.Copy(plain, conn)
		}()
		go func() {
			defer ended()
			_, _ = io.Copy(conn, plain)
		}()
		return front, nil
	}
}

func overHTTPS(config *danabio.Config) {
	config.Environment = danabio.CustomEnvironment("https://localhost")
	config.HTTPClient.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: authorities}
}

func tlsFaults() []fault {
	var faults []fault
	shaking := func(name, line string, dial func(context.Context, dial) (net.Conn, error)) {
		faults = append(faults, fault{operations: all, phase: "tls", name: name, kind: of(line), dial: dial,
			config: overHTTPS})
	}
	saying := func(text string) func(context.Context, dial) (net.Conn, error) {
		return func(context.Context, dial) (net.Conn, error) {
			front, back := net.Pipe()
			go func() {
				defer back.Close()
				_, _ = back.Read(make([]byte, 4096))
				_, _ = io.WriteString(back, text)
			}()
			return front, nil
		}
	}
	// The server must not close the connection before the client has checked its certificate.
	presenting := func(config *tls.Config) func(context.Context, dial) (net.Conn, error) {
		return func(ctx context.Context, _ dial) (net.Conn, error) {
			front, back := net.Pipe()
			go func() {
				defer back.Close()
				_ = tls.Server(back, config).Handshake()
				_, _ = io.Copy(io.Discard, back)
			}()
			return front, nil
		}
	}
	with := func(certificate tls.Certificate) func(context.Context, dial) (net.Conn, error) {
		return presenting(&tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	shaking("handshake stalls", "not sent",
		func(context.Context, dial) (net.Conn, error) { front, _ := net.Pipe(); return front, nil })
	shaking("closed in the handshake", "not sent", saying(""))
	shaking("server speaks no TLS", "no TLS", saying("220 mail.example.com ready\r\n"))
	shaking("server speaks HTTP", "no TLS", saying("HTTP/1.1 400 Bad Request\r\n\r\n"))
	shaking("alert: handshake failure", "no TLS", saying("\x15\x03\x03\x00\x02\x02\x28"))
	shaking("old protocol only", "no TLS",
		presenting(&tls.Config{Certificates: goodServer.Certificates, MaxVersion: tls.VersionTLS11,
			MinVersion: tls.VersionTLS10}))
	old := &tls.Config{Certificates: goodServer.Certificates, MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	shaking("old ciphers only", "no TLS", presenting(old))
	demanding := &tls.Config{Certificates: goodServer.Certificates, MaxVersion: tls.VersionTLS12,
		ClientAuth: tls.RequireAnyClientCert}
	shaking("client certificate demanded", "no TLS", presenting(demanding))
	shaking("alert: certificate required", "no TLS", saying("\x15\x03\x03\x00\x02\x02\x74"))
	shaking("certificate that is none", "certificate",
		with(tls.Certificate{Certificate: [][]byte{[]byte("none")}, PrivateKey: goodServer.Certificates[0].PrivateKey}))
	shaking("certificate with a common name only", "certificate",
		with(certificateFor(pkix.Name{CommonName: "localhost"}, nil, 1999, 2099, true)))
	shaking("certificate of an unknown authority", "certificate", with(certificate("localhost", 1999, 2099, false)))
	shaking("certificate expired", "certificate", with(certificate("localhost", 1990, 1999, true)))
	shaking("certificate not yet valid", "certificate", with(certificate("localhost", 2050, 2099, true)))
	shaking("certificate of another host", "certificate", with(certificate("other.example.org", 1999, 2099, true)))
	return faults
}

func sendFaults() []fault {
	writing := func(wrap func(net.Conn) net.Conn) func(context.Context, dial) (net.Conn, error) {
		return func(ctx context.Context, next dial) (net.Conn, error) {
			conn, err := next(ctx, "tcp", "localhost:80")
			if err != nil {
				return nil, err
			}
			return wrap(conn), nil
		}
	}
	early := func(code int) reply {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadFull(r.Body, make([]byte, 100_000))
			w.Header().Set("Connection", "close")
			w.WriteHeader(code)
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Second)
		}
	}
	atOnce := func(code int) reply { return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) } }
	return []fault{
		{operations: all, phase: "send", name: "first write fails", kind: of("not sent"),
			dial: writing(func(c net.Conn) net.Conn { return deadConn{c} })},
		{operations: all, phase: "send", name: "closed before the first write", kind: of("not sent"),
			dial: func(context.Context, dial) (net.Conn, error) {
				front, back := net.Pipe()
				back.Close()
				return front, nil
			}},
		{operations: all, phase: "send", name: "reset after one byte", kind: of("partly sent"),
			dial: writing(func(c net.Conn) net.Conn { return oneByteConn{c} })},
		{operations: starts, phase: "send", name: "closed in the body", kind: of("partly sent"), large: true,
			reply: func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadFull(r.Body, make([]byte, 100_000))
				conn, _, _ := http.NewResponseController(w).Hijack()
				conn.Close()
			}},
		{operations: starts, phase: "send", name: "body stands still", kind: of("partly sent"), large: true,
			reply: func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadFull(r.Body, make([]byte, 1000))
				time.Sleep(time.Minute)
			}},
		{operations: starts, phase: "send", name: "503 in the body", kind: kind{"partly sent", 503}, large: true,
			reply: early(503)},
		{operations: starts, phase: "send", name: "408 in the body", kind: kind{"partly sent", 408}, large: true,
			reply: early(408)},
		{operations: starts, phase: "send", name: "401 in the body", kind: kind{"refused", 401}, large: true,
			reply: early(401)},
		{operations: starts, phase: "send", name: "413 in the body", kind: kind{"refused", 413}, large: true,
			reply: early(413)},
		{operations: starts, phase: "send", name: "401 to an Expect", kind: kind{"refused", 401}, large: true,
			reply: atOnce(401)},
		{operations: starts, phase: "send", name: "413 to an Expect", kind: kind{"refused", 413}, large: true,
			reply: atOnce(413)},
		{operations: starts, phase: "send", name: "503 to an Expect", kind: kind{"partly sent", 503}, large: true,
			reply: atOnce(503)},
		{operations: starts, phase: "send", name: "417 to an Expect", kind: of("passes"), large: true,
			reply: refuseExpectation},
		{operations: starts, phase: "send", name: "417 after the body", kind: kind{"refused, but for a start", 417},
			large: true, reply: status(417, "")},
		{operations: starts, phase: "send", name: "417 in the body", kind: kind{"partly sent", 417}, large: true,
			reply: early(417)},
	}
}

func readAll(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// silent reads the request and never answers.
func silent(_ http.ResponseWriter, r *http.Request) {
	readAll(r)
	<-r.Context().Done()
}

// standing keeps a connection open until the client closes it.
func standing(conn net.Conn, _ *http.Request) { _, _ = io.Copy(io.Discard, conn) }

func answerFaults() []fault {
	var faults []fault
	answering := func(name, line string, reply reply) {
		faults = append(faults, fault{operations: all, phase: "headers", name: name, kind: of(line), reply: reply})
	}
	answering("closed after the request was read", "lost", hangUp)
	answering("none ever", "lost", silent)
	answering("no HTTP", "no HTTP", garbage)
	answering("status is no number", "no HTTP", rawReply("HTTP/1.1 abc OK\r\n\r\n", nil))
	answering("cut in the status line", "lost", rawReply("HTTP/1.1 20", nil))
	answering("cut", "lost", rawReply("HTTP/1.1 200 OK\r\nContent-Type: appl", nil))
	answering("stand still", "lost", rawReply("HTTP/1.1 200 OK\r\nContent-Type: appl", standing))
	answering("no colon", "no HTTP", rawReply("HTTP/1.1 200 OK\r\ngarbage\r\n\r\n", nil))
	answering("two lengths", "no HTTP", rawReply("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
		nil))
	answering("negative length", "no HTTP", rawReply("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", nil))
	answering("unknown transfer encoding", "no HTTP", rawReply("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n{}",
		nil))
	answering("endless", "no HTTP", rawReply("HTTP/1.1 200 OK\r\n", func(conn net.Conn, _ *http.Request) {
		line := []byte("X-Filler: " + strings.Repeat("x", 1<<19) + "\r\n")
		for {
			if _, err := conn.Write(line); err != nil {
				return
			}
		}
	}))
	answering("endless 1xx", "lost", rawReply(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 50), standing))
	answering("101 without being asked", "nonsense", switchProtocols)
	return faults
}

func statusFaults() []fault {
	var faults []fault
	answering := func(name, line string, code int, reply reply) *fault {
		faults = append(faults, fault{operations: all, phase: "headers", name: name, kind: kind{line, code},
			reply: reply})
		return &faults[len(faults)-1]
	}
	for _, code := range []int{408, 500, 502, 503, 504} {
		answering(fmt.Sprint(code), "unavailable", code, status(code, ""))
		answering(fmt.Sprint(code, " with a page"), "unavailable", code,
			status(code, "<html>"+strings.Repeat("x", 100_000)))
	}
	answering("503 with cut JSON", "unavailable", 503, func(w http.ResponseWriter, r *http.Request) {
		readAll(r)
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(503)
		_, _ = io.WriteString(w, `{"message":"`)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	answering("429", "throttled", 429, status(429, ""))
	const jitter = 4 * time.Second // the longest jitter after three attempts
	for _, delay := range []struct {
		name, value string
		least       time.Duration
	}{{"in seconds", "40", 40 * time.Second}, {"as long as is obeyed", "60", time.Minute}, {"of zero", "0", 0},
		{"negative", "-5", 0}, {"garbage", "soon", 0},
		{"a fraction", "1.5", 0}, {"in the past", "Mon, 01 Jan 1990 00:00:00 GMT", 0}} {
		bounds := [2]time.Duration{delay.least, delay.least + jitter}
		answering("429, Retry-After "+delay.name, "throttled", 429,
			status(429, "", "Retry-After", delay.value)).pauses = bounds
		answering("503, Retry-After "+delay.name, "unavailable", 503,
			status(503, "", "Retry-After", delay.value)).pauses = bounds
	}
	answering("429, Retry-After as a date", "throttled", 429, func(w http.ResponseWriter, r *http.Request) {
		status(429, "", "Retry-After", time.Now().Add(40*time.Second).UTC().Format(http.TimeFormat))(w, r)
	}).pauses = [2]time.Duration{39 * time.Second, 44 * time.Second}
	for _, delay := range []struct{ name, value string }{{"above the cap", "61"},
		{"overflowing", "99999999999999999999"}, {"as a date far off", "Fri, 31 Dec 2999 23:59:59 GMT"}} {
		answering("429, Retry-After "+delay.name, "throttled for too long", 429,
			status(429, "", "Retry-After", delay.value))
		answering("503, Retry-After "+delay.name, "unavailable for too long", 503,
			status(503, "", "Retry-After", delay.value))
	}
	for _, code := range []int{400, 401, 403, 404, 405, 409, 410, 413, 415, 417, 418, 422, 451, 460, 499} {
		line := "refused"
		if slices.Contains([]int{409, 417, 460, 499}, code) {
			line = "refused, but for a start"
		}
		answering(fmt.Sprint(code), line, code, status(code, `{"message":"no"}`))
	}
	answering("425", "too early", 425, status(425, "")).operations = starts
	for _, code := range []int{301, 302, 303, 307, 308} {
		answering(fmt.Sprint(code, " to another host"), "redirect", 0,
			status(code, "", "Location", "https://elsewhere.example.com/take"))
		answering(fmt.Sprint(code, " to the same host"), "redirect", 0, status(code, "", "Location", "/api/v2"))
	}
	answering("302 to nowhere", "redirect", 0, status(302, ""))
	return faults
}

func tokenFaults() []fault {
	var faults []fault
	answering := func(name, line string, reply reply) {
		faults = append(faults, fault{operations: []string{token}, phase: "body", name: name, kind: of(line),
			reply: reply})
	}
	answering("cut", "lost", cutJSON)
	answering("stands still", "lost", halfJSON)
	for _, body := range []struct{ name, text string }{
		{"empty", ""}, {"HTML", "<html>ok</html>"}, {"form-encoded", "access_token=abc&token_type=bearer"},
		{"a list", `["abc"]`}, {"cut JSON of full length", `{"access_token":"abc"`},
		{"no token", `{"token_type":"Bearer"}`}, {"empty token", `{"access_token":""}`},
		{"token is a number", `{"access_token":5}`}, {"token with a line break", `{"access_token":"a\nb"}`},
		{"not Bearer", `{"access_token":"abc","token_type":"mac"}`},
		{"expires_in is a word", `{"access_token":"abc","expires_in":"soon"}`},
		{"expires_in is a list", `{"access_token":"abc","expires_in":[1]}`},
		{"too long", `{"access_token":"abc"}` + strings.Repeat(" ", 1<<20)},
	} {
		answering(body.name, "nonsense", status(200, body.text))
	}
	for _, value := range []struct{ name, text string }{
		{"missing", ""}, {"zero", `,"expires_in":0`}, {"negative", `,"expires_in":-1`}, {"huge", `,"expires_in":1e300`},
		{"a number in quotes", `,"expires_in":"1799"`},
		{"a fraction", `,"expires_in":1799.5`}, {"null", `,"expires_in":null`},
	} {
		answering("expires_in is "+value.name, "tolerated",
			status(200, `{"access_token":"abc","token_type":"Bearer"`+value.text+`}`))
	}
	return faults
}

// halfJSON sends the beginning of an answer and then waits.
func halfJSON(w http.ResponseWriter, r *http.Request) {
	readAll(r)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"circ`)
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func startFaults() []fault {
	var faults []fault
	for _, answer := range []struct {
		name  string
		reply reply
	}{
		{"cut", cutJSON}, {"stands still", halfJSON}, {"empty", status(200, "")},
		{"HTML", status(200, "<html>ok</html>")}, {"a list", status(200, `["x"]`)},
		{"cut JSON of full length", status(200, `{"circuitId":"12ceb3ec`)},
		{"circuitId missing", status(200, `{"link":"https://sign.example.com/s/9f3kd81"}`)},
		{"circuitId empty", status(200, `{"circuitId":""}`)}, {"circuitId null", status(200, `{"circuitId":null}`)},
		{"circuitId is a list", status(201, `{"circuitId":["x"]}`)},
		{"204", status(204, "")}, {"too long", status(200, `{"circuitId":"`+strings.Repeat("x", 2<<20)+`"}`)},
	} {
		faults = append(faults, fault{operations: []string{start}, phase: "body", name: answer.name,
			kind: of("nonsense"), reply: answer.reply})
	}
	return faults
}

func evidenceFaults(t *testing.T) []fault {
	var faults []fault
	content := smallZIP(t)
	answering := func(name, line string, reply reply) *fault {
		faults = append(faults, fault{operations: fetches, phase: "body", name: name, kind: of(line), reply: reply})
		return &faults[len(faults)-1]
	}
	raw := func(headers string, body []byte, rest func(net.Conn, *http.Request)) reply {
		return rawReply("HTTP/1.1 200 OK\r\n"+headers+"\r\n"+string(body), rest)
	}
	whole := fmt.Sprintf("Content-Length: %d\r\n", len(content))
	chunk := func(body []byte) []byte { return fmt.Appendf(nil, "%x\r\n%s\r\n", len(body), body) }
	answering("cut, with a length", "cut", cutAfter(content, 50))
	answering("cut at its first byte", "cut", cutAfter(content, 0))
	answering("cut before its last byte", "cut", cutAfter(content, len(content)-1))
	answering("cut, in chunks", "cut", raw("Transfer-Encoding: chunked\r\n", chunk(content[:50]), nil))
	answering("cut after its last chunk", "cut", raw("Transfer-Encoding: chunked\r\n", chunk(content), nil))
	answering("chunk of no length", "cut", raw("Transfer-Encoding: chunked\r\n", []byte("zz\r\nPK"), nil))
	answering("cut, until the end of the connection", "not acceptable",
		raw("Connection: close\r\n", content[:50], nil)).left = nil
	answering("stands still, with a length", "cut", raw(whole, content[:50], standing))
	answering("stands still, in chunks", "cut", raw("Transfer-Encoding: chunked\r\n", chunk(content[:50]), standing))
	answering("stands still before its first byte", "cut", raw(whole, nil, standing))
	answering("one byte each 29 s", "tolerated", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		for i := range content {
			time.Sleep(29 * time.Second)
			_, _ = w.Write(content[i : i+1])
			_ = http.NewResponseController(w).Flush()
		}
	})
	for _, code := range []int{203, 206} {
		answering(fmt.Sprint(code, " without being asked"), "nonsense", status(code, ""))
	}
	for _, code := range []int{202, 204} {
		answering(fmt.Sprint(code, " without being asked"), "not yet, perhaps", status(code, ""))
	}
	answering("425", "refused", status(425, `{"message":"too early"}`)).kind.status = 425
	other := sha256.Sum256([]byte("other"))
	wrong := base64.StdEncoding.EncodeToString(other[:])
	flipped := bytes.Clone(content)
	flipped[len(flipped)/2] ^= 1
	for _, bad := range []struct {
		name    string
		content []byte
		headers []string
	}{
		{"HTML", []byte("<html>welcome</html>"), nil}, {"JSON", []byte(`{"zip":"UEsDBA=="}`), nil},
		{"Base64", []byte(base64.StdEncoding.EncodeToString(content)), nil},
		{"empty", nil, nil}, {"a flipped bit", flipped, nil}, {"bytes behind", append(bytes.Clone(content), "tail"...),
			nil},
		{"bytes before", append([]byte("head"), content...), nil},
		{"two ZIPs joined", append(bytes.Clone(content), content...), nil},
		{"cut, with the length of what came", content[:len(content)-5], nil},
		{"wrong Content-Digest", content, []string{"Content-Digest", "sha-256=:" + wrong + ":"}},
		{"wrong Repr-Digest", content, []string{"Repr-Digest", "sha-256=:" + wrong + ":"}},
		{"wrong Digest", content, []string{"Digest", "SHA-256=" + wrong}},
		{"Content-Encoding gzip that is none", content, []string{"Content-Encoding", "gzip"}},
		{"Content-Encoding of another sort", content, []string{"Content-Encoding", "br"}},
	} {
		answering(bad.name, "not acceptable", claim(bad.content, bad.headers...))
	}
	for _, label := range []string{"utf-8", "binary", "none", "aws-chunked", "identity", "8bit"} {
		answering("Content-Encoding "+label+", which is wrong", "tolerated", claim(content, "Content-Encoding", label))
	}
	answering("gzip", "not acceptable", claim(gzipped(content), "Content-Encoding", "gzip"))
	small := func(config *danabio.Config) { config.EvidenceLimits = evidence.Limits{MaxFileSize: 100} }
	answering("larger than allowed, and says so", "too large", zipReply(content)).config = small
	answering("endless", "too large", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(content); err != nil {
				return
			}
		}
	}).config = small
	return faults
}

func diskFaults(t *testing.T) []fault {
	var faults []fault
	content := smallZIP(t)
	add := func(f fault) {
		f.operations, f.phase = fetches, "disk"
		faults = append(faults, f)
	}
	must := func(t *testing.T, err error) {
		if err != nil {
			t.Error(err)
		}
	}
	add(fault{name: "target exists", kind: of("target taken"), left: []string{"evidence.zip"},
		folder: func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte("mine"), 0o600))
		}})
	add(fault{name: "target is a folder", kind: of("target taken"), left: []string{"evidence.zip"},
		folder: func(t *testing.T, path string) {
			must(t, os.Mkdir(path, 0o700))
		}})
	if testsystem.SymbolicLinks(t) {
		add(fault{name: "target is a symbolic link", kind: of("target taken"), left: []string{"evidence.zip", "other"},
			folder: func(t *testing.T, path string) {
				must(t, os.WriteFile(filepath.Join(filepath.Dir(path), "other"), nil, 0o600))
				must(t, os.Symlink("other", path))
			}})
		add(fault{name: "target is a symbolic link to nothing", kind: of("target taken"),
			left: []string{"evidence.zip"}, folder: func(t *testing.T, path string) {
				must(t, os.Symlink("nowhere", path))
			}})
	}
	add(fault{name: "folder is missing", kind: of("no place for it"), folder: func(t *testing.T, path string) {
		must(t, os.Remove(filepath.Dir(path)))
	}})
	add(fault{name: "receipt's name is taken", kind: of("target taken"), left: []string{"evidence.zip.receipt.json"},
		folder: func(t *testing.T, path string) {
			must(t, os.WriteFile(danabio.ReceiptPath(path), []byte("mine"), 0o600))
		}})
	// during adds a fault that happens while the evidence is on its way. The reply causes it,
	// because the folder is known by then.
	during := func(name string, k kind, left []string, happens func(t *testing.T, path string)) {
		var path string
		var test *testing.T
		add(fault{name: name, kind: k, left: left, folder: func(t *testing.T, p string) { test, path = t, p },
			reply: func(w http.ResponseWriter, r *http.Request) {
				happens(test, path)
				zipReply(content)(w, r)
			}})
	}
	during("target appears meanwhile", of("taken meanwhile"), []string{"evidence.zip"},
		func(t *testing.T, path string) {
			must(t, os.WriteFile(path, []byte("mine"), 0o600))
		})
	during("folder appears in the target's place meanwhile", of("taken meanwhile"), []string{"evidence.zip"},
		func(t *testing.T, path string) {
			must(t, os.Mkdir(path, 0o700))
		})
	during("folder is gone meanwhile", of("gone meanwhile"), nil, func(t *testing.T, path string) {
		must(t, os.Remove(filepath.Dir(path)))
	})
	during("receipt's rename is refused", of("exists meanwhile"), []string{"evidence.zip.receipt.json"},
		func(t *testing.T, path string) {
			must(t, os.MkdirAll(filepath.Join(danabio.ReceiptPath(path), "full"), 0o700))
		})
	return faults
}

func cancelFaults(t *testing.T) []fault {
	var faults []fault
	add := func(f fault) {
		f.phase = "cancel"
		faults = append(faults, f)
	}
	stalledDial := func(ctx context.Context, _ dial) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	add(fault{operations: all, name: "while it connects", kind: of("ended while connecting"), after: time.Second,
		dial: stalledDial})
	add(fault{operations: all, name: "in the TLS handshake", kind: of("ended while connecting"), after: time.Second,
		config: overHTTPS,
		dial:   func(context.Context, dial) (net.Conn, error) { front, _ := net.Pipe(); return front, nil }})
	add(fault{operations: all, name: "while the server thinks", kind: of("ended when it was sent"),
		after: 7 * time.Second, reply: silent})
	add(fault{operations: []string{token, start}, name: "in the answer's body", kind: of("ended when it was sent"),
		after: 7 * time.Second, reply: halfJSON})
	content := smallZIP(t)
	add(fault{operations: fetches, name: "in the evidence", kind: of("ended when it was sent"), after: 7 * time.Second,
		reply: rawReply(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(content), content[:50]),
			standing)})
	add(fault{operations: []string{token, start, download}, name: "in the wait for the next attempt",
		kind: kind{"ended while waiting to try again", 429}, after: 20 * time.Second,
		reply: status(429, "", "Retry-After", "50")})
	add(fault{operations: []string{wait}, name: "in the wait for the next poll",
		kind: kind{"ended while waiting to poll again", 404}, after: time.Second, reply: status(404, "")})
	add(fault{operations: []string{start}, name: "while the body stands still", kind: of("ended while sending"),
		after: 7 * time.Second, large: true,
		reply: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadFull(r.Body, make([]byte, 1000))
			time.Sleep(time.Minute)
		}})
	add(fault{operations: []string{start}, name: "in the wait for 100 Continue", kind: of("ended while sending"),
		after: time.Second / 2, large: true,
		reply: func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) }})

	traced := func(name, line string, reply reply, trace func(end func()) *httptrace.ClientTrace) {
		add(fault{operations: calls, name: "at the trace's " + name, kind: of(line), reply: reply, ends: trace})
	}
	traced("GetConn", "ended before it was sent", nil, func(end func()) *httptrace.ClientTrace {
		return &httptrace.ClientTrace{GetConn: func(string) { end() }}
	})
	shaking := func(name string, trace func(end func()) *httptrace.ClientTrace) {
		add(fault{operations: calls, name: "at the trace's " + name, kind: of("ended before it was sent"),
			config: overHTTPS, ends: trace})
	}
	shaking("TLSHandshakeStart",
		func(end func()) *httptrace.ClientTrace { return &httptrace.ClientTrace{TLSHandshakeStart: end} })
	shaking("TLSHandshakeDone", func(end func()) *httptrace.ClientTrace {
		return &httptrace.ClientTrace{TLSHandshakeDone: func(tls.ConnectionState, error) { end() }}
	})
	traced("WroteHeaders", "ended before it was sent", nil, func(end func()) *httptrace.ClientTrace {
		return &httptrace.ClientTrace{WroteHeaders: end}
	})
	wrote := func(end func()) *httptrace.ClientTrace {
		var once sync.Once // net/http calls it again when the client gives up the request
		return &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { once.Do(end) }}
	}
	add(fault{operations: []string{start}, name: "at the trace's WroteRequest", kind: of("ended when it was sent"),
		reply: silent, ends: wrote})
	// At that point a request without a body is still in the transport's buffer.
	add(fault{operations: fetches, name: "at the trace's WroteRequest", kind: of("ended before it was sent"),
		ends: wrote})
	add(fault{operations: []string{start}, name: "at the trace's Wait100Continue", kind: of("ended while sending"),
		large: true,
		reply: func(http.ResponseWriter, *http.Request) { time.Sleep(time.Minute) },
		ends:  func(end func()) *httptrace.ClientTrace { return &httptrace.ClientTrace{Wait100Continue: end} }})
	add(fault{operations: []string{start}, name: "at the trace's Got100Continue", kind: of("ended while sending"),
		large: true,
		reply: func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadFull(r.Body, make([]byte, 1000)) // reading sends 100 Continue
			time.Sleep(time.Minute)
		},
		ends: func(end func()) *httptrace.ClientTrace { return &httptrace.ClientTrace{Got100Continue: end} }})
	traced("Got1xxResponse", "ended when it was sent", rawReply("HTTP/1.1 103 Early Hints\r\n\r\n", standing),
		func(end func()) *httptrace.ClientTrace {
			return &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { end(); return nil }}
		})
	traced("GotFirstResponseByte", "ended when it was sent", rawReply("HTTP/1.1 200 OK\r\n\r\n", standing),
		func(end func()) *httptrace.ClientTrace {
			return &httptrace.ClientTrace{GotFirstResponseByte: end}
		})
	return faults
}
