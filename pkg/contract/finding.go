package contract

import (
	"fmt"
	"strings"
)

// Class is the kind of deviation that a finding reports.
type Class string

const (
	// ClassRequestInvalid means that a parameter or the body of the request does not match its
	// schema.
	ClassRequestInvalid Class = "request-invalid"
	// ClassResponseInvalid means that a header or the body of the response does not match its
	// schema.
	ClassResponseInvalid Class = "response-invalid"
	// ClassUndocumentedPath means that no path of the spec matches.
	ClassUndocumentedPath Class = "undocumented-path"
	// ClassUndocumentedMethod means that the spec has the path, but not with this method.
	ClassUndocumentedMethod Class = "undocumented-method"
	// ClassUndocumentedStatus means that the spec does not list the status for this operation.
	// Servers and gateways answer 429, 502 and 503 nevertheless. If you expect that, add the class
	// to [Config.Allow].
	ClassUndocumentedStatus Class = "undocumented-status"
	// ClassUndocumentedField means that a body has a field that the schema does not name. The
	// schemas allow additional fields, but a renamed optional field also shows up only in this way.
	ClassUndocumentedField Class = "undocumented-field"
	// ClassUndocumentedParameter means that the query has a parameter that the spec does not name.
	ClassUndocumentedParameter Class = "undocumented-parameter"
	// ClassMediaType means that the Content-Type of the request or response is missing, duplicated,
	// or not listed in the spec.
	ClassMediaType Class = "media-type"
	// ClassContentEncoding means that the response has a content coding, such as gzip, that the
	// request did not ask for, or that the request has one. If the coding is gzip or deflate, the
	// decoded body is checked. The message says so, or why the body could not be judged.
	ClassContentEncoding Class = "content-encoding"
	// ClassLength means that the body does not have the declared length, or that the response ended
	// too early.
	ClassLength Class = "length"
	// ClassSecurity means that the request lacks an Authorization of the scheme that the operation
	// needs. Whether the credentials are valid is for the server to decide.
	ClassSecurity Class = "security"
)

var classes = map[Class]bool{
	ClassRequestInvalid: true, ClassResponseInvalid: true, ClassUndocumentedPath: true, ClassUndocumentedMethod: true,
	ClassUndocumentedStatus: true,
	ClassUndocumentedField:  true, ClassUndocumentedParameter: true, ClassMediaType: true, ClassContentEncoding: true,
	ClassLength:   true,
	ClassSecurity: true,
}

// Finding is one deviation from the spec. It contains no value from any header, body, query or
// path.
type Finding struct {
	Class     Class
	Operation string // the spec's operation ID, such as "startCircuit", or "" if the spec has no such operation
	Method    string // "(other)" if it is not a standard HTTP method
	// the spec's path with parameter names; in a path that the spec does not have, segments that
	// occur nowhere in the spec appear as "{…}"
	Path    string
	Status  int    // response status, or 0 if there was no response
	Message string // what deviates and what would be right, in one line
	// Assumed says which part of what the message was checked against is assumed rather than
	// published, so that the spec may be wrong. It uses the spec's own words. It is "" if all of it
	// is published, and for faults that no spec could excuse, such as invalid JSON.
	Assumed string
}

// String returns the finding in one line.
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

// TB is the part of *testing.T that [FailTest] needs. With this interface the package does not link
// package testing.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// FailTest returns a Report function that fails the test for each finding. The test's server must
// be closed before the test ends (httptest's Close waits for its handlers), since package testing
// panics on later reports.
func FailTest(tb TB) func(Finding) {
	return func(finding Finding) {
		tb.Helper()
		tb.Errorf("contract: %s", finding)
	}
}
