package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/danabio/danabio-go/internal/coding"
	"github.com/danabio/danabio-go/internal/reach"
	"github.com/danabio/danabio-go/pkg/contract"
)

// exchange is one request and its response.
type exchange struct {
	name           string
	sent, answered time.Time // before and after the server created the response header
	connected      bool      // a connection was obtained, so the server may have received the request
	continued      bool      // "100 Continue" arrived
	bodyRead       bool      // part of the request body was sent

	status       int // 0 if there was no response
	major, minor int // HTTP version
	tls          *tls.ConnectionState
	header       http.Header
	body         []byte
	long         bool   // the body is longer than what was read
	encoded      bool   // the body has a content coding that could not be decoded
	failure      string // why the response is missing or incomplete; empty if it is complete
	late         bool   // the failure is a timeout
	findings     []contract.Finding
	coded        string // for evidence in a content coding: how it was handled, as text
}

func (x *exchange) ok() bool { return x.status >= 200 && x.status < 300 }

// object returns the body if it is a JSON object, and nil otherwise.
func (x *exchange) object() map[string]any {
	var object map[string]any
	body := bytes.TrimPrefix(x.body, []byte("\ufeff")) // package contract reports the byte order mark
	if x.long || x.encoded || json.Unmarshal(body, &object) != nil {
		return nil
	}
	return object
}

// send sends a request once and reads at most most bytes of the response body. The exchange records
// errors.
func (p *prober) send(ctx context.Context, name string, request *http.Request, through http.RoundTripper,
	most int64) *exchange {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := &exchange{name: name}
	if p.silent != "" {
		x.failure = p.silent
		return x
	}
	response := p.begin(ctx, x, request, through)
	if response == nil {
		return x
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	x.body, x.long = body[:min(int64(len(body)), most)], int64(len(body)) > most
	if err != nil {
		x.failure = "the answer's body " + reach.Cause(err, "did not end within "+limit.String())
	}
	p.end(x, response)
	x.decode()
	return x
}

// decode decodes the content codings of the body. A server may use some although no request asks
// for one.
func (x *exchange) decode() {
	codings := coding.Of(x.header)
	if len(codings) == 0 {
		return
	}
	x.encoded = true
	decoded, err := coding.NewReader(bytes.NewReader(x.body), codings)
	if err != nil {
		return
	}
	body, err := io.ReadAll(io.LimitReader(decoded, maxBody+1))
	if err == nil && len(body) <= maxBody {
		x.body, x.encoded = body, false
	}
}

// begin sends the request and returns the response once its header has arrived. Unless it returns
// nil, the caller must call p.end.
func (p *prober) begin(ctx context.Context, x *exchange, request *http.Request,
	through http.RoundTripper) *http.Response {
	var connected, continued atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:        func(httptrace.GotConnInfo) { connected.Store(true) },
		Got100Continue: func() { continued.Store(true) },
	})
	handshake := &reach.Handshake{}
	request = request.WithContext(handshake.Trace(ctx))
	request.Header.Set("User-Agent", p.config.Library)
	// net/http resends by itself on reused connections, and logs what arrives on idle ones
	request.Close = true
	request.GetBody = nil // so that net/http cannot resend the body
	var sent *sentBody    // nil without a body
	if request.Body != nil {
		sent = &sentBody{ReadCloser: request.Body}
		request.Body = sent
	}
	p.mu.Lock()
	p.found = nil
	p.mu.Unlock()

	x.sent = time.Now()
	response, err := p.checker.Transport(through).RoundTrip(request)
	x.answered = time.Now()
	x.connected, x.continued = connected.Load(), continued.Load()
	x.bodyRead = sent != nil && sent.read.Load()
	if err != nil {
		x.failure, x.late = reach.Cause(handshake.Mark(err), "no answer came within "+limit.String()), ctx.Err() != nil
		return nil
	}
	x.status, x.header, x.tls = response.StatusCode, response.Header, response.TLS
	x.major, x.minor = response.ProtoMajor, response.ProtoMinor
	p.seen = append(p.seen, x)
	return response
}

// end closes the response and takes over the checker's findings.
func (p *prober) end(x *exchange, response *http.Response) {
	_ = response.Body.Close() // nothing was written
	p.mu.Lock()
	defer p.mu.Unlock()
	x.findings = p.found
}

// sentBody records whether the transport has read the request body.
type sentBody struct {
	io.ReadCloser
	read atomic.Bool
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	return b.ReadCloser.Read(p)
}
