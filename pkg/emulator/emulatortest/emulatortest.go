// Package emulatortest serves an emulator to a test. Call [Start]:
//
//	server := emulatortest.Start(t, emulator.Config{CompleteAfter: time.Second})
//	client, err := danabio.New(server.ClientConfig())
//
// Package contract checks each exchange against the spec. A deviation of the client or the emulator
// fails the test, unless a fault was injected into that answer. A fault that no request has
// consumed when the test ends also fails it. To test a request that violates the spec, serve the
// emulator with net/http/httptest instead.
//
// This package contains only what needs package testing; package emulator implements the API.
package emulatortest

import (
	"net/http/httptest"
	"testing"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// Server is an emulator that listens on a loopback port until its test ends.
type Server struct {
	*emulator.Emulator
	URL string // http://127.0.0.1:PORT
}

// Start serves an emulator with this config. A config that cannot be served ends the test.
func Start(tb testing.TB, config emulator.Config) *Server {
	tb.Helper()
	api, err := emulator.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	checker, err := contract.New(contract.Config{Report: contract.FailTest(tb)})
	if err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(checker.Handler(api))
	tb.Cleanup(func() {
		server.Close()
		for _, fault := range api.Unconsumed() {
			tb.Errorf("emulator: no request met the fault %+v", fault)
		}
	})
	return &Server{Emulator: api, URL: server.URL}
}

// ClientConfig returns a configuration for [danabio.New] that reaches the server with its
// credentials and channel.
func (s *Server) ClientConfig() danabio.Config {
	return danabio.Config{
		Environment: danabio.CustomEnvironment(s.URL),
		Channel:     s.Channel(),
		Credentials: danabio.ClientCredentials(s.ClientID(), s.ClientSecret()),
	}
}
