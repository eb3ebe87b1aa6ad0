// Package probe checks a live server against the spec. It sends correct and incorrect requests for
// each operation and reports what the spec says, what came, and whether that deviates. It also
// answers questions that the vendor's published page leaves open.
//
// Call [Run], then [Result.Table] or [Result.Markdown], or marshal the [Result] as JSON.
//
// Each request is sent once, over its own connection, and is never retried. Run limits its time and
// memory whatever the server does: 30 s for each request, 10 minutes for evidence, 1 MiB for any
// other body, 256 KiB for headers. It does not follow redirects.
//
// # What a result contains
//
// A result contains nothing that the server sent and nothing that was sent to it: no credentials,
// token, channel, IDs or link, no values, and no unknown names from a body or header. It contains
// texts of this package, of package contract and of the spec, numbers (statuses, sizes, counts, the
// clock's skew), and names from fixed lists: media types, header names, and common names in error
// bodies. Other names are only counted. So anybody may see a result.
//
// This package contains requests as they appear on the wire, the verdict on a probe, and the
// formats of a result. Package contract checks single messages against the spec, and package
// evidence checks ZIPs.
package probe

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/danabio/danabio-go/internal/reach"
	"github.com/danabio/danabio-go/pkg/contract"
)

// Config says which server to probe, and how far to go. Fields not marked as optional are required.
type Config struct {
	// BaseURL is the server's URL without a trailing slash. No result contains its host.
	BaseURL string
	// Server is the name that the result gives the server.
	Server string
	// Channel, ClientID and ClientSecret are the caller's own.
	Channel, ClientID, ClientSecret string
	// RawBasicAuth works as in danabio.Config. Default: false, client ID and secret are
	// form-encoded before they go into the Basic header.
	RawBasicAuth bool
	// Library is the name and version of this library, for the User-Agent and the result.
	Library string
	// Start, if not nil, makes Run start a circuit, which is a real one. Default: none.
	Start *Start
	// Unfinished is the ID of a circuit that is not completed. Default: the circuit that Start
	// started, or none.
	Unfinished string
	// Circuit is the ID of a completed circuit. Run downloads and verifies its evidence but does
	// not keep it. Default: none.
	Circuit string
	// Allow lists classes of deviations that do not count. They are still reported. Default: none.
	Allow []contract.Class
	// Transport carries the requests; it is cloned. Default: the transport of
	// http.DefaultTransport.
	Transport *http.Transport
	// Progress is called with the name of each probe before it is sent. Default: nil, not called.
	Progress func(name string)

	spec []byte // an OpenAPI document that replaces the embedded one, for tests
}

// Start describes the circuit to start.
type Start struct {
	SignerName, SignerEmail, SignerNIF string
	DocumentName                       string
	Document                           []byte // a PDF
	// Started is called as soon as the server has started a circuit, with the values of its
	// response. If it returns an error, the run ends. Default: nil, not called; then nobody learns
	// the circuit's ID.
	Started func(circuitID, link string) error
}

// Check returns an error that says why [Run] would reject the Config.
func (c Config) Check() error {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" {
		return errors.New("the base URL is not valid; it looks like https://acme.example.com")
	}
	if err := reach.CheckEnvironment(c.transport(), base); err != nil {
		return err
	}
	for _, circuit := range []struct{ what, id string }{{"the completed circuit", c.Circuit},
		{"the unfinished circuit", c.Unfinished}} {
		if circuit.id == "" {
			continue
		}
		if err := checkID(circuit.id); err != nil {
			return fmt.Errorf("the id of %s %w", circuit.what, err)
		}
	}
	for _, class := range c.Allow {
		if !slices.Contains(Classes(), class) {
			return fmt.Errorf("there is no class %q of deviations", class)
		}
	}
	return nil
}

func (c Config) transport() *http.Transport {
	if c.Transport == nil {
		return http.DefaultTransport.(*http.Transport)
	}
	return c.Transport
}

const (
	limit         = 30 * time.Second // for a request and its response
	evidenceLimit = 10 * time.Minute
	maxBody       = contract.MaxBody // in bytes, for a response
)

// Run sends all probes. The error is never about the server: the Config is not usable, Started
// failed, or the context ended.
func Run(ctx context.Context, config Config) (*Result, error) {
	p, err := newProber(config)
	if err != nil {
		return nil, err
	}
	defer p.plain.CloseIdleConnections()
	defer p.once.CloseIdleConnections()
	for _, probe := range []func(context.Context) error{
		p.probeToken, p.probeWrongSecret, p.probeWrongMethods, p.probeWrongTokens, p.probeUnknown,
		p.probeStart, p.probeUnfinished, p.probeFinished, p.findOut,
	} {
		if err := probe(ctx); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return p.finish(), nil
}

// prober is the state of one run.
type prober struct {
	config      Config
	base        *url.URL
	spec        *specification
	checker     *contract.Checker
	plain, once *http.Transport // once uses HTTP/1.1 only, for starts
	result      *Result

	silent     string // why nothing is sent any more, or empty
	token      string // empty if there is none
	wrongToken string
	unknown    string // ID of a circuit that does not exist
	unfinished string
	seen       []*exchange
	answers    answers

	mu    sync.Mutex
	found []contract.Finding // in the current exchange
}

// answers are the exchanges that later questions refer to. Each is nil if there is none.
type answers struct{ token, start, unknown, unfinished, finished, expected *exchange }

func newProber(config Config) (*prober, error) {
	if err := config.Check(); err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	base, err := url.Parse(config.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	specification, err := readSpec(config.spec)
	if err != nil {
		return nil, err
	}
	p := &prober{
		config: config, base: base, spec: specification, unfinished: config.Unfinished,
		wrongToken: madeUp(), unknown: reach.UnknownCircuit(),
		result: &Result{
			Version: ResultVersion, Server: config.Server, Library: config.Library, Spec: specification.info,
			At: time.Now().UTC().Truncate(time.Second),
		},
	}
	p.checker, err = contract.New(contract.Config{BasePath: base.EscapedPath(), Spec: config.spec,
		Report: func(finding contract.Finding) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.found = append(p.found, finding)
		}})
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	p.plain, p.once = reach.WithHeaderLimit(config.transport()), reach.HTTP1(config.transport())
	return p, nil
}

// checkID rejects an ID that cannot be one segment of a path. The error does not contain the ID.
func checkID(id string) error {
	switch {
	case strings.Contains(id, "://"):
		return errors.New("looks like a link; give the identifier")
	case strings.TrimSpace(id) == "", id == ".", id == "..", strings.ContainsFunc(id, unicode.IsControl):
		return errors.New("is not an identifier")
	}
	return nil
}

// madeUp returns a fake secret or token whose text tells the recipient that it is made up.
func madeUp() string { return "danabio-contract-made-up-" + rand.Text() }

// basic returns the Authorization header for the client with this secret.
func (p *prober) basic(secret string) string {
	id := p.config.ClientID
	if !p.config.RawBasicAuth {
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}
