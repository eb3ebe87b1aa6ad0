package emulator

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
)

// sendPart announces a body of declared bytes and sends only part of it. The server notices that
// the body is incomplete and closes the connection, or on HTTP/2 ends the stream.
func (a *reply) sendPart(w http.ResponseWriter, declared, part int64) {
	a.declare(w, declared)
	w.WriteHeader(a.status)
	w.Write(a.body[:part])
}

// sendMore announces fewer bytes than the body has, sends all of it, and then closes the
// connection. The server would not do that, so sendMore hijacks the connection. Where that is
// impossible, as on HTTP/2, it sends only the announced bytes.
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

// reset ends the connection without an answer. With a linger time of zero, the system sends a reset
// instead of an orderly end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		// The documented way to abort an HTTP/2 stream: the server recovers from this panic and
		// logs nothing.
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

// declare copies the header to w, with the given Content-Length.
func (a *reply) declare(w http.ResponseWriter, length int64) {
	for key, values := range a.header {
		w.Header()[key] = values
	}
	w.Header().Set("Content-Length", strconv.FormatInt(length, 10))
}
