// Package contract checks live HTTP traffic against the spec of the Biometric Verification API, so
// that a test fails when a request or a response deviates from the spec.
//
// Call [New] once per test, then wrap whatever speaks HTTP: [Checker.Transport] for a client,
// [Checker.Handler] for a server. Both pass everything on unchanged and call [Config.Report] for
// each deviation:
//
//	checker, err := contract.New(contract.Config{Report: contract.FailTest(t)})
//	if err != nil {
//		t.Fatal(err)
//	}
//	client, err := danabio.New(danabio.Config{
//		HTTPClient: &http.Client{Transport: checker.Transport(nil)},
//		// and the rest of your configuration
//	})
//
// Wrap the transport closest to the wire: one that adds the Authorization header goes around it.
// The spec is embedded, and is the one that this module was generated from, so no file and no
// network is needed. Requests are matched by path alone, relative to [Config.BasePath]. Host, port
// and scheme do not matter: the vendor's hosts, your own host and a loopback server are all checked
// against the same spec.
//
// # In your CI
//
// A test that wraps its transport in this way fails when the server deviates from the spec, and
// when your code does. The example "IntegrationTest" is a complete one. It runs against the
// emulator in each build, and against a sandbox if DANABIO_CONTRACT_START says so, for example in a
// nightly job with its own credentials. A run against a sandbox starts a real circuit. The example
// refuses to run against any host that is not known to be a sandbox, above all against production.
//
// Three things make such a test worthwhile. It runs the code that you ship. It passes the path of
// the base URL as [Config.BasePath]. And it fails when [Checker.Summary] lists an operation that
// your code calls as not called, since only calls are checked. If a gateway answers 429 or 503 at
// times, add [ClassUndocumentedStatus] to [Config.Allow].
//
// To check a server without a test, use the command "danabio contract", which also sends incorrect
// requests on purpose.
//
// # What is checked, and how deep
//
// The checks cover path, method, authentication scheme, parameters, media types, status, headers,
// content codings, the declared length, and JSON and form bodies against their schemas. Bodies are
// never read early. They are watched while they pass, and judged once the other side has read them
// to the end. So timing, broken bodies, Expect: 100-continue and streaming all behave as before,
// and at most [MaxBody] bytes of a body are held in memory. For larger and for binary bodies (the
// evidence ZIP), only status, media type and length are checked. [Exchange] says what was checked
// how deep for each exchange, and [Checker.Summary] for all of them. A test that wants to be sure
// that it tested something looks there.
//
// Where the spec has no schema, any body is correct. Where a schema requires no field, {} is
// correct. The command "danabio contract" goes further: it requires the fields that a response is
// useless without, such as access_token and circuitId.
//
// JSON is checked more strictly than a lenient decoder does: it must be UTF-8 without a byte order
// mark, and no object may have a duplicate name. Base64 must have its padding and no line breaks. A
// query must have no parameter that the spec does not name.
//
// A body in a content coding that was not requested is a finding, [ClassContentEncoding]. If the
// standard library can decode it (gzip, deflate) to at most [MaxBody] bytes, the decoded body is
// checked.
//
// Parts of the spec that are assumed rather than published are marked with "x-assumed". If such a
// part may excuse a finding, the finding says so: see [Finding].
//
// # When it is too strict
//
// By default everything is reported, including what no schema forbids: a status or a field that the
// spec does not name. For a spec that is partly reconstructed, these are the first things one wants
// to hear about, and nobody would know of a class that is silent by default. [Config.Allow] turns
// classes off. A Report function can be more precise, since each [Finding] has its operation and
// the response status. A test that sends an invalid request on purpose allows it like this:
//
//	fail := contract.FailTest(t)
//	report := func(f contract.Finding) {
//		if f.Class != contract.ClassRequestInvalid || f.Status != http.StatusBadRequest {
//			fail(f)
//		}
//	}
//
// Findings and summaries contain no value from any header, body, query or path: only names, types
// and numbers from the spec itself, and sizes.
//
// This package checks traffic against the spec. It knows nothing about this module's client or
// emulator.
package contract

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

// MaxBody is the largest body, in bytes, that is held in memory and validated against its schema.
// For larger bodies only status, media type and length are checked.
const MaxBody = 1 << 20

// Config says where deviations are reported and what counts as one.
type Config struct {
	// Report is called once for each deviation, from the goroutine that found it, so possibly from
	// several at once. It must not block. Required, since a check without a report cannot fail.
	// [FailTest] returns one for tests.
	Report func(Finding)
	// Spec is the OpenAPI document to check traffic against, in JSON or YAML, such as "danabio spec
	// --go" prints. It must contain everything that it refers to. Default: nil, the embedded spec,
	// from which this module was generated.
	Spec []byte
	// Allow lists classes that are not reported. Default: none, everything is reported.
	Allow []Class
	// BasePath is a path prefix in front of the spec's paths, such as "/gateway/biometric".
	// Default: "", none.
	BasePath string
	// Checked is called once for each exchange when its check is complete: after the response body
	// was read to its end or closed, or after the wrapped handler returned. It may be called from
	// several goroutines at once. Default: nil, not called.
	Checked func(Exchange)
}

// Checker checks exchanges against the spec. It is safe for concurrent use and starts no
// goroutines.
type Checker struct {
	config Config
	allow  map[Class]bool
	routes routes
	names  map[string]bool // property names in the spec; no other name from a body is ever shown

	mu     sync.Mutex
	counts map[Exchange]int
}

// New returns a checker. It fails if Report is missing, if BasePath is not a plain absolute path,
// if Allow contains an unknown class, or if Spec is not a valid OpenAPI document.
func New(config Config) (*Checker, error) {
	read, which := embeddedSpec, "the embedded spec"
	if config.Spec != nil {
		read, which = func() (specification, error) { return readSpec(config.Spec) }, "Config.Spec"
	}
	known, err := read()
	if err != nil {
		return nil, fmt.Errorf("contract: %s: %w", which, err)
	}
	return newChecker(known, config)
}

// specification is a valid spec.
type specification struct {
	document *openapi3.T
	names    map[string]bool // names of all properties
}

// embeddedSpec is read when the first checker is made, and never modified. Tests typically make one
// checker each.
var embeddedSpec = sync.OnceValues(func() (specification, error) {
	document, err := spec.GetSpec()
	if err != nil {
		return specification{}, err
	}
	return specificationOf(document)
})

func readSpec(text []byte) (specification, error) {
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return specification{}, err
	}
	return specificationOf(document)
}

func specificationOf(document *openapi3.T) (specification, error) {
	if err := document.Validate(context.Background()); err != nil {
		return specification{}, fmt.Errorf("it is not valid: %w", err)
	}
	names, err := propertyNames(document)
	if err != nil {
		return specification{}, fmt.Errorf("list its names: %w", err)
	}
	return specification{document, names}, nil
}

func newChecker(known specification, config Config) (*Checker, error) {
	if config.Report == nil {
		return nil, errors.New("contract: Config.Report is missing; contract.FailTest(t) makes one for a test")
	}
	base := strings.TrimRight(config.BasePath, "/")
	if base != "" && !strings.HasPrefix(base, "/") || strings.ContainsAny(base, "?#{}") {
		return nil,
			errors.New(
				`contract: Config.BasePath must be a path alone that begins with "/", such as "/gateway"; leave out scheme, host and query`)
	}
	allow := make(map[Class]bool, len(config.Allow))
	for _, class := range config.Allow {
		if !classes[class] {
			return nil, fmt.Errorf("contract: Config.Allow names the unknown class %q", class)
		}
		allow[class] = true
	}
	return &Checker{
		config: config,
		allow:  allow,
		routes: newRoutes(known.document, base),
		names:  known.names,
		counts: make(map[Exchange]int),
	}, nil
}
