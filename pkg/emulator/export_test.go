package emulator

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
	return e.held
}
