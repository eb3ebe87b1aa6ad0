package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/danabio/danabio-go/pkg/contract"
)

// unavailable reports whether any server or gateway may answer with this status at times.
func unavailable(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable,
		http.StatusGatewayTimeout:
		return true
	}
	return false
}

// call is a request whose response is judged.
type call struct {
	name, sends string
	operation   operation
	method      string // replaces the operation's method, for an operation that is not in the spec
	want        int
	wrong       bool // the request violates the spec on purpose
	request     *http.Request
	through     http.RoundTripper // default: p.plain
	// useful lists what a successful response lacks. It is called for every 2xx response whose body
	// could be decoded.
	useful func(*exchange) []Deviation
}

// note adds the call's probe to the result.
func (p *prober) note(c call) *Probe {
	probe := &Probe{
		Name: c.name, Sends: c.sends, Operation: c.operation.id, Method: c.operation.method, Path: c.operation.path,
		Spec: c.operation.expectation(c.want), Verdict: NotAsked, Deviations: []Deviation{},
	}
	if c.method != "" {
		probe.Operation, probe.Method = "", c.method
		probe.Spec = Expectation{Description: "the spec has no such operation"}
	}
	p.result.Probes = append(p.result.Probes, probe)
	return probe
}

// probe notes the call, sends it, and judges the response.
func (p *prober) probe(ctx context.Context, c call) (*Probe, *exchange) {
	probe := p.note(c)
	if p.config.Progress != nil {
		p.config.Progress(c.name)
	}
	if c.through == nil {
		c.through = p.plain
	}
	if c.method != "" {
		c.request.Method = c.method
	}
	x := p.send(ctx, c.name, c.request, c.through, maxBody)
	p.judge(probe, c, x)
	return probe, x
}

func (probe *Probe) notChecked(reason Reason, explanation string) {
	probe.Verdict, probe.Reason, probe.Explanation = NotChecked, reason, explanation
}

// judge decides whether the response deviates from the spec.
func (p *prober) judge(probe *Probe, c call, x *exchange) {
	if x.status == 0 {
		probe.notChecked(NoAnswer, x.failure)
		return
	}
	probe.Came = &Answer{Status: x.status, MediaType: mediaType(x.header), Body: x.shape()}
	if unavailable(x.status) && x.status != c.want {
		probe.notChecked(Unavailable, fmt.Sprintf("the server answers %d; try again later", x.status))
		return
	}
	if c.method != "" {
		if x.ok() {
			p.deviate(probe, contract.ClassUndocumentedMethod, "",
				"the server carries out %s on this path, and the spec has no such operation", c.method)
		}
		p.conclude(probe, x)
		return
	}
	p.judgeFindings(probe, c, x)
	p.judgeBody(probe, c, x)
	switch {
	case x.encoded:
		probe.notChecked(NotDecoded, "the answer's body is "+x.shape())
	case c.useful != nil && x.ok():
		for _, deviation := range c.useful(x) {
			p.deviate(probe, deviation.Class, deviation.Assumed, "%s", deviation.Message)
		}
	}
	p.conclude(probe, x)
}

// conclude sets the verdict once all deviations are known.
func (p *prober) conclude(probe *Probe, x *exchange) {
	for _, deviation := range probe.Deviations {
		if !deviation.Allowed {
			probe.Verdict, probe.Reason, probe.Explanation = Deviates, "", ""
			return
		}
	}
	switch {
	case probe.Verdict == NotChecked:
	case x.failure != "":
		probe.notChecked(NoAnswer, x.failure)
	default:
		probe.Verdict = Conforms
	}
}

func (p *prober) judgeFindings(probe *Probe, c call, x *exchange) {
	named := c.operation.response(x.status) != nil
	for _, finding := range x.findings {
		ours := finding.Class == contract.ClassRequestInvalid || finding.Class == contract.ClassSecurity
		switch {
		case ours && c.wrong:
		case finding.Class == contract.ClassUndocumentedStatus:
			text := fmt.Sprintf("the answer is %d, which the spec does not name for this operation", x.status)
			if c.operation.response(c.want) != nil {
				text += fmt.Sprintf("; for this request it has %d", c.want)
			}
			if x.status >= 300 && x.status < 400 {
				text += "; redirects are not followed"
			}
			p.deviate(probe, finding.Class, "", "%s", text)
		default:
			text := finding.Message
			if finding.Class == contract.ClassContentEncoding {
				text += x.coded
			}
			p.deviate(probe, finding.Class, finding.Assumed, "%s", text)
		}
	}
	if named && x.status != c.want && !c.operation.alsoSuccess(c.want, x.status) {
		text := fmt.Sprintf("the answer is %d", x.status)
		if c.operation.response(c.want) != nil {
			text += fmt.Sprintf("; for this request the spec has %d (%s)", c.want, probe.Spec.Description)
		} else {
			text += fmt.Sprintf("; for this request %d would be right, which the spec does not name", c.want)
		}
		p.deviate(probe, Status, "", "%s", text)
	}
}

func (p *prober) judgeBody(probe *Probe, c call, x *exchange) {
	if x.long {
		p.deviate(probe, TooLong, "", "the answer's body is longer than %d bytes; it was not read further", maxBody)
		return
	}
	if response := c.operation.response(x.status); response != nil && len(response.Content) > 0 {
		return // package contract checks the body
	}
	if x.status >= 400 && x.failure == "" && !x.encoded && len(x.body) > 0 && !json.Valid(x.body) {
		p.deviate(probe, ErrorBody,
			fmt.Sprintf("The spec says nothing about the body of a %d; that it is JSON, as the answers of this API "+
				"that it describes, is assumed.", x.status),
			"the body of the error is %s, and neither JSON nor empty", x.shape())
	}
}

func (p *prober) deviate(probe *Probe, class contract.Class, assumed, format string, args ...any) {
	probe.Deviations = append(probe.Deviations, Deviation{
		Class: class, Message: fmt.Sprintf(format, args...), Assumed: assumed,
		Allowed: slices.Contains(p.config.Allow, class),
	})
}
