package danabio

// Progress is how far a transfer has come, for [Config.Progress]. It holds nothing secret or
// personal.
type Progress struct {
	// RequestID is the [CircuitRequest]'s ID, for a start; else empty.
	RequestID string
	// Circuit is the circuit whose evidence is downloaded; empty for a start.
	Circuit string
	// Bytes of the body so far, since the transfer last began: of a start, those handed to the
	// transport, of which the system may still hold some back; of a download, those received. A
	// start's documents are counted as they are sent, in Base64.
	Bytes int64
	// Total is the length of the whole body in bytes; -1 if it is not known, as with a download
	// whose length the server does not announce.
	Total int64
	// Restarts is how often the transfer began anew, with nothing: of a start, only when the server
	// had refused it or nothing of it was sent.
	Restarts int
}

// transfer tells of one transfer. The zero transfer tells nobody.
type transfer struct {
	onProgress func(Progress)
	progress   Progress
}

// begin tells that there is nothing yet.
func (t *transfer) begin(total int64) {
	if t.onProgress != nil {
		t.progress.Bytes, t.progress.Total = 0, total
		t.onProgress(t.progress)
	}
}

func (t *transfer) add(n int) {
	if t.onProgress != nil && n > 0 {
		t.progress.Bytes += int64(n)
		t.onProgress(t.progress)
	}
}
