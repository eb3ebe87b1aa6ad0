package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// answer is the response to a request without credentials.
type answer struct {
	err            error
	response       *http.Response // nil if there is none; its body is closed
	sent, answered time.Time
	state          atomic.Pointer[tls.ConnectionState] // nil if no handshake finished
	asked          atomic.Bool                         // for a client certificate
	shown          atomic.Bool                         // one was shown
}

// ask requests the server's root, once per run.
func (x *examination) ask(ctx context.Context) *answer {
	if x.answer != nil {
		return x.answer
	}
	transport := x.transport.Clone()
	// If a hello gets no answer, this leaves time for another one.
	transport.TLSHandshakeTimeout = limit / 2
	x.answer = x.askBy(ctx, transport)
	return x.answer
}

func (x *examination) askBy(ctx context.Context, transport *http.Transport) *answer {
	a := &answer{}
	own := transport.TLSClientConfig.Certificates
	transport.TLSClientConfig.GetClientCertificate =
		func(request *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			a.asked.Store(true)
			for i := range own {
				if request.SupportsCertificate(&own[i]) == nil {
					a.shown.Store(true)
					return &own[i], nil
				}
			}
			return new(tls.Certificate), nil
		}
	handshake := &reach.Handshake{}
	ctx = httptrace.WithClientTrace(handshake.Trace(ctx), &httptrace.ClientTrace{
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil {
				a.state.Store(&state)
			}
		},
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, x.base.String()+"/", nil)
	if err != nil {
		a.err = err
		return a
	}
	request.Header.Set("User-Agent", "danabio-go/"+danabio.Version)
	a.sent = time.Now()
	a.response, a.err = transport.RoundTrip(request)
	a.answered = time.Now()
	a.err = handshake.Mark(a.err)
	if a.err == nil {
		_ = a.response.Body.Close() // not read
	}
	transport.CloseIdleConnections()
	return a
}

// helloUnanswered reports whether the server, or something on the way, did not answer a TLS hello.
func (a *answer) helloUnanswered() bool {
	var handshake *reach.HandshakeError
	silent := reach.IsTimeout(a.err) || reach.IsReset(a.err) || errors.Is(a.err, io.EOF) ||
		errors.Is(a.err, io.ErrUnexpectedEOF)
	return silent && errors.As(a.err, &handshake)
}

// answersWithoutMLKEM reports whether a hello without ML-KEM is answered. With ML-KEM a hello takes
// more than one packet, which some middleboxes cannot handle.
func (x *examination) answersWithoutMLKEM(ctx context.Context) bool {
	transport := x.transport.Clone()
	transport.TLSClientConfig.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
	a := x.askBy(ctx, transport)
	return a.state.Load() != nil || a.err != nil && reach.Classify(a.err).Class != reach.Passing
}

// Soon is how long before its end a certificate should be renewed.
const Soon = 14 * 24 * time.Hour

func (x *examination) checkTLS(ctx context.Context) Check {
	if x.base.Scheme != "https" {
		return Skips(Say("the base URL is plain http"))
	}
	a := x.ask(ctx)
	state := a.state.Load()
	if a.helloUnanswered() && x.answersWithoutMLKEM(ctx) {
		return Fails(Unreached, Say("the server answers a TLS hello only if that does not offer ML-KEM"), Network,
			Say("have the firewall or gateway in between updated; until then, set GODEBUG=%s in the environment of "+
				"danabio", "tlsmlkem=0"))
	}
	if state == nil || x.certificateRefused(a) {
		return x.tlsFailure(a)
	}
	chains := state.VerifiedChains
	if len(chains) == 0 { // for example with a transport that verifies in its own way
		return Fine(Say("%s", tls.VersionName(state.Version)))
	}
	leaf, root := chains[0][0], chains[0][len(chains[0])-1]
	own := x.config.Trusts != nil && x.config.Trusts(root)
	left := time.Until(leaf.NotAfter)
	facts := []any{tls.VersionName(state.Version), leaf.Subject, leaf.Issuer, int(left / (24 * time.Hour)),
		root.Subject}
	found := Say("%s; the certificate of %s, issued by %s, is good for %d days; the system trusts its root %s",
		facts...)
	if own {
		found = Say("%s; the certificate of %s, issued by %s, is good for %d days; your CA file trusts its root %s",
			facts...)
	}
	switch {
	case left < Soon:
		return Check{Status: Warning, Found: found, Who: Vendor, Advice: Say("have the certificate renewed in time")}
	case a.asked.Load() && !a.shown.Load():
		return Check{Status: Warning, Found: found, Who: You,
			Advice: Say("the server asks for a client certificate, and got none; if requests are refused, give one " +
				"with --client-cert")}
	case !own && !transparent(leaf, state):
		return Check{Status: OK, Found: found, Who: Network,
			Advice: Say("only a hint: the certificate does not look like one of a public authority, so something in " +
				"your network may read what is sent; ask whether that is so")}
	}
	return Fine(found)
}

// certificateRefused reports whether the server asked for a client certificate and then closed the
// connection without a response. In TLS 1.3 it does so after the handshake.
func (x *examination) certificateRefused(a *answer) bool {
	return a.asked.Load() && a.err != nil && !errors.Is(a.err, context.DeadlineExceeded)
}

// transparencyProofs is the extension in which certificates of public authorities prove that they
// were logged (RFC 6962, section 3.3).
var transparencyProofs = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}

// transparent reports whether a certificate comes with proof that it was logged, which browsers
// require of public authorities.
func transparent(leaf *x509.Certificate, state *tls.ConnectionState) bool {
	return len(state.SignedCertificateTimestamps) > 0 ||
		slices.ContainsFunc(leaf.Extensions, func(extension pkix.Extension) bool {
			return extension.Id.Equal(transparencyProofs)
		})
}

// tlsFailure explains why there is no TLS connection.
func (x *examination) tlsFailure(a *answer) Check {
	var (
		refused     *reach.ProxyError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError // the peer does not speak TLS
	)
	switch f := reach.Classify(a.err); {
	case errors.As(a.err, &refused) && refused.Status != 0:
		return proxyRefused(refused.Status)
	case errors.As(a.err, &certificate):
		return x.badCertificate(certificate)
	case f.Class == reach.Certificate && f.Setting != "":
		return Fails(Unreached, Say("the server's certificate cannot be read: %s", f.Detail), Network,
			Say("have its issuer fix it, which may be a device that inspects TLS; until then, set GODEBUG=%s in the "+
				"environment of danabio", f.Setting))
	case f.Class == reach.Certificate:
		return Fails(Unreached, Say("the server's certificate cannot be read: %s", f.Detail), Network,
			Say("have its issuer fix it, which may be a device that inspects TLS"))
	case x.certificateRefused(a) && a.shown.Load():
		return Fails(Unreached, Say("the server does not accept the client certificate"), Vendor,
			Say("ask which client certificate this server accepts"))
	case x.certificateRefused(a):
		return Fails(Configuration, Say("the server demands a client certificate, and none was given that it accepts"),
			You, Say("give it with --client-cert and --client-key"))
	case f.Class == reach.TLS && f.Setting != "":
		return Fails(Unreached, Say(f.Text), Network,
			Say("have the software that answers there updated; until then, try GODEBUG=%s in the environment of "+
				"danabio", f.Setting))
	case f.Class == reach.TLS && errors.As(a.err, &record):
		return Fails(Unreached, Say(f.Text), You,
			Say("look for a mistake in the base URL, in its port above all; if it is right, ask your network people "+
				"what answers there"))
	case f.Class == reach.TLS:
		return Fails(Unreached, Say(f.Text), Network, Say("have the software that answers there updated"))
	}
	return Fails(Unreached, x.cause(a.err), Network, Say("ask whether a firewall or a proxy ends connections to %s",
		x.base.Host))
}

func proxyRefused(status int) Check {
	if status == http.StatusProxyAuthRequired {
		return Fails(Unreached, Say("the proxy answers 407: it wants a user name and a password"), Network,
			Say("ask for them, and put them into the proxy's URL: http://user:password@proxy.example.com:3128"))
	}
	return Fails(Unreached, Say("the proxy answers %d, and does not connect to the server", status), Network,
		Say("have the proxy allow requests to the server"))
}

// badCertificate explains what is wrong with the server's certificate.
func (x *examination) badCertificate(err *tls.CertificateVerificationError) Check {
	var (
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		host    x509.HostnameError
	)
	leaf := err.UnverifiedCertificates[0]
	switch {
	case errors.As(err, &host):
		return wrongName(leaf, host.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().Before(invalid.Cert.NotBefore):
		return Fails(Unreached, Say("the server's certificate is valid only from %s on", day(invalid.Cert.NotBefore)),
			You,
			Say("set this machine's clock; if it is right, tell DANAconnect"))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && time.Now().After(invalid.Cert.NotAfter):
		return Fails(Unreached, Say("the server's certificate expired on %s", day(invalid.Cert.NotAfter)), Vendor,
			Say("have it renewed; but first see that this machine's clock is right"))
	case errors.As(err, &unknown) && x.systemTrustsNobody():
		return Fails(Unreached,
			Say("this system trusts no authority at all, so no certificate is good, as in a container image without "+
				"certificates"), You,
			Say("install the package ca-certificates, or name a file with authorities in SSL_CERT_FILE or with "+
				"--ca-file"))
	case errors.As(err, &unknown) && leaf.Issuer.String() == leaf.Subject.String():
		return Fails(Unreached, Say("the server's certificate is self-signed: %s", leaf.Subject), Network,
			Say("if the server is your own, give its certificate with --ca-file; else something in between answers "+
				"in the server's place"))
	case errors.As(err, &unknown):
		return Fails(Unreached, Say("the server's certificate comes from an authority that is not trusted: %s",
			leaf.Issuer),
			Network,
			Say("if that is an authority of your own or your network inspects TLS, ask for its certificate and give "+
				"it with --ca-file"))
	}
	return Fails(Unreached, Say("the server's certificate is not valid for it"), Vendor,
		Say("have the certificate fixed"))
}

// systemTrustsNobody reports whether the system's pool of authorities is empty.
func (x *examination) systemTrustsNobody() bool {
	pool, err := x.config.SystemRoots()
	return err == nil && pool.Equal(x509.NewCertPool())
}

// wrongName explains that a certificate is not valid for a host: the server, or a proxy that speaks
// TLS.
func wrongName(leaf *x509.Certificate, host string) Check {
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return Fails(Unreached,
			Say("the certificate %s of %s does not name its host properly: a common name alone does not count",
				leaf.Subject,
				host), Vendor,
			Say("have a certificate issued with %s among its subject alternative names", host))
	// an IP address that is listed as a DNS name
	case slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, host) }):
		return Fails(Unreached, Say("the certificate of %s names it in a form that does not count", host), Vendor,
			Say("have a certificate issued in which an address is an IP address, and a host name a DNS name"))
	}
	return Fails(Unreached, Say("the server's certificate is for %s, not for %s",
		strings.Join(names[:min(len(names), 5)], ", "), host), You,
		Say("look for a mistake in the base URL; if it is right, tell DANAconnect"))
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

const (
	skewWarning = 30 * time.Second
	skewFailure = 5 * time.Minute
)

func (x *examination) checkClock(ctx context.Context) Check {
	a := x.ask(ctx)
	if a.err != nil {
		return Skips(Say("the server gave no answer: %s", x.cause(a.err)))
	}
	skew, ok := reach.SkewOf(a.response.Header, a.sent, a.answered)
	if !ok {
		return Skips(Say("the server's answer has no date"))
	}
	off := skew.Middle()
	found := Say("this machine's clock is about %s behind the server's", off.Abs().Round(10*time.Second))
	if off < 0 {
		found = Say("this machine's clock is about %s ahead of the server's", off.Abs().Round(10*time.Second))
	}
	advice := Say("have this machine's clock set by the network (NTP); if it is right, tell DANAconnect")
	switch {
	case off.Abs() > skewFailure:
		return Fails(Unreached, found, You, advice)
	case off.Abs() > skewWarning:
		return Check{Status: Warning, Found: found, Who: You, Advice: advice}
	}
	return Fine(Say("at most %s from the server's", skewWarning))
}
