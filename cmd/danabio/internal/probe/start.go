package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danabio/danabio-go/gen/biometricapi"
	"github.com/danabio/danabio-go/internal/message"
)

// UnknownStartError means that the run ended during a start, so a circuit may have been started.
type UnknownStartError struct {
	RequestID string    // the random ID that the start was sent with
	At        time.Time // UTC
	Err       error     // why the run ended
}

func (e *UnknownStartError) Error() string {
	return fmt.Sprintf("request %s: it may have started a circuit: %v", e.RequestID, e.Err)
}

func (e *UnknownStartError) Unwrap() error { return e.Err }

// startRequest returns a start with the body, or without one if body is nil.
func (p *prober) startRequest(body []byte, token string) (*http.Request, error) {
	request, err := biometricapi.NewStartCircuitRequestWithBody(p.config.BaseURL+"/", p.config.Channel, nil,
		"application/json", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("probe: make a start: %w", err)
	}
	if len(body) == 0 {
		request.Body = nil
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept", "application/json")
	return request, nil
}

// emptyStart is the body of a start that can start nothing: it has no signer and no document.
var emptyStart = []byte("{}")

func (p *prober) probeWrongTokens(ctx context.Context) error {
	start, err := p.startRequest(emptyStart, p.wrongToken)
	if err != nil {
		return err
	}
	download, err := p.downloadRequest(p.unknown, p.wrongToken)
	if err != nil {
		return err
	}
	p.probe(ctx, call{
		name: "start-wrong-token", sends: "a made-up token, and an empty object",
		operation: p.spec.operation(startCircuit),
		want:      http.StatusUnauthorized, wrong: true, request: start, through: p.once,
	})
	p.probe(ctx, call{
		name: "download-wrong-token", sends: "a made-up token, and a made-up circuit",
		operation: p.spec.operation(downloadEvidence),
		want:      http.StatusUnauthorized, request: download,
	})
	return nil
}

func (p *prober) probeStart(ctx context.Context) error {
	start := p.config.Start
	operation := p.spec.operation(startCircuit)
	c := call{
		name: "start", sends: "a signer and a PDF", operation: operation, want: operation.success(),
		through: p.once, useful: func(x *exchange) []Deviation { return usefulStart(operation, x) },
	}
	if start == nil {
		p.note(c)
		return nil
	}
	if p.token == "" {
		p.note(c).notChecked(NoToken, "there is no token for it")
		return nil
	}
	id := "danabio-contract-" + rand.Text()
	body, err := json.Marshal(message.Start{
		ID:     id,
		Signer: message.Signer{Name: start.SignerName, Email: start.SignerEmail, NIF: start.SignerNIF},
		Docs: []message.Document{{Name: start.DocumentName, Size: int64(len(start.Document)),
			Content: start.Document}},
	})
	if err != nil {
		return fmt.Errorf("probe: make a start: %w", err)
	}
	if c.request, err = p.startRequest(body, p.token); err != nil {
		return err
	}
	probe, x := p.probe(ctx, c)
	probe.RequestID, probe.SentAt = id, x.sent.UTC()
	circuit := startedCircuit(x)
	if circuit != "" {
		p.answers.start = x
		if p.unfinished == "" && checkID(circuit) == nil {
			p.unfinished = circuit
		}
		if start.Started != nil {
			link, _ := x.object()["link"].(string)
			return start.Started(circuit, link)
		}
		return nil
	}
	lost := x.status == 0 && x.connected
	probe.OutcomeUnknown = lost || x.ok() || x.status == http.StatusRequestTimeout || x.status >= 500
	if lost && ctx.Err() != nil {
		return &UnknownStartError{RequestID: id, At: probe.SentAt, Err: ctx.Err()}
	}
	return nil
}

// startedCircuit returns the ID of the circuit that was started, or "" if it is not known.
func startedCircuit(x *exchange) string {
	if !x.ok() {
		return ""
	}
	id, _ := x.object()["circuitId"].(string)
	return id
}

func usefulStart(operation operation, x *exchange) []Deviation {
	if startedCircuit(x) != "" {
		return nil
	}
	return []Deviation{missingField(operation, x, "circuitId", "nobody can ask for the circuit")}
}
