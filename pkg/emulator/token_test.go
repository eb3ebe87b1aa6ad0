package emulator_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestTokenAnswersLikeThePublishedExample(t *testing.T) {
	api := serve(t, emulator.Config{})
	answer := api.do(api.tokenRequest())
	if answer.status != 200 || answer.header.Get("Content-Type") != "application/json" ||
		answer.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d, header %v", answer.status, answer.header)
	}
	var body map[string]any
	if err := json.Unmarshal(answer.body, &body); err != nil {
		t.Fatal(err)
	}
	if body["token_type"] != "Bearer" || body["expires_in"] != float64(1799) || len(body) != 3 {
		t.Errorf("body is %v", body)
	}
	token, _ := body["access_token"].(string)
	if len(token) < 40 || strings.Contains(token, ".") {
		t.Error("the token is short, or looks like a JWT")
	}
	if api.token() == token {
		t.Error("two requests got the same token")
	}
}

func TestTokenAcceptsBasicCredentialsAsAnyClientSendsThem(t *testing.T) {
	const id, secret = "acme@client", "p%41ss+word ñ/="
	api := serve(t, emulator.Config{ClientID: id, ClientSecret: secret})
	for name, credentials := range map[string][2]string{
		"form-encoded":      {"acme%40client", "p%2541ss%2Bword+%C3%B1%2F%3D"},
		"as they are":       {id, secret},
		"spaces as percent": {"acme%40client", "p%2541ss%2Bword%20%C3%B1%2F%3D"},
	} {
		request := api.tokenRequest()
		request.SetBasicAuth(credentials[0], credentials[1])
		if answer := api.do(request); answer.status != 200 {
			t.Errorf("%s: status %d", name, answer.status)
		}
	}
}

func TestTokenRefusesOtherCredentials(t *testing.T) {
	api := serve(t, emulator.Config{ClientID: "acme", ClientSecret: "canary-secret"})
	for name, change := range map[string]func(*http.Request){
		"none":               func(r *http.Request) { r.Header.Del("Authorization") },
		"wrong secret":       func(r *http.Request) { r.SetBasicAuth("acme", "canary-secreT") },
		"longer secret":      func(r *http.Request) { r.SetBasicAuth("acme", "canary-secret2") },
		"wrong id":           func(r *http.Request) { r.SetBasicAuth("acne", "canary-secret") },
		"empty":              func(r *http.Request) { r.SetBasicAuth("", "") },
		"mixed":              func(r *http.Request) { r.SetBasicAuth("canary-secret", "acme") },
		"broken escape":      func(r *http.Request) { r.SetBasicAuth("acme%zz", "canary-secret") },
		"bearer":             func(r *http.Request) { r.Header.Set("Authorization", "Bearer canary-secret") },
		"no base64":          func(r *http.Request) { r.Header.Set("Authorization", "Basic canary-secret!") },
		"digest":             func(r *http.Request) { r.Header.Set("Authorization", `Digest username="acme"`) },
		"secret in the body": func(r *http.Request) { r.Header.Del("Authorization") },
	} {
		t.Run(name, func(t *testing.T) {
			body := "grant_type=client_credentials"
			if name == "secret in the body" {
				body += "&client_id=acme&client_secret=canary-secret"
			}
			request := api.request("POST", "/oauth2/token", body, "Content-Type", formType)
			change(request)
			answer := api.do(request)
			if answer.status != 401 || !strings.HasPrefix(answer.header.Get("WWW-Authenticate"), "Basic ") {
				t.Fatalf("status %d, WWW-Authenticate %q", answer.status, answer.header.Get("WWW-Authenticate"))
			}
			if message := answer.message(t); !strings.Contains(message, "client credentials") ||
				strings.Contains(message, "canary") {
				t.Errorf("message %q", message)
			}
		})
	}
}

func TestTokenRefusesOtherBodies(t *testing.T) {
	api := serve(t, emulator.Config{})
	for name, test := range map[string]struct{ mediaType, body, want string }{
		"JSON":             {"application/json", `{"grant_type":"client_credentials"}`, formType},
		"no media type":    {"", "grant_type=client_credentials", formType},
		"another grant":    {formType, "grant_type=canary", "only client_credentials"},
		"no grant":         {formType, "scope=canary", "grant_type: is missing"},
		"empty":            {formType, "", "grant_type: is missing"},
		"twice":            {formType, "grant_type=client_credentials&grant_type=client_credentials", "more than once"},
		"broken form":      {formType, "grant_type=%zz", "not a form"},
		"grant in another": {formType, "Grant_Type=client_credentials", "grant_type: is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			request := api.request("POST", "/oauth2/token?grant_type=client_credentials", test.body)
			request.SetBasicAuth(api.ClientID(), api.ClientSecret())
			if test.mediaType != "" {
				request.Header.Set("Content-Type", test.mediaType)
			}
			answer := api.do(request)
			if message := answer.message(t); answer.status != 400 || !strings.Contains(message, test.want) ||
				strings.Contains(message, "canary") {
				t.Errorf("status %d, message %q", answer.status, message)
			}
		})
	}
}

func TestTokenIsRefusedWhenMissingUnknownExpiredOrRevoked(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now, TokenLifetime: time.Minute})
	token := api.token()
	circuit := api.start(token, oneDocument())
	if err := api.Complete(circuit.CircuitID); err != nil {
		t.Fatal(err)
	}
	status := func(authorization string) (int, string) {
		request := api.downloadRequest("", api.Channel(), circuit.CircuitID)
		request.Header.Set("Authorization", authorization)
		answer := api.do(request)
		return answer.status, answer.header.Get("WWW-Authenticate")
	}
	refused := func(name, authorization, challenge string) {
		t.Helper()
		if got, header := status(authorization); got != 401 || !strings.HasPrefix(header, "Bearer ") ||
			strings.Contains(header, "invalid_token") != (challenge != "") {
			t.Errorf("%s: status %d, WWW-Authenticate %q", name, got, header)
		}
	}
	refused("missing", "", "")
	refused("another scheme", "Basic "+token, "")
	refused("no token", "Bearer ", "")
	refused("unknown", "Bearer "+token+"x", "invalid_token")
	for _, scheme := range []string{"Bearer ", "bearer ", "BEARER "} {
		if got, _ := status(scheme + token); got != 200 {
			t.Errorf("%q: status %d", scheme, got)
		}
	}
	now.Advance(time.Minute - time.Nanosecond)
	if got, _ := status("Bearer " + token); got != 200 {
		t.Errorf("just before it expires: status %d", got)
	}
	now.Advance(time.Nanosecond)
	refused("expired", "Bearer "+token, "invalid_token")

	first, second := api.token(), api.token()
	api.RevokeTokens()
	refused("revoked", "Bearer "+first, "invalid_token")
	refused("revoked", "Bearer "+second, "invalid_token")
	if got, _ := status("Bearer " + api.token()); got != 200 {
		t.Errorf("a token after RevokeTokens: status %d", got)
	}
}

func TestTokenLifetimeIsAnnouncedInWholeSeconds(t *testing.T) {
	api := serve(t, emulator.Config{TokenLifetime: 2900 * time.Millisecond})
	if answer := api.do(api.tokenRequest()); !strings.Contains(string(answer.body), `"expires_in":2}`) {
		t.Errorf("body %s", answer.body)
	}
}
