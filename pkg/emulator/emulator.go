package emulator

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
	"github.com/danabio/danabio-go/pkg/emulator/internal/sign"
)

// Operation identifies an operation of the API.
type Operation string

// Operations of the API (published page).
const (
	OperationToken    Operation = "token"    // POST /oauth2/token
	OperationStart    Operation = "start"    // POST /api/v1/biometric/start_circuit/{channel}
	OperationDownload Operation = "download" // GET /api/v1/biometric/document_circuit/{channel}/circuit/{circuit}
)

// Emulator is the emulated API. It is an [http.Handler] and safe for concurrent use.
type Emulator struct {
	config        Config
	authority     *sign.Authority
	specResponses specResponses
	maxHeld       int64
	crossOrigin   *http.CrossOriginProtection
	decodeSlots   sync.Mutex // held while a photo is decoded, which can take hundreds of megabytes

	mu        sync.Mutex           // guards what follows, and the completion of circuits
	tokens    map[string]time.Time // when each expires
	circuits  []*circuit
	byID      map[string]*circuit
	byLink    map[string]*circuit
	heldBytes int64
	faults    []Fault
	requests  map[Operation]int
}

// New returns an emulator without circuits. It opens no port and starts no goroutine. It fails on
// settings that cannot be served.
func New(config Config) (*Emulator, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	authority, err := sign.NewAuthority(config.Now())
	if err != nil {
		return nil, fmt.Errorf("emulator: make the test authority: %w", err)
	}
	published, err := fromSpec()
	if err != nil {
		return nil, fmt.Errorf("emulator: read the embedded spec: %w", err)
	}
	crossOrigin, err := config.crossOrigin()
	if err != nil {
		return nil, fmt.Errorf("emulator: PublicURL: %w", err)
	}
	return &Emulator{
		config: config, crossOrigin: crossOrigin, authority: authority, specResponses: published, maxHeld: maxHeldBytes,
		tokens: map[string]time.Time{}, byID: map[string]*circuit{}, byLink: map[string]*circuit{},
		faults: append([]Fault(nil), config.Faults...), requests: map[Operation]int{},
	}, nil
}

// ClientID returns the client ID that the token endpoint accepts.
func (e *Emulator) ClientID() string { return e.config.ClientID }

// ClientSecret returns the secret that the token endpoint accepts.
func (e *Emulator) ClientSecret() string { return e.config.ClientSecret }

// Channel returns the channel that is served.
func (e *Emulator) Channel() string { return e.config.Channel }

// Requests returns how often each operation was called so far, including refused and faulty calls.
func (e *Emulator) Requests() map[Operation]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.requests)
}

// route is the destination of a request: an API operation with the parameters of its path, or a
// page for people.
type route struct {
	operation Operation // empty for a page
	page      string    // link or list, for the log
	methods   []string
	channel   string
	circuit   string
	link      string
	picture   string // below the link
}

// findRoute returns the route of a path, or nil for an unknown path. It splits segments before it
// unescapes them, so that a channel may contain any character.
func findRoute(address *url.URL) *route {
	if address.EscapedPath() == "/" {
		return &route{page: "list", methods: []string{http.MethodGet}}
	}
	segments := strings.Split(strings.TrimPrefix(address.EscapedPath(), "/"), "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil || plain == "" {
			return nil
		}
		segments[i] = plain
	}
	is := func(pattern ...string) bool {
		if len(pattern) != len(segments) {
			return false
		}
		for i, want := range pattern {
			if want != "" && want != segments[i] {
				return false
			}
		}
		return true
	}
	switch {
	case is("oauth2", "token"):
		return &route{operation: OperationToken, methods: []string{http.MethodPost}}
	case is("api", "v1", "biometric", "start_circuit", ""):
		return &route{operation: OperationStart, methods: []string{http.MethodPost}, channel: segments[4]}
	case is("api", "v1", "biometric", "document_circuit", "", "circuit", ""):
		return &route{
			operation: OperationDownload, methods: []string{http.MethodGet}, channel: segments[4], circuit: segments[6],
		}
	case is("sign", ""):
		return &route{page: "link", methods: []string{http.MethodGet, http.MethodPost}, link: segments[1]}
	case is("sign", "", ""):
		return &route{page: "link", methods: []string{http.MethodGet}, link: segments[1], picture: segments[2]}
	}
	return nil
}

// ServeHTTP answers one request.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := e.config.Now()
	requestID := randomText(20)
	w.Header().Set("X-Request-Id", requestID)

	where := findRoute(r.URL)
	reply, fault := e.answer(where, r)
	e.config.Logger.Info("request",
		slog.String("operation", where.name()), slog.Int("status", reply.status), slog.String("request_id", requestID),
		slog.Duration("duration", e.config.Now().Sub(started)), slog.Bool("fault", fault != nil))
	if fault == nil {
		reply.send(w)
		return
	}
	if fault.deviatesFromSpec() {
		contract.Exempt(r)
	}
	fault.send(w, r, reply)
}

// name returns the name of the route for the log. Paths are never logged, since they may contain a
// link.
func (where *route) name() string {
	switch {
	case where == nil:
		return "unknown"
	case where.operation == "":
		return where.page
	}
	return string(where.operation)
}

// answer handles the request and returns the answer and the fault to apply to it.
func (e *Emulator) answer(where *route, r *http.Request) (*reply, *Fault) {
	if where == nil {
		return refuse(http.StatusNotFound, "there is no such path; the API has POST /oauth2/token, POST "+
			"/api/v1/biometric/start_circuit/{channel} and GET "+
			"/api/v1/biometric/document_circuit/{channel}/circuit/{circuit}"), nil
	}
	if !slices.Contains(where.methods, r.Method) {
		allowed := strings.Join(where.methods, ", ")
		return refuse(http.StatusMethodNotAllowed, "the method is not allowed here; allowed: "+allowed).with("Allow",
			allowed), nil
	}
	if where.operation == "" {
		contract.Exempt(r) // the pages are not part of the API
		if where.page == "list" {
			return e.list(r), nil
		}
		return e.link(where, r), nil
	}
	fault := e.takeFault(where.operation)
	if fault != nil {
		if replaced := e.replace(fault, r); replaced != nil {
			return replaced, fault
		}
	}
	switch where.operation {
	case OperationToken:
		return e.token(r), fault
	case OperationStart:
		return e.start(where.channel, r), fault
	}
	reply := e.download(where.channel, where.circuit, r, fault)
	if fault != nil && fault.Forge != "" && reply.status != e.specResponses.success[OperationDownload].status {
		e.giveBack(*fault) // there is no evidence yet
		return reply, nil
	}
	return reply, fault
}

// read returns the whole body, or the answer that refuses it. If the announced length is too large
// it does not begin to read, so that no "100 Continue" invites the body.
func (e *Emulator) read(r *http.Request) ([]byte, *reply) {
	tooLarge := refuse(http.StatusRequestEntityTooLarge,
		fmt.Sprintf("the body is larger than the %d bytes that the emulator reads", e.config.MaxRequestBytes))
	if r.ContentLength > e.config.MaxRequestBytes {
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, e.config.MaxRequestBytes))
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &limit):
		return nil, tooLarge
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "the body ended before its announced length")
	}
	return body, nil
}
