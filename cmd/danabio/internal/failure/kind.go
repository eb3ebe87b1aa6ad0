// Package failure decides what an error means to the user of a command: its kind and exit code,
// what can be done about it, how it is printed, and how it is said in Spanish. Call [Print].
//
// This package contains errors of the command line, and what is known about those of other
// packages. It starts nothing.
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

// Kind is a stable word for the kind of a failure. There is one for each decision that a caller can
// make. With --json it is the value of "error"; docs/errors.md explains each. Kinds are never
// renamed, but new ones may be added.
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

// kinds lists all kinds with their exit codes, in the order of docs/errors.md.
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

// kindOf returns the kind of an error. No other function maps errors to kinds.
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
	case errors.As(err, &started): // whatever failed afterwards
		return KindStarted
	case errors.As(err, &unknown): // whatever the cause, the caller must know this
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
	case errors.Is(err, danabio.ErrProxy): // a proxy's 407 to plain HTTP also looks like a refusal
		return kindProxy
	case Refused(err) && isRateLimit(err):
		return kindRateLimited
	case Refused(err):
		return KindRefused
	}
	return kindOfFailure(err)
}

// kindOfFailure distinguishes the kinds with exit code 1.
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

// Refused reports whether the server answered and refused the request. A 429 to a start counts,
// because no circuit was started. A 429 to any other request counts as no answer.
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

// operationStart is the Operation of an [danabio.APIError] from a start.
const operationStart = "start circuit"
