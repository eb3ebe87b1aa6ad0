package cli

import (
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// sentReceipt records what a start sent. It contains neither the link nor any data of the signer.
type sentReceipt struct {
	Version   int                    `json:"version"` // version of this format: 1
	State     danabio.OutcomeState   `json:"state"`   // stateStarted, or the state of an unknown outcome
	CircuitID string                 `json:"circuitId,omitempty"`
	RequestID string                 `json:"requestId"`
	Channel   string                 `json:"channel"`
	StartedAt time.Time              `json:"startedAt"` // UTC, by this machine's clock
	Documents []danabio.SentDocument `json:"documents,omitempty"`
	Library   string                 `json:"library"`
}

const sentVersion = 1

func startedReceipt(circuit *danabio.Circuit) sentReceipt {
	return sentReceipt{
		State: failure.StateStarted, CircuitID: circuit.ID, RequestID: circuit.RequestID, Channel: circuit.Channel,
		StartedAt: circuit.StartedAt, Documents: circuit.Documents,
	}
}

// unknownReceipt returns the receipt of an unknown outcome. It has no circuit, because none is
// known, and no documents if only a part was sent.
func unknownReceipt(outcome *danabio.OutcomeUnknownError) sentReceipt {
	return sentReceipt{State: outcome.State, RequestID: outcome.ID, Channel: outcome.Channel, StartedAt: outcome.At,
		Documents: outcome.Documents}
}

// sentFile is the pending file of a sentReceipt.
type sentFile struct{ *pendingFile }

func newSentFile(path string) (*sentFile, error) {
	file, err := newPendingFile(i18n.Textf("receipt"), path)
	if err != nil {
		return nil, err
	}
	return &sentFile{file}, nil
}

// reserve reserves the name and disk space of the receipt before the request is sent. If the
// process is then killed, the file records that the outcome is unknown.
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
	const forCircuit = 4096 // the server chooses its id
	room := int64(len(content) + forCircuit)
	if content, err = promise.content(); err != nil {
		return err
	}
	return f.pendingFile.reserve(content, room)
}

// store writes the receipt and moves it to its path. It overwrites nothing but the promise.
func (f *sentFile) store(receipt sentReceipt) error {
	content, err := receipt.content()
	if err == nil {
		err = f.place(content)
	}
	if err != nil {
		return i18n.Errorf("its receipt %s could not be written: %w", f.path, failure.Reason(err))
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
		return failure.BadInput("folder %s does not exist; create it first", folder)
	case err != nil:
		return failure.BadInput("folder %s: %w", folder, failure.Reason(err))
	case !info.IsDir():
		return failure.BadInput("%s is not a folder", folder)
	}
	return nil
}
