package danabio

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// What callers decide on with [errors.Is]. Each error of this package matches at most one of the
// first seven, but for that of [Client.WaitForEvidence] past its time, which matches ErrNotReady
// and what the last poll met. An [*OutcomeUnknownError] matches none of them, whatever its cause,
// since each of them has callers do what must not be done then. A failure that this package does
// not know, of the caller's RoundTripper for instance, matches none either: nothing says that it
// will pass.
var (
	// ErrInvalidRequest: the input is wrong, and nothing was sent.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrUnauthorized: the server refuses the credentials or the token.
	ErrUnauthorized = errors.New("not authorised")
	// ErrUnavailable: the server could not be reached, or did not answer, or answered that it
	// cannot now, as often as was tried.
	ErrUnavailable = errors.New("service unavailable")
	// ErrProtocol: the server's answer is not what the API promises, or no HTTP.
	ErrProtocol = errors.New("unexpected answer")
	// ErrNotReady: the circuit is unknown or not completed; the API has one status for both
	// (published page).
	ErrNotReady = errors.New("circuit is unknown or not completed")
	// ErrTruncated: the evidence broke off, as often as was tried.
	ErrTruncated = errors.New("evidence broke off")
	// ErrIntegrity: the evidence is not acceptable. If it came whole, the error is a
	// [*RejectedError].
	ErrIntegrity = errors.New("evidence is not acceptable")

	// ErrRedirected: the server answered with a redirect, which is not followed, so that no token
	// goes elsewhere.
	ErrRedirected = errors.New("redirect not followed")
	// ErrCertificate: the server's TLS certificate is not valid for it, or cannot be read.
	ErrCertificate = errors.New("bad TLS certificate")
	// ErrTLS: the server has no TLS that this client takes, or does not take this client's.
	ErrTLS = errors.New("no TLS connection")
	// ErrProxy: the proxy refuses to connect to the server, or the setting that names the proxy
	// cannot be used.
	ErrProxy = errors.New("proxy not usable")
	// ErrUnknownHost: the host name does not exist.
	ErrUnknownHost = errors.New("unknown host")
	// ErrPlainHTTP: plain HTTP to another machine is not allowed.
	ErrPlainHTTP = errors.New("plain HTTP is not allowed")
	// ErrClosed: the client is closed.
	ErrClosed = errors.New("client is closed")
)

func invalidRequest(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalidRequest}, args...)...)
}

// APIError is an answer of the server with an error status. It matches [ErrUnauthorized],
// [ErrUnavailable], [ErrNotReady] or [ErrProxy] where the status means that; any other is the
// server's refusal.
type APIError struct {
	Operation  string // "get token", "start circuit" or "download evidence"
	Method     string
	URL        string // without query
	StatusCode int
	Code       string // the body's own error code, if it has one; at most 64 characters
	// the body's own short message, if it has one; at most 300 printable characters, what the
	// request carried masked
	Message   string
	MediaType string // of the body, such as "text/html"; empty if the server does not say
	// the server's id of the request, if it sends one (which header is assumed: X-Request-Id and
	// the like)
	ServerRequestID string
	Circuit         string        // the circuit asked for, if any
	RetryAfter      time.Duration // what the server asks to wait; 0 if it does not say

	kind error
}

func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "server answered %d", e.StatusCode)
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.ServerRequestID != "" {
		fmt.Fprintf(&b, " [request %s]", e.ServerRequestID)
	}
	return b.String()
}

// Unwrap returns the sentinel that the status stands for, or nil.
func (e *APIError) Unwrap() error { return e.kind }

// LogValue implements [slog.LogValuer].
func (e *APIError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("operation", e.Operation), slog.Int("status", e.StatusCode), slog.String("code", e.Code),
		slog.String("server_request_id", e.ServerRequestID), slog.String("circuit", e.Circuit))
}

// OutcomeState says how far a start came.
type OutcomeState string

// The states of a start. An [OutcomeUnknownError] has one of the first two; the others are for a
// [Journal].
const (
	// PartlySent: some bytes left, not all. The server cannot have the whole request, but what it
	// did with the part is not known.
	PartlySent OutcomeState = "partly sent"
	// OutcomeUnknown: the server may have the whole request; whether it started a circuit is not
	// known.
	OutcomeUnknown OutcomeState = "outcome unknown"
	// Started: the server started a circuit.
	Started OutcomeState = "started"
	// Refused: the server refused it, by a status that means it did nothing with the request. That
	// no circuit was started is the server's word.
	Refused OutcomeState = "refused"
	// NotSent: no byte of it left.
	NotSent OutcomeState = "not sent"
)

// OutcomeUnknownError says that a start may have started a circuit. It is never sent again by this
// package; to reconcile it, ask the vendor for a request with this ID and time. [errors.As] finds
// an [*APIError] in it if the server answered, and [errors.Is] the context's error.
type OutcomeUnknownError struct {
	RequestID string // the [CircuitRequest]'s ID
	Channel   string
	StartedAt time.Time // UTC, when the request was begun, by this machine's clock
	Outcome   OutcomeState
	// Documents is what was sent, if all of it was read to be sent: the outcome is
	// [OutcomeUnknown].
	Documents []SentDocument
	Err       error // why
}

func (e *OutcomeUnknownError) Error() string {
	what := "it may have started a circuit"
	if e.Outcome == PartlySent {
		what = "it was sent in part"
	}
	return fmt.Sprintf("request %q: %s, and is not sent again: %v", e.RequestID, what, e.Err)
}

// Unwrap returns the cause, without what callers decide on.
func (e *OutcomeUnknownError) Unwrap() error { return hiddenError{e.Err, sentinels} }

// RejectedError says that evidence came whole but is not acceptable, and was kept aside. It matches
// [ErrIntegrity].
type RejectedError struct {
	// path of what came; the reasons, a [Rejected] in JSON, are beside it under the same name with
	// ".json" appended
	Kept string
	Err  error // why
}

func (e *RejectedError) Error() string {
	return fmt.Sprintf("%v; kept as %s, the reasons in %s.json", e.Err, e.Kept, e.Kept)
}

// Unwrap returns the cause.
func (e *RejectedError) Unwrap() error { return e.Err }

// LogValue implements [slog.LogValuer].
func (e *OutcomeUnknownError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("request", e.RequestID), slog.String("channel", e.Channel),
		slog.String("state", string(e.Outcome)))
}

// operationError names the operation, once, and the circuit if there is one; not what was given in
// the place of one.
func operationError(operation, circuit string, err error) error {
	if err == nil {
		return nil
	}
	if checkSegment("circuit", circuit) != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return fmt.Errorf("%s of circuit %q: %w", operation, circuit, err)
}
