package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// acceptFlags holds the flags of all commands that verify. They set how strictly evidence is
// judged.
type acceptFlags struct {
	accept []string
	strict bool
	tables [][]evidence.CodeInfo // codes that can be accepted; those of the ZIP come first
}

func (j *acceptFlags) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&j.accept, "accept", nil,
		"")
	cmd.Flags().BoolVar(&j.strict, "strict", false, "")
}

// zipCodes and signatureCodes return the codes of findings, grouped by the package that reports
// them.
func zipCodes() [][]evidence.CodeInfo       { return [][]evidence.CodeInfo{evidence.Codes()} }
func signatureCodes() [][]evidence.CodeInfo { return append(zipCodes(), pdfsig.Codes()) }

// policy returns the policy that the flags set.
func (j *acceptFlags) policy(cmd *cobra.Command) (evidence.Policy, error) {
	policy, _, err := j.policyAndRest(cmd)
	return policy, err
}

// policyAndRest also returns the accepted codes that are not about the ZIP.
func (j *acceptFlags) policyAndRest(cmd *cobra.Command) (evidence.Policy, []evidence.Code, error) {
	policy := evidence.Policy{Strict: j.strict}
	var rest []evidence.Code
	for _, list := range j.accept {
		for code := range strings.SplitSeq(list, ",") {
			switch code = strings.TrimSpace(code); j.tableOf(code) {
			case 0:
				policy.Accept = append(policy.Accept, evidence.Code(code))
			case 1:
				rest = append(rest, evidence.Code(code))
			default:
				return evidence.Policy{}, nil, j.notAcceptable(cmd, code)
			}
		}
	}
	if err := policy.Validate(); err != nil {
		return evidence.Policy{}, nil, failure.Usage(cmd, err)
	}
	return policy, rest, nil
}

// tableOf returns the index of the table with an acceptable code, or -1.
func (j *acceptFlags) tableOf(code string) int {
	return slices.IndexFunc(j.tables, func(table []evidence.CodeInfo) bool {
		return slices.ContainsFunc(table, func(info evidence.CodeInfo) bool {
			return string(info.Code) == code &&
				info.Acceptable
		})
	})
}

func (j *acceptFlags) notAcceptable(cmd *cobra.Command, code string) error {
	what := i18n.Textf("there is no such finding code")
	var may []string
	for _, table := range j.tables {
		for _, info := range table {
			if info.Acceptable {
				may = append(may, string(info.Code))
			}
			if string(info.Code) == code {
				what = i18n.Textf("it cannot be accepted, because it is a danger, gives the evidence two readings, " +
					"or means an invalid signature")
			}
		}
	}
	return failure.Usagef(cmd, "--accept %q: %s; these may be accepted: %s", code, what, strings.Join(may, ", "))
}

// codes returns the acceptable codes for the help text of a command with these flags.
func (j *acceptFlags) codes(out *term.Output) map[string]string {
	var b strings.Builder
	for _, table := range j.tables {
		for _, info := range table {
			if info.Acceptable {
				what := info.Description
				if out.Language != i18n.English {
					what = auditreport.CodeText(out.Language, info.Code)
				}
				b.WriteString("  " + string(info.Code) + strings.Repeat(" ", max(1, 30-len(info.Code))) + what + "\n")
			}
		}
	}
	return map[string]string{"codes": b.String()}
}
