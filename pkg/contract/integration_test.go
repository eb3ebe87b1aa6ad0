package contract_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// exampleChild is set in the process that runs the example's test against its parent's server.
const exampleChild = "DANABIO_TEST_CONTRACT_EXAMPLE"

func TestIntegrationTestOfTheExample(t *testing.T) {
	if os.Getenv(exampleChild) == "" {
		for _, name := range exampleVariables {
			t.Setenv(name, "")
		}
	}
	testOnboarding(t)
}

// exampleVariables lists the variables that the example's test reads.
var exampleVariables = []string{
	"DANABIO_CONTRACT_START", "DANABIO_ENVIRONMENT", "DANABIO_BASE_URL", "DANABIO_CHANNEL", "DANABIO_CLIENT_ID",
	"DANABIO_CLIENT_SECRET",
	"DANABIO_CLIENT_SECRET_FILE",
}

// runExample runs the example's test in a separate process, with these variables and none of ours.
func runExample(t *testing.T, variables ...string) (out string, passed bool) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestIntegrationTestOfTheExample$")
	child.Env = append(os.Environ(), exampleChild+"=1")
	for _, name := range exampleVariables {
		child.Env = append(child.Env, name+"=")
	}
	child.Env = append(child.Env, variables...)
	text, err := child.CombinedOutput()
	return string(text), err == nil
}

// Users copy the example, so it must never start a circuit in production, regardless of the
// variables. A proxy shows which server the test contacts.
func TestIntegrationTestOfTheExampleNeverGoesToProduction(t *testing.T) {
	const refused = "it never runs in production"
	for _, test := range []struct {
		name      string
		variables []string
		passes    bool
		says      string
		goes      string // the host that it contacts; empty: none
	}{
		{"nothing is set", nil, true, "PASS", ""},
		{"production without consent", []string{"DANABIO_ENVIRONMENT=production"}, true, "PASS", ""},
		{"sandbox without consent", []string{"DANABIO_ENVIRONMENT=sandbox"}, true, "PASS", ""},
		{"production by name", []string{"DANABIO_CONTRACT_START=sandbox", "DANABIO_ENVIRONMENT=production"}, false,
			refused, ""},
		{"production by URL", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://biometric.danaconnect.com"}, false, refused, ""},
		{"production in other letters", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://Biometric.DANAconnect.com:443/"}, false, refused, ""},
		{"a customer's production", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://acme.danaconnect.com"}, false, refused, ""},
		{"a host of nobody knows what", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://acme.example.com"}, false, refused, ""},
		{"a host that looks like the sandbox", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://biometric.integrationlayer.com.example.com"}, false, refused, ""},
		{"another one", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://myintegrationlayer.com/.integrationlayer.com"}, false, refused, ""},
		{"consent to production", []string{"DANABIO_CONTRACT_START=production", "DANABIO_ENVIRONMENT=production"},
			false, `must be "sandbox"`, ""},
		{"consent to anything", []string{"DANABIO_CONTRACT_START=1", "DANABIO_ENVIRONMENT=sandbox"}, false,
			`must be "sandbox"`, ""},
		{"consent, and no server", []string{"DANABIO_CONTRACT_START=sandbox"}, false, "no environment given", ""},
		{"sandbox", []string{"DANABIO_CONTRACT_START=sandbox", "DANABIO_ENVIRONMENT=sandbox"}, false, "",
			"biometric.integrationlayer.com:443"},
		{"a customer's sandbox", []string{"DANABIO_CONTRACT_START=sandbox",
			"DANABIO_BASE_URL=https://acme.integrationlayer.com"}, false, "", "acme.integrationlayer.com:443"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var goes atomic.Value
			goes.Store("")
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				goes.Store(r.Host)
				w.WriteHeader(http.StatusProxyAuthRequired) // makes the client give up at once
			}))
			defer proxy.Close()
			out, passed := runExample(t, append(test.variables, "https_proxy=", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=",
				"no_proxy=",
				"DANABIO_CHANNEL=acme", "DANABIO_CLIENT_ID=id", "DANABIO_CLIENT_SECRET=secret")...)
			if passed != test.passes || !strings.Contains(out, test.says) || goes.Load() != test.goes {
				t.Errorf("passed: %v, it goes to %q\n%s", passed, goes.Load(), out)
			}
		})
	}
}

// The example's test passes against a server that conforms to the spec, also below a path, and
// fails against one that does not.
func TestIntegrationTestOfTheExampleFailsOnADeviation(t *testing.T) {
	api, err := emulator.New(emulator.Config{CompleteAfter: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, old, new string
		want           string // a pattern of the test's output; empty: it passes
	}{
		{"as the spec says", "", "", ""},
		{"renamed field", "expires_in", "expiresIn",
			`contract: (undocumented-field|response-invalid): POST /oauth2/token \(getToken\) answered 2`},
		{"wrong type", `"expires_in":1799`, `"expires_in":"1799"`,
			`contract: response-invalid: POST /oauth2/token \(getToken\) answered 2`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.StripPrefix("/gateway",
				http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					recorder := httptest.NewRecorder()
					api.ServeHTTP(recorder, r)
					w.Header().Set("Content-Type", recorder.Header().Get("Content-Type"))
					w.WriteHeader(recorder.Code)
					_, _ = w.Write([]byte(strings.Replace(recorder.Body.String(), test.old, test.new, 1)))
				})))
			defer server.Close()
			out, passed := runExample(t, "DANABIO_CONTRACT_START=sandbox", "DANABIO_BASE_URL="+server.URL+"/gateway",
				"DANABIO_CHANNEL="+api.Channel(), "DANABIO_CLIENT_ID="+api.ClientID(), "DANABIO_CLIENT_SECRET="+
					api.ClientSecret())
			if passed != (test.want == "") || !regexp.MustCompile(test.want).MatchString(out) {
				t.Errorf("passed: %v\n%s", passed, out)
			}
		})
	}
}
