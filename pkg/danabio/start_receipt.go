package danabio

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// StartReceipt records what a start sent. A program keeps it to compare the evidence with, and
// "danabio start --receipt" writes it. It contains neither the link nor anything about the signer.
type StartReceipt struct {
	Version   int            `json:"version"` // of this format: 1
	State     OutcomeState   `json:"state"`   // [Started], [OutcomeUnknown] or [PartlySent]
	CircuitID string         `json:"circuitId,omitempty"`
	RequestID string         `json:"requestId"`
	Channel   string         `json:"channel"`
	BaseURL   string         `json:"baseUrl,omitempty"` // of the server
	StartedAt time.Time      `json:"startedAt"`         // UTC, by this machine's clock
	Documents []SentDocument `json:"documents,omitempty"`
	Library   string         `json:"library"`          // name and version
	Commit    string         `json:"commit,omitempty"` // of the library; absent if it is not known
}

const startReceiptVersion = 1

// StartReceipt returns the receipt of a circuit that the client started.
func (c *Client) StartReceipt(circuit *Circuit) *StartReceipt {
	return c.startReceipt(StartReceipt{State: Started, CircuitID: circuit.ID, RequestID: circuit.RequestID,
		Channel: circuit.Channel, StartedAt: circuit.StartedAt, Documents: circuit.Documents})
}

// UnknownStartReceipt returns the receipt of a start with an unknown outcome. It names no circuit,
// and no documents if only part of the request was sent.
func (c *Client) UnknownStartReceipt(outcome *OutcomeUnknownError) *StartReceipt {
	return c.startReceipt(StartReceipt{State: outcome.Outcome, RequestID: outcome.RequestID, Channel: outcome.Channel,
		StartedAt: outcome.StartedAt, Documents: outcome.Documents})
}

func (c *core) startReceipt(receipt StartReceipt) *StartReceipt {
	receipt.Version, receipt.BaseURL = startReceiptVersion, c.baseURL
	receipt.Library, receipt.Commit = libraryName, buildCommit()
	return &receipt
}

// ReadStartReceipt reads a start receipt. The error is the system's, or says that the file is not a
// start receipt of this version.
func ReadStartReceipt(path string) (*StartReceipt, error) {
	content, err := readRegular(path)
	if err != nil {
		return nil, fmt.Errorf("read start receipt: %w", err)
	}
	var receipt StartReceipt
	if err := json.Unmarshal(content, &receipt); err != nil {
		return nil, fmt.Errorf("read start receipt %s: %w", path, errNoStartReceipt)
	}
	return &receipt, nil
}

var errNoStartReceipt = fmt.Errorf("it is not a danabio start receipt of version %d", startReceiptVersion)

// UnmarshalJSON implements [json.Unmarshaler]. It also reads the key "circuit" of earlier versions.
// It rejects anything that is not a start receipt of the version that this package writes.
func (r *StartReceipt) UnmarshalJSON(content []byte) error {
	type fields StartReceipt
	file := struct {
		*fields
		Circuit string `json:"circuit"`
	}{fields: (*fields)(r)}
	if err := json.Unmarshal(content, &file); err != nil {
		return err
	}
	if r.Version != startReceiptVersion || r.State == "" {
		return errNoStartReceipt
	}
	return mergeCircuitID(&r.CircuitID, file.Circuit)
}

// mergeCircuitID uses the circuit of the key of earlier versions if the present key is missing.
func mergeCircuitID(circuitID *string, circuit string) error {
	if *circuitID != "" && circuit != "" && *circuitID != circuit {
		return errors.New("circuitId and circuit name different circuits")
	}
	if *circuitID == "" {
		*circuitID = circuit
	}
	return nil
}
