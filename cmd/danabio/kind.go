package main

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

// The exit codes, as the help of the root command explains them.
const (
	exitDone         = 0
	exitFailed       = 1
	exitUsage        = 2
	exitNotReady     = 3
	exitUnauthorized = 4
	exitUnknown      = 5
	exitIntegrity    = 6
	exitRefused      = 7
	exitInterrupted  = 130
)

// kind is a stable word for what went wrong, one for each decision that a caller can make. With
// --json it is the value of "error", and docs/errors.md explains it. Words stay; there may be more
// one day.
type kind string

const (
	kindUsage          kind = "usage"
	kindBadInput       kind = "bad-input"
	kindFileExists     kind = "file-exists"
	kindAlreadyStarted kind = "already-started"
	kindNotReady       kind = "not-ready"
	kindUnauthorized   kind = "unauthorized"
	kindOutcomeUnknown kind = "outcome-unknown"
	kindIntegrity      kind = "integrity"
	kindDeviates       kind = "deviates"
	kindRefused        kind = "refused"
	kindRateLimited    kind = "rate-limited"
	kindUnavailable    kind = "unavailable"
	kindUnknownHost    kind = "unknown-host"
	kindCertificate    kind = "certificate"
	kindTLS            kind = "tls"
	kindProxy          kind = "proxy"
	kindPlainHTTP      kind = "plain-http"
	kindRedirect       kind = "redirect"
	kindProtocol       kind = "protocol"
	kindTruncated      kind = "truncated"
	kindNoSpace        kind = "no-space"
	kindPermission     kind = "permission"
	kindStarted        kind = "started"
	kindFailed         kind = "failed"
	kindInterrupted    kind = "interrupted"
)

// kinds are all of them, in the order of docs/errors.md, each with its exit code.
var kinds = [...]struct {
	kind kind
	exit int
}{
	{kindUsage, exitUsage},
	{kindBadInput, exitUsage},
	{kindFileExists, exitUsage},
	{kindAlreadyStarted, exitUsage},
	{kindNotReady, exitNotReady},
	{kindUnauthorized, exitUnauthorized},
	{kindOutcomeUnknown, exitUnknown},
	{kindIntegrity, exitIntegrity},
	{kindDeviates, exitIntegrity},
	{kindRefused, exitRefused},
	{kindRateLimited, exitRefused},
	{kindUnavailable, exitFailed},
	{kindUnknownHost, exitFailed},
	{kindCertificate, exitFailed},
	{kindTLS, exitFailed},
	{kindProxy, exitFailed},
	{kindPlainHTTP, exitFailed},
	{kindRedirect, exitFailed},
	{kindProtocol, exitFailed},
	{kindTruncated, exitFailed},
	{kindNoSpace, exitFailed},
	{kindPermission, exitFailed},
	{kindStarted, exitFailed},
	{kindFailed, exitFailed},
	{kindInterrupted, exitInterrupted},
}

func (k kind) exitCode() int {
	for _, known := range kinds {
		if known.kind == k {
			return known.exit
		}
	}
	return exitFailed
}

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	var several interface{ worst() int }
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &several):
		return several.worst()
	}
	return kindOf(err).exitCode()
}

// kindOf is the one place where an error becomes a kind.
func kindOf(err error) kind {
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
		return kindStarted
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
		return kindBadInput
	case errors.Is(err, danabio.ErrUnauthorized):
		return kindUnauthorized
	case errors.Is(err, danabio.ErrNotReady):
		return kindNotReady
	case errors.Is(err, danabio.ErrIntegrity), errors.Is(err, evidence.ErrRefused):
		return kindIntegrity
	case errors.Is(err, errDeviates):
		return kindDeviates
	case errors.Is(err, danabio.ErrProxy): // whose 407 to plain HTTP is a refusal too
		return kindProxy
	case refused(err) && tooMany(err):
		return kindRateLimited
	case refused(err):
		return kindRefused
	}
	return kindOfFailure(err)
}

// kindOfFailure tells the kinds of exit code 1 apart.
func kindOfFailure(err error) kind {
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
		return kindUnavailable
	case errors.Is(err, danabio.ErrProtocol):
		return kindProtocol
	case atomicfile.NoSpace(err):
		return kindNoSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return kindPermission
	}
	return kindFailed
}

// refused reports whether the server answered and does not want the request. A 429 to a start is
// that too, since no circuit was started; a 429 to anything else is as good as no answer.
func refused(err error) bool {
	var answer *danabio.APIError
	if !errors.As(err, &answer) {
		return false
	}
	return answer.Operation == operationStart || !errors.Is(err, danabio.ErrUnavailable)
}

func tooMany(err error) bool {
	var answer *danabio.APIError
	return errors.As(err, &answer) && answer.StatusCode == http.StatusTooManyRequests
}

// operationStart is how an [danabio.APIError] calls a start.
const operationStart = "start circuit"
