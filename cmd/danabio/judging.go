package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// judging is how strictly evidence is looked at: the flags of all commands that verify.
type judging struct {
	accept []string
	strict bool
}

func (j *judging) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&j.accept, "accept", nil, "accept findings of this `CODE`; several by commas, or by the flag again")
	cmd.Flags().BoolVar(&j.strict, "strict", false, "refuse evidence with notices too, but for accepted ones")
}

// findingCodes are all codes that a finding can have, by who finds it.
func findingCodes() [][]evidence.CodeInfo {
	return [][]evidence.CodeInfo{evidence.Codes()}
}

// limits returns the limits that the flags stand for.
func (j *judging) limits(cmd *cobra.Command) (evidence.Limits, error) {
	var codes []string
	for _, list := range j.accept {
		for code := range strings.SplitSeq(list, ",") {
			codes = append(codes, strings.TrimSpace(code))
		}
	}
	limits := evidence.Limits{Strict: j.strict}
	limits.Accept, codes = acceptable(codes, evidence.Codes())
	if len(codes) > 0 {
		return evidence.Limits{}, notAcceptable(cmd, codes[0])
	}
	limits, err := limits.WithDefaults()
	if err != nil {
		return evidence.Limits{}, usage(cmd, err)
	}
	return limits, nil
}

// acceptable takes the codes that may be accepted by this table, and returns the rest of them too.
func acceptable(codes []string, table []evidence.CodeInfo) (taken []evidence.Code, rest []string) {
	for _, code := range codes {
		if slices.ContainsFunc(table, func(info evidence.CodeInfo) bool { return string(info.Code) == code && info.Acceptable }) {
			taken = append(taken, evidence.Code(code))
		} else {
			rest = append(rest, code)
		}
	}
	return taken, rest
}

func notAcceptable(cmd *cobra.Command, code string) error {
	what := "there is no such finding code"
	var may []string
	for _, table := range findingCodes() {
		for _, info := range table {
			if info.Acceptable {
				may = append(may, string(info.Code))
			}
			if string(info.Code) == code {
				what = "it cannot be accepted, since it is a danger or gives the evidence two readings"
			}
		}
	}
	return usagef(cmd, "--accept %q: %s; these may be accepted: %s", code, what, strings.Join(may, ", "))
}

// acceptHelp stands in the help of every command with these flags.
func acceptHelp() string {
	var b strings.Builder
	b.WriteString("\nCODEs for --accept:\n")
	for _, table := range findingCodes() {
		for _, info := range table {
			if info.Acceptable {
				b.WriteString("  " + string(info.Code) + strings.Repeat(" ", max(1, 22-len(info.Code))) + info.Description + "\n")
			}
		}
	}
	return b.String()
}
