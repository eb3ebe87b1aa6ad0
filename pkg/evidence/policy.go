package evidence

import (
	"fmt"
	"reflect"
	"slices"
)

// Policy says what a ZIP may be and is still accepted. The zero value is the safe default.
type Policy struct {
	// Accept lists codes that are reported as accepted and refuse nothing. Only codes for which
	// [CodeInfo].Acceptable holds may stand here. What programs read in different ways is among
	// them only if [CodeInfo].Description says which reading then holds. Default: none.
	Accept []Code
	// Refuse lists notices that refuse the ZIP. Default: none.
	Refuse []Code
	// Strict makes every notice that is not in Accept a refusal. Default: false.
	Strict bool
	// Rules decide the kind of each entry; the first that matches wins, KindOther if none does.
	// Default: DefaultRules().
	Rules []Rule
}

// Validate fails on codes that do not exist, that cannot be treated so, or that stand in both
// lists.
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

// equal reports whether two policies say the same, in the same order.
func (p Policy) equal(other Policy) bool { return reflect.DeepEqual(p, other) }

// severity says how a finding of this code counts under this policy.
func (p *Policy) severity(code Code) Severity {
	switch info, _ := lookup(code); {
	case slices.Contains(p.Accept, code):
		return SeverityAccepted
	case info.Severity == SeverityRefusal, p.Strict, slices.Contains(p.Refuse, code):
		return SeverityRefusal
	}
	return SeverityNotice
}
