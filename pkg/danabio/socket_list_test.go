package danabio_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/testca"
	"github.com/danabio/danabio-go/pkg/danabio"
)

var (
	asks   = []string{token, download, wait} // operations that may use HTTP/2
	starts = []string{start}
)

func socketFaults(t *testing.T) []socketFault {
	return slices.Concat(reachFaults(), brokenFaults(), strangerFaults(), handshakeFaults(t), expectFaults(),
		earlyFaults(), proxyFaults(), h2Faults(), cutFaults())
}

// largeZIP returns evidence with one file of n bytes. The bytes are the same each time.
func largeZIP(n int) []byte {
	content := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(content)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.CreateHeader(&zip.FileHeader{Name: "selfie.jpg", Method: zip.Store})
	if err == nil {
		_, err = f.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// closedPort returns the address of a port where nobody listens. Nobody can begin to listen there
// because the port is the near end of a connection.
func closedPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.LocalAddr().String()
}

// deafPort returns the address of a listener that never accepts.
func deafPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

// impatient shortens the wait for an answer's headers in faults that never send any.
func impatient(t *http.Transport) { t.ResponseHeaderTimeout = 50 * time.Millisecond }

func reachFaults() []socketFault {
	return append(systemFaults(),
		socketFault{operations: all, phase: "connect", name: "port where nobody listens", kind: of("not sent"),
			elsewhere: closedPort},
		socketFault{operations: all, phase: "headers", name: "listener that never accepts", kind: of("lost"), size: 100,
			elsewhere: deafPort, transport: impatient},
	)
}

var bothEnds = []struct {
	name string
	end  func(*wire)
}{{"RST", (*wire).reset}, {"FIN", (*wire).fin}}

// brokenFaults end the connection at each point of a request and of its answer, once by RST and
// once by FIN.
func brokenFaults() []socketFault {
	var faults []socketFault
	at := func(operations []string, phase, name, line string, size int, before func(*wire)) {
		for _, by := range bothEnds {
			faults = append(faults, socketFault{operations: operations, phase: phase, name: by.name + " " + name,
				kind: of(line), size: size, serve: func(w *wire) {
					before(w)
					by.end(w)
				}})
		}
	}
	faults = append(faults,
		socketFault{operations: all, phase: "send", name: "RST before the first write", kind: of("not sent"),
			held: true, serve: (*wire).reset},
		socketFault{operations: all, phase: "send", name: "FIN before the first write", kind: of("partly sent"),
			size: 1 << 20, held: true, gate: 1, serve: func(*wire) {}},
	)
	at(all, "send", "after the request's headers", "partly sent", 1<<20, func(w *wire) { w.headers() })
	at(starts, "send", "in mid upload", "partly sent", 1<<20, func(w *wire) { w.upload(100_000) })
	at(all, "headers", "after the whole request", "lost", 0, func(w *wire) { w.request() })
	answering := func(operations []string, phase, name, line, text string) {
		at(operations, phase, name, line, 0, func(w *wire) {
			w.request()
			w.say(text)
			w.arrived()
		})
	}
	answering(all, "headers", "in the status line", "lost", "HTTP/1.1 2")
	answering(all, "headers", "in the answer's headers", "lost", "HTTP/1.1 200 OK\r\nContent-Type: appl")
	answering([]string{token, start}, "body", "in the answer's body", "lost",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"circ")
	answering([]string{token, start}, "body", "before the answer's body", "lost",
		"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n")
	return faults
}

// strangerFaults are servers that speak another protocol.
func strangerFaults() []socketFault {
	const banner = "SSH-2.0-OpenSSH_9.6\r\n"
	var faults []socketFault
	saying := func(name, line, text string) {
		faults = append(faults, socketFault{operations: all, phase: "headers", name: name, kind: of(line),
			serve: func(w *wire) {
				w.request()
				w.say(text)
				w.fin()
			}})
	}
	saying("SSH", "no HTTP", banner)
	saying("binary garbage", "no HTTP", "\x00\xff\xfe\x01\r\n\r\n")
	saying("HTTP/0.9", "no HTTP", "<html>welcome</html>\r\n")
	saying("nothing but line breaks", "no HTTP", strings.Repeat("\r\n", 100))
	saying("TLS alert to plain HTTP", "no TLS, sent", "\x15\x03\x01\x00\x02\x02\x46")
	saying("HTTP/2 without being asked", "no HTTP", "\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	faults = append(faults,
		socketFault{operations: all, phase: "send", name: "SSH that greets first", kind: of("no HTTP, partly sent"),
			size: 1 << 20, gate: 1, serve: func(w *wire) {
				w.say(banner)
				w.stand()
			}},
		socketFault{operations: all, phase: "send", name: "plain HTTP to a TLS port", kind: of("partly sent"),
			size: 1 << 20, serve: func(w *wire) {
				if w.secure(goodServer) == nil {
					w.server.t.Error("the handshake succeeded")
				}
				w.fin()
			}},
	)
	return faults
}

func handshakeFaults(t *testing.T) []socketFault {
	var faults []socketFault
	shaking := func(name, line string, serve func(*wire)) *socketFault {
		faults = append(faults, socketFault{operations: all, phase: "tls", name: name, kind: of(line),
			secure: goodServer, plain: true, serve: serve})
		return &faults[len(faults)-1]
	}
	after := func(then func(*wire)) func(*wire) {
		return func(w *wire) {
			if _, err := w.in.ReadByte(); err != nil {
				w.server.t.Error(err)
			}
			then(w)
		}
	}
	saying := func(text string) func(*wire) {
		return after(func(w *wire) {
			w.say(text)
			w.fin()
		})
	}
	shaking("RST in the handshake", "not sent", after((*wire).reset))
	shaking("FIN in the handshake", "not sent", after((*wire).fin))
	shaking("handshake that stalls on a socket", "not sent",
		after((*wire).stand)).transport = func(t *http.Transport) { t.TLSHandshakeTimeout = 50 * time.Millisecond }
	shaking("plain HTTP on the TLS port", "no TLS",
		saying("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n"))
	shaking("SSH on the TLS port", "no TLS", saying("SSH-2.0-OpenSSH_9.6\r\n"))
	shaking("alert: unrecognized name", "no TLS", saying("\x15\x03\x03\x00\x02\x02\x70"))
	shaking("alert: no application protocol", "no TLS", saying("\x15\x03\x03\x00\x02\x02\x78"))
	shaking("alert: internal error", "not sent", saying("\x15\x03\x03\x00\x02\x02\x50"))
	with := func(operations []string, name, line string, config *tls.Config) *socketFault {
		faults = append(faults, socketFault{operations: operations, phase: "tls", name: name, kind: of(line),
			secure: goodServer, handshake: config, serve: (*wire).fin})
		return &faults[len(faults)-1]
	}
	for _, bad := range []struct {
		name    string
		host    string
		from    int
		to      int
		trusted bool
	}{
		{"of an unknown authority", "localhost", 1999, 2099, false}, {"long expired", "localhost", 1990, 1999, true},
		{"not valid for long", "localhost", 2099, 2199, true},
		{"of another host", "other.example.org", 1999, 2099, true},
	} {
		with(all, "certificate on a socket "+bad.name, "certificate",
			&tls.Config{Certificates: []tls.Certificate{certificate(bad.host, bad.from, bad.to, bad.trusted)}})
	}
	ca := testca.New(t)
	negative := ca.WithNegativeSerial(t, ca.Issue(t, testca.Subject{Hosts: []string{"localhost"}}))
	with(all, "certificate on a socket with a negative serial number", "certificate",
		&tls.Config{Certificates: []tls.Certificate{negative}})
	with(starts, "server speaks nothing but HTTP/2", "lost", overHTTP2).serve = func(w *wire) {
		if proto := w.request().Proto; proto != "HTTP/1.1" {
			w.server.t.Errorf("the start came on %s", proto)
		}
		_ = (&h2{w.server.t, w.Conn, w.in}).frame(frameSettings, 0, 0, nil)
		w.fin()
	}
	with(all, "client certificate wanted, TLS 1.2", "no TLS", &tls.Config{Certificates: goodServer.Certificates,
		ClientAuth: tls.RequireAnyClientCert, MaxVersion: tls.VersionTLS12})
	// With TLS 1.3 the client finishes its handshake before the server checks it, so the request is
	// already on its way.
	late := with(all, "client certificate wanted, TLS 1.3", "no TLS, partly sent",
		&tls.Config{Certificates: goodServer.Certificates, ClientAuth: tls.RequireAnyClientCert,
			MinVersion: tls.VersionTLS13})
	late.gate, late.size = 3, 1<<20
	// If the server's reset overtakes its alert, the client sees a broken connection, which may be
	// temporary.
	late.or = of("passes")
	return faults
}

// expectFaults affect a start that waits for 100 Continue before it sends its body.
func expectFaults() []socketFault {
	const proceed = "HTTP/1.1 100 Continue\r\n\r\n"
	var faults []socketFault
	asked := func(name, line string, serve func(w *wire, body io.Reader)) {
		faults = append(faults, socketFault{operations: starts, phase: "send", name: name, kind: of(line),
			size: 1 << 20, serve: func(w *wire) {
				req := w.headers()
				if req.Header.Get("Expect") != "100-continue" {
					w.server.t.Error("the start has no Expect")
				}
				serve(w, req.Body)
			}})
	}
	// rest reads the body and then answers.
	rest := func(w *wire, body io.Reader) {
		if _, err := io.Copy(io.Discard, body); err != nil {
			w.server.t.Error(err)
		}
		w.say(goodAnswer(start))
	}
	asked("417 on a socket", "passes", func(w *wire, _ io.Reader) {
		w.say("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		w.fin()
	})
	asked("100 Continue never comes", "tolerated", rest)
	asked("100 Continue comes late", "tolerated", func(w *wire, body io.Reader) {
		if _, err := io.CopyN(io.Discard, body, 1); err != nil {
			w.server.t.Error(err)
		}
		w.say(proceed)
		rest(w, body)
	})
	asked("100 Continue comes twice", "tolerated", func(w *wire, body io.Reader) {
		w.say(proceed + proceed)
		rest(w, body)
	})
	asked("103 before 100 Continue", "tolerated", func(w *wire, body io.Reader) {
		w.say("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + proceed)
		rest(w, body)
	})
	asked("garbage before 100 Continue", "partly sent", func(w *wire, _ io.Reader) {
		w.say("garbage\r\n" + proceed)
		w.stand()
	})
	asked("RST instead of 100 Continue", "partly sent", func(w *wire, _ io.Reader) { w.reset() })
	asked("RST after 100 Continue", "partly sent", func(w *wire, _ io.Reader) {
		w.say(proceed)
		w.arrived()
		w.reset()
	})
	asked("FIN after 100 Continue", "partly sent", func(w *wire, _ io.Reader) {
		w.say(proceed)
		w.fin()
	})
	return faults
}

// earlyFaults answer in the middle of an upload of 8 MiB and read no more of it.
func earlyFaults() []socketFault {
	var faults []socketFault
	answering := func(name, line string, code int, rest func(*wire)) *socketFault {
		status := 0
		if line != "passes" {
			status = code
		}
		faults = append(faults, socketFault{operations: starts, phase: "send", name: name, kind: kind{line, status},
			size: 8 << 20, serve: func(w *wire) {
				w.upload(100_000)
				w.say(fmt.Sprintf("HTTP/1.1 %d No\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"+
					`{"message":"no"}`, code))
				rest(w)
			}})
		return &faults[len(faults)-1]
	}
	answering("401 in mid upload, nothing more is read", "refused", 401, (*wire).stand)
	answering("401 in mid upload, for the old token only", "passes", 401, (*wire).stand)
	answering("413 in mid upload, nothing more is read", "refused", 413, (*wire).stand)
	answering("429 in mid upload, nothing more is read", "throttled", 429, (*wire).stand)
	answering("503 in mid upload, nothing more is read", "partly sent", 503, (*wire).stand)
	answering("401 in mid upload and FIN", "refused", 401, (*wire).fin)
	answering("413 in mid upload and FIN", "refused", 413, (*wire).fin)
	reset := func(w *wire) {
		w.arrived()
		w.reset()
	}
	// The reset ends the upload too, and net/http may notice that first.
	answering("401 in mid upload and RST, for the old token only", "passes", 401, reset).or = of("partly sent")
	answering("413 in mid upload and RST", "refused", 413, reset).or = of("partly sent")
	return faults
}

// proxyFaults occur in a proxy between the client and a TLS server.
func proxyFaults() []socketFault {
	var faults []socketFault
	through := func(phase, name, line string, serve func(*wire)) {
		faults = append(faults, socketFault{
			operations: all, phase: phase, name: name, kind: of(line), secure: goodServer, plain: true, proxied: true,
			serve: serve,
			transport: func(t *http.Transport) {
				t.Proxy = http.ProxyURL(&url.URL{Scheme: "http",
					Host: "localhost:8080"})
			},
		})
	}
	saying := func(text string) func(*wire) {
		return func(w *wire) {
			w.headers()
			w.say(text)
			w.fin()
		}
	}
	for _, answer := range []string{"407 Proxy Authentication Required", "400 Bad Request", "403 Forbidden",
		"404 Not Found", "301 Moved"} {
		through("connect", "proxy answers "+answer[:3], "proxy refuses",
			saying("HTTP/1.1 "+answer+"\r\nContent-Length: 0\r\n\r\n"))
	}
	for _, answer := range []string{"408 Request Timeout", "429 Too Many Requests", "502 Bad Gateway",
		"503 Service Unavailable", "504 Gateway Timeout"} {
		through("connect", "proxy answers "+answer[:3], "not sent",
			saying("HTTP/1.1 "+answer+"\r\nContent-Length: 0\r\n\r\n"))
	}
	socks := func(name, line, answers string) {
		through("connect", "SOCKS proxy: "+name, line, func(w *wire) {
			w.say(answers[:2])
			_, _ = w.in.ReadByte()
			w.say(answers[2:])
			w.fin()
		})
		faults[len(faults)-1].transport = func(t *http.Transport) {
			t.Proxy = http.ProxyURL(&url.URL{Scheme: "socks5",
				Host: "localhost:1080"})
		}
	}
	const nowhere = "\x00\x01\x00\x00\x00\x00\x00\x00"
	socks("no way to log in", "proxy refuses", "\x05\xff")
	socks("not allowed", "proxy refuses", "\x05\x00\x05\x02"+nowhere)
	socks("connection refused", "not sent", "\x05\x00\x05\x05"+nowhere)
	// A wait would then need a SOCKS proxy that works, which the server does not play.
	faults[len(faults)-1].operations = []string{token, start, download}
	through("connect", "proxy answers garbage", "no HTTP, not sent", saying("garbage\r\n\r\n"))
	for _, by := range bothEnds {
		through("connect", "proxy answers CONNECT with "+by.name, "not sent", func(w *wire) {
			w.headers()
			by.end(w)
		})
		through("tls", "proxy cuts after CONNECT by "+by.name, "not sent", func(w *wire) {
			w.connect()
			w.arrived()
			by.end(w)
		})
		through("headers", "proxy cuts after the whole request by "+by.name, "lost", func(w *wire) {
			w.connect()
			if err := w.secure(goodServer); err != nil {
				w.server.t.Errorf("handshake: %v", err)
			}
			w.request()
			by.end(w)
		})
	}
	return faults
}

func h2Faults() []socketFault {
	var faults []socketFault
	over := func(operations []string, phase, name, line string,
		serve func(w *wire, c *h2, stream uint32)) *socketFault {
		faults = append(faults, socketFault{operations: operations, phase: phase, name: "HTTP/2: " + name,
			kind: of(line), h2: serve})
		return &faults[len(faults)-1]
	}
	answering := func(phase, name, line string, answer func(w *wire, c *h2, stream uint32)) *socketFault {
		return over(asks, phase, name, line, func(w *wire, c *h2, stream uint32) {
			answer(w, c, stream)
			c.rest(w.server.next)
		})
	}
	for _, code := range []struct {
		name string
		code uint32
	}{{"REFUSED_STREAM", refusedStream}, {"PROTOCOL_ERROR", protocolError}, {"INTERNAL_ERROR", internalError},
		{"CANCEL", cancelled},
		{"ENHANCE_YOUR_CALM", enhanceYourCalm}, {"HTTP_1_1_REQUIRED", http11Required}, {"NO_ERROR", noError}} {
		refused := answering("headers", "RST_STREAM with "+code.name, "lost",
			func(_ *wire, c *h2, stream uint32) { c.reset(stream, code.code) })
		refused.resent = code.code == refusedStream || code.code == protocolError
	}
	answering("headers", "GOAWAY before the stream", "lost",
		func(_ *wire, c *h2, _ uint32) { c.goAway(0, noError) }).resent = true
	answering("headers", "GOAWAY before the stream, with an error", "lost",
		func(_ *wire, c *h2, _ uint32) { c.goAway(0, enhanceYourCalm) })
	over(asks, "headers", "GOAWAY after the stream, then FIN", "lost", func(w *wire, c *h2, stream uint32) {
		c.goAway(stream, noError)
		w.fin()
	})
	fin := func(w *wire, _ *h2, _ uint32) { w.fin() }
	over(asks, "headers", "FIN after the request", "lost", fin)
	over(asks, "headers", "RST after the request", "lost", func(w *wire, _ *h2, _ uint32) { w.reset() })
	over(asks, "headers", "FIN instead of SETTINGS", "lost", fin).silent = true
	nothing := answering("headers", "SETTINGS never come", "lost", func(*wire, *h2, uint32) {})
	nothing.silent, nothing.transport = true, impatient
	answering("headers", "HTTP/1.1 instead of SETTINGS", "lost",
		func(w *wire, _ *h2, _ uint32) { w.say("HTTP/1.1 200 OK\r\n\r\n") }).silent = true
	answering("headers", "no answer", "lost", func(*wire, *h2, uint32) {}).transport = impatient
	answering("headers", "frame longer than allowed", "lost", func(w *wire, _ *h2, _ uint32) {
		w.say("\xff\xff\xff\x01\x04\x00\x00\x00\x01")
	})
	answering("headers", "answer without status", "lost", func(_ *wire, c *h2, stream uint32) {
		_ = c.frame(frameHeaders, endHeaders, stream, fields("content-type", "application/zip"))
	})
	answering("headers", "headers that do not decompress", "lost", func(_ *wire, c *h2, stream uint32) {
		_ = c.frame(frameHeaders, endHeaders, stream, []byte{0xff, 0xff, 0xff, 0xff, 0xff})
	})
	answering("headers", "DATA before HEADERS", "lost",
		func(_ *wire, c *h2, stream uint32) { _ = c.frame(frameData, 0, stream, []byte("PK")) }).prints =
		"received DATA before a HEADERS frame"
	answering("headers", "PUSH_PROMISE", "lost", func(_ *wire, c *h2, stream uint32) {
		_ = c.frame(framePush, endHeaders, stream, []byte{0, 0, 0, 2})
	})
	answering("headers", "answer to another stream", "lost", func(_ *wire, c *h2, stream uint32) {
		_ = c.frame(frameHeaders, endHeaders, stream+2, fields(":status", "200"))
	}).transport = impatient
	limited := func(t *http.Transport) { t.MaxResponseHeaderBytes = 64 << 10 }
	answering("headers", "header of 100 KiB where 64 are allowed", "lost",
		func(_ *wire, c *h2, stream uint32) { flood(c, stream, 7) }).transport = limited
	answering("headers", "endless CONTINUATION", "lost",
		func(_ *wire, c *h2, stream uint32) { flood(c, stream, 1<<20) }).transport = limited

	body := func(name, line string, n int, headers []string, rest func(w *wire, c *h2, stream uint32)) *socketFault {
		return over(fetches, "body", name, line, func(w *wire, c *h2, stream uint32) {
			_ = c.frame(frameHeaders, endHeaders, stream,
				fields(append([]string{":status", "200", "content-type", "application/zip"}, headers...)...))
			c.body(stream, socketZIP[:n])
			w.arrived()
			rest(w, c, stream)
		})
	}
	length := []string{"content-length", fmt.Sprint(len(socketZIP))}
	resetting := func(code uint32) func(*wire, *h2, uint32) {
		return func(w *wire, c *h2, stream uint32) {
			c.reset(stream, code)
			c.rest(w.server.next)
		}
	}
	ending := func(w *wire, c *h2, stream uint32) {
		_ = c.frame(frameData, endStream, stream, nil)
		c.rest(w.server.next)
	}
	for _, code := range []struct {
		name string
		code uint32
	}{{"REFUSED_STREAM", refusedStream}, {"INTERNAL_ERROR", internalError}, {"CANCEL", cancelled},
		{"NO_ERROR", noError}, {"PROTOCOL_ERROR", protocolError}} {
		body("RST_STREAM with "+code.name+" in the body", "cut", 30_000, length, resetting(code.code))
	}
	body("GOAWAY before the stream in the body, then FIN", "cut", 30_000, length, func(w *wire, c *h2, _ uint32) {
		c.goAway(0, noError)
		w.fin()
	})
	body("END_STREAM before the length is reached", "cut", 30_000, length, ending)
	body("END_STREAM before the first byte", "cut", 0, length, ending)
	body("END_STREAM too early, without a length", "not acceptable", 30_000, nil, ending)
	body("RST_STREAM without a length", "cut", 30_000, nil, resetting(internalError))
	body("more than the length", "cut", len(socketZIP), []string{"content-length", "30000"},
		func(w *wire, c *h2, _ uint32) { c.rest(w.server.next) })
	body("GOAWAY after the stream in the body, which comes whole", "tolerated", 30_000, length,
		func(w *wire, c *h2, stream uint32) {
			c.goAway(stream, noError)
			c.body(stream, socketZIP[30_000:])
			ending(w, c, stream)
		})
	return faults
}

// h2Stalls last until the client gives up, so they run in a bubble and not on sockets.
func h2Stalls(t *testing.T) []fault {
	var faults []fault
	for _, n := range []int{0, 30_000} {
		faults = append(faults, fault{operations: fetches, phase: "body",
			name: fmt.Sprintf("HTTP/2: stands still after %d bytes", n), kind: of("cut"),
			config: func(config *danabio.Config) {
				overHTTPS(config)
				config.HTTPClient.Transport = anotherKind(config.HTTPClient.Transport.(*http.Transport))
			},
			dial: func(context.Context, dial) (net.Conn, error) {
				front, back := net.Pipe()
				go func() {
					defer back.Close()
					conn := tls.Server(back, overHTTP2)
					c := &h2{t, conn, bufio.NewReader(conn)}
					if stream, ok := c.begin(true); ok {
						// A pipe has no buffer, so the test must read and write at once.
						var reading sync.WaitGroup
						defer reading.Wait()
						reading.Go(func() { c.rest(func() bool { t.Error("another request came"); return false }) })
						_ = c.frame(frameHeaders, endHeaders, stream,
							fields(":status", "200", "content-length", fmt.Sprint(len(socketZIP))))
						c.body(stream, socketZIP[:n])
					}
				}()
				return front, nil
			}})
	}
	return faults
}

// flood sends a header block without an end: n pieces of 16 KiB, or as many as the client accepts.
func flood(c *h2, stream uint32, n int) {
	piece := fields("x-filler", strings.Repeat("x", 16<<10-20))
	_ = c.frame(frameHeaders, 0, stream, fields(":status", "200"))
	for range n {
		if c.frame(frameContinuation, 0, stream, piece) != nil {
			return
		}
	}
}

// cutFaults cut the evidence at every 4 KiB, for each way in which HTTP marks the end of a body.
func cutFaults() []socketFault {
	var faults []socketFault
	for n := 4 << 10; n < len(socketZIP); n += 4 << 10 {
		for _, framing := range []struct{ name, headers, before, between, line string }{
			{"with a length", fmt.Sprintf("Content-Length: %d\r\n", len(socketZIP)), "", "", "cut"},
			{"in chunks", "Transfer-Encoding: chunked\r\n", "1000\r\n", "\r\n", "cut"},
			// HTTP cannot tell this cut from the end of the body, but the ZIP reader can.
			{"until the end of the connection", "Connection: close\r\n", "", "", "not acceptable"},
		} {
			faults = append(faults, socketFault{
				operations: fetches, phase: "body", name: fmt.Sprintf("cut after %d of %d bytes, %s", n, len(socketZIP),
					framing.name), kind: of(framing.line),
				serve: func(w *wire) {
					w.request()
					w.say("HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n" + framing.headers + "\r\n")
					for piece := range slices.Chunk(socketZIP[:n], 4<<10) {
						w.say(framing.before + string(piece) + framing.between)
					}
					w.fin()
				},
			})
		}
		faults = append(faults, socketFault{
			operations: fetches, phase: "body",
			name: fmt.Sprintf("cut after %d of %d bytes, HTTP/2", n, len(socketZIP)), kind: of("cut"),
			h2: func(w *wire, c *h2, stream uint32) {
				_ = c.frame(frameHeaders, endHeaders, stream, fields(":status", "200", "content-type",
					"application/zip", "content-length", fmt.Sprint(len(socketZIP))))
				c.body(stream, socketZIP[:n])
				w.fin()
			},
		})
	}
	for _, line := range []struct {
		name,
		headers string
	}{{"with a length", fmt.Sprintf("Content-Length: %d\r\n", len(socketZIP))},
		{"until the end of the connection", "Connection: close\r\n"}} {
		faults = append(faults, socketFault{operations: fetches, phase: "body", name: "RST in the evidence, " +
			line.name, kind: of("cut"), serve: func(w *wire) {
			w.request()
			w.say("HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\n" + line.headers + "\r\n" +
				string(socketZIP[:30_000]))
			w.arrived()
			w.reset()
		}})
	}
	return faults
}
