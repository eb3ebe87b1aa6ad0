package danabio

// Progress is the progress of a transfer, for [Config.Progress]. It contains nothing secret or
// personal.
type Progress struct {
	// RequestID is the ID of the [CircuitRequest] for a start, and empty for a download.
	RequestID string
	// Circuit is the circuit whose evidence is downloaded, and empty for a start.
	Circuit string
	// Bytes is how much of the body was transferred since the transfer last began. For a start it
	// counts bytes handed to the transport, some of which the system may still buffer. For a
	// download it counts bytes received. A start's documents count in Base64, as they are sent.
	Bytes int64
	// Total is the length of the whole body in bytes, or -1 if it is not known, for example if the
	// server does not announce the length of a download.
	Total int64
	// Restarts is how often the transfer began again from zero. A start does so only if the server
	// had refused it or nothing of it was sent.
	Restarts int
}

// transfer reports the progress of one transfer. The zero transfer reports nothing.
type transfer struct {
	onProgress func(Progress)
	progress   Progress
}

// begin reports that nothing was transferred yet.
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
