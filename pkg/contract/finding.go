package contract

import (
	"fmt"
	"strings"
)

// Class says what kind of deviation a finding is.
type Class string

const (
	// ClassRequestInvalid: a parameter or the body of the request does not match its schema.
	ClassRequestInvalid Class = "request-invalid"
	// ClassResponseInvalid: a header or the body of the answer does not match its schema.
	ClassResponseInvalid Class = "response-invalid"
	// ClassUndocumentedPath: no path of the spec matches.
	ClassUndocumentedPath Class = "undocumented-path"
	// ClassUndocumentedMethod: the spec has the path, but not with this method.
	ClassUndocumentedMethod Class = "undocumented-method"
	// ClassUndocumentedStatus: the spec does not name the status for this operation. Servers and
	// gateways answer 429, 502 and 503 all the same; who expects that puts the class in
	// [Config.Allow].
	ClassUndocumentedStatus Class = "undocumented-status"
	// ClassUndocumentedField: a body has a field that the schema does not name. The schemas allow
	// more fields than they name; but that is also how a renamed field looks where no field is
	// required.
	ClassUndocumentedField Class = "undocumented-field"
	// ClassUndocumentedParameter: the request's query has a parameter that the spec does not name.
	ClassUndocumentedParameter Class = "undocumented-parameter"
	// ClassMediaType: the Content-Type of the request or the answer is missing, stands twice, or is
	// not one that the spec names.
	ClassMediaType Class = "media-type"
	// ClassContentEncoding: the answer has a content coding, such as gzip, that the request did not
	// ask for, or the request has one. The body is checked as what it decodes to if the coding is
	// gzip or deflate; the message says so, or why it could not be judged.
	ClassContentEncoding Class = "content-encoding"
	// ClassLength: the body has not the length that was declared, or the answer ended too early.
	ClassLength Class = "length"
	// ClassSecurity: the request lacks an Authorization of the scheme that the operation needs.
	// Whether the credentials are right is the server's business.
	ClassSecurity Class = "security"
)

var classes = map[Class]bool{
	ClassRequestInvalid: true, ClassResponseInvalid: true, ClassUndocumentedPath: true, ClassUndocumentedMethod: true,
	ClassUndocumentedStatus: true,
	ClassUndocumentedField:  true, ClassUndocumentedParameter: true, ClassMediaType: true, ClassContentEncoding: true,
	ClassLength:   true,
	ClassSecurity: true,
}

// Finding is one deviation from the spec. It holds no value from any header, body, query or path.
type Finding struct {
	Class     Class
	Operation string // the spec's operation id, such as "startCircuit"; "" when the spec has no such operation
	Method    string // "(other)" when it is none of HTTP's own
	// the spec's path with its parameters' names; a path that the spec does not have is shown with
	// "{…}" for each segment that the spec has nowhere
	Path    string
	Status  int    // what was answered; 0 when there was no answer
	Message string // what deviates and what would be right, in one line
	// Assumed says what nobody published of that which the message is held against, so that the
	// spec may be what is wrong. It is "" where all of it is published, and for what no spec could
	// excuse, such as invalid JSON. Its words are the spec's.
	Assumed string
}

// String gives the finding in one line.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s %s", f.Class, f.Method, f.Path)
	if f.Operation != "" {
		fmt.Fprintf(&b, " (%s)", f.Operation)
	}
	if f.Status != 0 {
		fmt.Fprintf(&b, " answered %d", f.Status)
	}
	b.WriteString(": " + f.Message)
	if f.Assumed != "" {
		b.WriteString(". Assumed: " + f.Assumed)
	}
	return b.String()
}

// TB is the part of *testing.T that [FailTest] needs. It is named here so that this package does
// not link package testing.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// FailTest gives a Report function by which each finding fails the test. The test's server must be
// closed before the test ends (httptest's Close waits for its handlers), since package testing
// panics on reports after that.
func FailTest(tb TB) func(Finding) {
	return func(finding Finding) {
		tb.Helper()
		tb.Errorf("contract: %s", finding)
	}
}
