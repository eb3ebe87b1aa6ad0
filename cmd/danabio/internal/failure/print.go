package failure

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// Print prints an error, one line per joined error, and what can be done about it. With --json it
// prints one line of JSON.
func Print(o *term.Output, err error) {
	if o.JSON {
		printFailureJSON(o, err)
		return
	}
	PrintLines(o, err)
	if advice := Advice(err); advice != nil {
		fmt.Fprintln(o.Stderr, advice.In(o.Language))
	}
}

// PrintLines prints an error without what can be done about it.
func PrintLines(o *term.Output, err error) {
	name := "danabio:"
	if o.Colour {
		name = term.RedText + name + term.PlainText
	}
	text, details := InFlags.Replace(err.Error()), []string(nil)
	if o.Language == i18n.Spanish {
		said := i18n.InSpanish(err)
		text, details = said.Text, said.Details
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(o.Stderr, "%s %s\n", name, term.OneLine(line))
	}
	for i, detail := range details {
		if i == 0 || detail != details[i-1] {
			fmt.Fprintln(o.Stderr, i18n.Textf("Detail: %s", englishLine(detail)).In(o.Language))
		}
	}
}

func englishLine(text string) string {
	return term.OneLine(strings.ReplaceAll(InFlags.Replace(text), "\n", "; "))
}

// JSON is the --json form of a failure. It is the same in every language.
type JSON struct {
	Error           Kind                 `json:"error"`
	ExitCode        int                  `json:"exitCode"`
	Message         string               `json:"message"`
	Advice          string               `json:"advice,omitempty"`
	File            string               `json:"file,omitempty"`
	CircuitID       string               `json:"circuitId,omitempty"`
	RequestID       string               `json:"requestId,omitempty"` // of the start: its --id
	Channel         string               `json:"channel,omitempty"`   // of the start
	State           danabio.OutcomeState `json:"state,omitempty"`     // of the start
	StartedAt       *time.Time           `json:"startedAt,omitempty"` // of the start
	Operation       string               `json:"operation,omitempty"`
	Status          int                  `json:"status,omitempty"`          // of the server's answer
	ServerCode      string               `json:"serverCode,omitempty"`      // of the server's answer
	ServerRequestID string               `json:"serverRequestId,omitempty"` // of the server's answer
	RetryAfter      float64              `json:"retryAfterSeconds,omitempty"`
	// where evidence is stored that is not acceptable or could not be moved to its name
	Kept string `json:"kept,omitempty"`
}

func printFailureJSON(o *term.Output, err error) {
	var several interface{ Worst() int }
	if errors.As(err, &several) { // each was printed already
		return
	}
	data := JSON{Error: KindOf(err), Message: shownLines(InFlags.Replace(err.Error())),
		Advice: Advice(err).In(i18n.English)}
	data.ExitCode = data.Error.ExitCode()
	data.add(err)
	line, failed := json.Marshal(data)
	if failed != nil {
		line = []byte(`{"error":"failed","exitCode":1}`)
	}
	fmt.Fprintf(o.Stderr, "%s\n", line)
}

func shownLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = term.OneLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

// add fills in the fields from the data of the error.
func (d *JSON) add(err error) {
	var (
		what     *aboutError
		file     *RefusedFile
		refused  *evidence.RefusedError
		rejected *danabio.RejectedError
		unplaced *danabio.UnplacedError
		answer   *danabio.APIError
		unknown  *danabio.OutcomeUnknownError
		exists   *danabio.IntentExistsError
		started  *afterStart
	)
	if errors.As(err, &answer) {
		d.CircuitID, d.Operation, d.Status, d.ServerCode, d.ServerRequestID = answer.Circuit, answer.Operation,
			answer.StatusCode, answer.Code, answer.ServerRequestID
		d.RetryAfter = answer.RetryAfter.Seconds()
	}
	if errors.As(err, &refused) {
		d.File = refused.Path
	}
	if errors.As(err, &file) {
		d.File = file.File
	}
	if errors.As(err, &what) {
		d.CircuitID, d.File = firstText(what.circuit, d.CircuitID), firstText(what.file, d.File)
	}
	if errors.As(err, &rejected) {
		d.Kept = rejected.Kept
	}
	if errors.As(err, &unplaced) {
		d.Kept = unplaced.Kept
	}
	if errors.As(err, &exists) {
		at := exists.Intent.At.UTC().Truncate(time.Second)
		d.RequestID, d.Channel, d.State, d.StartedAt = exists.Intent.RequestID, exists.Intent.Channel, exists.Outcome(),
			&at
		d.CircuitID = exists.Result.CircuitID
	}
	if errors.As(err, &started) {
		at := started.circuit.StartedAt.UTC().Truncate(time.Second)
		d.CircuitID, d.RequestID, d.Channel = started.circuit.ID, started.circuit.RequestID, started.circuit.Channel
		d.State, d.StartedAt = StateStarted, &at
	}
	if errors.As(err, &unknown) {
		at := unknown.StartedAt.UTC().Truncate(time.Second)
		d.RequestID, d.Channel, d.State, d.StartedAt = unknown.RequestID, unknown.Channel, unknown.Outcome, &at
	}
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// aboutError records the circuit or file of an error, for the JSON form.
type aboutError struct {
	error
	circuit, file string
}

func (a *aboutError) Unwrap() error { return a.error }

func AboutFile(file string, err error) error {
	if err == nil {
		return nil
	}
	return &aboutError{error: err, file: file}
}

// AboutCircuit adds the circuit to an error. It omits an invalid id, because that may be a link,
// which is secret.
func AboutCircuit(circuit string, err error) error {
	if err == nil || KindOf(err) == KindBadInput {
		return err
	}
	return &aboutError{error: err, circuit: circuit}
}

// InFlags replaces the names of fields in errors of package danabio by the names of flags.
var InFlags = strings.NewReplacer(
	"Config.Credentials", "--client-id and DANABIO_CLIENT_SECRET",
	"set Config.AllowPlainHTTP", "give --allow-plain-http",
	"Config.EvidenceLimits allows", "the limit is",
	"CircuitRequest.ID", "--id",
	"Signer.Name", "--signer-name",
	"Signer.Email", "--signer-email",
	"Signer.NIF", "--signer-nif",
	"context canceled", "interrupted",
)
