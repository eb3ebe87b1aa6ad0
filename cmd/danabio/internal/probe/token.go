package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/danabio/danabio-go/gen/biometricapi"
	"github.com/danabio/danabio-go/internal/message"
)

func (p *prober) tokenRequest(secret string) (*http.Request, error) {
	request, err := biometricapi.NewGetTokenRequestWithBody(p.config.BaseURL+"/", nil,
		"application/x-www-form-urlencoded",
		strings.NewReader(url.Values{"grant_type": {message.GrantType}}.Encode()))
	if err != nil {
		return nil, fmt.Errorf("probe: make the request for a token: %w", err)
	}
	request.Header.Set("Authorization", p.basic(secret))
	request.Header.Set("Accept", "application/json")
	return request, nil
}

func (p *prober) probeToken(ctx context.Context) error {
	request, err := p.tokenRequest(p.config.ClientSecret)
	if err != nil {
		return err
	}
	operation := p.spec.operation(getToken)
	probe, x := p.probe(ctx, call{
		name: "token", sends: "the client's own id and secret", operation: operation, want: operation.success(),
		request: request, useful: func(x *exchange) []Deviation { return usefulToken(operation, x) },
	})
	if x.status == http.StatusUnauthorized {
		probe.Deviations = []Deviation{}
		probe.notChecked(CredentialsRefused, "the server answers 401: it does not accept the client id and secret")
	}
	if x.status == 0 && (x.late || !x.connected) {
		// With no server there, each further request would take its whole time limit.
		p.silent = x.failure
	}
	if x.ok() {
		p.answers.token = x
		if text, ok := x.object()["access_token"].(string); ok && tokenText(text) {
			p.token = text
		}
	}
	return nil
}

// usefulToken lists what prevents a response from being used as a token.
func usefulToken(operation operation, x *exchange) []Deviation {
	object := x.object()
	var missing []Deviation
	switch text, ok := object["access_token"].(string); {
	case !ok || text == "":
		missing = append(missing, missingField(operation, x, "access_token", "nobody can make another request"))
	case !tokenText(text):
		missing = append(missing,
			Deviation{Class: FieldValue, Message: "the access_token contains characters that cannot be in a header"})
	}
	if text, ok := object["token_type"].(string); ok && !strings.EqualFold(text, "Bearer") {
		missing = append(missing, Deviation{Class: FieldValue,
			Message: "the token_type is not Bearer, which is what the other operations need"})
	}
	return missing
}

// missingField returns the deviation of a response without the text field name. use says what
// nobody can do then.
func missingField(operation operation, x *exchange, name, use string) Deviation {
	if x.object() == nil {
		return Deviation{Class: MissingField,
			Message: fmt.Sprintf("the answer's body is not a JSON object, so it has no %s, and %s", name, use)}
	}
	assumed := ""
	if _, ok := x.object()[name]; !ok {
		assumed = operation.withoutField(x.status, name)
	}
	return Deviation{Class: MissingField, Assumed: assumed,
		Message: fmt.Sprintf("the answer has no text field %s, so %s", name, use)}
}

// tokenText reports whether text can stand in an Authorization header.
func tokenText(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (p *prober) probeWrongSecret(ctx context.Context) error {
	request, err := p.tokenRequest(p.wrongToken)
	if err != nil {
		return err
	}
	p.probe(ctx, call{
		name: "token-wrong-secret", sends: "the client's own id and a made-up secret",
		operation: p.spec.operation(getToken),
		want:      http.StatusUnauthorized, request: request,
	})
	return nil
}

// probeWrongMethods requests each path with a method that cannot change anything and that the spec
// does not have for the path.
func (p *prober) probeWrongMethods(ctx context.Context) error {
	token, err := p.tokenRequest(p.config.ClientSecret)
	if err != nil {
		return err
	}
	token.Body, token.ContentLength = nil, 0
	token.Header.Del("Content-Type")
	start, err := p.startRequest(nil, p.bearer())
	if err != nil {
		return err
	}
	start.Header.Del("Content-Type")
	download, err := p.downloadRequest(p.unknown, p.bearer())
	if err != nil {
		return err
	}
	for _, c := range []call{
		{name: "token-wrong-method", operation: p.spec.operation(getToken), method: http.MethodGet, request: token},
		{name: "start-wrong-method", operation: p.spec.operation(startCircuit), method: http.MethodGet, request: start},
		{name: "download-wrong-method", operation: p.spec.operation(downloadEvidence), method: http.MethodPost,
			request: download},
	} {
		if other, ok := c.operation.byMethod(c.method); ok {
			p.note(call{name: c.name, sends: c.method + ", which the spec has for this path too", operation: other,
				want: other.success()})
			continue
		}
		c.sends = c.method + " instead of " + c.operation.method
		p.probe(ctx, c)
	}
	return nil
}

// bearer returns the token, or a made-up one if there is none.
func (p *prober) bearer() string {
	if p.token == "" {
		return p.wrongToken
	}
	return p.token
}
