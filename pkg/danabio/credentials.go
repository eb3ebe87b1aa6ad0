package danabio

import (
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/internal/credential"
)

// Credentials is how the client gets tokens: [ClientCredentials] or [TokenSource]. It prints
// masked.
type Credentials struct {
	// A function, because package fmt shows what a pointer to a struct points to when the verb is a
	// wrong one.
	reveal func() credentials
}

type credentials struct {
	id, secret string
	source     oauth2.TokenSource
}

// ClientCredentials are exchanged for a token at the environment's own token endpoint, with HTTP
// Basic authentication (published page). [New] refuses those that came with something of their file
// or shell: a control character, such as a line break, a byte order mark, UTF-16, or surrounding
// quotes.
func ClientCredentials(id, secret string) Credentials {
	return Credentials{reveal: func() credentials { return credentials{id: id, secret: secret} }}
}

// TokenSource takes tokens from the caller's source instead, for tokens that are made elsewhere. A
// token is kept until its Expiry, or until the server refuses it if it has none. The source is
// asked by one goroutine at a time, and how it connects is its own affair: Config.HTTPClient does
// not reach it.
func TokenSource(source oauth2.TokenSource) Credentials {
	return Credentials{reveal: func() credentials { return credentials{source: source} }}
}

func (c Credentials) validate() error {
	if c.reveal == nil {
		return invalidRequest("no credentials given; use danabio.ClientCredentials(id, secret) or " +
			"danabio.TokenSource(source)")
	}
	held := c.reveal()
	switch {
	case held.source != nil:
		return nil
	case held.id == "" && held.secret == "":
		return invalidRequest("credentials are empty: client id and client secret are missing")
	case held.id == "":
		return invalidRequest("client id is missing")
	case held.secret == "":
		return invalidRequest("client secret is missing")
	}
	if err := credential.Check(held.id); err != nil {
		return invalidRequest("client id %w", err)
	}
	if err := credential.Check(held.secret); err != nil {
		return invalidRequest("client secret %w", err)
	}
	return nil
}

// Format implements [fmt.Formatter], masked.
func (c Credentials) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// String returns a fixed text, or the empty string when there are no credentials.
func (c Credentials) String() string {
	if c.reveal == nil {
		return ""
	}
	return redacted
}

// MarshalText implements [encoding.TextMarshaler], masked.
func (c Credentials) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// LogValue implements [slog.LogValuer], masked.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }
