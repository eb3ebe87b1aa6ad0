package danabio_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// net/http ignores a proxy variable that it cannot parse, and would send the secret directly.
func TestNewRefusesAProxyVariableThatCannotBeUsed(t *testing.T) {
	defaults := http.DefaultTransport.(*http.Transport)
	own := defaults.Clone()
	own.Proxy = nil
	for name, test := range map[string]struct {
		client  *http.Client
		base    string
		noProxy string
		refuses bool
	}{
		"default client":             {nil, "https://acme.example.com", "", true},
		"client without a transport": {&http.Client{}, "https://acme.example.com", "", true},
		"clone of the default transport": {&http.Client{Transport: defaults.Clone()}, "https://acme.example.com", "",
			true},
		"a host of NO_PROXY":        {nil, "https://acme.example.com", "example.com", false},
		"this machine":              {nil, "https://localhost", "", false},
		"another scheme":            {nil, "http://acme.example.com", "", false},
		"transport without a proxy": {&http.Client{Transport: own}, "https://acme.example.com", "", false},
		"another kind of RoundTripper": {&http.Client{Transport: roundTripper(defaults.RoundTrip)},
			"https://acme.example.com", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, name := range []string{"https_proxy", "HTTP_PROXY", "http_proxy", "no_proxy", "REQUEST_METHOD"} {
				t.Setenv(name, "")
			}
			t.Setenv("HTTPS_PROXY", "http://user:canary-p%ssword@proxy.example.com")
			t.Setenv("NO_PROXY", test.noProxy)
			client, err := danabio.New(danabio.Config{
				Environment: danabio.CustomEnvironment(test.base), Channel: channel,
				Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
				HTTPClient:  test.client, AllowPlainHTTP: true,
			})
			if err == nil {
				_ = client.Close()
			}
			switch {
			case !test.refuses && err != nil:
				t.Errorf("got %v", err)
			case test.refuses && (!errors.Is(err, danabio.ErrInvalidRequest) || !errors.Is(err, danabio.ErrProxy) ||
				!strings.Contains(err.Error(), "HTTPS_PROXY")):
				t.Errorf("got %v, want ErrInvalidRequest and ErrProxy that name the variable", err)
			case err != nil && strings.Contains(err.Error(), "canary"):
				t.Errorf("the value is told: %v", err)
			}
		})
	}
}
