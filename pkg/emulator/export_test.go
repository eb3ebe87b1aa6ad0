package emulator

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"
)

// SetMaxHeld lowers the bound on what the emulator holds in memory.
func (e *Emulator) SetMaxHeld(bytes int64) { e.maxHeld = bytes }

// EvidenceAllowance is what a circuit is expected to hold beyond its documents.
const EvidenceAllowance = evidenceAllowance

// FileNames is what names are made into for the evidence.
var FileNames = fileNames

// Held is how many bytes count as held in memory.
func (e *Emulator) Held() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heldBytes
}

// StartStatus is what a start that went well is answered with.
func (e *Emulator) StartStatus() int { return e.specResponses.success[OperationStart].status }

// Allows says whether the spec allows the body of a start.
func (e *Emulator) Allows(body string) bool {
	var value any
	return json.Unmarshal([]byte(body), &value) == nil &&
		e.specResponses.startBody.VisitJSON(value, openapi3.VisitAsRequest()) == nil
}
