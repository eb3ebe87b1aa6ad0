// Package reach knows how a server is reached, and why it is not: for the client, and for the
// commands that look at a server.
//
// Call [Classify] for an error of a request that got no answer, and [CheckEnvironment] before the
// first request; [HTTP1] for a transport that sends a single request, and [SkewOf] for the server's
// clock. Nothing that the server sent stands in a text of this package.
package reach

import (
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"
)

const (
	maxHeader = 256 << 10 // bytes of an answer's header
	// ContinueLimit is how long "100 Continue" is waited for.
	ContinueLimit = time.Second
)

// WithHeaderLimit is a clone of a transport that takes at most 256 KiB of header, waits at most 1 s
// for "100 Continue", and gives bodies as they came.
func WithHeaderLimit(transport *http.Transport) *http.Transport {
	t := transport.Clone()
	t.MaxResponseHeaderBytes = maxHeader
	t.ExpectContinueTimeout = ContinueLimit
	t.DisableCompression = true
	AllowRenegotiation(t)
	CheckProxies(t)
	return t
}

// AllowRenegotiation lets the server ask once for the client certificate by a TLS renegotiation, as
// old gateways do, if the transport has one to show.
func AllowRenegotiation(t *http.Transport) {
	config := t.TLSClientConfig
	if config == nil || len(config.Certificates) == 0 && config.GetClientCertificate == nil {
		return
	}
	if config.Renegotiation == tls.RenegotiateNever {
		config.Renegotiation = tls.RenegotiateOnceAsClient
	}
}

// HTTP1 is [WithHeaderLimit], and sends each request by HTTP/1.1 over a connection of its own.
func HTTP1(transport *http.Transport) *http.Transport {
	t := WithHeaderLimit(transport)
	t.DisableKeepAlives = true
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.TLSClientConfig = HTTP1Only(t.TLSClientConfig)
	return t
}

// HTTP1Only is a clone of a TLS configuration, or of the default one for nil, that offers HTTP/1.1
// and nothing else.
func HTTP1Only(config *tls.Config) *tls.Config {
	if config == nil {
		config = new(tls.Config)
	}
	config = config.Clone()
	config.NextProtos = []string{"http/1.1"}
	return config
}

// Port is that of a URL, or its scheme's own.
func Port(scheme, port string) string {
	if port != "" {
		return port
	}
	return map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[scheme]
}

// UnknownCircuit is the id of a circuit that does not exist: a random UUID.
func UnknownCircuit() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
