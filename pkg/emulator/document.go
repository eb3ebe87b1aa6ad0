package emulator

import (
	"crypto/sha256"
	"encoding/hex"
)

// Document describes a document that was sent.
type Document struct {
	Name   string // as sent
	Size   int64  // in bytes
	SHA256 string // of the bytes sent, in hexadecimal
}

// document is a document of a circuit.
type document struct {
	Document
	content []byte // nil once it is in the evidence
}

func newDocument(name string, content []byte) *document {
	return &document{
		Document: Document{Name: name, Size: int64(len(content)), SHA256: hash(content)},
		content:  content,
	}
}

// hash returns the SHA-256 of content in hexadecimal.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
