package emulator

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
)

// Fault is one misbehaviour. The first request of its operation consumes it. Several faults for one
// operation are consumed in the order of the list, one per request.
//
// Status, HTML, NotZIP and ExpiredToken replace the answer: the request is read but has no effect.
// Forge changes the evidence. CutAfter, WrongLength and Reset damage the answer on its way: the
// request is handled first, so a start creates a circuit that its client never hears of. A fault
// may have at most one of each group, and a Delay.
type Fault struct {
	// Operation is the operation whose request consumes the fault. Required.
	Operation Operation

	// Status, from 200 to 599, replaces the answer, with Header and Body. The request is read
	// first, except for 417, which comes without a preceding "100 Continue". Default: 0, the true
	// answer.
	Status int
	// Body is the body for Status. Default: empty.
	Body string
	// Header is the header for Status. Default: Content-Type text/plain; charset=utf-8.
	Header http.Header
	// HTML replaces the answer by 200 with the HTML page of a gateway.
	HTML bool
	// NotZIP replaces a download by a successful answer whose body is not a ZIP.
	NotZIP bool
	// Forge replaces the evidence in a download by a forgery. A download that is refused because
	// there is no evidence yet does not consume the fault. Default: none.
	Forge Forgery
	// ExpiredToken treats the token of a start or download as expired from this request on: 401.
	ExpiredToken bool

	// Delay is the delay before the answer; a client that goes away ends it. Default: 0, none.
	Delay time.Duration
	// CutAfter sends that many bytes of the body, with the Content-Length of the whole, and closes
	// the connection (HTTP/2: ends the stream). Negative: only the header, and no byte of the body.
	// Default: 0, no cut.
	CutAfter int64
	// WrongLength is added to the Content-Length. The body stays whole, and the connection is
	// closed after it. On HTTP/2, which cannot carry more than was announced, a negative value
	// shortens the body. Default: 0, the right length.
	WrongLength int64
	// Reset closes the connection without an answer, by TCP reset (HTTP/2: resets the stream).
	Reset bool
}

// check fails on a fault that could not be consumed or would do nothing.
func (f Fault) check() error {
	count := func(conditions ...bool) (n int) {
		for _, condition := range conditions {
			if condition {
				n++
			}
		}
		return n
	}
	replaces := count(f.Status != 0, f.HTML, f.NotZIP, f.ExpiredToken)
	forges := count(f.Forge != "")
	damages := count(f.CutAfter != 0, f.WrongLength != 0, f.Reset)
	switch {
	case !slices.Contains([]Operation{OperationToken, OperationStart, OperationDownload}, f.Operation):
		return fmt.Errorf("operation %q is not token, start or download", f.Operation)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d is not between 200 and 599", f.Status)
	case f.Status == 0 && (f.Body != "" || f.Header != nil):
		return errors.New("the fields Body and Header belong to Status, which is not set")
	case f.Delay < 0:
		return fmt.Errorf("delay %v is negative", f.Delay)
	case f.NotZIP && f.Operation != OperationDownload:
		return fmt.Errorf("NotZIP is for downloads, not for operation %q", f.Operation)
	case f.Forge != "" && f.Operation != OperationDownload:
		return fmt.Errorf("the field Forge is for downloads, not for operation %q", f.Operation)
	case f.Forge != "" && !slices.Contains(forgeries, f.Forge):
		return fmt.Errorf("there is no forgery %q; there are %q", f.Forge, forgeries)
	case f.ExpiredToken && f.Operation == OperationToken:
		return errors.New("ExpiredToken is for start and download; a token request carries no token")
	case replaces+forges > 1:
		return errors.New("only one of Status, HTML, NotZIP, Forge and ExpiredToken can be answered")
	case damages > 1:
		return errors.New("only one of CutAfter, WrongLength and Reset can be done")
	case replaces+forges+damages == 0 && f.Delay == 0:
		return errors.New("the fault does nothing")
	}
	return nil
}

// deviatesFromSpec reports whether the answer may violate the spec. A checker of package contract
// around the emulator is told not to judge such an exchange.
func (f *Fault) deviatesFromSpec() bool {
	return f.Status != 0 || f.HTML || f.NotZIP || f.CutAfter != 0 || f.WrongLength != 0 || f.Reset
}

// Inject appends faults to the list. It panics on a fault that could not be consumed or would do
// nothing; [New] returns an error for such a fault.
func (e *Emulator) Inject(faults ...Fault) {
	for i, fault := range faults {
		if err := fault.check(); err != nil {
			panic(fmt.Sprintf("emulator: inject fault %d: %v", i, err))
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = append(e.faults, faults...)
}

// Unconsumed returns the faults that no request has consumed.
func (e *Emulator) Unconsumed() []Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.faults)
}

// giveBack puts a fault that was not applied back at the front of the list.
func (e *Emulator) giveBack(fault Fault) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.faults = slices.Insert(slices.Clone(e.faults), 0, fault)
}

// takeFault counts a request of the operation and returns the fault that it consumes, or nil.
func (e *Emulator) takeFault(operation Operation) *Fault {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests[operation]++
	i := slices.IndexFunc(e.faults, func(f Fault) bool { return f.Operation == operation })
	if i < 0 {
		return nil
	}
	fault := e.faults[i]
	e.faults = slices.Delete(slices.Clone(e.faults), i, i+1)
	return &fault
}

const gatewayPage = `<!DOCTYPE html>
<html><head><title>Service temporarily unavailable</title></head>
<body><h1>Service temporarily unavailable</h1><p>The gateway (emulated) could not reach the service behind it.</p></body></html>
`

// replace returns the answer with which the fault replaces the true one, or nil.
func (e *Emulator) replace(fault *Fault, r *http.Request) *reply {
	var replaced *reply
	switch {
	case fault.Status != 0:
		replaced = newReply(fault.Status, "text/plain; charset=utf-8", []byte(fault.Body))
		for key, values := range fault.Header {
			replaced.header[http.CanonicalHeaderKey(key)] = slices.Clone(values)
		}
	case fault.HTML:
		replaced = newReply(http.StatusOK, "text/html; charset=utf-8", []byte(gatewayPage))
	case fault.NotZIP:
		replaced = e.succeed(OperationDownload, []byte(strings.Repeat("This is not a ZIP. ", 64)))
	case fault.ExpiredToken:
		e.dropToken(r)
		replaced = refuseToken("the token has expired")
	default:
		return nil
	}
	if fault.Status != http.StatusExpectationFailed {
		io.Copy(io.Discard, io.LimitReader(r.Body, e.config.MaxRequestBytes))
	}
	return replaced
}

// send writes the answer with the damage of the fault.
func (f *Fault) send(w http.ResponseWriter, r *http.Request, reply *reply) {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			contract.Exempt(r) // nobody is there to receive an answer
			return
		}
	}
	length := int64(len(reply.body))
	switch {
	case f.Reset:
		reset(w)
	case f.CutAfter != 0:
		reply.sendPart(w, length, min(max(f.CutAfter, 0), length))
	case f.WrongLength > 0:
		reply.sendPart(w, length+f.WrongLength, length)
	case f.WrongLength < 0:
		reply.sendMore(w, max(length+f.WrongLength, 0))
	default:
		reply.send(w)
	}
}
