package emulator

import (
	"encoding/json"
	"time"
)

// producerNotice is in every record, so that nobody takes one for real evidence.
const producerNotice = "danabio emulator, not DANAconnect; nothing was verified and nobody is bound"

// consentRecord is consent.json.
type consentRecord struct {
	MadeBy     string    `json:"madeBy"`
	CircuitID  string    `json:"circuitId"`
	RequestID  string    `json:"requestId"`
	Signer     signer    `json:"signer"`
	Accepted   bool      `json:"accepted"`
	AcceptedAt time.Time `json:"acceptedAt"`
	Text       string    `json:"text"`
}

// auditRecord is audit.json.
type auditRecord struct {
	MadeBy          string           `json:"madeBy"`
	CircuitID       string           `json:"circuitId"`
	RequestID       string           `json:"requestId"`
	Channel         string           `json:"channel"`
	StartedAt       time.Time        `json:"startedAt"`
	CompletedAt     time.Time        `json:"completedAt"`
	Documents       []documentRecord `json:"documents"`
	Files           []fileRecord     `json:"files"`
	Events          []eventRecord    `json:"events"`
	RootCertificate string           `json:"rootCertificate"`
}

type documentRecord struct {
	Name         string `json:"name"`
	File         string `json:"file"`
	SentSize     int64  `json:"sentSize"`
	SentSHA256   string `json:"sentSha256"`
	SignedSize   int64  `json:"signedSize"`
	SignedSHA256 string `json:"signedSha256"`
}

type fileRecord struct {
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

type eventRecord struct {
	At    time.Time `json:"at"`
	Event string    `json:"event"`
}

// recordJSON formats a record for people.
func recordJSON(record any) ([]byte, error) {
	text, err := json.MarshalIndent(record, "", "  ")
	return append(text, '\n'), err
}
