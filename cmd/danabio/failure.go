package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/danabio/danabio-go/internal/language"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// failure tells what went wrong, each line as one, and what can be done about it. With --json it is
// one line of JSON.
func (o *output) failure(err error) {
	if o.json {
		o.jsonFailure(err)
		return
	}
	o.failureLines(err)
	if advice := advice(err); advice != nil {
		fmt.Fprintln(o.stderr, advice.in(o.language))
	}
}

// failureLines tells what went wrong, and not what can be done about it.
func (o *output) failureLines(err error) {
	name := "danabio:"
	if o.colour {
		name = redText + name + asBefore
	}
	text, details := inFlags.Replace(err.Error()), []string(nil)
	if o.language == language.Spanish {
		said := inSpanish(err)
		text, details = said.text, said.details
	}
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintf(o.stderr, "%s %s\n", name, oneLine(line))
	}
	for i, detail := range details {
		if i == 0 || detail != details[i-1] {
			fmt.Fprintln(o.stderr, textf("Detail: %s", englishLine(detail)).in(o.language))
		}
	}
}

func englishLine(text string) string {
	return oneLine(strings.ReplaceAll(inFlags.Replace(text), "\n", "; "))
}

// failureData is what a failure is with --json: the same in every language.
type failureData struct {
	Error           kind                 `json:"error"`
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
	// where evidence lies that is not acceptable, or cannot have its name
	Kept string `json:"kept,omitempty"`
}

func (o *output) jsonFailure(err error) {
	var several interface{ worst() int }
	if errors.As(err, &several) { // each was told already
		return
	}
	data := failureData{Error: kindOf(err), Message: shownLines(inFlags.Replace(err.Error())),
		Advice: advice(err).in(language.English)}
	data.ExitCode = data.Error.exitCode()
	data.add(err)
	line, failed := json.Marshal(data)
	if failed != nil {
		line = []byte(`{"error":"failed","exitCode":1}`)
	}
	fmt.Fprintf(o.stderr, "%s\n", line)
}

func shownLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = oneLine(lines[i])
	}
	return strings.Join(lines, "\n")
}

// add fills in what the error knows beside its text.
func (d *failureData) add(err error) {
	var (
		what     *about
		file     *refusedFile
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
		d.File = file.file
	}
	if errors.As(err, &what) {
		d.CircuitID, d.File = first(what.circuit, d.CircuitID), first(what.file, d.File)
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
		d.State, d.StartedAt = stateStarted, &at
	}
	if errors.As(err, &unknown) {
		at := unknown.StartedAt.UTC().Truncate(time.Second)
		d.RequestID, d.Channel, d.State, d.StartedAt = unknown.RequestID, unknown.Channel, unknown.Outcome, &at
	}
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// about says which thing an error is about, for those who read it as JSON.
type about struct {
	error
	circuit, file string
}

func (a *about) Unwrap() error { return a.error }

func aboutFile(file string, err error) error {
	if err == nil {
		return nil
	}
	return &about{error: err, file: file}
}

// aboutCircuit leaves out what is no id of a circuit; it may be a link, which is a secret.
func aboutCircuit(circuit string, err error) error {
	if err == nil || kindOf(err) == kindBadInput {
		return err
	}
	return &about{error: err, circuit: circuit}
}
