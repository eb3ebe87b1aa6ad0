package failure

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"syscall"

	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// Kind is a stable word for what went wrong, one for each decision that a caller can make. With
// --json it is the value of "error", and docs/errors.md explains it. Words stay; there may be more
// one day.
type Kind string

const (
	kindUsage          Kind = "usage"
	KindBadInput       Kind = "bad-input"
	kindFileExists     Kind = "file-exists"
	kindAlreadyStarted Kind = "already-started"
	kindNotReady       Kind = "not-ready"
	KindUnauthorized   Kind = "unauthorized"
	kindOutcomeUnknown Kind = "outcome-unknown"
	kindIntegrity      Kind = "integrity"
	kindDeviates       Kind = "deviates"
	KindRefused        Kind = "refused"
	kindRateLimited    Kind = "rate-limited"
	KindUnavailable    Kind = "unavailable"
	kindUnknownHost    Kind = "unknown-host"
	kindCertificate    Kind = "certificate"
	kindTLS            Kind = "tls"
	kindProxy          Kind = "proxy"
	kindPlainHTTP      Kind = "plain-http"
	kindRedirect       Kind = "redirect"
	kindProtocol       Kind = "protocol"
	kindTruncated      Kind = "truncated"
	kindNoSpace        Kind = "no-space"
	kindPermission     Kind = "permission"
	KindStarted        Kind = "started"
	kindFailed         Kind = "failed"
	kindInterrupted    Kind = "interrupted"
)

// kinds are all of them, in the order of docs/errors.md, each with its exit code.
var kinds = [...]struct {
	kind Kind
	exit int
}{
	{kindUsage, ExitUsage},
	{KindBadInput, ExitUsage},
	{kindFileExists, ExitUsage},
	{kindAlreadyStarted, ExitUsage},
	{kindNotReady, ExitNotReady},
	{KindUnauthorized, ExitUnauthorized},
	{kindOutcomeUnknown, ExitUnknown},
	{kindIntegrity, ExitIntegrity},
	{kindDeviates, ExitIntegrity},
	{KindRefused, ExitRefused},
	{kindRateLimited, ExitRefused},
	{KindUnavailable, ExitFailed},
	{kindUnknownHost, ExitFailed},
	{kindCertificate, ExitFailed},
	{kindTLS, ExitFailed},
	{kindProxy, ExitFailed},
	{kindPlainHTTP, ExitFailed},
	{kindRedirect, ExitFailed},
	{kindProtocol, ExitFailed},
	{kindTruncated, ExitFailed},
	{kindNoSpace, ExitFailed},
	{kindPermission, ExitFailed},
	{KindStarted, ExitFailed},
	{kindFailed, ExitFailed},
	{kindInterrupted, ExitInterrupted},
}

func (k Kind) ExitCode() int {
	for _, known := range kinds {
		if known.kind == k {
			return known.exit
		}
	}
	return ExitFailed
}

// kindOf is the one place where an error becomes a kind.
func kindOf(err error) Kind {
	var (
		unknown *danabio.OutcomeUnknownError
		exists  *danabio.IntentExistsError
		wrong   *usageError
		bad     *inputError
		checks  *failedChecks
		started *afterStart
	)
	switch {
	case errors.As(err, &checks):
		return checks.kind
	case errors.As(err, &started): // whatever failed then
		return KindStarted
	case errors.As(err, &unknown): // whatever the cause, this is what the caller must know
		return kindOutcomeUnknown
	case errors.As(err, &exists) && exists.Outcome() == danabio.Started:
		return kindAlreadyStarted
	case errors.As(err, &exists):
		return kindOutcomeUnknown
	case errors.Is(err, context.Canceled):
		return kindInterrupted
	case errors.Is(err, danabio.ErrPlainHTTP):
		return kindPlainHTTP
	case errors.As(err, &wrong):
		return kindUsage
	case errors.As(err, &bad):
		return bad.kind
	case errors.Is(err, danabio.ErrInvalidRequest) && errors.Is(err, fs.ErrExist):
		return kindFileExists
	case errors.Is(err, danabio.ErrInvalidRequest):
		return KindBadInput
	case errors.Is(err, danabio.ErrUnauthorized):
		return KindUnauthorized
	case errors.Is(err, danabio.ErrNotReady):
		return kindNotReady
	case errors.Is(err, danabio.ErrIntegrity), errors.Is(err, evidence.ErrRefused):
		return kindIntegrity
	case errors.Is(err, ErrDeviates):
		return kindDeviates
	case errors.Is(err, danabio.ErrProxy): // whose 407 to plain HTTP is a refusal too
		return kindProxy
	case Refused(err) && isRateLimit(err):
		return kindRateLimited
	case Refused(err):
		return KindRefused
	}
	return kindOfFailure(err)
}

// kindOfFailure tells the kinds of exit code 1 apart.
func kindOfFailure(err error) Kind {
	switch {
	case errors.Is(err, danabio.ErrRedirected):
		return kindRedirect
	case errors.Is(err, danabio.ErrCertificate):
		return kindCertificate
	case errors.Is(err, danabio.ErrTLS):
		return kindTLS
	case errors.Is(err, danabio.ErrUnknownHost):
		return kindUnknownHost
	case errors.Is(err, danabio.ErrTruncated):
		return kindTruncated
	case errors.Is(err, danabio.ErrUnavailable):
		return KindUnavailable
	case errors.Is(err, danabio.ErrProtocol):
		return kindProtocol
	case atomicfile.NoSpace(err):
		return kindNoSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return kindPermission
	}
	return kindFailed
}

// Refused reports whether the server answered and does not want the request. A 429 to a start is
// that too, since no circuit was started; a 429 to anything else is as good as no answer.
func Refused(err error) bool {
	var answer *danabio.APIError
	if !errors.As(err, &answer) {
		return false
	}
	return answer.Operation == operationStart || !errors.Is(err, danabio.ErrUnavailable)
}

func isRateLimit(err error) bool {
	var answer *danabio.APIError
	return errors.As(err, &answer) && answer.StatusCode == http.StatusTooManyRequests
}

// operationStart is how an [danabio.APIError] calls a start.
const operationStart = "start circuit"
