package emulator

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxHeldBytes bounds what documents and evidence hold in memory together.
const maxHeldBytes = 1 << 30

// evidenceAllowance is what a circuit is expected to hold beyond its documents: pictures, records, signatures.
const evidenceAllowance = 256 << 10

// Circuit describes a circuit at the moment of the call that returned it.
type Circuit struct {
	ID        string
	RequestID string // the id that the start's body gave, empty if none
	Channel   string
	StartedAt time.Time
	Completed bool
	Documents []Document // in the order sent
}

// circuit is a circuit that was started.
type circuit struct {
	id, link  string
	channel   string
	request   *startRequest
	startedAt time.Time
	reserved  int64

	completedAt time.Time // zero: not completed; guarded by the emulator's mutex

	build    sync.Once // makes the next two
	evidence []byte
	buildErr error
}

// startAnswer is the published example's shape (published page; link: help article).
type startAnswer struct {
	CircuitID string `json:"circuitId"`
	Link      string `json:"link"`
}

// start answers POST /api/v1/biometric/start_circuit/{channel}.
func (e *Emulator) start(channel string, r *http.Request) *answer {
	if refusal := e.authorize(r); refusal != nil {
		return refusal
	}
	if channel != e.config.Channel {
		return refuse(http.StatusBadRequest, "channel: is not served here")
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
		return refuse(http.StatusBadRequest, "Content-Type: application/json is expected")
	}
	body, refusal := e.read(r)
	if refusal != nil {
		return refusal
	}
	request, err := e.parseStart(body)
	var wrong problems
	switch {
	case errors.As(err, &wrong):
		return refuse(http.StatusBadRequest, wrong.Error())
	case err != nil:
		return refuse(http.StatusInternalServerError, "the emulator could not read the documents")
	}
	started := e.admit(request)
	if started == nil {
		return refuse(http.StatusInsufficientStorage,
			fmt.Sprintf("the emulator holds %d bytes of documents and evidence at most, which this circuit would exceed; restart it", e.maxHeld))
	}
	return jsonAnswer(http.StatusOK, startAnswer{CircuitID: started.id, Link: e.publicURL(r) + "/sign/" + started.link})
}

// admit makes a circuit of the request, nil if there is no room for it.
func (e *Emulator) admit(request *startRequest) *circuit {
	started := &circuit{
		link: randomToken(), channel: e.config.Channel, request: request,
		startedAt: e.config.Now().UTC(), reserved: evidenceAllowance,
	}
	for _, document := range request.documents {
		started.reserved += document.Size
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.held+started.reserved > e.maxHeld {
		return nil
	}
	e.held += started.reserved
	started.id = randomCircuitID(len(e.circuits) + 1)
	e.circuits = append(e.circuits, started)
	e.byID[started.id] = started
	e.byLink[started.link] = started
	return started
}

// publicURL returns the prefix of links, without a slash at its end.
func (e *Emulator) publicURL(r *http.Request) string {
	switch {
	case e.config.PublicURL != "":
		return strings.TrimRight(e.config.PublicURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Circuits returns the circuits in the order of their start.
func (e *Emulator) Circuits() []Circuit {
	now := e.config.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	circuits := make([]Circuit, len(e.circuits))
	for i, c := range e.circuits {
		circuits[i] = Circuit{
			ID: c.id, RequestID: c.request.id, Channel: c.channel, StartedAt: c.startedAt,
			Completed: e.settle(c, now), Documents: make([]Document, len(c.request.documents)),
		}
		for j, document := range c.request.documents {
			circuits[i].Documents[j] = document.Document
		}
	}
	return circuits
}

// Complete completes a circuit and builds its evidence. Completing it again changes nothing. It fails when there is no circuit
// of that id, or when the evidence cannot be made.
func (e *Emulator) Complete(circuitID string) error {
	e.mu.Lock()
	c := e.byID[circuitID]
	e.mu.Unlock()
	if c == nil {
		return fmt.Errorf("emulator: complete: there is no circuit %q", circuitID)
	}
	return e.complete(c)
}

// complete completes the circuit, unless it is complete, and builds its evidence.
func (e *Emulator) complete(c *circuit) error {
	now := e.config.Now()
	e.mu.Lock()
	if !e.settle(c, now) {
		c.completedAt = now.UTC()
	}
	e.mu.Unlock()
	_, err := e.evidence(c)
	return err
}

// settle reports whether the circuit is complete, and completes it if its time has come. The mutex must be held.
func (e *Emulator) settle(c *circuit, now time.Time) bool {
	if after := e.config.CompleteAfter; c.completedAt.IsZero() && after > 0 {
		if due := c.startedAt.Add(after); !now.Before(due) {
			c.completedAt = due
		}
	}
	return !c.completedAt.IsZero()
}

// evidence returns the ZIP of a completed circuit. The first call builds it, others wait for that.
func (e *Emulator) evidence(c *circuit) ([]byte, error) {
	c.build.Do(func() {
		c.evidence, c.buildErr = e.buildEvidence(c)
		if c.buildErr != nil {
			c.buildErr = fmt.Errorf("emulator: evidence of circuit %q: %w", c.id, c.buildErr)
			return
		}
		for _, document := range c.request.documents {
			document.content = nil
		}
		e.mu.Lock()
		e.held += int64(len(c.evidence)) - c.reserved
		e.mu.Unlock()
	})
	return c.evidence, c.buildErr
}

// download answers GET /api/v1/biometric/document_circuit/{channel}/circuit/{circuit}.
func (e *Emulator) download(channel, circuitID string, r *http.Request) *answer {
	if refusal := e.authorize(r); refusal != nil {
		return refusal
	}
	now := e.config.Now()
	e.mu.Lock()
	c := e.byID[circuitID]
	ready := c != nil && c.channel == channel && e.settle(c, now)
	e.mu.Unlock()
	if !ready {
		return refuse(http.StatusNotFound, "circuit not found or not completed")
	}
	evidence, err := e.evidence(c)
	if err != nil {
		return refuse(http.StatusInternalServerError, "the emulator could not make the evidence of this circuit")
	}
	return newAnswer(http.StatusOK, "application/zip", evidence).
		with("Content-Disposition", `attachment; filename="evidence-`+c.id+`.zip"`)
}
