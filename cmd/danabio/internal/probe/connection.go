package probe

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
)

func (p *prober) askHTTP(context.Context) (Point, error) {
	point := Point{Name: "http", Question: "Which version of HTTP does the server speak?", Answer: Told}
	versions := map[string]bool{}
	for _, x := range p.seen {
		if x.major == 2 {
			versions["HTTP/2"] = true
		} else {
			versions[fmt.Sprintf("HTTP/%d.%d", x.major, x.minor)] = true
		}
	}
	if len(versions) == 0 {
		return point.is(Unclear, "nothing was answered")
	}
	return point.is(Told, "%s; starts are sent by HTTP/1.1 whatever it offers",
		strings.Join(slices.Sorted(maps.Keys(versions)), ", "))
}

func (p *prober) askTLS(context.Context) (Point, error) {
	point := Point{Name: "tls", Question: "Which version of TLS does it speak?", Answer: Told}
	switch {
	case len(p.seen) == 0:
		return point.is(Unclear, "nothing was answered")
	case p.seen[0].tls == nil:
		return point.is(No, "plain HTTP")
	}
	return point.is(Told, "%s", tls.VersionName(p.seen[0].tls.Version))
}

// askKeepAlive sends two requests over one HTTP/1.1 connection. It does not use net/http's
// transport, which logs what a server sends on an idle connection to the standard logger.
func (p *prober) askKeepAlive(ctx context.Context) (Point, error) {
	point := Point{Name: "keep-alive", Question: "Does a connection of HTTP/1.1 serve a second request?"}
	if p.silent != "" {
		return point.is(Unclear, "%s%s", cannotAsk, p.silent)
	}
	requests := make([]*http.Request, 2)
	for i := range requests {
		request, err := p.downloadRequest(p.unknown, p.bearer())
		if err != nil {
			return point, err
		}
		request.Header.Set("User-Agent", p.config.Library)
		requests[i] = request
	}
	if p.once.Proxy != nil {
		if proxy, err := p.once.Proxy(requests[0]); err != nil || proxy != nil {
			return point.is(Unclear, "there is a proxy between")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	connection, err := p.dial(ctx)
	if err != nil {
		return point.is(Unclear, "%s%s", cannotAsk, reach.Cause(err, "no connection within "+limit.String()))
	}
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { connection.Close() })()

	reader := bufio.NewReader(io.LimitReader(connection, 2*maxBody))
	closes, err := roundTrip(connection, reader, requests[0])
	switch {
	case err != nil:
		return point.is(Unclear, "the first request was not answered")
	case closes:
		return point.is(No, "the server says that it closes the connection")
	}
	if _, err := roundTrip(connection, reader, requests[1]); err != nil {
		return point.is(No, "the second request was not answered")
	}
	return point.is(Yes, "the second request was answered on the same connection")
}

// roundTrip also reports whether the server announced that it will close the connection.
func roundTrip(connection net.Conn, reader *bufio.Reader, request *http.Request) (closes bool, err error) {
	if err := request.Write(connection); err != nil {
		return false, err
	}
	const mostEarly = 5 // 1xx responses before the final one; the limit of net/http's transport
	response, err := http.ReadResponse(reader, request)
	for early := 0; err == nil && response.StatusCode < 200; early++ {
		if early == mostEarly {
			return false, errors.New("too many early answers")
		}
		response, err = http.ReadResponse(reader, request)
	}
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.Close, err
}

// dial connects as the transport does.
func (p *prober) dial(ctx context.Context) (net.Conn, error) {
	address := p.base.Hostname()
	target := net.JoinHostPort(address, reach.Port(p.base.Scheme, p.base.Port()))
	if p.base.Scheme == "https" && p.once.DialTLSContext != nil {
		return p.once.DialTLSContext(ctx, "tcp", target)
	}
	dial := p.once.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: 30 * time.Second}).DialContext
	}
	plain, err := dial(ctx, "tcp", target)
	if err != nil || p.base.Scheme != "https" {
		return plain, err
	}
	config := reach.HTTP1Only(p.once.TLSClientConfig)
	if config.ServerName == "" {
		config.ServerName = address
	}
	secured := tls.Client(plain, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, err
	}
	return secured, nil
}
