package danabio

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
)

// delivery observes how far one start came. Whether it was provably not sent decides whether it may
// be sent again, so every doubt counts as sent.
type delivery struct {
	body *startBody

	mu              sync.Mutex
	transportTraces bool // the transport reports what it does
	hasConn         bool // it got a connection
	conn            *countingConn
	writtenBefore   int64 // what had been written to it by then: a TLS handshake, a proxy's CONNECT
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
			for { // one within the other, through a proxy that is reached by TLS
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

// notSent reports whether it is certain that no byte of the request left and none will. It is asked
// after the request has failed.
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

// bodyUnsent reports whether no byte of the body was handed out. It closes the body first, so that
// none will be.
func (d *delivery) bodyUnsent() bool {
	_ = d.body.Close()
	return !d.body.started()
}

// outcome is the state of a start that was not provably unsent. It closes the body first: of one
// that was not read wholly by then, the server can never have all.
func (d *delivery) outcome() OutcomeState {
	_ = d.body.Close()
	if d.body.complete() {
		return OutcomeUnknown
	}
	return PartlySent
}

// countingConn counts the bytes that were or may have been written.
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

// Write counts before it writes, since a failed request may be judged while a write is still under
// way, and takes back what then was not written.
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

// seal lets nothing more be written and returns the count.
func (c *countingConn) seal() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sealed = true
	return c.bytesWritten
}
