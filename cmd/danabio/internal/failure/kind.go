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

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/internal/atomicfile"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// Kind is a stable word for the kind of a failure. There is one for each decision that a caller can
// make. With --json it is the value of "error"; docs/errors.md explains each. Kinds are never
// renamed, but new ones may be added.
type Kind string

const (
	KindUsage          Kind = "usage"
	KindBadInput       Kind = "bad-input"
	KindFileExists     Kind = "file-exists"
	KindAlreadyStarted Kind = "already-started"
	KindNotReady       Kind = "not-ready"
	KindUnauthorized   Kind = "unauthorized"
	KindOutcomeUnknown Kind = "outcome-unknown"
	KindIntegrity      Kind = "integrity"
	KindDeviates       Kind = "deviates"
	KindRefused        Kind = "refused"
	KindRateLimited    Kind = "rate-limited"
	KindUnavailable    Kind = "unavailable"
	KindUnknownHost    Kind = "unknown-host"
	KindCertificate    Kind = "certificate"
	KindTLS            Kind = "tls"
	KindProxy          Kind = "proxy"
	KindPlainHTTP      Kind = "plain-http"
	KindRedirect       Kind = "redirect"
	KindProtocol       Kind = "protocol"
	KindTruncated      Kind = "truncated"
	KindNoSpace        Kind = "no-space"
	KindPermission     Kind = "permission"
	KindStarted        Kind = "started"
	KindFailed         Kind = "failed"
	KindInterrupted    Kind = "interrupted"
)

// kinds lists all kinds with their exit codes, in the order of docs/errors.md.
var kinds = [...]struct {
	kind Kind
	exit int
}{
	{KindUsage, ExitUsage},
	{KindBadInput, ExitUsage},
	{KindFileExists, ExitUsage},
	{KindAlreadyStarted, ExitUsage},
	{KindNotReady, ExitNotReady},
	{KindUnauthorized, ExitUnauthorized},
	{KindOutcomeUnknown, ExitUnknown},
	{KindIntegrity, ExitIntegrity},
	{KindDeviates, ExitIntegrity},
	{KindRefused, ExitRefused},
	{KindRateLimited, ExitRefused},
	{KindUnavailable, ExitFailed},
	{KindUnknownHost, ExitFailed},
	{KindCertificate, ExitFailed},
	{KindTLS, ExitFailed},
	{KindProxy, ExitFailed},
	{KindPlainHTTP, ExitFailed},
	{KindRedirect, ExitFailed},
	{KindProtocol, ExitFailed},
	{KindTruncated, ExitFailed},
	{KindNoSpace, ExitFailed},
	{KindPermission, ExitFailed},
	{KindStarted, ExitFailed},
	{KindFailed, ExitFailed},
	{KindInterrupted, ExitInterrupted},
}

func (k Kind) ExitCode() int {
	for _, known := range kinds {
		if known.kind == k {
			return known.exit
		}
	}
	return ExitFailed
}

// KindOf returns the kind of an error. No other function maps errors to kinds.
func KindOf(err error) Kind {
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
		return KindOutcomeUnknown
	case errors.As(err, &exists) && exists.Outcome() == danabio.Started:
		return KindAlreadyStarted
	case errors.As(err, &exists):
		return KindOutcomeUnknown
	case errors.Is(err, context.Canceled):
		return KindInterrupted
	case errors.Is(err, danabio.ErrPlainHTTP):
		return KindPlainHTTP
	case errors.As(err, &wrong):
		return KindUsage
	case errors.As(err, &bad):
		return bad.kind
	case errors.Is(err, danabio.ErrInvalidRequest) && errors.Is(err, fs.ErrExist):
		return KindFileExists
	case errors.Is(err, danabio.ErrInvalidRequest):
		return KindBadInput
	case errors.Is(err, danabio.ErrUnauthorized):
		return KindUnauthorized
	case errors.Is(err, danabio.ErrNotReady):
		return KindNotReady
	case errors.Is(err, danabio.ErrIntegrity), errors.Is(err, evidence.ErrRefused):
		return KindIntegrity
	case errors.Is(err, ErrDeviates):
		return KindDeviates
	case errors.Is(err, danabio.ErrProxy): // a proxy's 407 to plain HTTP also looks like a refusal
		return KindProxy
	case Refused(err) && isRateLimit(err):
		return KindRateLimited
	case Refused(err):
		return KindRefused
	}
	return kindOfFailure(err)
}

// kindOfFailure distinguishes the kinds with exit code 1.
func kindOfFailure(err error) Kind {
	switch {
	case errors.Is(err, danabio.ErrRedirected):
		return KindRedirect
	case errors.Is(err, danabio.ErrCertificate):
		return KindCertificate
	case errors.Is(err, danabio.ErrTLS):
		return KindTLS
	case errors.Is(err, danabio.ErrUnknownHost):
		return KindUnknownHost
	case errors.Is(err, danabio.ErrTruncated):
		return KindTruncated
	case errors.Is(err, danabio.ErrUnavailable):
		return KindUnavailable
	case errors.Is(err, danabio.ErrProtocol):
		return KindProtocol
	case atomicfile.NoSpace(err):
		return KindNoSpace
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return KindPermission
	}
	return KindFailed
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

// ErrDeviates means that the server does not follow the spec.
var ErrDeviates = i18n.Errorf("the server deviates from the spec")
