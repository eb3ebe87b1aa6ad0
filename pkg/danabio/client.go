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

// Client talks to the API for one channel. It is safe for use by several goroutines, and is closed
// by [Client.Close].
type Client struct {
	// One pointer, so that a printed Client shows an address and nothing behind it.
	*core
}

type core struct {
	channel    string
	baseURL    string               // without a slash at its end
	api        *biometricapi.Client // token and download
	startAPI   *biometricapi.Client // start: own connections, see startTransport
	tokens     *tokenSource
	retry      RetryPolicy
	journal    Journal // nil: none
	log        *slog.Logger
	onProgress func(Progress) // nil: nobody
	limits     evidence.Limits
	policy     evidence.Policy
	mask       []Secret // the credentials, kept out of the server's messages
	userAgent  string

	transports []*http.Transport // clones of the caller's
}

// New checks the configuration and returns a client. It connects to nothing. Its error matches
// [ErrInvalidRequest]; if HTTPS_PROXY or the like is not the URL of a proxy, [ErrProxy] too.
func New(config Config) (*Client, error) {
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
			invalidRequest("Config.UserAgent holds characters that cannot stand in a header; use printable ASCII")
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

// Close ends the background refresh of the token and waits for it, and ends connections that nobody
// waits for. Calls under way end with their own contexts, but for those that wait for a token,
// which fail with [ErrClosed] as later ones do. A caller's own token source is waited for. It
// returns nil.
func (c *Client) Close() error {
	c.tokens.close()
	for _, transport := range c.transports {
		transport.CloseIdleConnections()
	}
	return nil
}

// TokenInfo says of a token what may be said.
type TokenInfo struct {
	ExpiresAt time.Time // when it is no longer used; the zero time if its lifetime is not known
}

// Authenticate fetches a token, unless a valid one is at hand: a check of the credentials. It fails
// with [ErrUnauthorized], [ErrUnavailable] or [ErrProtocol], and with those that say why the server
// is not reached, such as [ErrCertificate].
func (c *Client) Authenticate(ctx context.Context) (TokenInfo, error) {
	token, err := c.tokens.token(ctx)
	if err != nil {
		return TokenInfo{}, err
	}
	return TokenInfo{ExpiresAt: token.expires.UTC().Round(time.Second)}, nil
}

// secrets returns the credentials and what else a request carried, for the mask over the server's
// message.
func (c *core) secrets(carried ...string) []string {
	for _, secret := range c.mask {
		carried = append(carried, secret.Reveal())
	}
	return carried
}

// checkSegment refuses what cannot stand as one segment of a path: it would change which resource
// the URL names.
func checkSegment(what, value string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return invalidRequest("%s is empty", what)
	case strings.Contains(value, "://"): // not printed: the signer's link, perhaps
		return invalidRequest("%s looks like a link; give the identifier", what)
	case value == "." || value == "..":
		return invalidRequest("%s is %q, which is no identifier", what, value)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }):
		return invalidRequest("%s holds control characters or is not valid UTF-8", what)
	case len(value) > 512:
		return invalidRequest("%s is longer than 512 bytes", what)
	}
	return nil
}
