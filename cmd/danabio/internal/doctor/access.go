package doctor

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
	"github.com/danabio/danabio-go/pkg/danabio"
)

func (x *examination) checkToken(ctx context.Context) Check {
	config := x.config.Client()
	config.Retry = danabio.RetryPolicy{MaxAttempts: 1}
	var err error
	if x.client, err = danabio.New(config); err != nil {
		return Fails(Configuration, Say("the settings cannot be used"), You,
			Say("see what any other command says about them"))
	}
	token, err := x.client.Authenticate(ctx)
	if err == nil {
		return Fine(Say("the credentials are accepted; a token is good for about %d minutes",
			int(time.Until(token.ExpiresAt).Round(time.Minute)/time.Minute)))
	}
	if errors.Is(err, danabio.ErrUnauthorized) {
		return Fails(Unauthorized, Say("the server refuses the client id and secret: it answers %d", statusOf(err)),
			You,
			Say("check both, and that they belong to this environment; if they do, ask DANAconnect whether they are "+
				"still good"))
	}
	return x.refusal(err)
}

// checkChannel requests the evidence of a circuit that does not exist.
func (x *examination) checkChannel(ctx context.Context) Check {
	evidence, err := x.client.OpenEvidence(ctx, reach.UnknownCircuit())
	switch {
	case err == nil:
		_ = evidence.Close()
		return Check{Status: Warning, Found: Say("the server has evidence for a circuit that does not exist"),
			Who:    Vendor,
			Advice: Say("ask whether this is DANAconnect's server")}
	case errors.Is(err, danabio.ErrNotReady) && isPage(err):
		return Check{Status: Warning, Who: You,
			Found:  Say("a server other than the API seems to answer: 404 with an HTML page"),
			Advice: Say("look for a mistake in the base URL; if it is right, ask DANAconnect")}
	case errors.Is(err, danabio.ErrNotReady):
		return Fine(Say("the API can be used with these credentials; whether the channel exists does not show, since " +
			"the server answers 404 to an unknown channel and to an unknown circuit alike"))
	case errors.Is(err, danabio.ErrUnauthorized):
		return Fails(Unauthorized, Say("the server does not accept its own token for this channel: it answers %d",
			statusOf(err)), Vendor,
			Say("ask whether the client id may use the channel"))
	case statusOf(err) == http.StatusForbidden:
		return Fails(Refused, Say("the server refuses the channel to this client id: it answers 403"), You,
			Say("check the channel, and that it belongs to this environment; if it does, ask DANAconnect whether the "+
				"client id may use it"))
	}
	return x.refusal(err)
}

// refusal explains errors that both requests can meet.
func (x *examination) refusal(err error) Check {
	status := statusOf(err)
	switch {
	case status == http.StatusProxyAuthRequired && x.proxy != nil:
		return proxyRefused(status)
	case errors.Is(err, danabio.ErrTLS) && x.base.Scheme == "http":
		return Fails(Unreached, Say("the server speaks TLS on this port, and got plain HTTP"), You,
			Say("give the base URL with https"))
	case errors.Is(err, danabio.ErrRedirected), errors.Is(err, danabio.ErrProtocol),
		errors.Is(err, danabio.ErrIntegrity):
		return Fails(Unreached, Say("what answers is not the API: perhaps a login page of your network"), Network,
			Say("look for a mistake in the base URL; open a page in a browser, and if a login page comes, log in or "+
				"have this machine excepted"))
	case status == http.StatusNotFound && isPage(err):
		return Fails(Unreached, Say("a server other than the API answers: 404 with an HTML page"), You,
			Say("look for a mistake in the base URL; if it is right, ask DANAconnect"))
	case status != 0 && errors.Is(err, danabio.ErrUnavailable):
		return Fails(Unreached, Say("the server answers %d: it is not available now", status), Vendor,
			Say("if that lasts longer than some minutes, ask what is wrong"))
	case status != 0:
		return Fails(Refused, Say("the server answers %d to the request", status), Vendor, Say("ask why"))
	}
	return Fails(Unreached, x.cause(err), Network, Say("ask whether a firewall or a proxy ends connections to %s",
		x.base.Host))
}

// isPage reports whether the server answered with an HTML page.
func isPage(err error) bool {
	var answer *danabio.APIError
	return errors.As(err, &answer) && answer.MediaType == "text/html"
}

// addedPaths lists the paths that danabio appends to the base URL, the longest first.
var addedPaths = []string{"/api/v1/biometric", "/api/v1", "/oauth2/token", "/oauth2"}

// AddedPath returns the suffix of a base URL that danabio appends itself, so that requests would
// contain it twice, or "".
func AddedPath(base string) string {
	for _, path := range addedPaths {
		if strings.HasSuffix(strings.TrimRight(base, "/"), path) {
			return path
		}
	}
	return ""
}

// statusOf returns the status of the server's response, or 0.
func statusOf(err error) int {
	var answer *danabio.APIError
	if errors.As(err, &answer) {
		return answer.StatusCode
	}
	return 0
}
