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

// judging is how strictly evidence is looked at: the flags of all commands that verify.
type judging struct {
	accept []string
	strict bool
	tables [][]evidence.CodeInfo // of codes that can be accepted, by who finds them; those of the ZIP first
}

func (j *judging) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&j.accept, "accept", nil,
		"accept findings of this `CODE`; several by commas, or by the flag again")
	cmd.Flags().BoolVar(&j.strict, "strict", false, "refuse evidence with notices too, but for accepted ones")
}

// ofZIP and ofSignatures are the codes of findings, by who finds them.
func ofZIP() [][]evidence.CodeInfo        { return [][]evidence.CodeInfo{evidence.Codes()} }
func ofSignatures() [][]evidence.CodeInfo { return append(ofZIP(), pdfsig.Codes()) }

// policy returns the policy that the flags stand for.
func (j *judging) policy(cmd *cobra.Command) (evidence.Policy, error) {
	policy, _, err := j.policyAndRest(cmd)
	return policy, err
}

// policyAndRest also returns the codes to accept that are not about the ZIP.
func (j *judging) policyAndRest(cmd *cobra.Command) (evidence.Policy, []evidence.Code, error) {
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

// tableOf returns which table has a code that can be accepted, -1 if none has.
func (j *judging) tableOf(code string) int {
	return slices.IndexFunc(j.tables, func(table []evidence.CodeInfo) bool {
		return slices.ContainsFunc(table, func(info evidence.CodeInfo) bool {
			return string(info.Code) == code &&
				info.Acceptable
		})
	})
}

func (j *judging) notAcceptable(cmd *cobra.Command, code string) error {
	what := i18n.Textf("there is no such finding code")
	var may []string
	for _, table := range j.tables {
		for _, info := range table {
			if info.Acceptable {
				may = append(may, string(info.Code))
			}
			if string(info.Code) == code {
				what = i18n.Textf("it cannot be accepted, since it is a danger, gives the evidence two readings, or " +
					"is a " +
					"signature that does not hold")
			}
		}
	}
	return failure.Usagef(cmd, "--accept %q: %s; these may be accepted: %s", code, what, strings.Join(may, ", "))
}

// acceptHelp stands in the help of every command with these flags.
func (j *judging) acceptHelp(out *term.Output) string {
	var b strings.Builder
	b.WriteString("\n" + i18n.Textf("CODEs for --accept:").In(out.Language) + "\n")
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
	return b.String()
}
