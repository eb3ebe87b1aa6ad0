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

// exchange is one request and what came of it.
type exchange struct {
	name           string
	sent, answered time.Time // around the moment at which the server made its answer's header
	connected      bool      // a connection was got, so that the server may have had the request
	continued      bool      // "100 Continue" came
	bodyRead       bool      // something of the request's body was sent

	status       int // 0: no answer
	major, minor int // HTTP version
	tls          *tls.ConnectionState
	header       http.Header
	body         []byte
	long         bool   // the body is longer than was read
	encoded      bool   // the body has a content coding that could not be undone
	failure      string // why there is no answer, or not all of it; empty if all is there
	late         bool   // that is because time ran out
	findings     []contract.Finding
	coded        string // for evidence in a content coding: what became of it, for a text
}

func (x *exchange) ok() bool { return x.status >= 200 && x.status < 300 }

// object is the body if that is a JSON object.
func (x *exchange) object() map[string]any {
	var object map[string]any
	body := bytes.TrimPrefix(x.body, []byte("\ufeff")) // package contract finds it
	if x.long || x.encoded || json.Unmarshal(body, &object) != nil {
		return nil
	}
	return object
}

// send sends a request once and reads its answer, but no more than most bytes of its body. Errors
// are in the exchange.
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

// decode undoes the content codings of the body, which may be there although no request asks for
// one.
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

// begin sends the request, and returns the answer once its header is there. p.end must follow,
// unless the answer is nil.
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
	// net/http resends by itself on connections that were used before, and prints what comes on
	// idle ones
	request.Close = true
	request.GetBody = nil // for the same reason
	var sent *sentBody    // stays nil without a body
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

// end closes the answer, and takes what the checker found.
func (p *prober) end(x *exchange, response *http.Response) {
	_ = response.Body.Close() // it was only read
	p.mu.Lock()
	defer p.mu.Unlock()
	x.findings = p.found
}

// sentBody notes whether a request's body was asked for.
type sentBody struct {
	io.ReadCloser
	read atomic.Bool
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.read.Store(true)
	return b.ReadCloser.Read(p)
}
