package danabio

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// StartReceipt says what a start sent: what a program keeps to compare the evidence with, and what
// "danabio start --receipt" writes. It holds neither the link nor anything about the signer.
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

// UnknownStartReceipt returns the receipt of a start whose outcome is not known. It names no
// circuit, and no documents if only a part was sent.
func (c *Client) UnknownStartReceipt(outcome *OutcomeUnknownError) *StartReceipt {
	return c.startReceipt(StartReceipt{State: outcome.Outcome, RequestID: outcome.RequestID, Channel: outcome.Channel,
		StartedAt: outcome.StartedAt, Documents: outcome.Documents})
}

func (c *core) startReceipt(receipt StartReceipt) *StartReceipt {
	receipt.Version, receipt.BaseURL = startReceiptVersion, c.baseURL
	receipt.Library, receipt.Commit = libraryName, buildCommit()
	return &receipt
}

// ReadStartReceipt reads a start receipt.
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

var errNoStartReceipt = fmt.Errorf("is not a danabio start receipt of version %d", startReceiptVersion)

// UnmarshalJSON implements [json.Unmarshaler]. It also reads the key "circuit" of earlier versions,
// and rejects anything but a start receipt of the version that this package writes.
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

// mergeCircuitID takes the circuit from the key of earlier versions where the present one is not
// there.
func mergeCircuitID(circuitID *string, circuit string) error {
	if *circuitID != "" && circuit != "" && *circuitID != circuit {
		return errors.New("circuitId and circuit name different circuits")
	}
	if *circuitID == "" {
		*circuitID = circuit
	}
	return nil
}
