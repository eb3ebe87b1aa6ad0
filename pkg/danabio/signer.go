package danabio

// String returns a fixed text. So do the verbs of package fmt, through [Signer.Format], except for
// %p, which is for pointers.
func (Signer) String() string { return redacted }

// MarshalText implements [encoding.TextMarshaler], masked. It also masks a Signer in the JSON and
// XML of a struct that contains one, as the handlers of package slog write them. A Signer can be
// read from JSON, but not from its own masked JSON, which fails. To store a signer, write its
// fields.
//
// A Signer is not masked where its fields are read directly: by package fmt in an unexported field
// of another struct, whose methods it cannot call, by package encoding/gob, and by reflection. Use
// a *Signer for such a field, which %v, %+v and %#v print as an address.
func (Signer) MarshalText() ([]byte, error) { return []byte(redacted), nil }
