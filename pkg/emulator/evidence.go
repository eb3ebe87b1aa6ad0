package emulator

import (
	"archive/zip"
	"bytes"
	"fmt"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator/internal/page"
	"github.com/danabio/danabio-go/pkg/emulator/internal/sign"
)

// file is one entry of the evidence.
type file struct {
	name    string
	method  uint16
	content []byte
}

// buildEvidence builds the ZIP of a completed circuit.
func (e *Emulator) buildEvidence(c *circuit) ([]byte, error) {
	at := c.completedAt
	person := c.request.signer
	audit := auditRecord{
		MadeBy: producerNotice, CircuitID: c.id, RequestID: c.request.id, Channel: c.channel,
		StartedAt: c.startedAt, CompletedAt: at, RootCertificate: string(e.authority.RootPEM()),
		Events: c.visit.events(c.startedAt, at),
	}

	files, err := e.signDocuments(c, &audit)
	if err != nil {
		return nil, err
	}
	consentedAt := c.visit.consentedAt
	if consentedAt.IsZero() {
		consentedAt = at
	}
	consentText, err := page.Both("consent.statement")
	if err != nil {
		return nil, fmt.Errorf("consent.json: %w", err)
	}
	consent, err := recordJSON(consentRecord{
		MadeBy: producerNotice, CircuitID: c.id, RequestID: c.request.id, Signer: person,
		Accepted: true, AcceptedAt: consentedAt, Text: consentText,
	})
	if err != nil {
		return nil, fmt.Errorf("consent.json: %w", err)
	}
	files = append(files, c.visit.files(person.Name)...)
	files = append(files, file{"consent.json", zip.Deflate, consent})
	for _, file := range files {
		audit.Files = append(audit.Files, fileRecord{file.name, int64(len(file.content)), hash(file.content)})
	}
	text, err := recordJSON(audit)
	if err != nil {
		return nil, fmt.Errorf("audit.json: %w", err)
	}
	return pack(append(files, file{"audit.json", zip.Deflate, text}), at)
}

// signDocuments returns the signed documents, and records them in audit.
func (e *Emulator) signDocuments(c *circuit, audit *auditRecord) ([]file, error) {
	names := make([]string, len(c.request.documents))
	for i, document := range c.request.documents {
		names[i] = document.Name
	}
	var files []file
	for i, name := range fileNames(names) {
		sent := c.request.documents[i]
		signed, err := e.authority.Sign(sent.content, e.signing(c))
		if err != nil {
			return nil, fmt.Errorf("sign document %d: %w", i+1, err)
		}
		name = "documents/" + name
		// Stored rather than deflated: PDFs are compressed inside, and strict readers take a
		// deflated PDF full of spaces for a bomb.
		files = append(files, file{name, zip.Store, signed})
		audit.Documents = append(audit.Documents, documentRecord{
			Name: sent.Name, File: name, SentSize: sent.Size, SentSHA256: sent.SHA256,
			SignedSize: int64(len(signed)), SignedSHA256: hash(signed),
		})
	}
	return files, nil
}

// signing returns what the signatures of a circuit's documents state.
func (e *Emulator) signing(c *circuit) sign.Options {
	return sign.Options{
		Time: c.completedAt, Signer: c.request.signer.Name, Reason: "Signed by the danabio emulator, for tests only",
		Ink: c.visit.signature,
	}
}

// pack writes the files into a ZIP, all with the given time.
func pack(files []file, at time.Time) ([]byte, error) {
	var packed bytes.Buffer
	size := 0
	for _, file := range files {
		size += len(file.content) + 2*len(file.name) + 512
	}
	packed.Grow(size)
	writer := zip.NewWriter(&packed)
	for _, file := range files {
		entry, err := writer.CreateHeader(&zip.FileHeader{Name: file.name, Method: file.method, Modified: at})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", file.name, err)
		}
		if _, err := entry.Write(file.content); err != nil {
			return nil, fmt.Errorf("pack %s: %w", file.name, err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("pack: %w", err)
	}
	return packed.Bytes(), nil
}
