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
	told func(Progress)
	at   Progress
}

// begins tells that there is nothing yet.
func (t *transfer) begins(total int64) {
	if t.told != nil {
		t.at.Bytes, t.at.Total = 0, total
		t.told(t.at)
	}
}

func (t *transfer) moved(n int) {
	if t.told != nil && n > 0 {
		t.at.Bytes += int64(n)
		t.told(t.at)
	}
}
