// Package reach knows how to reach a server, and explains why it cannot be reached. The client and
// the commands that examine a server use it.
//
// Call [Classify] for the error of a request that got no response, and [CheckEnvironment] before
// the first request. [HTTP1] returns a transport that sends a single request, and [SkewOf] compares
// clocks. No text of this package contains anything that the server sent.
package reach

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"
)

const (
	maxHeader = 256 << 10 // of a response, in bytes
	// ContinueLimit is how long to wait for "100 Continue".
	ContinueLimit = time.Second
)

// WithHeaderLimit returns a clone of a transport that accepts at most 256 KiB of response header,
// waits at most 1 s for "100 Continue", and does not decompress bodies.
func WithHeaderLimit(transport *http.Transport) *http.Transport {
	t := transport.Clone()
	t.MaxResponseHeaderBytes = maxHeader
	t.ExpectContinueTimeout = ContinueLimit
	t.DisableCompression = true
	AllowRenegotiation(t)
	CheckProxies(t)
	return t
}

// AllowRenegotiation lets the server request the client certificate once by TLS renegotiation, as
// old gateways do, if the transport has a certificate.
func AllowRenegotiation(t *http.Transport) {
	config := t.TLSClientConfig
	if config == nil || len(config.Certificates) == 0 && config.GetClientCertificate == nil {
		return
	}
	if config.Renegotiation == tls.RenegotiateNever {
		config.Renegotiation = tls.RenegotiateOnceAsClient
	}
}

// HTTP1 is like [WithHeaderLimit], and sends each request by HTTP/1.1 over its own connection.
func HTTP1(transport *http.Transport) *http.Transport {
	t := WithHeaderLimit(transport)
	ForceHTTP1(t)
	return t
}

// ForceHTTP1 makes a transport send each request by HTTP/1.1 over its own connection.
func ForceHTTP1(t *http.Transport) {
	t.DisableKeepAlives = true
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.TLSClientConfig = HTTP1Only(t.TLSClientConfig) // otherwise a clone may still offer h2
}

// HTTP1Only returns a clone of a TLS configuration, or of the default one for nil, that offers only
// HTTP/1.1.
func HTTP1Only(config *tls.Config) *tls.Config {
	if config == nil {
		config = new(tls.Config)
	}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
}

// Port returns port, or the default port of the scheme if port is empty.
func Port(scheme, port string) string {
	if port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[scheme]
}

// UnknownCircuit returns the ID of a circuit that does not exist: a random UUID.
func UnknownCircuit() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
