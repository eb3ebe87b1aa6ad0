package evidence

import (
	"fmt"
)

// Severity says what a finding does to the verdict.
type Severity string

const (
	SeverityRefusal  Severity = "refusal"  // the ZIP is refused
	SeverityNotice   Severity = "notice"   // odd, but with one reading; nothing follows from it
	SeverityAccepted Severity = "accepted" // the caller's Policy.Accept names its code
)

// Class groups finding codes.
type Class string

const (
	ClassStructure Class = "structure" // where things lie, hidden and doubled things
	ClassData      Class = "data"      // methods, sizes, CRCs, content
	ClassName      Class = "name"      // what entries are called
	ClassType      Class = "type"      // what entries are: links, devices, encrypted ones
	ClassLimit     Class = "limit"     // more than Limits allows
	ClassOddity    Class = "oddity"    // has one reading and is only noticed
)

// Finding is one thing that a verification found.
type Finding struct {
	Class    Class    `json:"class"`
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// Entry is the name of the entry that it is about, empty for the ZIP as a whole.
	Entry string `json:"entry,omitempty"`
	// Offset is where in the ZIP the thing stands, in bytes from its start.
	Offset int64 `json:"offset"`
	// Message says it in a sentence for people.
	Message string `json:"message"`
}

// String gives the code, the entry and the message in one line.
func (f Finding) String() string {
	if f.Entry == "" {
		return fmt.Sprintf("%s: %s", f.Code, f.Message)
	}
	return fmt.Sprintf("%s: %q: %s", f.Code, f.Entry, f.Message)
}

// findingsPerCode bounds how many findings of one code a report holds, so that a hostile ZIP cannot
// blow it up.
const findingsPerCode = 100

// findings collects what was found, with the severity that the policy gives it.
type findings struct {
	policy  *Policy
	list    []Finding
	count   map[Code]int
	refused bool
}

func newFindings(policy *Policy) *findings {
	return &findings{policy: policy, count: make(map[Code]int)}
}

// add notes a finding about an entry, or about the whole ZIP when entry is empty, and says whether
// it refuses the ZIP.
func (f *findings) add(code Code, entry string, offset int64, format string, values ...any) bool {
	severity := f.policy.severity(code)
	refusal := severity == SeverityRefusal
	f.refused = f.refused || refusal
	f.count[code]++
	if f.count[code] > findingsPerCode {
		return refusal
	}
	info, _ := lookup(code)
	f.list = append(f.list, Finding{
		Class: info.Class, Code: code, Severity: severity, Entry: entry, Offset: offset,
		Message: fmt.Sprintf(format, values...),
	})
	return refusal
}

// omittedCounts counts the findings that are not in the list, by code.
func (f *findings) omittedCounts() map[Code]int {
	var omitted map[Code]int
	for code, count := range f.count {
		if count > findingsPerCode {
			if omitted == nil {
				omitted = make(map[Code]int)
			}
			omitted[code] = count - findingsPerCode
		}
	}
	return omitted
}

// clone returns a copy to which more can be added without changing f.
func (f *findings) clone() *findings {
	other := newFindings(f.policy)
	other.list = append(other.list, f.list...)
	other.refused = f.refused
	for code, count := range f.count {
		other.count[code] = count
	}
	return other
}
