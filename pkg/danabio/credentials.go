package danabio

import (
	"fmt"
	"io"
	"log/slog"

	"golang.org/x/oauth2"

	"github.com/danabio/danabio-go/internal/credential"
)

// Credentials say how the client gets tokens: [ClientCredentials] or [TokenSource]. They print
// masked.
type Credentials struct {
	// A function rather than a pointer: with an invalid verb, package fmt prints the struct behind
	// a pointer.
	reveal func() credentials
}

type credentials struct {
	id, secret string
	source     oauth2.TokenSource
}

// ClientCredentials returns credentials that the client exchanges for a token at the environment's
// token endpoint, with HTTP Basic authentication (published page). [New] rejects credentials that
// contain something from their file or shell: a control character such as a line break, a byte
// order mark, UTF-16, or surrounding quotes.
func ClientCredentials(id, secret string) Credentials {
	return Credentials{reveal: func() credentials { return credentials{id: id, secret: secret} }}
}

// TokenSource returns credentials that take tokens from the caller's source. The client keeps a
// token until its Expiry, or if it has none until the server refuses it. Only one goroutine at a
// time calls the source. How the source connects is up to the source: Config.HTTPClient does not
// affect it.
func TokenSource(source oauth2.TokenSource) Credentials {
	return Credentials{reveal: func() credentials { return credentials{source: source} }}
}

func (c Credentials) validate() error {
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

// String returns a fixed text, or "" if there are no credentials.
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
