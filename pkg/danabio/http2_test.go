package danabio_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"testing"
)

// Frame types, flags and error codes of HTTP/2 (RFC 9113).
const (
	frameData, frameHeaders, frameReset, frameSettings, framePush, frameGoAway, frameContinuation = 0, 1, 3, 4, 5, 7, 9

	endStream, endHeaders = 1, 4

	noError, protocolError, internalError, refusedStream, cancelled, enhanceYourCalm, http11Required = 0, 1, 2, 7, 8,
		11, 13
)

// h2 is the server's side of an HTTP/2 connection. The tests write the frames themselves because
// net/http's server makes no mistakes.
type h2 struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func (c *h2) frame(kind, flags byte, stream uint32, payload []byte) error {
	head := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	head = binary.BigEndian.AppendUint32(append(head, flags), stream)
	_, err := c.Write(append(head, payload...))
	return err
}

func (c *h2) reset(stream, code uint32) {
	_ = c.frame(frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
}

// goAway tells the client that the server processed nothing above the last stream.
func (c *h2) goAway(last, code uint32) {
	_ = c.frame(frameGoAway, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, last), code))
}

// anotherKind wraps the transport in a RoundTripper that is not an *http.Transport. Below such a
// wrapper the client may still speak HTTP/2.
func anotherKind(transport *http.Transport) http.RoundTripper {
	transport.ForceAttemptHTTP2 = true
	return roundTripper(transport.RoundTrip)
}

var overHTTP2 = &tls.Config{Certificates: goodServer.Certificates, NextProtos: []string{"h2"}}

// begin reads the client's preface and its frames up to the end of a request. It returns the stream
// of the request, and false if the client closes the connection before that.
func (c *h2) begin(settings bool) (stream uint32, ok bool) {
	const text = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c.in, got); err != nil {
		return 0, false
	}
	if string(got) != text {
		c.t.Errorf("the connection begins with %q, want HTTP/2", got)
	}
	if settings {
		_ = c.frame(frameSettings, 0, 0, nil)
	}
	for {
		kind, flags, stream, err := c.next()
		if err != nil {
			return 0, false
		}
		if (kind == frameHeaders || kind == frameData) && flags&endStream != 0 {
			return stream, true
		}
	}
}

// next reads a frame.
func (c *h2) next() (kind, flags byte, stream uint32, err error) {
	var head [9]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return 0, 0, 0, err
	}
	length := binary.BigEndian.Uint32(head[:4]) >> 8
	_, err = io.CopyN(io.Discard, c.in, int64(length))
	return head[3], head[4], binary.BigEndian.Uint32(head[5:]), err
}

// rest reads until the client closes the connection, and counts further requests.
func (c *h2) rest(another func() bool) {
	for {
		switch kind, _, _, err := c.next(); {
		case err != nil:
			return
		case kind == frameHeaders:
			another()
		}
	}
}

// fields encodes headers as literals without indexing (RFC 7541, section 6.2.2).
func fields(pairs ...string) []byte {
	var out []byte
	for i, text := range pairs {
		if i%2 == 0 {
			out = append(out, 0)
		}
		out = hpackLength(out, len(text))
		out = append(out, text...)
	}
	return out
}

// hpackLength appends an integer with a prefix of 7 bits (RFC 7541, section 5.1).
func hpackLength(out []byte, n int) []byte {
	if n < 127 {
		return append(out, byte(n))
	}
	out = append(out, 127)
	for n -= 127; n >= 128; n >>= 7 {
		out = append(out, byte(n)|128)
	}
	return append(out, byte(n))
}

// body sends DATA frames.
func (c *h2) body(stream uint32, content []byte) {
	for len(content) > 0 {
		n := min(len(content), 16<<10)
		if c.frame(frameData, 0, stream, content[:n]) != nil {
			return
		}
		content = content[n:]
	}
}

// net/http repeats a request that an HTTP/2 server did not process, without a pause and without a
// limit. The retry policy must decide how often the client sends it.
func TestWhatHTTP2RefusesIsSentAsOftenAsThePolicySays(t *testing.T) {
	overTLSOfTheCaller := func(transport *http.Transport) {
		dial := transport.DialContext
		transport.DialTLSContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			secured := tls.Client(conn, &tls.Config{RootCAs: authorities, ServerName: "localhost",
				NextProtos: []string{"h2"}})
			return secured, secured.HandshakeContext(ctx)
		}
	}
	for name, refuse := range map[string]func(c *h2, stream uint32){
		"REFUSED_STREAM":           func(c *h2, stream uint32) { c.reset(stream, refusedStream) },
		"PROTOCOL_ERROR":           func(c *h2, stream uint32) { c.reset(stream, protocolError) },
		"GOAWAY before the stream": func(c *h2, _ uint32) { c.goAway(0, noError) },
		"both": func(c *h2, stream uint32) {
			c.reset(stream, refusedStream)
			c.goAway(0, noError)
		},
		"GOAWAY and a broken stream": func(c *h2,
			stream uint32) {
			c.goAway(0, noError)
			c.reset(stream, internalError)
		},
	} {
		for way, transport := range map[string]func(*http.Transport){"": nil, ", DialTLSContext": overTLSOfTheCaller} {
			f := socketFault{transport: transport, h2: func(w *wire, c *h2, stream uint32) {
				refuse(c, stream)
				c.rest(w.server.next)
			}}
			for _, operation := range []string{token, download} {
				t.Run(operation+", "+name+way, func(t *testing.T) {
					const enough = 1000
					// net/http may repeat each attempt once before it notices its end.
					if got := f.run(t, operation, target(t), enough); got.attempts < 4 || got.attempts > 8 ||
						got.err != "ErrUnavailable" {
						t.Errorf("%d requests, %q; want 4 to 8, ErrUnavailable", got.attempts, got.err)
					}
				})
			}
		}
	}
}
