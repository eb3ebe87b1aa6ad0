package evidence

import (
	"fmt"
	"reflect"
	"slices"
)

// Policy says which ZIPs are accepted. The zero value is the safe default.
type Policy struct {
	// Accept lists codes that are reported as accepted and refuse nothing. Each must be Acceptable
	// by its [CodeInfo]. If programs read something in different ways, its code is acceptable only
	// if the description of the code says which reading applies. Default: none.
	Accept []Code
	// Refuse lists codes of notices that become refusals. Default: none.
	Refuse []Code
	// Strict makes every notice that is not in Accept a refusal. Default: false.
	Strict bool
	// Rules decide the kind of each entry. The first match wins; without a match it is KindOther.
	// Default: DefaultRules().
	Rules []Rule
}

// Validate fails on codes that do not exist, that cannot be accepted, or that are in both lists.
func (p Policy) Validate() error {
	for _, code := range p.Accept {
		info, known := lookup(code)
		switch {
		case !known:
			return fmt.Errorf("evidence policy: there is no finding code %q to accept; Codes() lists them", code)
		case !info.Acceptable:
			return fmt.Errorf("evidence policy: %q cannot be accepted: it is a danger, or gives the ZIP two readings",
				code)
		case slices.Contains(p.Refuse, code):
			return fmt.Errorf("evidence policy: %q is to be both accepted and refused", code)
		}
	}
	for _, code := range p.Refuse {
		if _, known := lookup(code); !known {
			return fmt.Errorf("evidence policy: there is no finding code %q to refuse; Codes() lists them", code)
		}
	}
	return nil
}

func (p Policy) withDefaults() Policy {
	if p.Rules == nil {
		p.Rules = DefaultRules()
	}
	return p
}

// equal reports whether two policies are the same, with lists in the same order.
func (p Policy) equal(other Policy) bool { return reflect.DeepEqual(p, other) }

// severity returns the severity of a finding under this policy.
func (p *Policy) severity(code Code) Severity {
	switch info, _ := lookup(code); {
	case slices.Contains(p.Accept, code):
		return SeverityAccepted
	case info.Severity == SeverityRefusal, p.Strict, slices.Contains(p.Refuse, code):
		return SeverityRefusal
	}
	return SeverityNotice
}
