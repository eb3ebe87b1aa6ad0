package danabio

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
)

// delivery observes how far one start came. A start may be sent again only if it was provably not
// sent, so every doubt counts as sent.
type delivery struct {
	body *startBody

	mu              sync.Mutex
	transportTraces bool // the transport reports what it does
	hasConn         bool // the transport obtained a connection
	conn            *countingConn
	writtenBefore   int64 // bytes written to conn by then: a TLS handshake, a proxy's CONNECT
}

func (d *delivery) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.transportTraces = true
		},
		GotConn: func(info httptrace.GotConnInfo) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.hasConn = true
			d.conn = nil
			conn := info.Conn
			for { // TLS connections are nested if the proxy is reached by TLS
				secured, ok := conn.(*tls.Conn)
				if !ok {
					break
				}
				conn = secured.NetConn()
			}
			if counted, ok := conn.(*countingConn); ok {
				d.conn, d.writtenBefore = counted, counted.count()
			}
		},
	})
}

// notSent reports whether certainly no byte of the request left, and none will. Call it after the
// request has failed.
func (d *delivery) notSent() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.hasConn && d.conn != nil:
		return d.conn.seal() == d.writtenBefore
	case d.hasConn:
		return false
	default:
		return d.transportTraces && !d.body.started()
	}
}

// bodyUnsent reports whether no byte of the body was read. It closes the body first, so that none
// will be.
func (d *delivery) bodyUnsent() bool {
	_ = d.body.Close()
	return !d.body.started()
}

// outcome returns the state of a start that was not provably unsent. It closes the body first: if
// the body was not read completely by then, the server can never have all of it.
func (d *delivery) outcome() OutcomeState {
	_ = d.body.Close()
	if d.body.complete() {
		return OutcomeUnknown
	}
	return PartlySent
}

// countingConn counts the bytes that were, or may have been, written.
type countingConn struct {
	net.Conn

	mu           sync.Mutex
	bytesWritten int64
	sealed       bool
}

func countWrites(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &countingConn{Conn: conn}, nil
	}
}

// Write counts before it writes, because a failed request may be judged during a write. It then
// subtracts what was not written.
func (c *countingConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if c.sealed {
		c.mu.Unlock()
		return 0, net.ErrClosed
	}
	c.bytesWritten += int64(len(p))
	c.mu.Unlock()

	n, err := c.Conn.Write(p)

	c.mu.Lock()
	c.bytesWritten -= int64(len(p) - n)
	c.mu.Unlock()
	return n, err
}

func (c *countingConn) count() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytesWritten
}

// seal prevents further writes and returns the count.
func (c *countingConn) seal() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = true
	return c.bytesWritten
}
