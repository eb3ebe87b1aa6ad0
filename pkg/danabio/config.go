package danabio

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/access"
	"github.com/danabio/danabio-go/internal/credential"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// Config says how to reach the API. Environment, Channel and Credentials are required. The comment
// of every other field ends with its default.
type Config struct {
	// Environment is the server. Required.
	Environment Environment
	// Channel identifies the customer's configured web experience. The account manager hands it out
	// (published page, help article). Required.
	Channel string
	// Credentials say how the client gets tokens. Required.
	Credentials Credentials
	// HTTPClient carries all traffic, including token requests. It is never modified. If its
	// transport is a [*http.Transport], the client uses a clone that speaks HTTP/1.1 and uses each
	// connection once. A custom DialTLSContext must not negotiate anything else with the server.
	// CheckRedirect is ignored, since redirects are never followed. Timeout must be zero, since it
	// would cut off long bodies.
	//
	// A RoundTripper of another type is used as it is, and must send each request once. One that
	// buffers the body and sends it again after an error, as retrying transports do, may start a
	// second circuit, which this package cannot detect. One that sends the body itself again fails,
	// since a start's body can be read only once. Default: a client with a clone of
	// [http.DefaultTransport].
	HTTPClient *http.Client
	// Retry says how failed requests are retried. Default: the zero RetryPolicy, with its own
	// defaults.
	Retry RetryPolicy
	// Logger receives metadata of each request and retry at level Debug, and nothing secret or
	// personal. Default: nothing is logged.
	Logger *slog.Logger
	// Progress is called with the progress of each request body of a start and each response body
	// of a download: when the transfer begins, when it restarts, and after each piece. A piece is
	// at most 16 KiB when sending, and at most what the reader asks for when receiving. On a fast
	// line this means thousands of calls a second, and the transfer stands still during each. So
	// Progress must return quickly, and must not call the client. For one transfer it is called by
	// one goroutine at a time: the one that reads a download, or one of the transport's for a
	// start. For concurrent transfers it is called concurrently. It is not called after the call
	// that the transfer belongs to has returned. Default: not called.
	Progress func(Progress)
	// UserAgent is sent with every request. Default: "danabio-go/" and [Version].
	UserAgent string
	// AllowPlainHTTP allows http:// to machines other than this one. Default: false.
	AllowPlainHTTP bool
	// RawBasicAuth sends client ID and secret unencoded in the Basic header, for servers that do
	// not decode them as RFC 6749, section 2.3.1 requires. It matters only if they contain
	// characters other than letters, digits, "-", ".", "_" and "~". Default: false, they are
	// form-encoded.
	RawBasicAuth bool
	// Journal records each start: its intent before the first byte leaves, and its result
	// afterwards. For the intent's digest the documents are read once more before sending, and a
	// document that changes after that is refused before the request is complete. Default: none;
	// documents are read only during sending.
	Journal Journal
	// EvidenceLimits limits the evidence that a download accepts. Default: the zero Limits, with
	// its own defaults.
	EvidenceLimits evidence.Limits
	// EvidencePolicy says which evidence a download accepts. Default: the zero Policy, with its own
	// defaults.
	EvidencePolicy evidence.Policy
}

// RetryPolicy says how often and when a failed request is retried. Each delay is random between
// zero and a bound that doubles with each attempt (full jitter).
type RetryPolicy struct {
	// MaxAttempts includes the first attempt; 1 means no retries. Default: 4.
	MaxAttempts int
	// MinDelay is the first bound. After status 429 it is at least 1 s. Default: 250 ms.
	MinDelay time.Duration
	// MaxDelay is the largest bound. Default: 20 s.
	MaxDelay time.Duration
	// MaxRetryAfter is the longest Retry-After that the client obeys. A longer one ends the call at
	// once with an error that states the delay. Default: 60 s.
	MaxRetryAfter time.Duration
}

func (p RetryPolicy) withDefaults() (RetryPolicy, error) {
	if p.MaxAttempts < 0 || p.MinDelay < 0 || p.MaxDelay < 0 || p.MaxRetryAfter < 0 {
		return p, invalidRequest("a field of Config.Retry is negative; leave it zero for its default")
	}
	p.MaxAttempts = cmp.Or(p.MaxAttempts, 4)
	p.MinDelay = cmp.Or(p.MinDelay, 250*time.Millisecond)
	p.MaxDelay = cmp.Or(p.MaxDelay, max(20*time.Second, p.MinDelay))
	p.MaxRetryAfter = cmp.Or(p.MaxRetryAfter, 60*time.Second)
	if p.MaxDelay < p.MinDelay {
		return p, invalidRequest("Config.Retry.MaxDelay is smaller than MinDelay")
	}
	return p, nil
}

// ConfigFromEnv reads DANABIO_ENVIRONMENT ("sandbox" or "production") or DANABIO_BASE_URL,
// DANABIO_CHANNEL, DANABIO_CLIENT_ID, and DANABIO_CLIENT_SECRET or DANABIO_CLIENT_SECRET_FILE (a
// file that contains only the secret). It removes a byte order mark at the beginning and one line
// break at the end of each value and of that file. Other control characters, UTF-16 and surrounding
// quotes are errors. It is also an error if every user of the machine can read the file, unless it
// is on a read-only mount or in a folder that others cannot enter. Variables that are not set leave
// their fields empty, so that the caller can fill them in before [New]. The error matches
// [ErrInvalidRequest].
func ConfigFromEnv() (Config, error) {
	var config Config
	values := map[string]string{}
	for _, name := range []string{"DANABIO_ENVIRONMENT", "DANABIO_BASE_URL", "DANABIO_CHANNEL", "DANABIO_CLIENT_ID",
		"DANABIO_CLIENT_SECRET"} {
		value, err := credential.Text(os.Getenv(name))
		if err != nil {
			return config, invalidRequest("%s %w", name, err)
		}
		values[name] = value
	}
	environment, baseURL := values["DANABIO_ENVIRONMENT"], values["DANABIO_BASE_URL"]
	switch {
	case environment != "" && baseURL != "":
		return config, invalidRequest("DANABIO_ENVIRONMENT and DANABIO_BASE_URL are both set; unset one")
	case baseURL != "":
		config.Environment = CustomEnvironment(baseURL)
	case environment == "" || Environment(environment) == Sandbox || Environment(environment) == Production:
		config.Environment = Environment(environment)
	default:
		return config,
			invalidRequest("DANABIO_ENVIRONMENT is neither sandbox nor production; a URL goes into DANABIO_BASE_URL")
	}
	config.Channel = values["DANABIO_CHANNEL"]

	id, secret := values["DANABIO_CLIENT_ID"], values["DANABIO_CLIENT_SECRET"]
	if path := os.Getenv("DANABIO_CLIENT_SECRET_FILE"); path != "" {
		if secret != "" {
			return config,
				invalidRequest("DANABIO_CLIENT_SECRET and DANABIO_CLIENT_SECRET_FILE are both set; unset one")
		}
		var err error
		if secret, err = readSecret(path); err != nil {
			return config, fmt.Errorf("%w: DANABIO_CLIENT_SECRET_FILE: %w", ErrInvalidRequest, err)
		}
	}
	if id != "" || secret != "" {
		config.Credentials = ClientCredentials(id, secret)
	}
	return config, nil
}

// checkComplete names all that is missing at once, with the variables that [ConfigFromEnv] reads.
func (c Config) checkComplete() error {
	var missing []string
	if c.Environment == "" {
		missing = append(missing, "the environment (Config.Environment, DANABIO_ENVIRONMENT or DANABIO_BASE_URL)")
	}
	if c.Channel == "" {
		missing = append(missing, "the channel (Config.Channel, DANABIO_CHANNEL)")
	}
	if c.Credentials.reveal == nil {
		missing = append(missing,
			"the credentials (Config.Credentials, DANABIO_CLIENT_ID with DANABIO_CLIENT_SECRET or "+
				"DANABIO_CLIENT_SECRET_FILE)")
	}
	if missing == nil {
		return nil
	}
	return invalidRequest("missing: %s; ConfigFromEnv reads the variables", strings.Join(missing, ", "))
}

// readSecret reads a file that contains only the secret.
func readSecret(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if access.Reads(file) == access.Everything {
		return "",
			fmt.Errorf("other users of this machine can read %s; have only you read it: mode 0600, or 0640 for a "+
				"group; in Kubernetes, defaultMode: 0440 with fsGroup", path)
	}
	secret, err := credential.Read(file)
	var fault *credential.Error
	switch {
	case errors.Is(err, credential.ErrTooLong):
		return "", fmt.Errorf("%s is longer than %d bytes; the file must contain only the secret", path,
			credential.MaxSize)
	case errors.As(err, &fault):
		return "", fmt.Errorf("%s %w", path, err)
	case err != nil:
		return "", err
	case secret == "":
		return "", fmt.Errorf("%s is empty", path)
	}
	return secret, nil
}
