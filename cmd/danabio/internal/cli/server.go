package cli

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// server is a listening emulator.
type server struct {
	*emulator.Emulator
	baseURL string
	http    *http.Server
	done    chan error
}

// serve starts a server; stop stops it.
func serve(address string, config emulator.Config) (*server, error) {
	api, err := emulator.New(config)
	if err != nil {
		return nil, failure.BadInput("%w", err)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, failure.BadInput("address %q: host:port is expected, such as 127.0.0.1:8080", address)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, i18n.Errorf("serve the emulator: %w", err)
	}
	s := &server{
		Emulator: api,
		baseURL:  "http://" + loopbackAddress(listener.Addr().String()),
		http:     &http.Server{Handler: api, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)},
		done:     make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// loopbackAddress returns address with a loopback address in place of the unspecified one.
func loopbackAddress(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

// stop shuts the server down. Requests in progress get a short time to finish.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
	if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
		return i18n.Errorf("serve the emulator: %w", err)
	}
	return nil
}
