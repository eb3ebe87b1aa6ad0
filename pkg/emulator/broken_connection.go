package emulator

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// sendPart announces a body of declared bytes and sends the first part of the true one. The server
// notices that the body is not whole and closes the connection; on HTTP/2 it ends the stream.
func (a *reply) sendPart(w http.ResponseWriter, declared, part int64) {
	a.declare(w, declared)
	w.WriteHeader(a.status)
	w.Write(a.body[:part])
}

// sendMore announces fewer bytes than the body has and sends it whole, and then closes the
// connection. The server would not do that, so the connection is taken from it; where that is
// impossible, as on HTTP/2, only the announced bytes are sent.
func (a *reply) sendMore(w http.ResponseWriter, declared int64) {
	a.declare(w, declared)
	connection, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		w.WriteHeader(a.status)
		w.Write(a.body[:declared])
		return
	}
	defer connection.Close()
	fmt.Fprintf(buffered, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	w.Header().Write(buffered)
	fmt.Fprintf(buffered, "\r\n")
	buffered.Write(a.body)
	buffered.Flush()
}

// reset ends the connection without an answer. Lingering for no time makes the system send a reset
// instead of an orderly end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// The server's documented way to end an HTTP/2 stream abnormally; it recovers from this
		// panic and logs nothing.
		panic(http.ErrAbortHandler)
	}
	raw := connection
	if layered, ok := raw.(interface{ NetConn() net.Conn }); ok {
		raw = layered.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	raw.Close()
}

// declare copies the header to w, with the Content-Length given.
func (a *reply) declare(w http.ResponseWriter, length int64) {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	w.Header().Set("Content-Length", strconv.FormatInt(length, 10))
}
