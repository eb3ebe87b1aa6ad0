package emulator

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// maxHeldBytes limits the memory for all documents and evidence together.
const maxHeldBytes = 1 << 30

// evidenceAllowance is what a circuit is expected to hold beyond its documents: pictures, records,
// signatures.
const evidenceAllowance = 256 << 10

// State is the state of a circuit.
type State string

// States of a circuit. The API distinguishes only StateCompleted: the vendor publishes nothing
// about circuits that are rejected or expire, so these always get 404, like a circuit that is not
// completed (assumed).
const (
	StateOpen      State = "open"
	StateCompleted State = "completed"
	StateRejected  State = "rejected" // by the signer
	StateExpired   State = "expired"
)

// Circuit describes a circuit at the time of the call that returned it.
type Circuit struct {
	ID        string
	RequestID string // from the body of the start, or empty
	Channel   string
	StartedAt time.Time
	Completed bool                    // State is StateCompleted
	State     State                   // how far it has come
	Documents []evidence.SentDocument // in the order sent
}

// circuit is a circuit that was started.
type circuit struct {
	id, link      string
	channel       string
	request       *startRequest
	startedAt     time.Time
	reservedBytes int64

	// guarded by the emulator's mutex while the state is open, constant afterwards
	state           State
	completedAt     time.Time // zero if not completed
	timedCompletion bool      // completed by time, not by a call or the page
	visit           visit

	build    sync.Once // sets the next two
	evidence []byte
	buildErr error
}

// startAnswer has the shape of the published example (published page; link: help article).
type startAnswer struct {
	CircuitID string `json:"circuitId"`
	Link      string `json:"link"`
}

// start answers POST /api/v1/biometric/start_circuit/{channel}.
func (e *Emulator) start(channel string, r *http.Request) *reply {
	if refusal := e.authorize(r); refusal != nil {
		return refusal
	}
	if channel != e.config.Channel {
		return refuse(http.StatusBadRequest, "channel: is not served here")
	}
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		mediaType != "application/json" {
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
			fmt.Sprintf("the emulator keeps at most %d bytes of documents and evidence, which this circuit would "+
				"exceed; restart it", e.maxHeld))
	}
	return e.succeedJSON(OperationStart, startAnswer{CircuitID: started.id, Link: e.publicURL(r) + "/sign/" +
		started.link})
}

// admit creates a circuit for the request, or returns nil if there is no room for it.
func (e *Emulator) admit(request *startRequest) *circuit {
	started := &circuit{
		link: randomToken(), channel: e.config.Channel, request: request,
		startedAt: e.config.Now().UTC(), reservedBytes: evidenceAllowance, state: StateOpen,
	}
	for _, document := range request.documents {
		started.reservedBytes += document.Size
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.heldBytes+started.reservedBytes > e.maxHeld {
		return nil
	}
	e.heldBytes += started.reservedBytes
	started.id = randomCircuitID(len(e.circuits) + 1)
	e.circuits = append(e.circuits, started)
	e.byID[started.id] = started
	e.byLink[started.link] = started
	return started
}

// publicURL returns the prefix of links, without a trailing slash.
func (e *Emulator) publicURL(r *http.Request) string {
	switch {
	case e.config.PublicURL != "":
		return strings.TrimRight(e.config.PublicURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Circuits returns all circuits in the order in which they were started.
func (e *Emulator) Circuits() []Circuit {
	now := e.config.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	circuits := make([]Circuit, len(e.circuits))
	for i, c := range e.circuits {
		state := e.settle(c, now)
		circuits[i] = Circuit{
			ID: c.id, RequestID: c.request.id, Channel: c.channel, StartedAt: c.startedAt,
			Completed: state == StateCompleted, State: state,
			Documents: make([]evidence.SentDocument, len(c.request.documents)),
		}
		for j, document := range c.request.documents {
			circuits[i].Documents[j] = document.SentDocument
		}
	}
	return circuits
}

// Complete completes a circuit and builds its evidence. Completing it again changes nothing. It
// fails if there is no circuit with this ID, if the circuit was rejected or has expired, or if its
// evidence cannot be built.
func (e *Emulator) Complete(circuitID string) error { return e.endByID(circuitID, StateCompleted) }

// Reject rejects a circuit, as if its signer had refused. It fails if there is no circuit with this
// ID, or if it has ended in another state. How the API answers for it is assumed, see [State].
func (e *Emulator) Reject(circuitID string) error { return e.endByID(circuitID, StateRejected) }

// Expire marks a circuit as expired, as if its signer had never acted. It fails if there is no
// circuit with this ID, or if it has ended in another state. How the API answers for it is assumed,
// see [State].
func (e *Emulator) Expire(circuitID string) error { return e.endByID(circuitID, StateExpired) }

func (e *Emulator) endByID(circuitID string, state State) error {
	e.mu.Lock()
	c := e.byID[circuitID]
	e.mu.Unlock()
	if c == nil {
		return fmt.Errorf("emulator: there is no circuit %q to be %s", circuitID, state)
	}
	ended, err := e.end(c, state)
	if err == nil && ended != state {
		return fmt.Errorf("emulator: circuit %q is %s and cannot be %s", circuitID, ended, state)
	}
	return err
}

// end ends an open circuit in the given state, and builds the evidence of a completed one. It
// returns the circuit's state, which differs if it had ended before.
func (e *Emulator) end(c *circuit, state State) (State, error) {
	now := e.config.Now()
	e.mu.Lock()
	if e.settle(c, now) == StateOpen {
		c.state = state
		switch state {
		case StateCompleted:
			c.completedAt = now.UTC()
		default:
			e.release(c)
		}
	}
	state = c.state
	e.mu.Unlock()
	if state != StateCompleted {
		return state, nil
	}
	_, err := e.evidence(c)
	return state, err
}

// release frees what a circuit without evidence held. The mutex must be held.
func (e *Emulator) release(c *circuit) {
	for _, document := range c.request.documents {
		document.content = nil
	}
	c.visit = visit{}
	e.heldBytes -= c.reservedBytes
	c.reservedBytes = 0
}

// settle returns the circuit's state, and completes the circuit if its time has come, unless its
// signer has begun on the page. The mutex must be held.
func (e *Emulator) settle(c *circuit, now time.Time) State {
	if after := e.config.CompleteAfter; c.state == StateOpen && after > 0 && !c.visit.hasBegun() {
		if due := c.startedAt.Add(after); !now.Before(due) {
			c.state, c.completedAt, c.timedCompletion = StateCompleted, due, true
		}
	}
	return c.state
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
		c.visit = visit{}
		e.heldBytes += int64(len(c.evidence)) - c.reservedBytes
		e.mu.Unlock()
	})
	return c.evidence, c.buildErr
}

// download answers GET /api/v1/biometric/document_circuit/{channel}/circuit/{circuit}.
func (e *Emulator) download(channel, circuitID string, r *http.Request, fault *Fault) *reply {
	if refusal := e.authorize(r); refusal != nil {
		return refusal
	}
	now := e.config.Now()
	e.mu.Lock()
	c := e.byID[circuitID]
	ready := c != nil && c.channel == channel && e.settle(c, now) == StateCompleted
	e.mu.Unlock()
	if !ready {
		return refuse(http.StatusNotFound, "circuit not found or not completed")
	}
	evidence, err := e.evidence(c)
	if err == nil && fault != nil && fault.Forge != "" {
		evidence, err = e.forge(c, evidence, fault.Forge)
	}
	if err != nil {
		return refuse(http.StatusInternalServerError, "the emulator could not make the evidence of this circuit")
	}
	return e.succeed(OperationDownload, evidence).
		with("Content-Disposition", `attachment; filename="evidence-`+c.id+`.zip"`)
}
