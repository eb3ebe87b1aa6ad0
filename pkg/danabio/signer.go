package danabio

// String returns a fixed text. So do the verbs of package fmt, by [Signer.Format], but for %p,
// which is for pointers.
func (Signer) String() string { return redacted }

// MarshalText implements [encoding.TextMarshaler], masked: also in the JSON and XML of a struct
// with a Signer in it, as the handlers of package slog write it. What is read from JSON is a Signer
// as before; what was written is none, and fails to be read. To store a signer, write out its
// fields.
//
// Not masked is what reads the fields themselves: package fmt, of a Signer in an unexported field
// of another struct, whose methods it cannot call; package encoding/gob; and reflection. Such a
// field should hold a *Signer, which %v, %+v and %#v print as an address.
func (Signer) MarshalText() ([]byte, error) { return []byte(redacted), nil }
