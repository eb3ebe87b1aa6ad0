package probe

import (
	"time"

	"github.com/danabio/danabio-go/pkg/contract"
)

// ResultVersion is the version of the JSON form of [Result]. It grows when a field changes its
// meaning or goes; new fields, probes, points, reasons and classes do not change it.
const ResultVersion = 1

// Result is what came of a run. Its JSON form is stable; keys are in camelCase.
type Result struct {
	// Version is [ResultVersion].
	Version int `json:"version"`
	// Verdict is [Deviates] if a probe deviates, else [NotChecked] if one that was asked for could
	// not be made, else [Conforms].
	Verdict Verdict `json:"verdict"`
	// Server is what [Config].Server calls it; never its host.
	Server string `json:"server"`
	// Library is [Config].Library.
	Library string `json:"library"`
	// Spec is what the server was held against.
	Spec SpecInfo `json:"spec"`
	// At is when the run began, in UTC, by this machine's clock.
	At time.Time `json:"at"`
	// Probes are always the same ones in the same order, also those that were not asked for.
	Probes []*Probe `json:"probes"`
	// Open is what the published page leaves open, always the same points in the same order.
	Open []Point `json:"open"`
}

// SpecInfo names a spec.
type SpecInfo struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // of api/openapi.yaml
}

// Verdict is the outcome of a probe, or of all.
type Verdict string

const (
	Conforms   Verdict = "conforms"    // as the spec says, but for what Config.Allow allows
	Deviates   Verdict = "deviates"    // Probe.Deviations says how
	NotChecked Verdict = "not-checked" // Probe.Reason says why
	NotAsked   Verdict = "not-asked"   // of a probe only
)

// Reason says why a probe was not checked.
type Reason string

const (
	// NoAnswer: no connection, no answer, or one that broke off or took too long.
	NoAnswer Reason = "no-answer"
	// Unavailable: status 408, 429, 502, 503 or 504, which any server or gateway may answer at
	// times.
	Unavailable Reason = "unavailable"
	// CredentialsRefused: the token endpoint answered 401 to the caller's own credentials.
	CredentialsRefused Reason = "credentials-refused"
	// NoToken: it needs a token, and there is none.
	NoToken Reason = "no-token"
	// NoCircuit: it needs the circuit that the start should have given.
	NoCircuit Reason = "no-circuit"
	// NotCompleted: the circuit that was said to be completed is not, or is unknown.
	NotCompleted Reason = "not-completed"
	// Completed: the circuit that was said to be unfinished is completed.
	Completed Reason = "completed"
	// NotDecoded: the body of the answer has a content coding that could not be undone, so that it
	// could not be judged.
	NotDecoded Reason = "not-decoded"
	// NotStored: evidence could not be stored for its verification.
	NotStored Reason = "not-stored"
)

// Probe is one request, what the spec says about it, and what came.
type Probe struct {
	// Name is stable: "token", "token-wrong-secret" and so on.
	Name string `json:"name"`
	// Sends says in words what is special about the request.
	Sends string `json:"sends"`
	// Operation is the spec's operation id; empty if the spec has none for this request.
	Operation string `json:"operation,omitempty"`
	Method    string `json:"method"`
	Path      string `json:"path"` // as in the spec, with its parameters' names
	// Spec is what the spec says.
	Spec Expectation `json:"spec"`
	// Came is what came; nil if nothing did.
	Came    *Answer `json:"came"`
	Verdict Verdict `json:"verdict"`
	// Reason is set if Verdict is NotChecked, and Explanation says it in words.
	Reason      Reason `json:"reason,omitempty"`
	Explanation string `json:"explanation,omitempty"`
	// OutcomeUnknown says that a start may have started a circuit of which nothing is known. It was
	// not sent again.
	OutcomeUnknown bool `json:"outcomeUnknown,omitempty"`
	// RequestID is the random id that a start was sent with, SentAt when, in UTC. They stand in no
	// JSON and in no report.
	RequestID string    `json:"-"`
	SentAt    time.Time `json:"-"`
	// Deviations are all that were found, also those that Config.Allow allows.
	Deviations []Deviation `json:"deviations"`
}

// Expectation is what the spec says about the answer.
type Expectation struct {
	Status      int      `json:"status,omitempty"` // 0: the spec has no such operation
	MediaTypes  []string `json:"mediaTypes,omitempty"`
	Description string   `json:"description"` // the spec's own words, if it has the operation
}

// Answer is what may be told of an answer.
type Answer struct {
	Status    int    `json:"status"`
	MediaType string `json:"mediaType,omitempty"` // of a fixed list; "another one" for any other
	Body      string `json:"body"`                // its shape: types, and names of a fixed list
}

// Deviation is one way in which an answer is not as the spec says.
type Deviation struct {
	Class contract.Class `json:"class"`
	// Message says what deviates and what would be right.
	Message string `json:"message"`
	// Assumed says what of the spec's side nobody published, so that the spec may be what is wrong;
	// empty if all of it is published.
	Assumed string `json:"assumed,omitempty"`
	// Allowed says that [Config].Allow has the class.
	Allowed bool `json:"allowed,omitempty"`
}

// The classes of this package, beside those of package contract.
const (
	// Status: the spec names the status for the operation, but for something else.
	Status contract.Class = "status"
	// MissingField: the answer lacks a field without which the operation is of no use.
	MissingField contract.Class = "missing-field"
	// FieldValue: a field without which the operation is of no use has a value that cannot be used.
	FieldValue contract.Class = "field-value"
	// ErrorBody: the spec says nothing about the body of an error, and the body is neither JSON nor
	// empty. That it is JSON, as the answers that the spec describes, is assumed.
	ErrorBody contract.Class = "error-body"
	// TooLong: the body is longer than 1 MiB and is no evidence.
	TooLong contract.Class = "too-long"
	// Evidence: package evidence refuses the ZIP.
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

// Point is something that the published page leaves open.
type Point struct {
	// Name is stable: "range", "etag" and so on.
	Name string `json:"name"`
	// Question is what is asked.
	Question string `json:"question"`
	Answer   Reply  `json:"answer"`
	// Details say more, or the whole of it.
	Details []string `json:"details"`
}

// Reply answers a question.
type Reply string

const (
	Yes     Reply = "yes"
	No      Reply = "no"
	Told    Reply = "told"    // no question of yes or no: the details have it
	Unclear Reply = "unclear" // not found out; the details say why
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

// Probe returns the probe of this name, nil if there is none.
func (r *Result) Probe(name string) *Probe {
	for _, probe := range r.Probes {
		if probe.Name == name {
			return probe
		}
	}
	return nil
}

// finish sums up.
func (p *prober) finish() *Result {
	p.result.Verdict = Conforms
	for _, probe := range p.result.Probes {
		if probe.Verdict == Deviates || probe.Verdict == NotChecked && p.result.Verdict == Conforms {
			p.result.Verdict = probe.Verdict
		}
	}
	return p.result
}
