// Package message defines the API's messages as they appear on the wire, for the client and for the
// probe that checks a live server.
//
// The generated types say the same, but their names and forms depend on how the vendor writes the
// spec: whether a schema has a name, whether a field is required, which media types are listed. The
// JSON stays the same, and so do these types. A test checks each name and type here against the
// embedded spec, so that it fails if a new spec changes the JSON.
package message

// Start is the body of a start (published page).
type Start struct {
	ID     string     `json:"id,omitempty"`
	Signer Signer     `json:"signer"`
	Docs   []Document `json:"docs"`
}

// Signer is the person who signs (published page). Empty fields are omitted.
type Signer struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	NIF   string `json:"nif,omitempty"`
}

// Document is a PDF to sign (published page).
type Document struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"`    // bytes before Base64 (assumed)
	Content []byte `json:"content"` // in Base64 (help article), as JSON encodes bytes
}

// Started is the answer to a start (published page).
type Started struct {
	CircuitID string `json:"circuitId"`
	Link      string `json:"link"` // the URL that the signer opens (help article)
}

// Token is the answer to a request for a token (published page).
type Token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"` // seconds (RFC 6749)
}

// GrantType is the only grant that the token endpoint takes (published page).
const GrantType = "client_credentials"
