package emulator

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Config configures an [Emulator]. The zero value is ready for use.
type Config struct {
	// ClientID and ClientSecret are the credentials that the token endpoint accepts. Default:
	// random ones.
	ClientID, ClientSecret string
	// Channel is the only channel that is served. Default: a random one.
	Channel string

	// CompleteAfter is how long after its start a circuit completes by itself, unless its signer
	// has begun on the page behind its link. Default: 0, only [Emulator.Complete] or that page
	// completes it.
	CompleteAfter time.Duration
	// TokenLifetime is how long a token is accepted. It is announced in whole seconds. Default:
	// 1799 s, as in the published example.
	TokenLifetime time.Duration

	// OpenList shows the list of circuits at "/", with their links, to every client. Default: only
	// to clients on this machine that ask for it under a loopback name or address, or under
	// PublicURL's host, and not through a proxy.
	OpenList bool
	// PublicURL is the prefix of signers' links. Default: taken from the Host header of the start.
	PublicURL string
	// Now is the clock. Default: [time.Now].
	Now func() time.Time
	// Faults are injected from the start; see [Emulator.Inject]. Default: none.
	Faults []Fault
	// MaxRequestBytes is the largest request body; a larger one gets 413. Default: 64 MiB.
	MaxRequestBytes int64
	// Logger receives one record per request: operation, status, duration and request ID, nothing
	// of its content. Default: no logging.
	Logger *slog.Logger
}

const (
	defaultTokenLifetime   = 1799 * time.Second
	defaultMaxRequestBytes = 64 << 20
)

// withDefaults fills the zero fields. It fails on settings that cannot be served.
func (c Config) withDefaults() (Config, error) {
	random := []struct {
		name  string
		field *string
		make  func() string
	}{
		{"ClientID", &c.ClientID, func() string { return "client-" + randomText(12) }},
		{"ClientSecret", &c.ClientSecret, func() string { return randomText(32) }},
		{"Channel", &c.Channel, func() string { return randomText(4) + "-" + randomText(5) + "-45555-55555" }},
	}
	for _, value := range random {
		if *value.field == "" {
			*value.field = value.make()
		}
		if strings.ContainsFunc(*value.field, unicode.IsControl) {
			return c, fmt.Errorf("emulator: %s contains a control character; it must be one line of text", value.name)
		}
	}
	if c.Channel == "." || c.Channel == ".." {
		return c, errors.New(`emulator: Channel is "." or "..", which no URL path can carry`)
	}
	if c.CompleteAfter < 0 {
		return c, fmt.Errorf("emulator: CompleteAfter is %v; it must be positive, or 0 for only when told",
			c.CompleteAfter)
	}
	if c.TokenLifetime < 0 {
		return c, fmt.Errorf("emulator: TokenLifetime is %v; it must be positive, or 0 for the default",
			c.TokenLifetime)
	}
	if c.TokenLifetime == 0 {
		c.TokenLifetime = defaultTokenLifetime
	}
	if c.MaxRequestBytes < 0 {
		return c, fmt.Errorf("emulator: MaxRequestBytes is %d; it must be positive, or 0 for the default",
			c.MaxRequestBytes)
	}
	if c.MaxRequestBytes == 0 {
		c.MaxRequestBytes = defaultMaxRequestBytes
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	for i, fault := range c.Faults {
		if err := fault.check(); err != nil {
			return c, fmt.Errorf("emulator: Faults[%d]: %w", i, err)
		}
	}
	return c, c.checkPublicURL()
}

// crossOrigin returns the check of where a form comes from. Behind a proxy the emulator may see
// another Host than browsers do.
func (c Config) crossOrigin() (*http.CrossOriginProtection, error) {
	protection := http.NewCrossOriginProtection()
	if c.PublicURL == "" {
		return protection, nil
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, err
	}
	return protection, protection.AddTrustedOrigin(public.Scheme + "://" + public.Host)
}

// checkPublicURL fails if a browser could not open links with this prefix.
func (c Config) checkPublicURL() error {
	if c.PublicURL == "" {
		return nil
	}
	parsed, err := url.Parse(c.PublicURL)
	switch {
	case err != nil:
		return errors.New("emulator: PublicURL is not a URL; something like https://emulator.example.com is expected")
	case parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Host == "":
		return errors.New("emulator: PublicURL must be absolute and start with http:// or https://")
	case parsed.User != nil, parsed.RawQuery != "", parsed.ForceQuery, parsed.Fragment != "":
		return errors.New("emulator: PublicURL must have no user info, query or fragment")
	}
	return nil
}
