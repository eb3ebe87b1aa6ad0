package emulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// protocols runs a test over each kind of connection that can be in front of the emulator.
func protocols(t *testing.T, config emulator.Config, run func(t *testing.T, api *served, version int)) {
	for name, start := range map[string]func(*httptest.Server){
		"http 1":  (*httptest.Server).Start,
		"https 1": (*httptest.Server).StartTLS,
		"https 2": func(server *httptest.Server) { server.EnableHTTP2 = true; server.StartTLS() },
	} {
		t.Run(name, func(t *testing.T) {
			var logged bytes.Buffer
			api := newEmulator(t, config)
			server := httptest.NewUnstartedServer(contractHandler(t, api))
			server.Config.ErrorLog = log.New(&logged, "", 0)
			start(server)
			t.Cleanup(func() {
				server.Close()
				if logged.Len() > 0 {
					t.Errorf("the server logged: %s", logged.String())
				}
			})
			version := 1
			if strings.HasSuffix(name, "2") {
				version = 2
			}
			run(t, &served{Emulator: api, t: t, url: server.URL, client: server.Client()}, version)
		})
	}
}

func TestFaultsThatDamageTheAnswer(t *testing.T) {
	protocols(t, emulator.Config{}, func(t *testing.T, api *served, version int) {
		token := api.token()
		circuit := api.start(token, oneDocument())
		if err := api.Complete(circuit.CircuitID); err != nil {
			t.Fatal(err)
		}
		whole := api.download(token, circuit.CircuitID).body
		size := int64(len(whole))
		for _, test := range []struct {
			name     string
			fault    emulator.Fault
			declared int64
			got      int64
			err      bool
		}{
			{"cut", emulator.Fault{CutAfter: 1000}, size, 1000, true},
			{"cut at once", emulator.Fault{CutAfter: -1}, size, 0, true},
			{"cut behind the end", emulator.Fault{CutAfter: size + 1}, size, size, false},
			{"too long a length", emulator.Fault{WrongLength: 10}, size + 10, size, true},
			{"too short a length", emulator.Fault{WrongLength: -10}, size - 10, size - 10, false},
			{"a length below none", emulator.Fault{WrongLength: -size - 1}, 0, 0, false},
		} {
			test.fault.Operation = emulator.OperationDownload
			api.Inject(test.fault)
			request := api.downloadRequest(token, api.Channel(), circuit.CircuitID)
			request.Close = version == 1 // otherwise net/http logs bytes after the announced body
			response, err := api.client.Do(request)
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
				continue
			}
			body, err := io.ReadAll(response.Body)
			response.Body.Close()
			if response.StatusCode != 200 || response.ProtoMajor != version || response.ContentLength != test.declared {
				t.Errorf("%s: status %d, HTTP/%d, length %d", test.name, response.StatusCode, response.ProtoMajor,
					response.ContentLength)
			}
			if int64(len(body)) != test.got || !bytes.HasPrefix(whole, body) || (err != nil) != test.err {
				t.Errorf("%s: %d of %d bytes came, error %v", test.name, len(body), size, err)
			}
			if answer := api.download(token, circuit.CircuitID); answer.status != 200 ||
				!bytes.Equal(answer.body, whole) {
				t.Errorf("%s: the next download: status %d, %d bytes", test.name, answer.status, len(answer.body))
			}
		}
	})
}

func TestFaultWrongLengthSendsTheWholeBodyOnHTTP1(t *testing.T) {
	// The test uses a raw connection because clients hide bytes after an announced body.
	api := serve(t, emulator.Config{Faults: []emulator.Fault{{Operation: emulator.OperationToken, WrongLength: -5}}})
	connection := api.dial()
	fmt.Fprintf(connection, "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	answer, err := io.ReadAll(connection)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(answer), "\r\n\r\n")
	if !strings.HasPrefix(head, "HTTP/1.1 401 Unauthorized\r\n") ||
		!strings.Contains(head, fmt.Sprintf("Content-Length: %d", len(body)-5)) ||
		!strings.Contains(head, "X-Request-Id: ") || !strings.HasSuffix(body, "}\n") {
		t.Errorf("answer %q", answer)
	}
}

func TestFaultResetCarriesTheRequestOutAndGivesNoAnswer(t *testing.T) {
	protocols(t, emulator.Config{}, func(t *testing.T, api *served, version int) {
		token := api.token()
		api.Inject(emulator.Fault{Operation: emulator.OperationStart, Reset: true})
		answer, err := api.try(api.startRequest(token, oneDocument()))
		if err == nil {
			t.Fatalf("status %d", answer.status)
		}
		var network *net.OpError
		if version == 1 && !errors.As(err, &network) {
			t.Errorf("the connection ended in order: %v", err)
		}
		if n := len(api.Circuits()); n != 1 {
			t.Errorf("the request made %d circuits", n)
		}
		api.start(token, oneDocument())
	})
}

// dial opens a plain connection to the server.
func (s *served) dial() net.Conn {
	s.t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { connection.Close() })
	connection.SetDeadline(time.Now().Add(10 * time.Second))
	return connection
}
