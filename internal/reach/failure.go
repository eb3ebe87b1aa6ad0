package reach

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Class is the kind of failure that left a request without a response. It decides whether to retry.
type Class int

// Classes of failures. The zero value stands for unknown failures, so that none counts as an outage
// by mistake.
const (
	Unrecognised Class = iota
	Passing            // the network, a host or its name server; it may pass
	Certificate        // the server's certificate is not valid for it, or cannot be read
	TLS                // the two sides have no TLS version or cipher in common
	UnknownHost        // the name does not exist
	Proxy              // the proxy refuses, or it is unclear which proxy to use
	NotHTTP            // the response is not HTTP
)

// Failure says why a request got no response. Its texts may be shown, unlike errors of net/http,
// which can quote addresses and responses.
type Failure struct {
	Class  Class
	Text   string // a constant
	Detail string // in the words of the package that found it, or empty; it quotes nothing that was sent
	// Setting is the GODEBUG value that makes a Go program accept what was refused, or empty if
	// none is known.
	Setting string
}

// String returns the text with its detail and remedy.
func (f Failure) String() string {
	text := f.Text
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text + f.remedy()
}

// Reason returns the detail and remedy, for callers that say the rest themselves.
func (f Failure) Reason() string { return f.Detail + f.remedy() }

func (f Failure) remedy() string {
	if f.Setting == "" {
		return ""
	}
	return "; the environment variable GODEBUG=" + f.Setting + " allows it"
}

// Messages of crypto/tls errors that have no type of their own.
const (
	unreadableText = "tls: failed to parse certificate from server: "
	largeKey       = "tls: server sent certificate containing RSA key larger than"
	unknownKey     = "tls: server's certificate contains an unsupported type of public key"
	oldVersion     = "tls: server selected unsupported protocol version"
	oldCipher      = "tls: server chose an unconfigured cipher suite"
)

// Classify classifies the error of a request that got no response.
func Classify(err error) Failure {
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		refusal     *ProxyError
	)
	switch {
	case errors.As(err, &certificate):
		why := certificate.Err.Error()
		return Failure{Class: Certificate, Text: "the server's TLS certificate is not valid for it", Detail: why}
	case errors.As(err, &dns) && dns.IsNotFound && !dns.IsTemporary:
		return Failure{Class: UnknownHost, Text: "the host name does not exist", Detail: dns.Name}
	case errors.As(err, &dns):
		return Failure{Class: Passing, Text: "the host name could not be looked up"}
	case errors.As(err, &refusal):
		return refusal.failure()
	case errors.Is(err, syscall.ECONNREFUSED), isWinsock(err, winsockRefused):
		return Failure{Class: Passing, Text: "the connection was refused"}
	case IsTimeout(err):
		return Failure{Class: Passing, Text: "no answer came in time"}
	case IsReset(err):
		return Failure{Class: Passing, Text: "the connection was reset"}
	case operation(err, "dial") != nil:
		return Failure{Class: Passing, Text: "no connection could be made"}
	case isErrno(err), errors.Is(err, net.ErrClosed), errors.Is(err, io.ErrClosedPipe),
		errors.Is(err, context.Canceled):
		return Failure{Class: Passing, Text: "the connection failed"}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Failure{Class: Passing, Text: "the connection was closed before the answer was complete"}
	}
	if f, is := tlsFailure(err); is {
		return f
	}
	if op := operation(err, "socks"); op != nil {
		return socksFailure(op)
	}
	switch {
	case hasPrefix(err, "http: server closed idle connection"), hasPrefix(err, "http: persistConn.readLoop exiting"),
		isCutStatusLine(err):
		return Failure{Class: Passing, Text: "the connection was closed before the answer was complete"}
	// HTTP/2 errors have unexported types in net/http. They occur if a caller's RoundTripper uses
	// HTTP/2.
	case hasPrefix(err, "http2: "), hasPrefix(err, "stream error: "), hasPrefix(err, "connection error: "):
		return Failure{Class: Passing, Text: "the server ended the HTTP/2 stream or connection"}
	case hasPrefix(err, `malformed HTTP response "\x15\x03`):
		return Failure{Class: TLS, Text: "the server speaks TLS on this port, and got plain HTTP"}
	case hasPrefix(err, "malformed "), hasPrefix(err, "net/http: server response headers exceeded "),
		hasPrefix(err, "net/http: HTTP/1.x transport connection broken: "):
		return Failure{Class: NotHTTP, Text: "the answer is not readable HTTP"}
	}
	return Failure{Text: "the connection failed, or the answer is not readable HTTP"}
}

// find returns the text of the first error in the chain with this beginning. What follows the
// beginning may come from the server.
func find(err error, beginning string) (text string, found bool) {
	for ; err != nil; err = errors.Unwrap(err) {
		if text = err.Error(); strings.HasPrefix(text, beginning) {
			return text, true
		}
	}
	return "", false
}

func hasPrefix(err error, beginning string) bool {
	_, found := find(err, beginning)
	return found
}

// Windows's counterparts of ECONNREFUSED, ECONNRESET and EPIPE. No other system uses these numbers.
const (
	winsockAborted = syscall.Errno(10053)
	winsockReset   = syscall.Errno(10054)
	winsockRefused = syscall.Errno(10061)
)

func isWinsock(err error, numbers ...syscall.Errno) bool {
	var number syscall.Errno
	return errors.As(err, &number) && slices.Contains(numbers, number)
}

// IsReset reports whether the other side reset the connection.
func IsReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		isWinsock(err, winsockReset, winsockAborted)
}

func isErrno(err error) bool {
	var number syscall.Errno
	return errors.As(err, &number)
}

// IsTimeout reports whether an error, or one that it wraps, is a timeout.
func IsTimeout(err error) bool {
	var timeout interface {
		error
		Timeout() bool
	}
	for errors.As(err, &timeout) {
		if timeout.Timeout() {
			return true
		}
		err = errors.Unwrap(timeout)
	}
	return false
}

// isCutStatusLine reports whether the connection ended within the status line. net/http reports
// this as a malformed line.
func isCutStatusLine(err error) bool {
	quoted := func(beginning string) string {
		text, _ := find(err, beginning)
		line, _ := strconv.Unquote(strings.TrimPrefix(text, beginning))
		return line
	}
	line, code := quoted("malformed HTTP response "), quoted("malformed HTTP status code ")
	return line != "" && strings.HasPrefix("HTTP/1.1 ", line) ||
		code != "" && len(code) < 3 && strings.Trim(code, "0123456789") == ""
}

// passingAlerts are alerts that a server sends during temporary trouble, or because of a damaged
// record.
var passingAlerts = []tls.AlertError{0, 20, 22, 80, 90}

// tlsFailure classifies the errors of crypto/tls.
func tlsFailure(err error) (f Failure, is bool) {
	var (
		handshake *HandshakeError
		record    tls.RecordHeaderError
	)
	if text, found := find(err, unreadableText); found {
		return unreadableCertificate(strings.TrimPrefix(text, unreadableText)), true
	}
	for _, beginning := range []string{largeKey, unknownKey} {
		if text, found := find(err, beginning); found {
			return unreadableCertificate(text), true
		}
	}
	alert := alertOf(err)
	of := func(codes ...tls.AlertError) bool {
		return slices.ContainsFunc(codes, func(code tls.AlertError) bool { return alert == code.Error() })
	}
	f = Failure{Class: TLS, Detail: alert}
	switch {
	case errors.As(err, &record) && string(record.RecordHeader[:]) == "HTTP/", errors.Is(err, http.ErrSchemeMismatch):
		f.Text = "the server speaks plain HTTP on this port, not TLS"
	case errors.As(err, &record):
		f.Text = "the server does not speak TLS on this port"
	case of(70), hasPrefix(err, oldVersion):
		f.Text = "the server has no safe TLS version: at least 1.2 is needed"
	case of(71), hasPrefix(err, oldCipher):
		f.Text, f.Setting = "the server accepts no safe cipher", oldCipherSettings
	case of(40):
		f.Text, f.Setting = "the server accepts no safe cipher, or demands a client certificate", oldCipherSettings
	case of(100):
		f.Text = "the server asks for a TLS renegotiation, which it gets once, and only with a client certificate"
	case of(42, 43, 44, 45, 46, 48, 49, 116):
		f.Text = "the server demands a client certificate, or does not accept the one it got"
	case of(112):
		f.Text = "the server does not know the host by this name"
	case of(passingAlerts...):
		f.Class, f.Text = Passing, "the server ended the TLS connection"
	case alert != "":
		f.Text = "the TLS handshake failed"
	case errors.As(err, &handshake):
		f.Text = "the TLS handshake failed"
		f.Detail, _ = find(handshake.Err, "tls: ") // any other text may contain anything
	default:
		return Failure{}, false
	}
	return f, true
}

// unreadableCertificate classifies a certificate that crypto/tls or crypto/x509 rejects.
func unreadableCertificate(why string) Failure {
	f := Failure{Class: Certificate, Text: "the server's TLS certificate cannot be read", Detail: why}
	switch {
	case strings.HasPrefix(why, "x509: negative serial number"):
		f.Setting = "x509negativeserial=1"
	case strings.HasPrefix(why, largeKey):
		f.Setting = "tlsmaxrsasize=16384"
	}
	return f
}

// oldCipherSettings enables all ciphers that Go implements but no longer offers.
const oldCipherSettings = "tlsrsakex=1,tls3des=1"

// alertOf returns the text of the TLS alert, from either side, that ended a connection, or "". Its
// type is not exported by crypto/tls.
func alertOf(err error) string {
	for _, side := range []string{"remote error", "local error"} {
		if op := operation(err, side); op != nil && strings.HasPrefix(op.Err.Error(), "tls: ") {
			return op.Err.Error()
		}
	}
	return ""
}

// operation returns the error of a network operation whose name has this beginning, or nil.
func operation(err error, name string) *net.OpError {
	for op := (*net.OpError)(nil); errors.As(err, &op); err = op.Err {
		if strings.HasPrefix(op.Op, name) {
			return op
		}
	}
	return nil
}

// socksFailure classifies a SOCKS proxy's reply.
func socksFailure(op *net.OpError) Failure {
	said := strings.TrimPrefix(op.Err.Error(), "unknown error ")
	switch said {
	case "general SOCKS server failure", "network unreachable", "host unreachable", "connection refused", "TTL expired":
		return Failure{Class: Passing, Text: "the proxy could not connect to the server", Detail: said}
	}
	return Failure{Class: Proxy, Text: "the proxy refuses", Detail: said}
}
