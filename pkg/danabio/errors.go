package danabio

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Errors that callers decide on with [errors.Is]. Each error of this package matches at most one of
// the first seven, with one exception: when [Client.WaitForEvidence] runs out of time, its error
// matches ErrNotReady and the error of the last poll. An [*OutcomeUnknownError] matches none of
// them, whatever its cause, because callers would then do the wrong thing. A failure that this
// package does not know, for example of the caller's RoundTripper, matches none either, because it
// may not be temporary.
var (
	// ErrInvalidRequest means that the input is wrong, and that nothing was sent.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrUnauthorized means that the server refuses the credentials or the token.
	ErrUnauthorized = errors.New("not authorised")
	// ErrUnavailable means that in every attempt the server could not be reached, did not answer,
	// or answered that it cannot handle the request now.
	ErrUnavailable = errors.New("service unavailable")
	// ErrProtocol means that the server's answer is not what the API promises, or not HTTP.
	ErrProtocol = errors.New("unexpected answer")
	// ErrNotReady means that the circuit is unknown or not completed. The API has one status for
	// both (published page).
	ErrNotReady = errors.New("circuit is unknown or not completed")
	// ErrTruncated means that the evidence broke off in every attempt.
	ErrTruncated = errors.New("evidence broke off")
	// ErrIntegrity means that the evidence is not acceptable. If it arrived complete, the error is
	// a [*RejectedError].
	ErrIntegrity = errors.New("evidence is not acceptable")

	// ErrRedirected means that the server answered with a redirect. Redirects are not followed, so
	// that no token goes elsewhere.
	ErrRedirected = errors.New("redirect not followed")
	// ErrCertificate means that the server's TLS certificate is not valid for it, or cannot be
	// read.
	ErrCertificate = errors.New("bad TLS certificate")
	// ErrTLS means that client and server have no TLS version or cipher in common, or that one of
	// them rejects the other's.
	ErrTLS = errors.New("no TLS connection")
	// ErrProxy means that the proxy refuses to connect to the server, or that the setting that
	// names the proxy is not usable.
	ErrProxy = errors.New("proxy not usable")
	// ErrUnknownHost means that the host name does not exist.
	ErrUnknownHost = errors.New("unknown host")
	// ErrPlainHTTP means that plain HTTP to another machine is not allowed.
	ErrPlainHTTP = errors.New("plain HTTP is not allowed")
	// ErrClosed means that the client is closed.
	ErrClosed = errors.New("client is closed")
)

func invalidRequest(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalidRequest}, args...)...)
}

// APIError is a response with an error status. It matches [ErrUnauthorized], [ErrUnavailable],
// [ErrNotReady] or [ErrProxy] if the status means that. With any other status the server refused
// the request.
type APIError struct {
	Operation  string // "get token", "start circuit" or "download evidence"
	Method     string
	URL        string // without query
	StatusCode int
	Code       string // error code from the body, if any; at most 64 characters
	// short message from the body, if any; at most 300 printable characters, with the request's
	// values masked
	Message   string
	MediaType string // of the body, such as "text/html"; empty if the server does not say
	// the server's ID of the request, if it sends one (which header is assumed: X-Request-Id and
	// similar ones)
	ServerRequestID string
	Circuit         string        // the requested circuit, if any
	RetryAfter      time.Duration // how long the server asks to wait; 0 if it does not say

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

// Unwrap returns the error that the status stands for, or nil.
func (e *APIError) Unwrap() error { return e.kind }

// LogValue implements [slog.LogValuer].
func (e *APIError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("operation", e.Operation), slog.Int("status", e.StatusCode), slog.String("code", e.Code),
		slog.String("server_request_id", e.ServerRequestID), slog.String("circuit", e.Circuit))
}

// OutcomeState says how far a start came.
type OutcomeState string

// States of a start. An [OutcomeUnknownError] has one of the first two; the others are for a
// [Journal].
const (
	// PartlySent means that some bytes left, but not all. The server cannot have the whole request,
	// but what it did with the part is not known.
	PartlySent OutcomeState = "partly sent"
	// OutcomeUnknown means that the server may have the whole request. Whether it started a circuit
	// is not known.
	OutcomeUnknown OutcomeState = "outcome unknown"
	// Started means that the server started a circuit.
	Started OutcomeState = "started"
	// Refused means that the server refused the start, with a status that says it did nothing with
	// the request. Only the server's word says that no circuit was started.
	Refused OutcomeState = "refused"
	// NotSent means that no byte of it left.
	NotSent OutcomeState = "not sent"
)

// OutcomeUnknownError means that a start may have started a circuit. This package never sends it
// again. To find out, ask the vendor about a request with this ID and time. [errors.As] finds an
// [*APIError] in it if the server answered, and [errors.Is] the context's error.
type OutcomeUnknownError struct {
	RequestID string // ID of the [CircuitRequest]
	Channel   string
	StartedAt time.Time // UTC, when the request began, by this machine's clock
	Outcome   OutcomeState
	// Documents lists what was sent, if all of it was read for sending: the state is then
	// [OutcomeUnknown].
	Documents []SentDocument
	Err       error // the cause
}

func (e *OutcomeUnknownError) Error() string {
	what := "it may have started a circuit"
	if e.Outcome == PartlySent {
		what = "it was sent in part"
	}
	return fmt.Sprintf("request %q: %s, and is not sent again: %v", e.RequestID, what, e.Err)
}

// Unwrap returns the cause, without the errors that callers decide on.
func (e *OutcomeUnknownError) Unwrap() error { return hiddenError{e.Err, sentinels} }

// RejectedError means that evidence arrived complete but is not acceptable, and was kept aside. It
// matches [ErrIntegrity].
type RejectedError struct {
	// path of the evidence; the reasons, a [Rejected] in JSON, are in the file whose name has
	// ".json" appended
	Kept string
	Err  error // why it is not acceptable
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

// operationError adds the operation, once, and the circuit if it is valid. It never shows an
// invalid value given as circuit.
func operationError(operation, circuit string, err error) error {
	if err == nil {
		return nil
	}
	if checkSegment("circuit", circuit) != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return fmt.Errorf("%s of circuit %q: %w", operation, circuit, err)
}
