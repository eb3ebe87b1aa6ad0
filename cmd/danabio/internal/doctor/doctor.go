// Package doctor finds out why the API cannot be reached, step by step, and who can mend it.
//
// Call [Run]. It sends a request without credentials to the server, one for a token, and one for
// the evidence of a circuit that does not exist; nothing is started or changed, but for a file in
// the temporary folder, which is removed. It goes on past failures: what depends on a step that
// failed is skipped.
//
// What stands in a [Check]: this package's own texts, the names of hosts, their addresses, the
// names in certificates, and statuses. What does not: credentials, tokens, the channel, circuits,
// and any text that the server sent.
//
// What may live here: the steps. What they have in common with other looks at a server is package
// reach's; where settings come from is the caller's to know, who makes the first checks.
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

// Status is how a check ended.
type Status string

// The statuses of a check.
const (
	OK      Status = "ok"
	Warning Status = "warning" // it works, but somebody should look at it
	Failed  Status = "failed"
	Skipped Status = "skipped" // it needs what is not there, or something that failed
)

// Who can mend what a check found.
type Who string

// Those who can mend something.
const (
	You     Who = "you"
	Network Who = "network" // the people who run the user's network
	Vendor  Who = "vendor"  // DANAconnect
)

// Kind is what kind of failure a check found.
type Kind int

// The kinds of failures. The zero one is that of checks that did not fail.
const (
	Configuration Kind = iota + 1
	Unreached          // the network, the server, or this machine
	Unauthorized
	Refused
)

// Text is a format of package fmt with its arguments, so that it can be told in another language.
// An argument may be a Text, or an error whose text may be shown.
type Text struct {
	Format string
	Args   []any
}

// String is the text in English.
func (t Text) String() string { return fmt.Sprintf(t.Format, t.Args...) }

// Say makes a Text.
func Say(format string, args ...any) Text { return Text{format, args} }

// Check is one step and what came of it.
type Check struct {
	Name   string // stable: "dns", "tls" and so on
	Status Status
	Found  Text
	Advice Text // what to do; empty if there is nothing
	Who    Who  // can do it; empty without Advice
	Kind   Kind // of a failure
}

// Fine is a check that found nothing wrong.
func Fine(found Text) Check { return Check{Status: OK, Found: found} }

// Fails is a check that failed.
func Fails(kind Kind, found Text, who Who, advice Text) Check {
	return Check{Status: Failed, Kind: kind, Found: found, Who: who, Advice: advice}
}

// Skips is a check that was not made.
func Skips(why Text) Check { return Check{Status: Skipped, Found: why} }

// Step is a check that the caller makes.
type Step struct {
	Name  string
	Check func(context.Context) Check
}

// Config says what to look at.
type Config struct {
	// First are the caller's own checks, which come before the others.
	First []Step
	// BaseURL is the server's. Default: none, then all is skipped that needs it.
	BaseURL string
	// Vendors says that BaseURL is one that the vendor publishes, so that it holds no mistake.
	// Default: false.
	Vendors bool
	// Client is how to reach the API with credentials; a request is sent once, whatever its Retry
	// says. It is called after First, if none of those failed that are called "configuration" and
	// "secret". Required.
	Client func() danabio.Config
	// Transport is as that of the client. It is called once, after First. Default: nil, that of
	// http.DefaultTransport.
	Transport func() *http.Transport
	// Trusts reports whether an authority is one that the user has danabio trust, besides the
	// system's. Default: nil, there is none.
	Trusts func(*x509.Certificate) bool
	// Lookup finds the addresses of a host. Default: the system's way.
	Lookup func(ctx context.Context, host string) ([]string, error)
	// SystemRoots are the authorities that the system trusts. Default: those that package x509
	// finds.
	SystemRoots func() (*x509.CertPool, error)
	// TempFolder is where temporary files go. Default: that of package os.
	TempFolder string
	// Report is called with each check once it is made. Default: nil, not called.
	Report func(Check)
}

// limit is how long a check may take.
const limit = 10 * time.Second

// examination is one run.
type examination struct {
	config    Config
	base      *url.URL
	transport *http.Transport
	// environment is what is wrong with the variable that names the proxy.
	environment error
	proxy       *url.URL // nil: none is in between
	answer      *answer  // of the request without credentials; nil: not sent yet
	client      *danabio.Client
	broken      map[string]bool // what cannot be built on
	checks      []Check
}

// Run makes all checks. The error is that ctx ended; then the checks are those that were made.
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

// begin takes what the first checks found out.
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

// make makes checks, until ctx ends.
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

// step is a check that is made only if the server is known, and nothing that it needs failed, or
// was skipped for such a reason.
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
