package emulator

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
)

// SetMaxHeld sets the limit on what the emulator keeps in memory.
func (e *Emulator) SetMaxHeld(bytes int64) { e.maxHeld = bytes }

// EvidenceAllowance is the expected size of a circuit beyond its documents.
const EvidenceAllowance = evidenceAllowance

// FileNames returns the file names in the evidence for the given names.
var FileNames = fileNames

// Held returns the number of bytes that count as held in memory.
func (e *Emulator) Held() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heldBytes
}

// StartStatus returns the status of a successful start.
func (e *Emulator) StartStatus() int { return e.specResponses.success[OperationStart].status }

// Allows reports whether the spec allows the body of a start.
func (e *Emulator) Allows(body string) bool {
	var value any
	return json.Unmarshal([]byte(body), &value) == nil &&
		e.specResponses.startBody.VisitJSON(value, openapi3.VisitAsRequest()) == nil
}
