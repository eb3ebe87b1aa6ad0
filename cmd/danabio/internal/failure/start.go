package failure

import (
	"context"
	"errors"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// UnknownStart adds to an unknown outcome of a start how to find out.
func UnknownStart(err error, outcome *danabio.OutcomeUnknownError) error {
	return &unknownStart{err, outcome}
}

type unknownStart struct {
	error
	outcome *danabio.OutcomeUnknownError
}

func (e *unknownStart) Unwrap() error { return e.error }

func (e *unknownStart) Advice() *i18n.Message {
	what := i18n.Textf("The request was sent, but no answer says whether a circuit was started.")
	if e.outcome.Outcome == danabio.PartlySent {
		what = i18n.Textf("The request was sent in part, and what the server did with it is not known.")
	}
	return i18n.Textf(`%s
It is not sent again, because the signer might then get two circuits.
%s
If one was, "danabio wait" with its circuit id goes on from there. If none was, start again.
%s`,
		what, askVendor(e.outcome.RequestID, e.outcome.Channel, e.outcome.StartedAt), moreOn(KindOutcomeUnknown))
}

// AfterStart reports a failure after the circuit was started.
func AfterStart(err error, circuit *danabio.Circuit) error { return &afterStart{err, circuit} }

type afterStart struct {
	error
	circuit *danabio.Circuit
}

func (e *afterStart) Unwrap() error { return e.error }

func (e *afterStart) Advice() *i18n.Message {
	return i18n.Textf("Do not give the same command again: it would start another circuit. Go on with: danabio wait "+
		"-o evidence.zip -- %s\nIf the signer's link was not printed, ask DANAconnect for it, or have them cancel "+
		"the circuit and start again.", term.ShellWord(e.circuit.ID))
}

// InterruptedStart adds to the error of an interrupted start that no circuit was started, if that
// is certain.
func InterruptedStart(err error) error {
	var (
		unknown *danabio.OutcomeUnknownError
		journal *danabio.JournalError
	)
	if !errors.Is(err, context.Canceled) || errors.As(err, &unknown) || errors.As(err, &journal) {
		return err
	}
	return &notStarted{err}
}

// notStarted is an interrupted start that started nothing.
type notStarted struct{ error }

func (e *notStarted) Unwrap() error { return e.error }

func (e *notStarted) Advice() *i18n.Message {
	return i18n.Textf("Nothing was sent, or the server refused it, and by its answer it started no circuit. The same " +
		"command can be given again.")
}

// OfWait marks an error of "danabio wait", which has different advice.
func OfWait(err error) error { return waitError{err} }

type waitError struct{ error }

func (e waitError) Unwrap() error { return e.error }

// StateStarted is the state of a successful start in files and failures.
const StateStarted danabio.OutcomeState = "started"
