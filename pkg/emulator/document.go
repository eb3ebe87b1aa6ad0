package emulator

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// document is a document of a circuit.
type document struct {
	evidence.SentDocument
	content []byte // nil once it stands in the evidence
}

func newDocument(name string, content []byte) *document {
	return &document{
		SentDocument: evidence.SentDocument{Name: name, Size: int64(len(content)), SHA256: hash(content)},
		content:      content,
	}
}

// hash returns the SHA-256 of content in hexadecimal.
func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
