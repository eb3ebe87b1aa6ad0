package evidence

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ReportVersion is the version of the JSON form of [Report]. It grows when a field changes its
// meaning or goes; new fields and new codes do not change it.
const ReportVersion = 1

// Verdict is the outcome of a verification.
type Verdict string

const (
	VerdictAccepted   Verdict = "accepted"   // one reading, every byte checked
	VerdictRefused    Verdict = "refused"    // at least one finding is a refusal
	VerdictIncomplete Verdict = "incomplete" // reading failed or was ended before there was an answer
)

// Report is what a verification found. Its JSON form is stable; keys are in camelCase.
type Report struct {
	// Version is [ReportVersion].
	Version int `json:"version"`
	// Verdict sums the findings up.
	Verdict Verdict `json:"verdict"`
	// Size is that of the ZIP, in bytes.
	Size int64 `json:"size"`
	// SHA256 is that of the ZIP, in lower-case hexadecimal; right for a refused ZIP too, empty if
	// it could not be read.
	SHA256 string `json:"sha256"`
	// Entries are those of which headers and content hold, in the order of the central directory.
	Entries []EntryReport `json:"entries"`
	// RefusedEntries are all others: a finding refuses them, or their content was not read because
	// the structure of the ZIP is refused or an error ended the verification. Their SHA256 is
	// empty.
	RefusedEntries []EntryReport `json:"refusedEntries"`
	// Findings are all refusals, notices and accepted findings; structure first, then entry by
	// entry.
	Findings []Finding `json:"findings"`
	// OmittedFindings counts, by code, the findings beyond the first 100 of that code.
	OmittedFindings map[Code]int `json:"omittedFindings,omitempty"`
}

// EntryReport is what is known about one entry.
type EntryReport struct {
	// Name is the entry's name as it is read, with slashes; a folder's ends in one. The findings
	// [CodeNameCharset] and [CodeNameBackslash] say if it is written in another way.
	Name string `json:"name"`
	// Folder says that the entry is a folder.
	Folder bool `json:"folder,omitempty"`
	// Size is that of the content, in bytes.
	Size int64 `json:"size"`
	// CompressedSize is that of the content's form in the ZIP, in bytes.
	CompressedSize int64 `json:"compressedSize"`
	// CRC32 is the content's CRC-32 as eight lower-case hexadecimal digits.
	CRC32 string `json:"crc32"`
	// SHA256 is the content's, in lower-case hexadecimal; empty if it was not read or does not
	// hold.
	SHA256 string `json:"sha256,omitempty"`
	// MediaType is told from the first bytes of the content; empty for a folder. What may be taken
	// for a PDF is one, whatever else it is: named .pdf, with "%PDF-" in its first 1,024 bytes, or
	// with "startxref" in its last 1,024.
	MediaType string `json:"mediaType,omitempty"`
	// Kind is what the entry is for.
	Kind Kind `json:"kind"`
	// Rule names the rule that decided Kind, empty if none did.
	Rule string `json:"rule,omitempty"`
	// Inspections are what the inspectors said, in their order.
	Inspections []Inspection `json:"inspections,omitempty"`
}

// Refusals returns the findings that refuse the ZIP.
func (r *Report) Refusals() []Finding {
	var refusals []Finding
	for _, finding := range r.Findings {
		if finding.Severity == SeverityRefusal {
			refusals = append(refusals, finding)
		}
	}
	return refusals
}

// ErrRefused is matched by the error for a ZIP that is not acceptable.
var ErrRefused = errors.New("evidence refused")

// RefusedError says why a ZIP is not acceptable; it matches [ErrRefused].
type RefusedError struct {
	// Path is that of the file, empty if a reader was given.
	Path string
	// Findings are the refusals, never empty.
	Findings []Finding
	// Omitted counts refusals beyond those in Findings.
	Omitted int
}

// maxShownFindings is how many refusals the text of a RefusedError names.
const maxShownFindings = 3

// Error names the first reasons and counts the rest.
func (e *RefusedError) Error() string {
	var text strings.Builder
	text.WriteString("evidence refused")
	if e.Path != "" {
		text.WriteString(": " + e.Path)
	}
	shown := e.Findings[:min(len(e.Findings), maxShownFindings)]
	for i, finding := range shown {
		separator := "; "
		if i == 0 {
			separator = ": "
		}
		text.WriteString(separator + finding.String())
	}
	if rest := len(e.Findings) + e.Omitted - len(shown); rest > 0 {
		fmt.Fprintf(&text, "; and %d more", rest)
	}
	return text.String()
}

// Is makes errors.Is(err, ErrRefused) hold.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }

// newReport puts together what the structure and the reading of the entries gave.
func (a *Archive) newReport(outcomes []outcome) *Report {
	found := a.layout.findings.clone()
	report := &Report{
		Version: ReportVersion, Size: a.size, Verdict: VerdictAccepted,
		Entries: make([]EntryReport, 0, len(outcomes)), RefusedEntries: []EntryReport{},
	}
	for i := range outcomes {
		r, result := &a.layout.records[i], &outcomes[i]
		refused := result.sha256 == ""
		if result.fault != nil {
			found.add(result.fault.code, r.name, r.data, "%s", result.fault.message)
		}
		if result.content.mediaType == "application/zip" &&
			found.add(CodeNestedZIP, r.name, r.data, "it is a ZIP itself; what is in it was not looked at") {
			refused = true
		}
		if refused {
			report.RefusedEntries = append(report.RefusedEntries, a.entry(r, contentKind{}))
			continue
		}
		entry := a.entry(r, result.content)
		entry.SHA256 = result.sha256
		report.Entries = append(report.Entries, entry)
	}
	report.Findings, report.OmittedFindings = found.list, found.omittedCounts()
	if report.Findings == nil {
		report.Findings = []Finding{}
	}
	if found.refused {
		report.Verdict = VerdictRefused
	}
	return report
}

// entry says what the directory says of an entry, and of which kind its content is.
func (a *Archive) entry(r *record, content contentKind) EntryReport {
	entry := EntryReport{
		Name: r.name, Folder: r.isFolder(), Size: r.size, CompressedSize: r.compressed,
		CRC32:     hex.EncodeToString(binary.BigEndian.AppendUint32(nil, r.crc)),
		MediaType: content.mediaType, Kind: KindOther,
	}
	if content.rule != nil {
		entry.Kind, entry.Rule = content.rule.Kind, content.rule.Name
	}
	return entry
}

// refusal returns the error for a report of a refused ZIP, nil for one that was accepted.
func (a *Archive) refusal(report *Report) error {
	if report.Verdict != VerdictRefused {
		return nil
	}
	refused := &RefusedError{Path: a.path, Findings: report.Refusals()}
	for code, count := range report.OmittedFindings {
		if a.policy.severity(code) == SeverityRefusal {
			refused.Omitted += count
		}
	}
	return refused
}
