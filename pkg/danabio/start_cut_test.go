package danabio_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// hesitant is a dialler that often delays the connection, which may have ended by then. It
// sometimes shrinks the write buffer, so that data the server does not read stays with the client.
func hesitant(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil && rand.N(4) > 0 {
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Millisecond))
		_, _ = conn.Read(make([]byte, 1)) // the servers of this test send nothing
		_ = conn.SetReadDeadline(time.Time{})
	}
	if err == nil && rand.N(2) == 0 {
		_ = conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return conn, err
}

// The server ends the connection at any moment, by RST or FIN, and neither side waits for the
// other. Chance decides the outcome, but the client reports the true one, and no byte of a start
// reaches a server twice.
func TestStartCutAtAnyMomentIsNeverSentTwice(t *testing.T) {
	outcomes := map[danabio.OutcomeState]int{}
	for n := range 300 {
		size := []int{100, 4000, 40_000}[n%3] // too small to wait for 100 Continue
		cold := n%4 == 0                      // the server reads nothing
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var reached atomic.Int32 // connections on which a byte arrived
		var whole atomic.Bool
		var wait sync.WaitGroup
		wait.Go(func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				wait.Go(func() {
					defer conn.Close()
					_ = conn.SetDeadline(time.Now().Add(patience))
					most := rand.N(int64(size*4/3 + 1000))
					if cold {
						most = 0
					}
					if rand.N(2) == 0 {
						_ = conn.(*net.TCPConn).SetLinger(0)
					}
					got, _ := io.CopyN(io.Discard, conn, most)
					if got > 0 {
						reached.Add(1)
					}
					whole.Store(whole.Load() || got > int64(size*4/3))
				})
			}
		})
		n := &notebook{}
		client := newClient(t, danabio.Config{
			Environment: danabio.CustomEnvironment("http://" + listener.Addr().String()),
			Channel:     channel,
			Credentials: danabio.TokenSource(&countedTokens{}),
			HTTPClient: &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 20 * time.Millisecond,
				DialContext: hesitant}},
			Retry:   danabio.RetryPolicy{MinDelay: time.Nanosecond, MaxDelay: time.Nanosecond},
			Journal: n,
		})
		got := classes(call(t.Context(), client, start, "", size, danabio.PollPolicy{}))
		_ = client.Close()
		_ = listener.Close()
		wait.Wait()
		outcome := n.results[0].Outcome
		outcomes[outcome]++
		switch {
		case reached.Load() > 1:
			t.Errorf("bytes of a start came on %d connections (%s, %q)", reached.Load(), got, outcome)
		case outcome == danabio.NotSent && (reached.Load() > 0 || got != "ErrUnavailable"),
			outcome == danabio.PartlySent && (whole.Load() || got != "OutcomeUnknownError"),
			outcome == danabio.OutcomeUnknown && got != "OutcomeUnknownError",
			outcome == danabio.Started, outcome == danabio.Refused:
			t.Errorf("outcome %q (%s) of a start of which %d connections saw something", outcome, got, reached.Load())
		}
	}
	for _, outcome := range []danabio.OutcomeState{danabio.NotSent, danabio.PartlySent, danabio.OutcomeUnknown} {
		if outcomes[outcome] == 0 {
			t.Errorf("of 300 starts none was %q: %v", outcome, outcomes)
		}
	}
}
