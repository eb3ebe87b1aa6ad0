package danabio

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danabio/danabio-go/gen/biometricapi"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// Client talks to the API for one channel. It is safe for concurrent use. [Client.Close] closes it.
type Client struct {
	// A single pointer, so that a printed Client shows only an address.
	*core
}

type core struct {
	channel    string
	baseURL    string               // without a slash at its end
	api        *biometricapi.Client // token and download
	startAPI   *biometricapi.Client // start: own connections, see startTransport
	tokens     *tokenSource
	retry      RetryPolicy
	journal    Journal // nil if there is none
	log        *slog.Logger
	onProgress func(Progress) // nil if nobody is told
	limits     evidence.Limits
	policy     evidence.Policy
	mask       []Secret // the credentials, kept out of the server's messages
	userAgent  string

	transports []*http.Transport // clones of the caller's
}

// New checks the configuration and returns a client. It makes no connection. The error matches
// [ErrInvalidRequest]. If HTTPS_PROXY or a similar variable is not the URL of a proxy, it also
// matches [ErrProxy].
func New(config Config) (*Client, error) {
	if err := config.checkComplete(); err != nil {
		return nil, err
	}
	base, err := config.Environment.BaseURL()
	if err != nil {
		return nil, err
	}
	if err := checkPlainHTTP(base, config.AllowPlainHTTP); err != nil {
		return nil, err
	}
	if err := checkSegment("channel", config.Channel); err != nil {
		return nil, err
	}
	if err := config.Credentials.validate(); err != nil {
		return nil, err
	}
	if config.HTTPClient != nil && config.HTTPClient.Timeout != 0 {
		return nil,
			invalidRequest("Config.HTTPClient has a Timeout, which would cut long bodies; leave it zero and use " +
				"contexts")
	}
	if strings.ContainsFunc(config.UserAgent, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil,
			invalidRequest("Config.UserAgent contains characters that cannot be in a header; use printable ASCII")
	}
	if err := checkProxyVariable(config.HTTPClient, base); err != nil {
		return nil, err
	}
	retry, err := config.Retry.withDefaults()
	if err != nil {
		return nil, err
	}
	limits, err := config.EvidenceLimits.WithDefaults()
	if err != nil {
		return nil, invalidRequest("Config.EvidenceLimits: %w", err)
	}
	if err := config.EvidencePolicy.Validate(); err != nil {
		return nil, invalidRequest("Config.EvidencePolicy: %w", err)
	}

	c := &core{
		channel:    config.Channel,
		baseURL:    base,
		retry:      retry,
		journal:    config.Journal,
		log:        config.Logger,
		onProgress: config.Progress,
		limits:     limits,
		policy:     config.EvidencePolicy,
		userAgent:  config.UserAgent,
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.userAgent == "" {
		c.userAgent = "danabio-go/" + Version
	}

	plain, start := c.httpClients(config.HTTPClient)
	if c.api, err = biometricapi.NewClient(base, biometricapi.WithHTTPClient(plain)); err != nil {
		return nil, invalidRequest("base URL: %w", err)
	}
	if c.startAPI, err = biometricapi.NewClient(base, biometricapi.WithHTTPClient(start)); err != nil {
		return nil, invalidRequest("base URL: %w", err)
	}
	held := config.Credentials.reveal()
	c.tokens = newTokenSource()
	if held.source != nil {
		c.tokens.exchange = callerExchange(held.source)
	} else {
		c.mask = []Secret{NewSecret(held.secret), NewSecret(held.id)}
		if c.tokens.exchange, err = c.clientCredentialsExchange(base, plain, held, config.RawBasicAuth); err != nil {
			return nil, err
		}
	}
	return &Client{c}, nil
}

// Close stops the background refresh of the token, waits for it, and closes idle connections. Calls
// under way end with their own contexts, except for those that wait for a token: they fail with
// [ErrClosed], as later calls do. Close waits for a caller's own token source. It returns nil.
func (c *Client) Close() error {
	c.tokens.close()
	for _, transport := range c.transports {
		transport.CloseIdleConnections()
	}
	return nil
}

// TokenInfo describes a token without revealing it.
type TokenInfo struct {
	ExpiresAt time.Time // when the client stops using the token; zero if its lifetime is not known
}

// Authenticate fetches a token unless there is a valid one, to check the credentials. It fails with
// [ErrUnauthorized], [ErrUnavailable] or [ErrProtocol], or with an error that says why the server
// cannot be reached, such as [ErrCertificate].
func (c *Client) Authenticate(ctx context.Context) (TokenInfo, error) {
	token, err := c.tokens.token(ctx)
	if err != nil {
		return TokenInfo{}, err
	}
	return TokenInfo{ExpiresAt: token.expires.UTC().Round(time.Second)}, nil
}

// secrets returns the credentials and other values that a request carried, to mask them in the
// server's message.
func (c *core) secrets(carried ...string) []string {
	for _, secret := range c.mask {
		carried = append(carried, secret.Reveal())
	}
	return carried
}

// checkSegment rejects a value that cannot be one segment of a path, since it would change which
// resource the URL names.
func checkSegment(what, value string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return invalidRequest("%s is empty", what)
	case strings.Contains(value, "://"): // not printed, since it may be the signer's link
		return invalidRequest("%s looks like a link; give the identifier", what)
	case value == "." || value == "..":
		return invalidRequest("%s is %q, which is not an identifier", what, value)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }):
		return invalidRequest("%s contains control characters or is not valid UTF-8", what)
	case len(value) > 512:
		return invalidRequest("%s is longer than 512 bytes", what)
	}
	return nil
}
