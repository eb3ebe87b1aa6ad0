package danabio

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
)

// Time limits for the steps of a request. There is none for a whole request, since bodies may be
// long.
const (
	dialTimeout         = 30 * time.Second
	tlsTimeout          = 10 * time.Second
	headerTimeout       = 60 * time.Second
	startHeaderTimeout  = 120 * time.Second
	stallTimeout        = 30 * time.Second // of a body, in either direction
	continueTimeout     = time.Second      // how long a start waits for "100 Continue"
	expectContinueAbove = 64 << 10
)

// checkProxyVariable rejects an environment with an unusable proxy before anything bypasses it. It
// cannot check other types of RoundTripper.
func checkProxyVariable(caller *http.Client, baseURL string) error {
	transport, ok := roundTripperOf(caller).(*http.Transport)
	if !ok {
		return nil
	}
	server, err := url.Parse(baseURL)
	if err != nil {
		return invalidRequest("base URL: %w", err)
	}
	if err := reach.CheckEnvironment(transport, server); err != nil {
		return fmt.Errorf("%w: %w: %w", ErrInvalidRequest, ErrProxy, err)
	}
	return nil
}

func roundTripperOf(caller *http.Client) http.RoundTripper {
	if caller == nil || caller.Transport == nil {
		return http.DefaultTransport
	}
	return caller.Transport
}

// httpClients assembles the chains, from the outside in: log, quiet (bodies that stand still, fresh
// connections), the caller's transport. The second chain is for starts, over separate connections.
// Retries and tokens, which differ by operation, are above them.
func (c *core) httpClients(caller *http.Client) (plain, start *http.Client) {
	base := roundTripperOf(caller)
	var jar http.CookieJar
	if caller != nil {
		jar = caller.Jar
	}
	chain := func(next http.RoundTripper, headers time.Duration) *http.Client {
		return &http.Client{
			Transport:     logTransport{&stallTransport{next, headers}, c.log},
			Jar:           jar,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	transport, ok := base.(*http.Transport)
	if !ok {
		// Limits inside another type of RoundTripper cannot be set, so the time until the headers
		// is limited from outside.
		return chain(base, dialTimeout+tlsTimeout+headerTimeout), chain(base, dialTimeout+tlsTimeout+startHeaderTimeout)
	}
	c.transports = []*http.Transport{http1Transport(transport, headerTimeout), startTransport(transport)}
	// net/http has no limit for a SOCKS proxy or a caller's DialTLSContext, so these are limited
	// from outside too.
	watched := func(t *http.Transport) *http.Client {
		return chain(t, dialTimeout+2*t.TLSHandshakeTimeout+t.ResponseHeaderTimeout)
	}
	return watched(c.transports[0]), watched(c.transports[1])
}

// http1Transport sends each request over a fresh HTTP/1.1 connection. On a reused connection, and
// on HTTP/2, net/http resends by itself what it considers safe. Without reuse HTTP/2 has no
// advantage.
func http1Transport(base *http.Transport, headers time.Duration) *http.Transport {
	t := base.Clone()
	if t.TLSHandshakeTimeout == 0 {
		t.TLSHandshakeTimeout = tlsTimeout
	}
	if t.ResponseHeaderTimeout == 0 {
		t.ResponseHeaderTimeout = headers
	}
	reach.ForceHTTP1(t)
	t.DialContext = dialWithTimeout(dialer(t), dialTimeout)
	//lint:ignore SA1019 dialer has taken it over
	t.Dial = nil
	//lint:ignore SA1019 a caller may still use it
	if dialTLS := t.DialTLS; dialTLS != nil && t.DialTLSContext == nil {
		t.DialTLSContext = func(_ context.Context, network, address string) (net.Conn, error) {
			return dialTLS(network, address)
		}
	}
	reach.AllowRenegotiation(t)
	reach.CheckProxies(t)
	reach.RecordProxyAnswer(t)
	return t
}

// startTransport also counts what was written, so that a start that was not sent can be told from
// one that may have been.
func startTransport(base *http.Transport) *http.Transport {
	t := http1Transport(base, startHeaderTimeout)
	t.ExpectContinueTimeout = continueTimeout
	t.DialContext = countWrites(t.DialContext)
	if t.DialTLSContext != nil {
		t.DialTLSContext = countWrites(t.DialTLSContext)
	}
	return t
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

func dialer(t *http.Transport) dialFunc {
	if t.DialContext != nil {
		return t.DialContext
	}
	//lint:ignore SA1019 a caller may still use it
	if dial := t.Dial; dial != nil {
		return func(_ context.Context, network, address string) (net.Conn, error) { return dial(network, address) }
	}
	return (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext
}

func dialWithTimeout(dial dialFunc, limit time.Duration) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		ctx, cancel := context.WithTimeoutCause(ctx, limit, errDialTimeout)
		defer cancel()
		conn, err := dial(ctx, network, address)
		if err != nil && context.Cause(ctx) == errDialTimeout {
			err = errDialTimeout
		}
		return conn, err
	}
}
