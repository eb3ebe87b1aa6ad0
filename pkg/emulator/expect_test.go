package emulator_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// The test uses raw connections because net/http hides whether "100 Continue" arrived.
func TestExpectContinue(t *testing.T) {
	for _, test := range []struct {
		name   string
		token  string
		length int
		fault  int
		status int
		invite bool
	}{
		{name: "a good request is invited to send its body", invite: true},
		{name: "a request without a good token is not", token: "unknown", status: 401},
		{name: "a body too large is not", length: 1 << 20, status: 413},
		{name: "a 417 comes before the body", fault: 417, status: 417},
		{name: "another fault comes after it", fault: 503, status: 503, invite: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := serve(t, emulator.Config{MaxRequestBytes: 8192})
			if test.status == 0 {
				test.status = api.StartStatus()
			}
			token, body := api.token(), oneDocument()
			if test.token != "" {
				token = test.token
			}
			if test.length == 0 {
				test.length = len(body)
			}
			if test.fault != 0 {
				api.Inject(emulator.Fault{Operation: emulator.OperationStart, Status: test.fault})
			}
			connection := api.dial()
			fmt.Fprintf(connection,
				"POST /api/v1/biometric/start_circuit/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
					"Content-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
				api.Channel(),
				token, test.length)
			reader := bufio.NewReader(connection)
			if test.invite {
				line, err := reader.ReadString('\n')
				if err != nil || !strings.HasPrefix(line, "HTTP/1.1 100 ") {
					t.Fatalf("first line %q, %v", line, err)
				}
				reader.ReadString('\n')
				io.WriteString(connection, body)
			}
			response, err := http.ReadResponse(reader, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.status {
				t.Errorf("status %d", response.StatusCode)
			}
		})
	}
}
