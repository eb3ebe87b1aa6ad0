package danabio

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// Receipt describes what was downloaded. It proves that a file is still the one that was received,
// and no more: not who made it, nor that it was right when it arrived. It is stored beside the
// file, under the name that [ReceiptPath] returns.
type Receipt struct {
	Version     int               `json:"version"` // of this format: 1
	Circuit     string            `json:"circuitId"`
	Channel     string            `json:"channel"`
	BaseURL     string            `json:"baseUrl,omitempty"` // of the server; absent in receipts of earlier versions
	File        string            `json:"file"`              // name without folder
	Size        int64             `json:"size"`              // in bytes
	SHA256      string            `json:"sha256"`
	Entries     []ReceiptEntry    `json:"entries"`
	RequestedAt time.Time         `json:"requestedAt"` // UTC, by this machine's clock
	CompletedAt time.Time         `json:"completedAt"`
	Headers     map[string]string `json:"headers,omitempty"` // response headers worth keeping
	Notices     []string          `json:"notices,omitempty"` // harmless oddities of the response
	Library     string            `json:"library"`           // name and version
	Commit      string            `json:"commit,omitempty"`  // of the library; absent if it is not known
	Proves      string            `json:"proves"`
}

// ReceiptEntry is one file in the ZIP.
type ReceiptEntry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // in bytes, uncompressed
	SHA256 string `json:"sha256"`
}

const (
	receiptVersion = 1
	receiptProves  = "that the file has not changed since it was received; nothing about who made it or whether it " +
		"was right then"
)

// ReceiptPath returns the path of the receipt of the file at path.
func ReceiptPath(path string) string { return path + ".receipt.json" }

// ReadReceipt reads a receipt.
func ReadReceipt(path string) (*Receipt, error) {
	content, err := readRegular(path)
	if err != nil {
		return nil, fmt.Errorf("read receipt: %w", err)
	}
	var receipt Receipt
	if err := json.Unmarshal(content, &receipt); err != nil {
		return nil, fmt.Errorf("read receipt %s: %w", path, errors.New("is not a danabio receipt"))
	}
	if receipt.Version != receiptVersion || receipt.SHA256 == "" {
		return nil, fmt.Errorf("read receipt %s: is not a danabio receipt of version %d", path, receiptVersion)
	}
	return &receipt, nil
}

// readRegular reads a file, and no pipe or device, which may have no end.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "read", Path: path, Err: errors.New("is not a regular file")}
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// UnmarshalJSON implements [json.Unmarshaler]. It also reads the key "circuit" of earlier versions.
func (r *Receipt) UnmarshalJSON(content []byte) error {
	type fields Receipt
	file := struct {
		*fields
		Circuit string `json:"circuit"`
	}{fields: (*fields)(r)}
	if err := json.Unmarshal(content, &file); err != nil {
		return err
	}
	return mergeCircuitID(&r.Circuit, file.Circuit)
}

func (c *core) receipt(circuit, file string, stream *evidenceStream, report *evidence.Report) *Receipt {
	receipt := &Receipt{
		Version:     receiptVersion,
		Circuit:     circuit,
		Channel:     c.channel,
		BaseURL:     c.baseURL,
		File:        file,
		Size:        report.Size,
		SHA256:      report.SHA256,
		Entries:     []ReceiptEntry{},
		RequestedAt: stream.requestedAt.UTC().Truncate(time.Millisecond),
		CompletedAt: time.Now().UTC().Truncate(time.Millisecond),
		Headers:     selectHeaders(stream.resp.Header),
		Library:     libraryName,
		Commit:      buildCommit(),
		Proves:      receiptProves,
	}
	if stream.contentEncoding != "" {
		receipt.Headers["Content-Encoding"] = stream.contentEncoding
		receipt.Notices = append(receipt.Notices,
			fmt.Sprintf("it was labelled Content-Encoding: %s, which is wrong", stream.contentEncoding))
	}
	for _, entry := range report.Entries {
		receipt.Entries = append(receipt.Entries, ReceiptEntry{entry.Name, entry.Size, entry.SHA256})
	}
	return receipt
}

// selectHeaders returns headers that may help an auditor to find the response in the server's
// records. It omits Content-Disposition, since a file name may name a person.
func selectHeaders(h http.Header) map[string]string {
	kept := map[string]string{}
	for _, name := range []string{"Content-Type", "Content-Length", "Date", "ETag", "Last-Modified", "Content-Digest",
		"Repr-Digest", "Digest"} {
		if value := h.Get(name); value != "" {
			kept[name] = value
		}
	}
	if id := requestID(h); id != "" {
		kept["X-Request-Id"] = id
	}
	return kept
}

func marshalIndented(value any) ([]byte, error) {
	content, err := json.MarshalIndent(value, "", "  ")
	return append(content, '\n'), err
}
