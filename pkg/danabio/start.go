package danabio

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CircuitRequest is a request for a circuit.
type CircuitRequest struct {
	// ID identifies the request (published page). Whether the server recognizes a repeated ID as
	// the same request is not published. Default: a random one, which is in the result or in the
	// error.
	ID string
	// Signer is the person who proves their identity and signs. Required.
	Signer Signer
	// Documents are the documents to sign: at least one, with distinct names.
	Documents []Document
}

// LogValue implements [slog.LogValuer], without personal data.
func (r CircuitRequest) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", r.ID), slog.Int("documents", len(r.Documents)))
}

// Signer is the person who signs. Which fields the server requires is not published. Empty fields
// are omitted; at least one must be set.
type Signer struct {
	Name  string
	Email string
	NIF   string // tax or identity number
}

// Format implements [fmt.Formatter], masked.
func (Signer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements [slog.LogValuer], masked.
func (Signer) LogValue() slog.Value { return slog.StringValue(redacted) }

// Circuit is a circuit that was started.
type Circuit struct {
	ID string `json:"circuitId"`
	// URL that the signer opens (help article); anyone who has it can act as the signer
	Link      Secret    `json:"link"`
	RequestID string    `json:"requestId"`
	Channel   string    `json:"channel"`
	StartedAt time.Time `json:"startedAt"` // UTC, by this machine's clock
	// documents sent before the server answered; all of them, if it read the request
	Documents []SentDocument `json:"documents"`
	// Notices says what was odd about the server's answer, such as a missing link. They contain
	// none of its values.
	Notices []string `json:"notices,omitempty"`
}

// StartCircuit starts a circuit. It sends the request again only if it provably was not sent, if
// the server refused it with status 425 or 429, or once after status 401. With these statuses a
// server says that it did nothing with the request, even if it read all of it, and StartCircuit
// relies on that.
//
// If the request may have arrived, StartCircuit fails with an [*OutcomeUnknownError], and calling
// it again might start a second circuit. It fails with [ErrInvalidRequest] before anything is sent,
// with [ErrUnauthorized], with [ErrUnavailable] if nothing was sent, or with an [*APIError] if the
// server refuses the request.
//
// With [Config.Journal] the whole call is one intent. It then also fails, before anything is sent,
// with an [*IntentExistsError] or a [*JournalError]. A [*JournalError] whose Outcome is [Started]
// is returned together with the circuit; in no other case are both results non-nil.
func (c *Client) StartCircuit(ctx context.Context, request CircuitRequest) (*Circuit, error) {
	if request.ID == "" {
		request.ID = rand.Text()
	}
	circuit, err := c.startCircuit(ctx, request)
	return circuit, operationError(operationStart, "", err)
}

func (c *core) startCircuit(ctx context.Context, request CircuitRequest) (*Circuit, error) {
	if err := request.validate(); err != nil {
		return nil, err
	}
	out, err := newStartMessage(request)
	if err != nil {
		return nil, err
	}
	token, err := c.tokens.token(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.journalBegin(ctx, request.ID, out); err != nil {
		return nil, err
	}
	start := &startOperation{core: c, request: request, body: out, token: token,
		expectContinue: out.length > expectContinueAbove,
		outcome:        NotSent}
	err = c.retryLoop(ctx, operationStart, c.retry, func() *attemptError { return start.attempt(ctx) })
	return start.circuit, c.journalEnd(ctx, start, err)
}

func (r CircuitRequest) validate() error {
	if !utf8.ValidString(r.ID) || strings.ContainsFunc(r.ID, unicode.IsControl) || len(r.ID) > 512 {
		return invalidRequest("CircuitRequest.ID contains control characters, is not valid UTF-8 or is longer than " +
			"512 bytes")
	}
	fields := []struct{ name, value string }{{"Name", r.Signer.Name}, {"Email", r.Signer.Email}, {"NIF", r.Signer.NIF}}
	empty := true
	for _, field := range fields {
		if !utf8.ValidString(field.value) || strings.ContainsFunc(field.value, unicode.IsControl) {
			return invalidRequest("Signer.%s contains control characters or is not valid UTF-8", field.name)
		}
		if field.value != "" && strings.TrimSpace(field.value) == "" {
			return invalidRequest("Signer.%s contains nothing but spaces", field.name)
		}
		empty = empty && field.value == ""
	}
	if empty {
		return invalidRequest("the signer is missing; give name, e-mail and NIF")
	}
	if email := r.Signer.Email; email != "" {
		if address, err := mail.ParseAddress(email); err != nil || address.Address != email {
			return invalidRequest("Signer.Email is not an e-mail address such as name@example.com")
		}
	}
	if len(r.Documents) == 0 {
		return invalidRequest("no document to sign; give at least one")
	}
	for i, document := range r.Documents {
		if document.open == nil {
			return invalidRequest("document %d is the zero Document; make it with danabio.File, Bytes or FS", i+1)
		}
		for _, other := range r.Documents[:i] {
			if sameName(document.name, other.name) {
				return invalidRequest("two documents have the name %q; the evidence could not tell them apart",
					document.name)
			}
		}
	}
	return nil
}

// startOperation is one start with all its attempts.
type startOperation struct {
	core           *core
	request        CircuitRequest
	body           *startMessage
	token          *accessToken
	expectContinue bool // send "Expect: 100-continue"
	tokenRenewed   bool // the token was renewed after a 401
	attempts       int
	startedAt      time.Time // of the last attempt

	outcome OutcomeState // of the last attempt of which a byte left
	circuit *Circuit     // nil unless it was started
}

func (s *startOperation) attempt(ctx context.Context) *attemptError {
	body := s.body.body()
	defer body.Close()
	body.transfer = transfer{s.core.onProgress, Progress{RequestID: s.request.ID, Restarts: s.attempts}}
	body.transfer.begin(s.body.length)
	s.attempts++
	delivery := &delivery{body: body}
	s.startedAt = time.Now().UTC().Truncate(time.Millisecond)
	resp, err := s.core.startAPI.StartCircuitWithBody(delivery.trace(ctx), s.core.channel, nil, "application/json",
		body,
		func(_ context.Context, req *http.Request) error {
			req.ContentLength = s.body.length
			req.GetBody = nil
			if s.expectContinue {
				req.Header.Set("Expect", "100-continue")
			}
			s.core.setHeaders(req, s.token, "application/json")
			return nil
		})
	if err != nil {
		return s.handleNoResponse(ctx, delivery, err)
	}
	defer resp.Body.Close()
	switch status := resp.StatusCode; {
	case status >= 200 && status < 300:
		circuit, err := s.readCircuit(resp)
		if err != nil {
			return permanent(s.outcomeUnknownError(delivery, transportError(ctx, err)))
		}
		circuit.StartedAt = s.startedAt
		circuit.Documents = body.documents()
		s.circuit, s.outcome = circuit, Started
		s.core.log.LogAttrs(ctx, levelDebug, "danabio: circuit started", logCircuit(circuit.ID),
			logRequest(s.request.ID), logBytes(s.body.length))
		return nil
	case status == http.StatusExpectationFailed && s.expectContinue && delivery.bodyUnsent():
		s.expectContinue, s.outcome = false, Refused
		return s.attempt(ctx)
	case status == http.StatusUnauthorized && !s.tokenRenewed:
		s.tokenRenewed = true
		refused := s.responseError(ctx, resp)
		return s.retryWithNewToken(ctx, refused)
	case isOutcomeUnknown(status):
		refused := s.responseError(ctx, resp)
		return permanent(s.outcomeUnknownError(delivery, refused))
	default:
		err := s.responseError(ctx, resp)
		return &attemptError{err: err, retryable: status == http.StatusTooManyRequests || status == http.StatusTooEarly}
	}
}

// Nonstandard statuses of proxies that gave up on a connection.
const (
	statusClientClosedRequest   = 499 // nginx: the client closed the connection first
	statusClientClosedByBalance = 460 // AWS's load balancer: the client closed the connection first
)

// isOutcomeUnknown reports whether a start that was answered with the status may nevertheless have
// started a circuit. A 409 may mean that the server has this very request already. A 417 after the
// body does not say what happened to the body.
func isOutcomeUnknown(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusExpectationFailed, statusClientClosedByBalance,
		statusClientClosedRequest:
		return true
	}
	return status >= 500 || status < 200
}

// retryWithNewToken sends the start once more with another token.
func (s *startOperation) retryWithNewToken(ctx context.Context, refused error) *attemptError {
	s.core.tokens.drop(s.token)
	token, err := s.core.tokens.token(ctx)
	if err != nil {
		return permanent(err)
	}
	if token.value.Reveal() == s.token.value.Reveal() {
		return permanent(refused)
	}
	s.token = token
	return s.attempt(ctx)
}

// handleNoResponse classifies a start that got no answer.
func (s *startOperation) handleNoResponse(ctx context.Context, delivery *delivery, err error) *attemptError {
	reason := transportError(ctx, err)
	// The transport may wrap the error of the document's source in one of its own.
	if source := delivery.body.readError(); source != nil && ctx.Err() == nil {
		reason = source
	}
	// If the proxy refuses, or is unclear, there is no connection to the server, and net/http may
	// trace nothing.
	unproxied := errors.Is(reason, ErrProxy) && !delivery.body.started()
	if !delivery.notSent() && !unproxied {
		return permanent(s.outcomeUnknownError(delivery, reason))
	}
	return classify(ctx, reason)
}

func (s *startOperation) outcomeUnknownError(delivery *delivery, err error) error {
	s.outcome = delivery.outcome()
	e := &OutcomeUnknownError{RequestID: s.request.ID, Channel: s.core.channel, StartedAt: s.startedAt,
		Outcome: s.outcome, Err: err}
	if s.outcome == OutcomeUnknown {
		e.Documents = delivery.body.documents()
	}
	return e
}

func (s *startOperation) responseError(ctx context.Context, resp *http.Response) error {
	signer := s.request.Signer
	carried := s.core.secrets(s.token.value.Reveal(), signer.Name, signer.Email, signer.NIF, s.request.ID)
	for _, document := range s.request.Documents {
		carried = append(carried, document.name)
	}
	err := errorFromResponse(ctx, operationStart, "", resp, carried)
	// A redirect is not a reliable refusal: some servers send one after they have done what was
	// asked.
	if s.outcome = Refused; errors.Is(err, ErrRedirected) {
		s.outcome = OutcomeUnknown
	}
	return err
}

// readCircuit returns the circuit from an answer that says it was started.
func (s *startOperation) readCircuit(resp *http.Response) (*Circuit, error) {
	body, err := readBody(resp)
	circuit, parseErr := parseStart(body, s.request.ID, s.core.channel)
	switch {
	case parseErr == nil && err != nil: // the ID arrived before the answer broke off
		return circuit, nil
	case err != nil:
		return nil, err
	}
	return circuit, parseErr
}

func parseStart(body []byte, requestID, channel string) (*Circuit, error) {
	answer := readFields(body, "circuitId", "link")
	id, found := answer.text("circuitId")
	if !found || strings.TrimSpace(id) == "" {
		return nil, fmt.Errorf("%w: the answer has no circuitId%s", ErrProtocol, inParentheses(answer.notices))
	}
	circuit := &Circuit{ID: id, RequestID: requestID, Channel: channel}
	link, found := answer.text("link")
	if !found || strings.TrimSpace(link) == "" {
		answer.addNotice("it has no link for the signer")
	}
	circuit.Link, circuit.Notices = NewSecret(link), answer.notices
	return circuit, nil
}

func inParentheses(notices []string) string {
	if len(notices) == 0 {
		return ""
	}
	return " (" + strings.Join(notices, "; ") + ")"
}

// setHeaders sets the headers that every API request has.
func (c *core) setHeaders(req *http.Request, token *accessToken, accept string) {
	req.Header.Set("Authorization", "Bearer "+token.value.Reveal())
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", c.userAgent)
}
