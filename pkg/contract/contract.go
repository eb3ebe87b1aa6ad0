// Package contract holds live HTTP traffic against the spec of the Biometric Verification API, so
// that a test fails when a request or an answer is not as the spec says.
//
// Call [New] first, once for a test, then wrap what speaks HTTP: [Checker.Transport] for a client,
// [Checker.Handler] for a server. Both pass everything on unchanged and tell [Config.Report] what
// deviates:
//
//	checker, err := contract.New(contract.Config{Report: contract.FailTest(t)})
//	if err != nil {
//		t.Fatal(err)
//	}
//	client, err := danabio.New(danabio.Config{
//		HTTPClient: &http.Client{Transport: checker.Transport(nil)},
//		// and what you have anyway
//	})
//
// The wrapped transport has to be the one closest to the wire: what adds the Authorization header
// goes around it. The spec is the one that this module was generated from, embedded; no file and no
// network is needed. Requests are matched by path alone, relative to [Config.BasePath]: host, port
// and scheme do not matter, so the vendor's hosts, a host of your own and a loopback server are
// held against the same spec.
//
// # In your CI
//
// A test of your own that wraps its transport like this fails when the server deviates from the
// spec, and when your code does. The example "IntegrationTest" is a whole one: it runs against the
// emulator in each build, and against a sandbox where DANABIO_CONTRACT_START says so, such as in a
// nightly job with credentials of its own. A run against a sandbox starts a real circuit; against
// any host that is not known to be a sandbox the example refuses to run, production above all.
// Three things make it worth its time: it runs the code that you ship, it gives the base URL's path
// as [Config.BasePath], and it fails when [Checker.Summary] says that an operation which your code
// calls was never called, since what was not called was not checked. Where a gateway answers 429 or
// 503 at times, put [ClassUndocumentedStatus] into [Config.Allow].
//
// To look at a server without a test there is the command "danabio contract", which also sends
// wrong requests on purpose.
//
// # What is checked, and how deep
//
// Path, method, authentication scheme, parameters, media types, status, headers, content codings,
// the length that was declared, and JSON and form bodies against their schemas. Bodies are never
// read before their time: they are watched while they pass, and judged when the other side has read
// them to the end. So nothing about timing, broken bodies, Expect: 100-continue or streaming
// changes, and at most [MaxBody] bytes of a body are held in memory. Larger bodies and binary ones
// (the evidence ZIP) are checked by status, media type and length only. What was checked how deep
// is in [Exchange] for each exchange and in [Checker.Summary] for all of them: a test that wants to
// be sure that it tested something reads it there.
//
// Where the spec names no schema, any body is right. And where a schema requires no field, {} is
// right. The command "danabio contract" goes further: it demands what an answer is of no use
// without, such as access_token and circuitId.
//
// Of JSON more is asked than that a lenient reader takes it: it is UTF-8 without a byte order mark,
// and no name stands twice in one object. Base64 has its padding and no line breaks. A query has no
// parameter that the spec does not name.
//
// A body in a content coding that was not asked for is a finding, [ClassContentEncoding], and is
// checked as what it decodes to if the standard library can decode it (gzip, deflate) to no more
// than [MaxBody].
//
// What nobody published, and the spec marks with "x-assumed", is said beside a finding that it may
// excuse: see [Finding].
//
// # What it is too strict about, and how to say so
//
// Everything is reported by default, also what no schema forbids: a status or a field that the spec
// does not name. For a spec that is partly reconstructed these are what one wants to hear of first,
// and a class that is silent by default is one that nobody knows of. [Config.Allow] turns classes
// off; a Report function can be finer, since each [Finding] has its operation and the status that
// was answered. A test that sends a bad request on purpose lets it pass like this:
//
//	fail := contract.FailTest(t)
//	report := func(f contract.Finding) {
//		if f.Class != contract.ClassRequestInvalid || f.Status != http.StatusBadRequest {
//			fail(f)
//		}
//	}
//
// Findings and summaries hold no value of any header, body, query or path: only names, types and
// numbers that the spec itself has, and sizes.
//
// What may live here: the checking of traffic against the spec, and no knowledge of this module's
// client or emulator.
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

// MaxBody is the size in bytes up to which a body is held in memory and validated against its
// schema. Larger bodies are checked by status, media type and length only.
const MaxBody = 1 << 20

// Config says where deviations go and what counts as one.
type Config struct {
	// Report is called once for each deviation, from the goroutine that found it, so at times from
	// several at once. It must not block. Required: a check that reports to nobody cannot fail.
	// [FailTest] makes one for tests.
	Report func(Finding)
	// Spec is the OpenAPI document to hold traffic against, in JSON or YAML, as "danabio spec --go"
	// prints the embedded one; what it refers to must stand in it. Default: nil, the embedded one,
	// from which this module was generated.
	Spec []byte
	// Allow lists the classes that are not reported. Default: none, everything is reported.
	Allow []Class
	// BasePath is the path that stands before the spec's paths, such as "/gateway/biometric".
	// Default: "", none.
	BasePath string
	// Checked is called once for each exchange when its check is over: after the answer's body was
	// read to its end or closed, or after the wrapped handler returned. It may be called from
	// several goroutines at once. Default: nil, not called.
	Checked func(Exchange)
}

// Checker holds exchanges against the spec. It is safe for concurrent use and starts no goroutines.
type Checker struct {
	config Config
	allow  map[Class]bool
	routes routes
	names  map[string]bool // property names that the spec has; no other name from a body is ever shown

	mu     sync.Mutex
	counts map[Exchange]int
}

// New makes a checker. It fails when Report is missing, when BasePath is no plain absolute path,
// when Allow names a class that does not exist, or when Spec is no valid OpenAPI document.
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

// specification is a spec that is valid.
type specification struct {
	document *openapi3.T
	names    map[string]bool // of its properties
}

// embeddedSpec is read when the first checker is made, and never changed: tests make one each.
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
