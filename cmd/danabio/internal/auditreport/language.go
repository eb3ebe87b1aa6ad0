package auditreport

import (
	"fmt"
	"sync"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// text is a sentence in both languages. Both have the same verbs of [fmt.Sprintf] in the same
// order.
type text struct{ key, en, es string }

func (t text) in(wanted i18n.Language) string {
	if wanted == i18n.Spanish {
		return t.es
	}
	return t.en
}

// textIndex maps keys to texts. It is built on first use.
var textIndex = sync.OnceValue(func() map[string]text {
	index := make(map[string]text, len(texts))
	for _, t := range texts {
		index[t.key] = t
	}
	return index
})

// say returns a sentence in the report's language.
func (r *Report) say(key string, values ...any) (string, error) {
	t, known := textIndex()[key]
	if !known {
		return "", fmt.Errorf("audit report: there is no text %q", key)
	}
	words := make([]any, len(values))
	for i, value := range values {
		switch n := value.(type) {
		case int:
			words[i] = grouped(int64(n))
		case int64:
			words[i] = grouped(n)
		default:
			words[i] = fmt.Sprint(n)
		}
	}
	return fmt.Sprintf(t.in(r.Language), words...), nil
}

// grouped formats a number with narrow spaces, which no language reads as a decimal separator.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "\u202f" + digits[at:]
	}
	return digits
}

// CodeText returns the general sentence of a finding code, or "" for an unknown code.
func CodeText(wanted i18n.Language, code evidence.Code) string {
	if wanted == i18n.Spanish {
		for i := range spanishCodes {
			if spanishCodes[i].code == code {
				return spanishCodes[i].text
			}
		}
		return ""
	}
	for _, table := range [][]evidence.CodeInfo{evidence.Codes(), pdfsig.Codes()} {
		for _, info := range table {
			if info.Code == code {
				return info.Description
			}
		}
	}
	return ""
}

func (r *Report) sayCode(code evidence.Code) string { return CodeText(r.Language, code) }
