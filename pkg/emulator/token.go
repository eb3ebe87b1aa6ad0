package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// tokenAnswer has the shape of the published example (published page).
type tokenAnswer struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"`
}

// token answers POST /oauth2/token.
func (e *Emulator) token(r *http.Request) *reply {
	if !e.isAuthenticated(r) {
		return refuse(http.StatusUnauthorized,
			"invalid client credentials: HTTP Basic with the client id as user name and the client secret as "+
				"password is expected").with("WWW-Authenticate",
			`Basic realm="emulator", charset="UTF-8"`)
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		mediaType != "application/x-www-form-urlencoded" {
		return refuse(http.StatusBadRequest, "Content-Type: application/x-www-form-urlencoded is expected")
	}
	body, refusal := e.read(r)
	if refusal != nil {
		return refusal
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return refuse(http.StatusBadRequest, "the body is not a form (application/x-www-form-urlencoded)")
	}
	switch types := form["grant_type"]; {
	case len(types) == 0:
		return refuse(http.StatusBadRequest, "grant_type: is missing; client_credentials is expected")
	case len(types) > 1:
		return refuse(http.StatusBadRequest, "grant_type: given more than once")
	case types[0] != "client_credentials":
		return refuse(http.StatusBadRequest, "grant_type: only client_credentials is supported")
	}
	return e.succeedJSON(OperationToken, tokenAnswer{
		AccessToken: e.issueToken(), TokenType: "Bearer", ExpiresIn: int64(e.config.TokenLifetime / time.Second),
	}).with("Cache-Control", "no-store").with("Pragma", "no-cache")
}

// isAuthenticated reports whether the request carries the client's credentials, either form-encoded
// as RFC 6749 2.3.1 requires or unencoded, as many clients send them. It makes all comparisons, in
// constant time.
func (e *Emulator) isAuthenticated(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return false
	}
	plain := equal(id, e.config.ClientID) & equal(secret, e.config.ClientSecret)
	decodedID, idErr := url.QueryUnescape(id)
	decodedSecret, secretErr := url.QueryUnescape(secret)
	if idErr != nil || secretErr != nil {
		return plain == 1
	}
	return plain|equal(decodedID, e.config.ClientID)&equal(decodedSecret, e.config.ClientSecret) == 1
}

// equal returns 1 for equal texts and 0 for others. It hashes them first, since a constant-time
// comparison reveals lengths.
func equal(got, want string) int {
	gotHash, wantHash := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(gotHash[:], wantHash[:])
}

// issueToken returns a new token, and forgets expired ones.
func (e *Emulator) issueToken() string {
	now := e.config.Now()
	text := randomToken()
	e.mu.Lock()
	defer e.mu.Unlock()
	for old, expires := range e.tokens {
		if !now.Before(expires) {
			delete(e.tokens, old)
		}
	}
	e.tokens[text] = now.Add(e.config.TokenLifetime)
	return text
}

// RevokeTokens revokes all tokens issued so far.
func (e *Emulator) RevokeTokens() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.tokens)
}

// bearer returns the request's token, or "".
func bearer(r *http.Request) string {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(text)
}

// dropToken revokes the request's token.
func (e *Emulator) dropToken(r *http.Request) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.tokens, bearer(r))
}

// authorize returns nil for a request with a valid token, and otherwise the answer that refuses it.
func (e *Emulator) authorize(r *http.Request) *reply {
	text := bearer(r)
	if text == "" {
		return refuse(http.StatusUnauthorized,
			"the authentication token is missing: Authorization: Bearer is expected").
			with("WWW-Authenticate", `Bearer realm="emulator"`)
	}
	now := e.config.Now()
	e.mu.Lock()
	expires, ok := e.tokens[text]
	e.mu.Unlock()
	switch {
	case !ok:
		return refuseToken("the token is unknown")
	case !now.Before(expires):
		return refuseToken("the token has expired")
	}
	return nil
}

// refuseToken refuses an invalid token, as RFC 6750 requires.
func refuseToken(reason string) *reply {
	return refuse(http.StatusUnauthorized, "invalid authentication token: "+reason).
		with("WWW-Authenticate", `Bearer realm="emulator", error="invalid_token"`)
}
