// Package doctor finds out step by step why the API cannot be reached, and who can fix it.
//
// Call [Run]. It sends the server one request without credentials, one for a token, and one for the
// evidence of a circuit that does not exist. It starts and changes nothing, except for a file in
// the temporary folder that it removes. It continues after a failure, and skips the checks that
// depend on a failed step.
//
// A [Check] contains this package's own texts, host names and addresses, names from certificates,
// and statuses. It contains no credentials, tokens, channels or circuits, and no text that the
// server sent.
//
// This package contains the steps. What they share with other checks of a server is in package
// reach. The caller knows where settings come from, so it supplies the first checks.
package doctor

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/danabio/danabio-go/internal/reach"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// Status is the result of a check.
type Status string

// Results of a check.
const (
	OK      Status = "ok"
	Warning Status = "warning" // it works, but somebody should look at it
	Failed  Status = "failed"
	Skipped Status = "skipped" // a prerequisite is missing or failed
)

// Who says who can fix what a check found.
type Who string

// Those who can fix something.
const (
	You     Who = "you"
	Network Who = "network" // the people who run the user's network
	Vendor  Who = "vendor"  // DANAconnect
)

// Kind is the kind of failure that a check found.
type Kind int

// Kinds of failures. The zero value belongs to checks that did not fail.
const (
	Configuration Kind = iota + 1
	Unreached          // the network, the server, or this machine
	Unauthorized
	Refused
)

// Text is a format of package fmt with its arguments, so that it can be translated. An argument may
// be a Text, or an error whose text may be shown.
type Text struct {
	Format string
	Args   []any
}

// String returns the text in English.
func (t Text) String() string { return fmt.Sprintf(t.Format, t.Args...) }

// Say returns a Text.
func Say(format string, args ...any) Text { return Text{format, args} }

// Check is the result of one step.
type Check struct {
	Name   string // stable, for example "dns" or "tls"
	Status Status
	Found  Text
	Advice Text // what to do; empty if there is nothing to do
	Who    Who  // who can do it; empty without Advice
	Kind   Kind // of a failed check
}

// Fine returns a check that found nothing wrong.
func Fine(found Text) Check { return Check{Status: OK, Found: found} }

// Fails returns a check that failed.
func Fails(kind Kind, found Text, who Who, advice Text) Check {
	return Check{Status: Failed, Kind: kind, Found: found, Who: who, Advice: advice}
}

// Skips returns a check that was skipped.
func Skips(why Text) Check { return Check{Status: Skipped, Found: why} }

// Step is a check that the caller supplies.
type Step struct {
	Name  string
	Check func(context.Context) Check
}

// Config says what to check.
type Config struct {
	// First lists the caller's own checks, which run first.
	First []Step
	// BaseURL is the server's base URL. Default: none, then all checks that need it are skipped.
	BaseURL string
	// Vendors says that BaseURL is published by the vendor, so that it cannot be mistyped. Default:
	// false.
	Vendors bool
	// Client returns the configuration for requests with credentials. Each is sent once, whatever
	// its Retry says. It is called after First, unless the check "configuration" or "secret"
	// failed. Required.
	Client func() danabio.Config
	// Transport returns the client's transport. It is called once, after First. Default: nil, the
	// transport of http.DefaultTransport.
	Transport func() *http.Transport
	// Trusts reports whether the user has configured danabio to trust an authority, in addition to
	// the system's. Default: nil, none.
	Trusts func(*x509.Certificate) bool
	// Lookup returns the addresses of a host. Default: the system's resolver.
	Lookup func(ctx context.Context, host string) ([]string, error)
	// SystemRoots returns the authorities that the system trusts. Default: those that package x509
	// finds.
	SystemRoots func() (*x509.CertPool, error)
	// TempFolder is the folder for temporary files. Default: the one of package os.
	TempFolder string
	// Report is called with each check when it is done. Default: nil, not called.
	Report func(Check)
}

// limit is how long a check may take.
const limit = 10 * time.Second

// examination is the state of one run.
type examination struct {
	config    Config
	base      *url.URL
	transport *http.Transport
	// environment is what is wrong with the environment variable that names the proxy.
	environment error
	proxy       *url.URL // nil if there is none
	answer      *answer  // to the request without credentials; nil if it was not sent yet
	client      *danabio.Client
	broken      map[string]bool // names of steps that failed
	checks      []Check
}

// Run runs all checks. The error means that ctx ended; the checks are then those that were done.
func Run(ctx context.Context, config Config) ([]Check, error) {
	if config.Lookup == nil {
		config.Lookup = net.DefaultResolver.LookupHost
	}
	if config.SystemRoots == nil {
		config.SystemRoots = x509.SystemCertPool
	}
	if config.TempFolder == "" {
		config.TempFolder = os.TempDir()
	}
	x := &examination{config: config, broken: map[string]bool{}}
	defer func() {
		if x.client != nil {
			_ = x.client.Close()
		}
	}()
	if err := x.make(ctx, config.First); err != nil {
		return x.checks, err
	}
	if err := x.begin(); err != nil {
		return x.checks, err
	}
	return x.checks, x.make(ctx, []Step{
		x.step("proxy", x.checkProxy),
		x.step("dns", x.checkDNS, "proxy"),
		x.step("tcp", x.checkTCP, "dns"),
		x.step("tls", x.checkTLS, "tcp", "certificates"),
		x.step("clock", x.checkClock, "tls"),
		x.step("token", x.checkToken, "configuration", "secret", "tls"),
		x.step("channel", x.checkChannel, "token"),
		{"temp-folder", x.checkTempFolder},
	})
}

// begin takes over the results of the first checks.
func (x *examination) begin() (err error) {
	if x.config.BaseURL != "" {
		if x.base, err = url.Parse(x.config.BaseURL); err != nil {
			return fmt.Errorf("doctor: the base URL cannot be parsed")
		}
	}
	transport := http.DefaultTransport.(*http.Transport)
	if x.config.Transport != nil {
		if own := x.config.Transport(); own != nil {
			transport = own
		}
	}
	if x.base != nil {
		x.environment = reach.CheckEnvironment(transport, x.base)
	}
	x.transport = reach.HTTP1(transport)
	reach.RecordProxyAnswer(x.transport)
	return nil
}

// make runs checks until ctx ends.
func (x *examination) make(ctx context.Context, steps []Step) error {
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		within, cancel := context.WithTimeout(ctx, limit)
		check := step.Check(within)
		cancel()
		if err := ctx.Err(); err != nil {
			return err
		}
		check.Name = step.Name
		if check.Status == Failed {
			x.broken[step.Name] = true
		}
		x.checks = append(x.checks, check)
		if x.config.Report != nil {
			x.config.Report(check)
		}
	}
	return nil
}

// step returns a check that runs only if the server is known, and if nothing that it needs failed
// or was skipped because of a failure.
func (x *examination) step(name string, check func(context.Context) Check, needs ...string) Step {
	return Step{name, func(ctx context.Context) Check {
		if x.base == nil {
			x.broken[name] = true
			return Skips(Say("no server is known"))
		}
		for _, need := range needs {
			if x.broken[need] {
				x.broken[name] = true
				return Skips(Say("needs %q, which failed or was skipped", need))
			}
		}
		return check(ctx)
	}}
}
