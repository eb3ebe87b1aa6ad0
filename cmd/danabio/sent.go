package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"strings"
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
	return sentReceipt{State: outcome.Outcome, RequestID: outcome.RequestID, Channel: outcome.Channel,
		StartedAt: outcome.StartedAt,
		Documents: outcome.Documents}
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

// reserve takes name and room of the receipt, before the request is sent. If the process is killed
// then, what has the name says that the outcome is unknown.
func (f *sentFile) reserve(request danabio.CircuitRequest, channel string) error {
	promise := sentReceipt{State: danabio.OutcomeUnknown, RequestID: request.ID, Channel: channel,
		StartedAt: time.Now().UTC().Truncate(time.Millisecond)}
	longest := promise
	for _, document := range request.Documents {
		longest.Documents = append(longest.Documents, danabio.SentDocument{Name: document.Name(), Size: math.MaxInt64,
			SHA256: strings.Repeat("0", 64)})
	}
	content, err := longest.content()
	if err != nil {
		return err
	}
	const forCircuit = 4096 // its id is the server's
	room := int64(len(content) + forCircuit)
	if content, err = promise.content(); err != nil {
		return err
	}
	return f.pendingFile.reserve(content, room)
}

// store writes the receipt and puts it in place, over nothing but its promise.
func (f *sentFile) store(receipt sentReceipt) error {
	content, err := receipt.content()
	if err == nil {
		err = f.place(content)
	}
	if err != nil {
		return errorf("its receipt %s could not be written: %w", f.path, reason(err))
	}
	return nil
}

func (r sentReceipt) content() ([]byte, error) {
	r.Version, r.Library = sentVersion, "danabio-go "+danabio.Version
	content, err := json.MarshalIndent(r, "", "  ")
	return append(content, '\n'), err
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

// reason leaves operation and path out of an error of the system, where the text before it names
// the file already.
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
