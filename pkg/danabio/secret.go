package danabio

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that prints masked: with every verb of package fmt, in JSON, in slog, and as a
// field of another struct. Only [Secret.Reveal] returns the text. The zero Secret is empty.
type Secret struct {
	// A pointer, because package fmt does not call the methods of values in unexported fields. It
	// prints such a struct field by field, but of a pointer only the address.
	text *string
}

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{text: &text}
}

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether the text is empty.
func (s Secret) IsZero() bool { return s.text == nil }

// Format implements [fmt.Formatter].
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// String returns a fixed text that is not the secret, or "" if there is none.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return redacted
}

// MarshalText implements [encoding.TextMarshaler], masked.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements [slog.LogValuer], masked.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
