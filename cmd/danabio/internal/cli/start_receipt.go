package cli

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// startReceiptFile is the pending file of a start receipt.
type startReceiptFile struct{ *pendingFile }

func newStartReceiptFile(path string) (*startReceiptFile, error) {
	file, err := newPendingFile(i18n.Textf("receipt"), path)
	if err != nil {
		return nil, err
	}
	return &startReceiptFile{file}, nil
}

// reserve reserves the name and disk space of the receipt before the request is sent. If the
// process is then killed, the file records that the outcome is unknown.
func (f *startReceiptFile) reserve(client *danabio.Client, request danabio.CircuitRequest, channel string) error {
	promise := client.UnknownStartReceipt(&danabio.OutcomeUnknownError{RequestID: request.ID, Channel: channel,
		StartedAt: time.Now().UTC().Truncate(time.Millisecond), Outcome: danabio.OutcomeUnknown})
	longest := *promise
	for _, document := range request.Documents {
		longest.Documents = append(longest.Documents, danabio.SentDocument{Name: document.Name(), Size: math.MaxInt64,
			SHA256: strings.Repeat("0", 64)})
	}
	content, err := encodeStartReceipt(&longest)
	if err != nil {
		return err
	}
	const forCircuit = 4096 // the server chooses its id
	room := int64(len(content) + forCircuit)
	if content, err = encodeStartReceipt(promise); err != nil {
		return err
	}
	return f.pendingFile.reserve(content, room)
}

// store writes the receipt and moves it to its path. It overwrites nothing but the promise.
func (f *startReceiptFile) store(receipt *danabio.StartReceipt) error {
	content, err := encodeStartReceipt(receipt)
	if err == nil {
		err = f.place(content)
	}
	if err != nil {
		return i18n.Errorf("its receipt %s could not be written: %w", f.path, failure.Reason(err))
	}
	return nil
}

func encodeStartReceipt(receipt *danabio.StartReceipt) ([]byte, error) {
	content, err := json.MarshalIndent(receipt, "", "  ")
	return append(content, '\n'), err
}
