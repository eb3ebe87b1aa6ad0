package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// sentReceipt says what a start sent. It holds neither the link nor anything about the signer.
type sentReceipt struct {
	Version   int                    `json:"version"` // of this format: 1
	State     danabio.OutcomeState   `json:"state"`   // stateStarted, or that of an unknown outcome
	CircuitID string                 `json:"circuitId,omitempty"`
	RequestID string                 `json:"requestId"`
	Channel   string                 `json:"channel"`
	StartedAt time.Time              `json:"startedAt"` // UTC, by this machine's clock
	Documents []danabio.SentDocument `json:"documents,omitempty"`
	Library   string                 `json:"library"`
}

const sentVersion = 1

const stateStarted danabio.OutcomeState = "started"

func startedReceipt(circuit *danabio.Circuit) sentReceipt {
	return sentReceipt{
		State: stateStarted, CircuitID: circuit.ID, RequestID: circuit.RequestID, Channel: circuit.Channel,
		StartedAt: circuit.StartedAt, Documents: circuit.Documents,
	}
}

// unknownReceipt holds no circuit, since none is known, and no documents if only a part was sent.
func unknownReceipt(outcome *danabio.OutcomeUnknownError) sentReceipt {
	return sentReceipt{State: outcome.State, RequestID: outcome.ID, Channel: outcome.Channel, StartedAt: outcome.At, Documents: outcome.Documents}
}

// sentFile is the file of a sentReceipt on its way.
type sentFile struct{ *pendingFile }

func newSentFile(path string) (*sentFile, error) {
	file, err := newPendingFile(textf("receipt"), path)
	if err != nil {
		return nil, err
	}
	return &sentFile{file}, nil
}

// store writes the receipt and puts it in place, not over another file.
func (f *sentFile) store(receipt sentReceipt) error {
	receipt.Version, receipt.Library = sentVersion, "danabio-go "+danabio.Version
	content, err := json.MarshalIndent(receipt, "", "  ")
	if err == nil {
		err = f.place(append(content, '\n'))
	}
	if err != nil {
		return errorf("its receipt %s could not be written: %w", f.path, reason(err))
	}
	return nil
}

func checkFolder(folder string) error {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return badInput("folder %s does not exist; create it first", folder)
	case err != nil:
		return badInput("folder %s: %w", folder, reason(err))
	case !info.IsDir():
		return badInput("%s is no folder", folder)
	}
	return nil
}

// reason leaves operation and path out of an error of the system, where the text before it names the file already.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
