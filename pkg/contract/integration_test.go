package contract_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// exampleChild is set in the process that runs the example's test against the server of its parent.
const exampleChild = "DANABIO_TEST_CONTRACT_EXAMPLE"

func TestIntegrationTestOfTheExample(t *testing.T) {
	if os.Getenv(exampleChild) == "" {
		for _, name := range []string{"DANABIO_ENVIRONMENT", "DANABIO_BASE_URL", "DANABIO_CHANNEL", "DANABIO_CLIENT_ID", "DANABIO_CLIENT_SECRET", "DANABIO_CLIENT_SECRET_FILE"} {
			t.Setenv(name, "")
		}
	}
	testOnboarding(t)
}

// The example's test passes against a server that is as the spec says, also below a path, and fails against one that is not.
func TestIntegrationTestOfTheExampleFailsOnADeviation(t *testing.T) {
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, old, new string
		want           string // of what the test prints; empty: it passes
	}{
		{"as the spec says", "", "", ""},
		{"renamed field", "expires_in", "expiresIn", "contract: undocumented-field: POST /oauth2/token (getToken) answered 200"},
		{"wrong type", `"expires_in":1799`, `"expires_in":"1799"`, "contract: response-invalid: POST /oauth2/token (getToken) answered 200"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.StripPrefix("/gateway", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				recorder := httptest.NewRecorder()
				api.ServeHTTP(recorder, r)
				w.Header().Set("Content-Type", recorder.Header().Get("Content-Type"))
				w.WriteHeader(recorder.Code)
				_, _ = w.Write([]byte(strings.Replace(recorder.Body.String(), test.old, test.new, 1)))
			})))
			defer server.Close()
			child := exec.Command(os.Args[0], "-test.run=^TestIntegrationTestOfTheExample$")
			child.Env = append(os.Environ(), exampleChild+"=1", "DANABIO_ENVIRONMENT=", "DANABIO_CLIENT_SECRET_FILE=", "DANABIO_BASE_URL="+server.URL+"/gateway",
				"DANABIO_CHANNEL="+api.Channel(), "DANABIO_CLIENT_ID="+api.ClientID(), "DANABIO_CLIENT_SECRET="+api.ClientSecret())
			out, err := child.CombinedOutput()
			if (err == nil) != (test.want == "") || !strings.Contains(string(out), test.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
