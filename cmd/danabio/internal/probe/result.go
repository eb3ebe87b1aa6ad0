package probe

import (
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
)

// ResultVersion is the version of the JSON form of [Result]. It increases when a field changes its
// meaning or is removed. New fields, probes, points, reasons and classes do not change it.
const ResultVersion = 1

// Result is the result of a run. Its JSON form is stable, with keys in camelCase.
type Result struct {
	// Version is [ResultVersion].
	Version int `json:"version"`
	// Verdict is [Deviates] if a probe deviates, else [NotChecked] if a requested probe could not
	// be checked, else [Conforms].
	Verdict Verdict `json:"verdict"`
	// Server is [Config].Server, never the host.
	Server string `json:"server"`
	// Library is [Config].Library.
	Library string `json:"library"`
	// Spec identifies the spec that the server was checked against.
	Spec SpecInfo `json:"spec"`
	// At is when the run began, in UTC, by this machine's clock.
	At time.Time `json:"at"`
	// Probes always lists the same probes in the same order, including those that were not
	// requested.
	Probes []*Probe `json:"probes"`
	// Open answers what the published page leaves open, always the same points in the same order.
	Open []Point `json:"open"`
}

// SpecInfo identifies a spec.
type SpecInfo struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // of api/openapi.yaml
}

// Verdict is the result of a probe or of a whole run.
type Verdict string

const (
	Conforms   Verdict = "conforms"    // as the spec says, apart from what Config.Allow allows
	Deviates   Verdict = "deviates"    // see Probe.Deviations
	NotChecked Verdict = "not-checked" // see Probe.Reason
	NotAsked   Verdict = "not-asked"   // for probes only
)

// Reason says why a probe was not checked.
type Reason string

const (
	// NoAnswer means that there was no connection or no response, or that the response broke off or
	// took too long.
	NoAnswer Reason = "no-answer"
	// Unavailable means status 408, 429, 502, 503 or 504, which any server or gateway may return at
	// times.
	Unavailable Reason = "unavailable"
	// CredentialsRefused means that the token endpoint answered 401 to the caller's own
	// credentials.
	CredentialsRefused Reason = "credentials-refused"
	// NoToken means that the probe needs a token and there is none.
	NoToken Reason = "no-token"
	// NoCircuit means that the probe needs the circuit that the start should have returned.
	NoCircuit Reason = "no-circuit"
	// NotCompleted means that the circuit given as completed is not completed, or is unknown.
	NotCompleted Reason = "not-completed"
	// Completed means that the circuit given as unfinished is completed.
	Completed Reason = "completed"
	// NotDecoded means that the response body could not be judged because its content coding could
	// not be decoded.
	NotDecoded Reason = "not-decoded"
	// NotStored means that evidence could not be stored for verification.
	NotStored Reason = "not-stored"
)

// Probe is one request, what the spec says about it, and the response.
type Probe struct {
	// Name is stable, for example "token" or "token-wrong-secret".
	Name string `json:"name"`
	// Sends describes what is special about the request.
	Sends string `json:"sends"`
	// Operation is the spec's operation ID, or empty if the spec has none for this request.
	Operation string `json:"operation,omitempty"`
	Method    string `json:"method"`
	Path      string `json:"path"` // as in the spec, with parameter names
	// Spec is what the spec says.
	Spec Expectation `json:"spec"`
	// Came describes the response, or is nil if there was none.
	Came    *Answer `json:"came"`
	Verdict Verdict `json:"verdict"`
	// Reason is set if Verdict is NotChecked. Explanation says it in words.
	Reason      Reason `json:"reason,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	// OutcomeUnknown is true if a start may have started a circuit that nobody knows. It was not
	// sent again.
	OutcomeUnknown bool `json:"outcomeUnknown,omitempty"`
	// RequestID is the random ID that a start was sent with, SentAt the time in UTC. They appear in
	// no JSON and no report.
	RequestID string    `json:"-"`
	SentAt    time.Time `json:"-"`
	// Deviations lists all deviations, including those that Config.Allow allows.
	Deviations []Deviation `json:"deviations"`
}

// Expectation is what the spec says about the response.
type Expectation struct {
	Status      int      `json:"status,omitempty"` // 0 if the spec has no such operation
	MediaTypes  []string `json:"mediaTypes,omitempty"`
	Description string   `json:"description"` // the spec's own words, if it has the operation
}

// Answer describes a response without its content.
type Answer struct {
	Status    int    `json:"status"`
	MediaType string `json:"mediaType,omitempty"` // from a fixed list; "another one" for any other
	Body      string `json:"body"`                // its shape: types, and names from a fixed list
}

// Deviation is one way in which a response differs from the spec.
type Deviation struct {
	Class contract.Class `json:"class"`
	// Message says what deviates and what would be right.
	Message string `json:"message"`
	// Assumed says which part of the spec is assumed rather than published, so that the spec may be
	// wrong. It is empty if all of it is published.
	Assumed string `json:"assumed,omitempty"`
	// Allowed is true if [Config].Allow contains the class.
	Allowed bool `json:"allowed,omitempty"`
}

// Classes of this package, in addition to those of package contract.
const (
	// Status means that the spec gives the status another meaning for this operation.
	Status contract.Class = "status"
	// MissingField means that the response lacks a field that the operation is useless without.
	MissingField contract.Class = "missing-field"
	// FieldValue means that such a field has an unusable value.
	FieldValue contract.Class = "field-value"
	// ErrorBody means that an error body is neither JSON nor empty, where the spec says nothing
	// about the body. That it is JSON, like the responses that the spec describes, is assumed.
	ErrorBody contract.Class = "error-body"
	// TooLong means that a body other than evidence is longer than 1 MiB.
	TooLong contract.Class = "too-long"
	// Evidence means that package evidence refuses the ZIP.
	Evidence contract.Class = "evidence"
)

// Classes lists all classes that a deviation may have.
func Classes() []contract.Class {
	return []contract.Class{
		contract.ClassResponseInvalid, contract.ClassUndocumentedMethod, contract.ClassUndocumentedStatus,
		contract.ClassUndocumentedField,
		contract.ClassMediaType, contract.ClassContentEncoding, contract.ClassLength, Status, MissingField, FieldValue,
		ErrorBody,
		TooLong, Evidence,
	}
}

// Point is a question that the published page leaves open.
type Point struct {
	// Name is stable, for example "range" or "etag".
	Name string `json:"name"`
	// Question is what is asked.
	Question string `json:"question"`
	Answer   Reply  `json:"answer"`
	// Details explain the answer, or are the answer.
	Details []string `json:"details"`
}

// Reply is the answer to a question.
type Reply string

const (
	Yes     Reply = "yes"
	No      Reply = "no"
	Told    Reply = "told"    // not a yes-or-no question; see the details
	Unclear Reply = "unclear" // not determined; the details say why
)

// Names lists the probes that have the verdict.
func (r *Result) Names(verdict Verdict) []string {
	var names []string
	for _, probe := range r.Probes {
		if probe.Verdict == verdict {
			names = append(names, probe.Name)
		}
	}
	return names
}

// Probe returns the probe with this name, or nil.
func (r *Result) Probe(name string) *Probe {
	for _, probe := range r.Probes {
		if probe.Name == name {
			return probe
		}
	}
	return nil
}

// finish sets the verdict of the run.
func (p *prober) finish() *Result {
	p.result.Verdict = Conforms
	for _, probe := range p.result.Probes {
		if probe.Verdict == Deviates || probe.Verdict == NotChecked && p.result.Verdict == Conforms {
			p.result.Verdict = probe.Verdict
		}
	}
	return p.result
}
