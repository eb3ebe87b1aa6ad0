package failure

import (
	"errors"
	"fmt"

	"github.com/danabio/danabio-go/cmd/danabio/internal/auditreport"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/evidence"
)

// RefusedFile reports evidence that is not acceptable. Its text has one line per reason.
type RefusedFile struct {
	File string
	*evidence.RefusedError
}

func (e *RefusedFile) Unwrap() error { return e.RefusedError }

// maxReasons limits how much a hostile ZIP can print.
const maxReasons = 20

func (e *RefusedFile) reasons() error {
	name := FileName(e.File)
	var reasons []error
	for _, finding := range e.Findings[:min(len(e.Findings), maxReasons)] {
		reasons = append(reasons, i18n.Errorf("evidence refused: %s: %w", name, ShownFinding(finding)))
	}
	if rest := len(e.Findings) + e.Omitted - len(reasons); rest > 0 {
		reasons = append(reasons,
			i18n.Errorf("evidence refused: %s: and %d more reasons; \"danabio evidence verify --json\" tells more",
				name,
				rest))
	}
	if len(reasons) == 0 {
		return i18n.Errorf("evidence refused: %s", name)
	}
	return errors.Join(reasons...)
}

func (e *RefusedFile) Error() string { return e.reasons().Error() }

func (e *RefusedFile) Spanish() i18n.Translation { return i18n.InSpanish(e.reasons()) }

// ShownFinding is a finding in a text for people. Its own message is English; other languages use
// the general sentence for its code.
type ShownFinding evidence.Finding

func (f ShownFinding) Error() string { return evidence.Finding(f).String() }

func (f ShownFinding) Spanish() i18n.Translation {
	text := auditreport.CodeText(i18n.Spanish, f.Code)
	if text == "" {
		return i18n.Translation{Text: string(f.Code), Details: []string{f.Error()}}
	}
	if f.Entry == "" {
		return i18n.Translation{Text: fmt.Sprintf("%s: %s", f.Code, text)}
	}
	return i18n.Translation{Text: fmt.Sprintf("%s: %q: %s", f.Code, f.Entry, text)}
}
