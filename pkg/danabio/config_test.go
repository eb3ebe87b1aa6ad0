package danabio_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

func goodConfig() danabio.Config {
	return danabio.Config{Environment: danabio.Sandbox, Channel: channel,
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme")}
}

func TestConfigThatCannotBeIsRefused(t *testing.T) {
	environment := func(e danabio.Environment) func(*danabio.Config) {
		return func(c *danabio.Config) { c.Environment = e }
	}
	for name, test := range map[string]struct {
		change func(*danabio.Config)
		says   string
	}{
		"no environment":             {environment(""), "environment"},
		"unknown environment":        {environment("staging"), "neither sandbox nor production"},
		"URL without host":           {environment("https:///path"), "host"},
		"URL with a query":           {environment("https://acme.example.com/?key=hunter2"), "query"},
		"URL with an empty query":    {environment("https://acme.example.com/?"), "query"},
		"URL with a fragment":        {environment("https://acme.example.com/#top"), "fragment"},
		"URL with user info":         {environment("https://user:hunter2@acme.example.com"), "user info"},
		"URL that is none":           {environment("https://acme.example.com:hunter2/"), "base URL"},
		"another scheme":             {environment("ftp://acme.example.com"), "base URL"},
		"plain HTTP":                 {environment("http://acme.example.com"), "AllowPlainHTTP"},
		"plain HTTP to an address":   {environment("http://10.0.0.1"), "AllowPlainHTTP"},
		"plain HTTP to a lookalike":  {environment("http://localhost.example.com"), "AllowPlainHTTP"},
		"plain HTTP below localhost": {environment("http://acme.localhost"), "AllowPlainHTTP"},
		"no channel":                 {func(c *danabio.Config) { c.Channel = "" }, "channel"},
		"channel is a dot":           {func(c *danabio.Config) { c.Channel = ".." }, "channel"},
		"no credentials": {func(c *danabio.Config) { c.Credentials = danabio.Credentials{} },
			"credentials"},
		"empty credentials": {func(c *danabio.Config) { c.Credentials = danabio.ClientCredentials("", "") },
			"missing"},
		"no client id": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials("", "hunter2")
		}, "client id"},
		"no client secret": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials("acme", "")
		}, "client secret"},
		"a line break of echo": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials("acme", "hunter2\n")
		}, "client secret ends in a line break"},
		"a file of Windows": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials("acme", "hunter2\r")
		}, "client secret ends in a carriage return"},
		"a second line": {
			func(c *danabio.Config) { c.Credentials = danabio.ClientCredentials("acme\nhunter2", "hunter2") },
			"client id has more than one line"},
		"UTF-16": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials("acme", "\xff\xfeh\x00")
		}, "client secret is text in UTF-16"},
		"quotes": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials(`"acme"`,
				"hunter2")
		}, "client id is in quotes"},
		"a byte order mark": {func(c *danabio.Config) {
			c.Credentials = danabio.ClientCredentials("acme", "\ufeffhunter2")
		}, "client secret begins with a byte order mark"},
		"nothing at all": {func(c *danabio.Config) { *c = danabio.Config{} }, "missing: the environment " +
			"(Config.Environment, DANABIO_ENVIRONMENT or DANABIO_BASE_URL), the channel (Config.Channel, " +
			"DANABIO_CHANNEL), the credentials (Config.Credentials, DANABIO_CLIENT_ID with "},
		"no token source": {func(c *danabio.Config) { c.Credentials = danabio.TokenSource(nil) }, "missing"},
		"client with a timeout": {func(c *danabio.Config) { c.HTTPClient = &http.Client{Timeout: time.Second} },
			"Timeout"},
		"user agent":        {func(c *danabio.Config) { c.UserAgent = "a\r\nb: c" }, "UserAgent"},
		"negative attempts": {func(c *danabio.Config) { c.Retry.MaxAttempts = -1 }, "negative"},
		"delays the wrong way": {func(c *danabio.Config) {
			c.Retry = danabio.RetryPolicy{MinDelay: 2,
				MaxDelay: 1}
		}, "MaxDelay"},
		"limits": {func(c *danabio.Config) { c.EvidenceLimits = evidence.Limits{MaxEntries: -1} },
			"EvidenceLimits"},
		"policy": {
			func(c *danabio.Config) { c.EvidencePolicy = evidence.Policy{Accept: []evidence.Code{"no-such-code"}} },
			"EvidencePolicy"},
	} {
		t.Run(name, func(t *testing.T) {
			config := goodConfig()
			test.change(&config)
			client, err := danabio.New(config)
			if !errors.Is(err, danabio.ErrInvalidRequest) || client != nil {
				t.Fatalf("got %v, want ErrInvalidRequest", err)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q does not say %q, or quotes a secret", err, test.says)
			}
			if strings.HasPrefix(name, "plain HTTP") != errors.Is(err, danabio.ErrPlainHTTP) {
				t.Errorf("%v: matches ErrPlainHTTP wrongly", err)
			}
		})
	}
}

func TestConfigThatIsFine(t *testing.T) {
	for name, change := range map[string]func(*danabio.Config){
		"sandbox":    func(*danabio.Config) {},
		"production": func(c *danabio.Config) { c.Environment = danabio.Production },
		"custom": func(c *danabio.Config) {
			c.Environment = danabio.CustomEnvironment("https://acme.example.com/")
		},
		"below a path": func(c *danabio.Config) {
			c.Environment = danabio.CustomEnvironment("https://gw.example.com/dana")
		},
		"plain HTTP loopback": func(c *danabio.Config) {
			c.Environment = danabio.CustomEnvironment("http://127.0.0.2:8080")
		},
		"plain HTTP IPv6": func(c *danabio.Config) {
			c.Environment = danabio.CustomEnvironment("http://[::1]:8080")
		},
		"plain HTTP allowed": func(c *danabio.Config) {
			c.Environment, c.AllowPlainHTTP = "http://gw.internal",
				true
		},
		"token source": func(c *danabio.Config) {
			c.Credentials = danabio.TokenSource(oauth2.StaticTokenSource(nil))
		},
		"another RoundTripper": func(c *danabio.Config) { c.HTTPClient = &http.Client{Transport: roundTripper(nil)} },
	} {
		t.Run(name, func(t *testing.T) {
			config := goodConfig()
			change(&config)
			client, err := danabio.New(config)
			if err != nil {
				t.Fatal(err)
			}
			_ = client.Close()
		})
	}
}

func TestPathOfTheBaseURLStaysInFront(t *testing.T) {
	var paths []string
	s := newScript(t).on(download, status(404, ""))
	inBubble(t, s, func(b *bed) {
		if _, err := b.client.OpenEvidence(b.Context(), circuit); !errors.Is(err, danabio.ErrNotReady) {
			t.Error(err)
		}
		if strings.Join(paths, " ") != "/dana/oauth2/token /dana/api/v1/biometric/document_circuit/"+channel+
			"/circuit/"+circuit {
			t.Errorf("asked for %q", paths)
		}
	}, func(config *danabio.Config) {
		config.Environment = danabio.CustomEnvironment("http://localhost/dana/")
		next := config.HTTPClient.Transport
		config.HTTPClient.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			paths = append(paths, r.URL.Path)
			r = r.Clone(r.Context())
			r.URL.Path = strings.TrimPrefix(r.URL.Path, "/dana")
			return next.RoundTrip(r)
		})
	})
}

func TestConfigFromEnvironment(t *testing.T) {
	secretFile := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte("s3cr3t-of-acme\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	twoLines, windows := filepath.Join(t.TempDir(), "two"), filepath.Join(t.TempDir(), "windows")
	if err := errors.Join(os.WriteFile(twoLines, []byte("s3cr3t-of-acme\ns3cr3t\n"), 0o600),
		os.WriteFile(windows, []byte("\ufeffs3cr3t-of-acme\r\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	names := []string{"ENVIRONMENT", "BASE_URL", "CHANNEL", "CLIENT_ID", "CLIENT_SECRET", "CLIENT_SECRET_FILE"}
	for name, test := range map[string]struct {
		values      []string // in the order of names
		environment danabio.Environment
		fails       string
	}{
		"nothing set": {[]string{"", "", "", "", "", ""}, "", ""},
		"sandbox":     {[]string{"sandbox", "", "c", "acme", "s3cr3t-of-acme", ""}, danabio.Sandbox, ""},
		"production":  {[]string{"production", "", "c", "acme", "", secretFile}, danabio.Production, ""},
		"base URL": {[]string{"", "https://acme.example.com", "c", "acme", "s3cr3t-of-acme", ""},
			"https://acme.example.com", ""},
		"both environments": {[]string{"sandbox", "https://acme.example.com", "", "", "", ""}, "",
			"DANABIO_BASE_URL"},
		"a URL as environment": {[]string{"https://acme.example.com", "", "", "", "", ""}, "",
			"DANABIO_BASE_URL"},
		"both secrets": {[]string{"sandbox", "", "", "acme", "s3cr3t-of-acme", secretFile}, "",
			"DANABIO_CLIENT_SECRET_FILE"},
		"secret file does not exist": {[]string{"sandbox", "", "", "acme", "", secretFile + "x"}, "",
			"DANABIO_CLIENT_SECRET_FILE"},
		"secret file is empty": {[]string{"sandbox", "", "", "acme", "", empty}, "", "empty"},
		"secret file of two lines": {[]string{"sandbox", "", "", "acme", "", twoLines}, "",
			"two has more than one line"},
		"secret file of Windows": {[]string{"sandbox", "", "c", "acme", "", windows}, danabio.Sandbox, ""},
		"line breaks at the end": {[]string{"sandbox\n", "", "c\n", "acme\r\n", "s3cr3t-of-acme\n", ""},
			danabio.Sandbox, ""},
		"carriage return": {[]string{"sandbox", "", "c", "acme", "s3cr3t-of-acme\r", ""}, "",
			"DANABIO_CLIENT_SECRET ends in a carriage return"},
		"quotes around the id": {[]string{"sandbox", "", "c", "'acme'", "s3cr3t-of-acme", ""}, "",
			"DANABIO_CLIENT_ID is in quotes"},
		"quotes around the channel": {[]string{"sandbox", "", `"c"`, "acme", "s3cr3t-of-acme", ""}, "",
			"DANABIO_CHANNEL is in quotes"},
		"quotes around the URL": {[]string{"", `"https://acme.example.com"`, "c", "acme", "s3cr3t-of-acme", ""},
			"", "DANABIO_BASE_URL is in quotes"},
	} {
		t.Run(name, func(t *testing.T) {
			for i, value := range test.values {
				t.Setenv("DANABIO_"+names[i], value)
			}
			config, err := danabio.ConfigFromEnv()
			if test.fails != "" {
				if !errors.Is(err, danabio.ErrInvalidRequest) || !strings.Contains(err.Error(), test.fails) ||
					strings.Contains(err.Error(), "s3cr3t") {
					t.Errorf("got %v, want ErrInvalidRequest that says %q", err, test.fails)
				}
				return
			}
			if err != nil || config.Environment != test.environment ||
				config.Channel != strings.TrimSpace(test.values[2]) {
				t.Errorf("got %+v, %v", config, err)
			}
			if test.environment != "" {
				client, err := danabio.New(config)
				if err != nil {
					t.Fatal(err)
				}
				_ = client.Close()
			}
		})
	}
}
