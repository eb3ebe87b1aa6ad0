// Package probe holds a live server against the spec: it sends each operation's requests, right
// ones and wrong ones, and says what the spec says, what came, and whether that deviates. It also
// finds out what the vendor's published page leaves open.
//
// Call [Run], then [Result.Table] or [Result.Markdown], or marshal the [Result] as JSON.
//
// Each request is sent once, over a connection of its own, and nothing is tried again. Run is
// bounded in time and memory whatever the server does: 30 s for each request, 10 minutes for
// evidence, 1 MiB for any body but evidence, 256 KiB for headers. Redirects are not followed.
//
// # What a result holds
//
// Nothing that the server sent and nothing that was sent to it stands in a result: no credentials,
// no token, no channel, no ids, no link, no value and no unknown name of a body or header. What
// stands in it are texts of this package, of package contract and of the spec, numbers (statuses,
// sizes, counts, the clock's skew), and names from fixed lists: media types, header names, and the
// names that error bodies commonly have. Other names are counted. So a result can be shown to
// anybody.
//
// What may live here: requests as they are on the wire, the judgement on a whole probe, and the
// forms in which it is told. Whether a single message is as the spec says is package contract's to
// know, whether a ZIP is acceptable package evidence's.
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

// Config says which server to probe, and how far to go. What is not marked as optional is required.
type Config struct {
	// BaseURL is the server, without a slash at its end. Its host stands in no result.
	BaseURL string
	// Server is what the result calls the server instead.
	Server string
	// Channel, ClientID and ClientSecret are the caller's own.
	Channel, ClientID, ClientSecret string
	// RawBasicAuth is as in danabio.Config. Default: false, client id and secret are form-encoded
	// before they stand in the Basic header.
	RawBasicAuth bool
	// Library names this library and its version, in the User-Agent and in the result.
	Library string
	// Start, if not nil, has a circuit started, which is a real one. Default: none.
	Start *Start
	// Unfinished is the id of a circuit that is not completed. Default: the one that Start started;
	// none without.
	Unfinished string
	// Circuit is the id of a completed circuit, whose evidence is downloaded, verified and not
	// kept. Default: none.
	Circuit string
	// Allow lists classes of deviations that do not count. They are reported all the same. Default:
	// none.
	Allow []contract.Class
	// Transport carries the requests; it is cloned. Default: that of http.DefaultTransport.
	Transport *http.Transport
	// Progress is called with the name of each probe before it is made. Default: nil, not called.
	Progress func(name string)

	spec []byte // an OpenAPI document instead of the embedded one, for tests
}

// Start is what a circuit is started with.
type Start struct {
	SignerName, SignerEmail, SignerNIF string
	DocumentName                       string
	Document                           []byte // a PDF
	// Started is called at once when the server has started a circuit, with what it answered. An
	// error of it ends the run. Default: nil, not called; then nobody learns the circuit's id.
	Started func(circuitID, link string) error
}

// Check says what is wrong with a Config that [Run] would not take.
func (c Config) Check() error {
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Host == "" {
		return errors.New("the base URL is none; it looks like https://acme.example.com")
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
	limit         = 30 * time.Second // of a request and its answer
	evidenceLimit = 10 * time.Minute
	maxBody       = contract.MaxBody // bytes of an answer
)

// Run makes all probes. The error is not about the server: a Config that cannot be used, a Started
// that failed, or a context that ended.
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

// prober is one run.
type prober struct {
	config      Config
	base        *url.URL
	spec        *specification
	checker     *contract.Checker
	plain, once *http.Transport // once: HTTP/1.1 only, for starts
	result      *Result

	silent     string // why nothing is sent any more; empty: it is
	token      string // empty: there is none
	wrongToken string
	unknown    string // id of a circuit that does not exist
	unfinished string
	seen       []*exchange
	answers    answers

	mu    sync.Mutex
	found []contract.Finding // of the exchange under way
}

// answers are those that questions are asked about afterwards; nil if there is none.
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

// checkID refuses what cannot be one segment of a path. The id itself is not shown.
func checkID(id string) error {
	switch {
	case strings.Contains(id, "://"):
		return errors.New("looks like a link; give the identifier")
	case strings.TrimSpace(id) == "", id == ".", id == "..", strings.ContainsFunc(id, unicode.IsControl):
		return errors.New("is no identifier")
	}
	return nil
}

// madeUp is a secret or a token that is none, and says so to whom it reaches.
func madeUp() string { return "danabio-contract-made-up-" + rand.Text() }

// basic is the value of the Authorization header for the client with this secret.
func (p *prober) basic(secret string) string {
	id := p.config.ClientID
	if !p.config.RawBasicAuth {
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}
