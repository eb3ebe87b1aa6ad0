package evidence

import (
	"fmt"
)

// Severity is the effect of a finding on the verdict.
type Severity string

const (
	SeverityRefusal  Severity = "refusal"  // the ZIP is refused
	SeverityNotice   Severity = "notice"   // odd, but all readers agree on it; it has no effect
	SeverityAccepted Severity = "accepted" // Policy.Accept contains its code
)

// Class groups finding codes.
type Class string

const (
	ClassStructure Class = "structure" // positions, hidden and duplicate parts
	ClassData      Class = "data"      // methods, sizes, CRCs, content
	ClassName      Class = "name"      // names of entries
	ClassType      Class = "type"      // types of entries: links, devices, encrypted ones
	ClassLimit     Class = "limit"     // more than Limits allow
	ClassOddity    Class = "oddity"    // an oddity that every reader reads in the same way
)

// Finding is one thing that a verification found.
type Finding struct {
	Class    Class    `json:"class"`
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	// Entry is the name of the entry concerned, or empty for the ZIP as a whole.
	Entry string `json:"entry,omitempty"`
	// Offset is the position in the ZIP, in bytes from its start.
	Offset int64 `json:"offset"`
	// Message describes the finding in a sentence for people.
	Message string `json:"message"`
}

// String returns the code, the entry and the message in one line.
func (f Finding) String() string {
	if f.Entry == "" {
		return fmt.Sprintf("%s: %s", f.Code, f.Message)
	}
	return fmt.Sprintf("%s: %q: %s", f.Code, f.Entry, f.Message)
}

// findingsPerCode limits how many findings of one code a report contains, so that a hostile ZIP
// cannot inflate it.
const findingsPerCode = 100

// findings collects findings, with the severity that the limits give them.
type findings struct {
	policy  *Policy
	list    []Finding
	count   map[Code]int
	refused bool
}

func newFindings(policy *Policy) *findings {
	return &findings{policy: policy, count: make(map[Code]int)}
}

// add adds a finding about an entry, or about the whole ZIP if entry is empty, and reports whether
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

// omittedCounts counts, by code, the findings that are not in the list.
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

// clone returns an independent copy.
func (f *findings) clone() *findings {
	other := newFindings(f.policy)
	other.list = append(other.list, f.list...)
	other.refused = f.refused
	for code, count := range f.count {
		other.count[code] = count
	}
	return other
}
