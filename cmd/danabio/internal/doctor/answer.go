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

// answer is what came of a request without credentials.
type answer struct {
	err            error
	response       *http.Response // nil: none; its body is closed
	sent, answered time.Time
	state          atomic.Pointer[tls.ConnectionState] // nil: no handshake was finished
	asked          atomic.Bool                         // for a client certificate
	shown          atomic.Bool                         // one was shown
}

// ask asks for the server's root once.
func (x *examination) ask(ctx context.Context) *answer {
	if x.answer != nil {
		return x.answer
	}
	transport := x.transport.Clone()
	// A hello that gets no answer leaves time for another one.
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
		_ = a.response.Body.Close() // it is not read
	}
	transport.CloseIdleConnections()
	return a
}

// helloUnanswered reports whether the server, or what is in between, took a TLS hello without a
// word.
func (a *answer) helloUnanswered() bool {
	var handshake *reach.HandshakeError
	silent := reach.IsTimeout(a.err) || reach.IsReset(a.err) || errors.Is(a.err, io.EOF) ||
		errors.Is(a.err, io.ErrUnexpectedEOF)
	return silent && errors.As(a.err, &handshake)
}

// answersWithoutMLKEM reports whether a hello is answered that does not offer ML-KEM. With it a
// hello fills more than one packet, which some boxes in between cannot take.
func (x *examination) answersWithoutMLKEM(ctx context.Context) bool {
	transport := x.transport.Clone()
	transport.TLSClientConfig.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
	a := x.askBy(ctx, transport)
	return a.state.Load() != nil || a.err != nil && reach.Classify(a.err).Class != reach.Passing
}

// Soon is when a certificate should be renewed before its end.
const Soon = 14 * 24 * time.Hour

func (x *examination) checkTLS(ctx context.Context) Check {
	if x.base.Scheme != "https" {
		return Skips(Say("the base URL is plain http"))
	}
	a := x.ask(ctx)
	state := a.state.Load()
	if a.helloUnanswered() && x.answersWithoutMLKEM(ctx) {
		return Fails(Unreached, Say("the server answers a TLS hello only if that does not offer ML-KEM"), Network,
			Say("have the firewall or gateway in between brought up to date; "+
				"until then, set GODEBUG=%s in the environment of danabio", "tlsmlkem=0"))
	}
	if state == nil || x.certificateRefused(a) {
		return x.tlsFailure(a)
	}
	chains := state.VerifiedChains
	if len(chains) == 0 { // by a transport that verifies in a way of its own
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
			Advice: Say("the server asks for a client certificate, and has got none; if requests are refused, give " +
				"it by --client-cert")}
	case !own && !transparent(leaf, state):
		return Check{Status: OK, Found: found, Who: Network,
			Advice: Say("only a hint: the certificate looks like none of a public authority, so something in your " +
				"network may read what is sent; ask whether that is so")}
	}
	return Fine(found)
}

// certificateRefused reports whether the server asked for a client certificate and then ended the
// connection without an answer. In TLS 1.3 it does so after the handshake.
func (x *examination) certificateRefused(a *answer) bool {
	return a.asked.Load() && a.err != nil && !errors.Is(a.err, context.DeadlineExceeded)
}

// transparencyProofs is the extension in which certificates of public authorities prove that they
// were published (RFC 6962, section 3.3).
var transparencyProofs = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}

// transparent reports whether a certificate comes with a proof that it was published, which
// browsers demand of public authorities.
func transparent(leaf *x509.Certificate, state *tls.ConnectionState) bool {
	return len(state.SignedCertificateTimestamps) > 0 ||
		slices.ContainsFunc(leaf.Extensions, func(extension pkix.Extension) bool {
			return extension.Id.Equal(transparencyProofs)
		})
}

// tlsFailure says why there is no connection by TLS.
func (x *examination) tlsFailure(a *answer) Check {
	var (
		refused     *reach.ProxyError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError // of what is no TLS
	)
	switch f := reach.Classify(a.err); {
	case errors.As(a.err, &refused) && refused.Status != 0:
		return proxyRefused(refused.Status)
	case errors.As(a.err, &certificate):
		return x.badCertificate(certificate)
	case f.Class == reach.Certificate && f.Setting != "":
		return Fails(Unreached, Say("the server's certificate cannot be read: %s", f.Detail), Network,
			Say("have who issues it mend it, which may be a box that inspects TLS; "+
				"until then, set GODEBUG=%s in the environment of danabio", f.Setting))
	case f.Class == reach.Certificate:
		return Fails(Unreached, Say("the server's certificate cannot be read: %s", f.Detail), Network,
			Say("have who issues it mend it, which may be a box that inspects TLS"))
	case x.certificateRefused(a) && a.shown.Load():
		return Fails(Unreached, Say("the server does not accept the client certificate"), Vendor,
			Say("ask which client certificate this server accepts"))
	case x.certificateRefused(a):
		return Fails(Configuration, Say("the server demands a client certificate, and none is given that it takes"),
			You, Say("give it by --client-cert and --client-key"))
	case f.Class == reach.TLS && f.Setting != "":
		return Fails(Unreached, Say(f.Text), Network,
			Say("have what answers there brought up to date; "+
				"until then, try GODEBUG=%s in the environment of danabio", f.Setting))
	case f.Class == reach.TLS && errors.As(a.err, &record):
		return Fails(Unreached, Say(f.Text), You,
			Say("look for a mistake in the base URL, in its port above all; "+
				"if it is right, ask your network people what answers there"))
	case f.Class == reach.TLS:
		return Fails(Unreached, Say(f.Text), Network, Say("have what answers there brought up to date"))
	}
	return Fails(Unreached, x.cause(a.err), Network, Say("ask whether a firewall or a proxy ends connections to %s",
		x.base.Host))
}

func proxyRefused(status int) Check {
	if status == http.StatusProxyAuthRequired {
		return Fails(Unreached, Say("the proxy answers 407: it wants a user name and a password"), Network,
			Say("ask for them, and put them into the proxy's URL: http://user:password@proxy.example.com:3128"))
	}
	return Fails(Unreached, Say("the proxy answers %d, and makes no connection to the server", status), Network,
		Say("have the proxy let requests to the server through"))
}

// badCertificate says in plain words what is wrong with the server's certificate.
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
		return Fails(Unreached, Say("this system trusts no authority at all, so no certificate is good, "+
			"as in a container image without certificates"), You,
			Say("install the package ca-certificates, or name a file with authorities by SSL_CERT_FILE or --ca-file"))
	case errors.As(err, &unknown) && leaf.Issuer.String() == leaf.Subject.String():
		return Fails(Unreached, Say("the server's certificate is self-signed: %s", leaf.Subject), Network,
			Say("if the server is your own, give its certificate by --ca-file; else something in between answers in "+
				"the server's place"))
	case errors.As(err, &unknown):
		return Fails(Unreached, Say("nobody trusted vouches for the server's certificate, issued by %s", leaf.Issuer),
			Network,
			Say("if that is an authority of your own or your network inspects TLS, ask for its certificate and give "+
				"it by --ca-file"))
	}
	return Fails(Unreached, Say("the server's certificate is not valid for it"), Vendor,
		Say("have the certificate mended"))
}

// systemTrustsNobody reports whether the system's pool of authorities is empty.
func (x *examination) systemTrustsNobody() bool {
	pool, err := x.config.SystemRoots()
	return err == nil && pool.Equal(x509.NewCertPool())
}

// wrongName is that a certificate is not for a host: the server's, or that of a proxy that speaks
// TLS.
func wrongName(leaf *x509.Certificate, host string) Check {
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return Fails(Unreached,
			Say("the certificate %s of %s names no host as it must: a common name alone does not count", leaf.Subject,
				host), Vendor,
			Say("have a certificate issued with %s among its subject alternative names", host))
	// an address that is put down as a name
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
