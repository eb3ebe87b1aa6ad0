package danabio

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/danabio/danabio-go/gen/biometricapi"
	"github.com/danabio/danabio-go/internal/reach"
)

// clientCredentialsExchange fetches tokens by the OAuth2 client credentials flow. The client
// authenticates only with HTTP Basic (published page). Another style is never tried, since that
// would send a wrong secret in more than one way.
func (c *core) clientCredentialsExchange(base string, plain *http.Client, held credentials,
	rawBasic bool) (func(context.Context) (*accessToken, error), error) {
	request, err := biometricapi.NewGetTokenRequestWithBody(base+"/", nil, "", nil) // only its URL is used
	if err != nil {
		return nil, invalidRequest("base URL: %w", err)
	}
	grant := clientcredentials.Config{
		ClientID:     held.id,
		ClientSecret: held.secret,
		TokenURL:     request.URL.String(),
		AuthStyle:    oauth2.AuthStyleInHeader,
	}
	basic := base64.StdEncoding.EncodeToString([]byte(held.id + ":" + held.secret))
	encoded := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(held.id) + ":" + url.QueryEscape(held.secret)))
	carried := c.secrets(basic, encoded)
	return func(ctx context.Context) (token *accessToken, err error) {
		err = c.retryLoop(ctx, operationToken, c.retry, func() *attemptError {
			exchange := &tokenExchange{core: c, next: plain.Transport, secrets: carried}
			if rawBasic {
				exchange.basic = basic
			}
			client := &http.Client{Transport: exchange, CheckRedirect: plain.CheckRedirect, Jar: plain.Jar}
			asked := time.Now()
			// The error of x/oauth2 holds the answer and prints it, so this exchange judges the
			// answer itself.
			result, err := grant.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
			switch {
			case exchange.attemptErr != nil:
				return exchange.attemptErr
			case err != nil:
				return classifyTransport(ctx, err)
			}
			token = newAccessToken(result.AccessToken, asked, exchange.lifetime)
			return nil
		})
		return token, err
	}, nil
}

// tokenExchange is the transport of one token request. It judges the answer before x/oauth2 does,
// which accepts more than the API promises, and passes on only what x/oauth2 needs.
type tokenExchange struct {
	core    *core
	next    http.RoundTripper
	basic   string // replaces the form-encoded pair of x/oauth2
	secrets []string

	lifetime   time.Duration
	attemptErr *attemptError
}

func (x *tokenExchange) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	req = req.Clone(ctx)
	req.Header.Set("User-Agent", x.core.userAgent)
	req.Header.Set("Accept", "application/json")
	if x.basic != "" {
		req.Header.Set("Authorization", "Basic "+x.basic)
	}
	resp, err := x.next.RoundTrip(req)
	if err != nil {
		x.attemptErr = classifyTransport(ctx, err)
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		err := errorFromResponse(ctx, operationToken, "", resp, x.secrets)
		var answer *APIError
		if errors.As(err, &answer) && answer.StatusCode == http.StatusBadRequest {
			answer.kind = ErrUnauthorized // RFC 6749 uses 400 for a client that the server does not accept
		}
		x.attemptErr = &attemptError{err: err, retryable: errors.Is(err, ErrUnavailable)}
		return nil, err
	}
	body, err := readBody(resp)
	if err != nil {
		x.attemptErr = classifyTransport(ctx, err)
		return nil, err
	}
	canonical, lifetime, err := parseToken(body)
	if err != nil {
		x.attemptErr = permanent(err)
		return nil, err
	}
	x.lifetime = lifetime
	resp.Header = http.Header{"Content-Type": {"application/json"}}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(canonical)), int64(len(canonical))
	return resp, nil
}

// parseToken parses a token response. It needs a usable access_token. If there is a token_type, it
// must be Bearer in any spelling. If there is an expires_in, it must be a number of seconds,
// possibly in quotes. parseToken returns the response in its plainest form, and the lifetime: zero
// if it is missing, and otherwise as received, even if negative or huge.
func parseToken(body []byte) (canonical []byte, lifetime time.Duration, err error) {
	answer := readFields(body, "access_token", "token_type", "expires_in", "error")
	value, _ := answer.get("access_token")
	token, isText := value.(string)
	if answer.truncated { // it is easy to request another
		return nil, 0,
			fmt.Errorf("%w: the token endpoint's answer is not a JSON object with a token; check the environment or "+
				"base URL", ErrProtocol)
	}
	if !isText {
		if refused, _ := answer.get("error"); slices.Contains([]any{"invalid_client", "unauthorized_client",
			"access_denied"}, refused) {
			return nil, 0, fmt.Errorf("%w: the token endpoint answered as if it went well, and says %s",
				ErrUnauthorized, refused)
		}
		return nil, 0,
			fmt.Errorf("%w: the token endpoint's answer has no access_token%s; check the environment or base URL",
				ErrProtocol, inParentheses(answer.notices))
	}
	if err := checkTokenText(token); err != nil {
		return nil, 0, err
	}
	if kind, found := answer.get("token_type"); found && !isBearer(kind) {
		return nil, 0, fmt.Errorf("%w: the token is not of type Bearer", ErrProtocol)
	}
	expires, _ := answer.get("expires_in")
	if lifetime, err = parseLifetime(expires); err != nil {
		return nil, 0, err
	}
	canonical, err = json.Marshal(map[string]string{"access_token": token, "token_type": "Bearer"})
	return canonical, lifetime, err
}

// isBearer reports whether a token_type means a bearer token. Some servers send BearerToken, or
// nothing.
func isBearer(kind any) bool {
	text, isText := kind.(string)
	text = strings.ToLower(strings.TrimSpace(text))
	return kind == nil || isText && (text == "" || text == "bearer" || text == "bearertoken")
}

func parseLifetime(value any) (time.Duration, error) {
	var text string
	switch value := value.(type) {
	case nil:
		return 0, nil
	case json.Number:
		text = value.String()
	case string:
		var number json.Number // accept only JSON numbers
		if json.Unmarshal([]byte(value), &number) == nil {
			text = number.String()
		}
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%w: the token's expires_in is not a number of seconds", ErrProtocol)
	}
	if math.Abs(seconds) > maxLifetime.Seconds() {
		return time.Duration(math.Copysign(float64(maxLifetime+time.Second), seconds)), nil
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

// callerExchange gets tokens from the caller's own source.
func callerExchange(source oauth2.TokenSource) func(context.Context) (*accessToken, error) {
	return func(context.Context) (*accessToken, error) {
		token, err := source.Token()
		if err != nil {
			return nil, callerTokenError(err)
		}
		if token == nil {
			return nil, fmt.Errorf("%w: the caller's token source returned no token", ErrProtocol)
		}
		if err := checkTokenText(token.AccessToken); err != nil {
			return nil, err
		}
		if !strings.EqualFold(token.Type(), "Bearer") {
			return nil, fmt.Errorf("%w: the token is not of type Bearer", ErrProtocol)
		}
		return &accessToken{value: NewSecret(token.AccessToken), expires: token.Expiry}, nil
	}
}

// callerTokenError hides the text of the source's error, since that of x/oauth2 quotes the token
// endpoint's answer. errors.As still finds the error.
func callerTokenError(err error) error {
	kind, text, passing := ErrUnavailable, "the caller's token source failed",
		reach.Classify(err).Class == reach.Passing
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) && answer.Response != nil {
		status := answer.Response.StatusCode
		text = fmt.Sprintf("%s: status %d", text, status)
		passing = status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooManyRequests
		if status == http.StatusUnauthorized || status == http.StatusBadRequest {
			kind = ErrUnauthorized
		}
	}
	failed := fmt.Errorf("%w: %w", kind, maskedError{text, hiddenError{err, slices.Concat(contextErrors, sentinels)}})
	if kind == ErrUnavailable && !passing {
		return uncertainError{failed}
	}
	return failed
}
