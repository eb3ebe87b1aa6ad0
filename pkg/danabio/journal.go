package danabio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Journal records starts beyond the life of the process. After a crash it tells a start that was
// never sent from one whose outcome is unknown. Package journal implements it with a file.
// Implementations must be safe for concurrent use.
//
// A start without an intent was not sent. One with an intent but no result may have arrived: ask
// the vendor about a request with its ID and time.
type Journal interface {
	// Begin records that a start is about to be sent. Once it has returned nil, the intent must
	// survive a crash of the process and of the machine. If it fails, nothing is sent. If an
	// earlier start with the same request ID succeeded, or may have, it must return an
	// [*IntentExistsError].
	Begin(ctx context.Context, intent StartIntent) error
	// End records the outcome of the start. Its context does not end with the caller's, but 30 s
	// after the start did.
	End(ctx context.Context, result StartResult) error
}

// StartIntent is a start that is about to be sent. It contains no personal data, unless the
// request's ID does.
type StartIntent struct {
	RequestID  string
	Channel    string
	BodySHA256 string    // of the request body as sent; lower-case hexadecimal
	At         time.Time // UTC, by this machine's clock
}

// StartResult is the outcome of a start. It does not contain the signer's link.
type StartResult struct {
	RequestID string
	Outcome   OutcomeState
	CircuitID string    // set if Outcome is [Started]
	At        time.Time // UTC, by this machine's clock
}

// IntentExistsError means that nothing was sent, because the [Journal] contains an earlier start
// with the same request ID that succeeded or may have.
type IntentExistsError struct {
	Intent StartIntent // the earlier one
	// of the earlier start; zero if none was recorded, after a crash or while the start is under
	// way
	Result StartResult
}

// Outcome returns the outcome of the earlier start: [Started], with Result.CircuitID, or
// [PartlySent] or [OutcomeUnknown].
func (e *IntentExistsError) Outcome() OutcomeState {
	if e.Result.Outcome == "" {
		return OutcomeUnknown
	}
	return e.Result.Outcome
}

func (e *IntentExistsError) Error() string {
	earlier := "may have started a circuit"
	if e.Outcome() == Started {
		earlier = fmt.Sprintf("started circuit %q", e.Result.CircuitID)
	}
	return fmt.Sprintf("request %q was not sent: according to the journal the same ID %s on %s", e.Intent.RequestID,
		earlier,
		e.Intent.At.UTC().Format(time.RFC3339))
}

// LogValue implements [slog.LogValuer].
func (e *IntentExistsError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("request", e.Intent.RequestID), slog.String("state", string(e.Outcome())),
		slog.String("circuit", e.Result.CircuitID))
}

// JournalError means that the [Journal] failed. If Begin failed, nothing was sent. If End failed,
// Outcome is right but not in the journal: a circuit that was started is returned together with the
// error, and the error also matches another error of the start.
type JournalError struct {
	Method    string // "Begin" or "End"
	RequestID string
	Outcome   OutcomeState // of the start; [NotSent] if Begin failed
	Err       error
}

func (e *JournalError) Error() string {
	if e.Method == "Begin" {
		return fmt.Sprintf("request %q was not sent, since the journal could not take it: %v", e.RequestID, e.Err)
	}
	return fmt.Sprintf("the journal could not take that request %q is %q: %v", e.RequestID, e.Outcome, e.Err)
}

// Unwrap returns the journal's error.
func (e *JournalError) Unwrap() error { return e.Err }

const journalEndTimeout = 30 * time.Second

// journalBegin records the intent. It reads the documents once for that.
func (c *core) journalBegin(ctx context.Context, requestID string, out *startMessage) error {
	if c.journal == nil {
		return nil
	}
	digest, err := out.digest(ctx)
	if err != nil {
		return err
	}
	err = c.journal.Begin(ctx, StartIntent{RequestID: requestID, Channel: c.channel, BodySHA256: digest,
		At: time.Now().UTC()})
	var exists *IntentExistsError
	if err == nil || errors.As(err, &exists) {
		return err
	}
	return &JournalError{Method: "Begin", RequestID: requestID, Outcome: NotSent, Err: err}
}

// journalEnd records the outcome of the start, and joins the journal's error to the start's.
func (c *core) journalEnd(ctx context.Context, start *startOperation, err error) error {
	if c.journal == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), journalEndTimeout)
	defer cancel()
	result := StartResult{RequestID: start.request.ID, Outcome: start.outcome, At: time.Now().UTC()}
	if start.circuit != nil {
		result.CircuitID = start.circuit.ID
	}
	failed := c.journal.End(ctx, result)
	if failed == nil {
		return err
	}
	failed = &JournalError{Method: "End", RequestID: result.RequestID, Outcome: result.Outcome, Err: failed}
	if err != nil {
		return fmt.Errorf("%w; %w", err, failed)
	}
	return failed
}

// digest returns the SHA-256 of the body, and binds later sends to the documents as they were read
// for it.
func (o *startMessage) digest(ctx context.Context) (string, error) {
	body := o.body()
	defer body.Close()
	digest := sha256.New()
	_, err := io.Copy(digest, contextReader{ctx, body})
	var source *sourceError
	switch {
	case errors.As(err, &source) && errors.Is(err, errChanged):
		return "", &sourceError{source.name, errChangedBefore}
	case err != nil:
		return "", err
	}
	o.digested = body.documents()
	return hex.EncodeToString(digest.Sum(nil)), nil
}

var errChangedBefore = errors.New("changed before it was sent")
