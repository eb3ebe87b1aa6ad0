package evidence

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ReportVersion is the version of the JSON form of [Report]. It increases when a field changes its
// meaning or is removed. New fields and codes do not change it.
const ReportVersion = 1

// Verdict is the result of a verification.
type Verdict string

const (
	VerdictAccepted   Verdict = "accepted"   // every byte was checked, and all programs read the same
	VerdictRefused    Verdict = "refused"    // at least one finding is a refusal
	VerdictIncomplete Verdict = "incomplete" // reading failed or was stopped before there was a result
)

// Report is the result of a verification. Its JSON form is stable, with keys in camelCase.
type Report struct {
	// Version is [ReportVersion].
	Version int `json:"version"`
	// Verdict is the sum of the findings.
	Verdict Verdict `json:"verdict"`
	// Size is the size of the ZIP, in bytes.
	Size int64 `json:"size"`
	// SHA256 is the SHA-256 of the ZIP, in lower-case hexadecimal. It is also right for a refused
	// ZIP, and empty if the ZIP could not be read.
	SHA256 string `json:"sha256"`
	// Entries lists the entries whose headers and content are right, in the order of the central
	// directory.
	Entries []EntryReport `json:"entries"`
	// RefusedEntries lists all others: a finding refuses them, or their content was not read
	// because the structure of the ZIP is refused or an error ended the verification. Their SHA256
	// is empty.
	RefusedEntries []EntryReport `json:"refusedEntries"`
	// Findings lists all refusals, notices and accepted findings: those about the structure first,
	// then entry by entry.
	Findings []Finding `json:"findings"`
	// OmittedFindings counts, by code, the findings beyond the first 100 of that code.
	OmittedFindings map[Code]int `json:"omittedFindings,omitempty"`
}

// EntryReport is what is known about one entry.
type EntryReport struct {
	// Name is the decoded name, with slashes; a folder's ends in one. The findings
	// [CodeNameCharset] and [CodeNameBackslash] say if it is written in another way.
	Name string `json:"name"`
	// Folder is true for a folder.
	Folder bool `json:"folder,omitempty"`
	// Size is the size of the content, in bytes.
	Size int64 `json:"size"`
	// CompressedSize is the size in the ZIP, in bytes.
	CompressedSize int64 `json:"compressedSize"`
	// CRC32 is the CRC-32 of the content as eight lower-case hexadecimal digits.
	CRC32 string `json:"crc32"`
	// SHA256 is the SHA-256 of the content, in lower-case hexadecimal. It is empty if the content
	// was not read or is not right.
	SHA256 string `json:"sha256,omitempty"`
	// MediaType is detected from the first bytes of the content, and is empty for a folder.
	// Everything that may be taken for a PDF counts as one, whatever else it is: named .pdf, with
	// "%PDF-" in its first 1,024 bytes, or with "startxref" in its last 1,024.
	MediaType string `json:"mediaType,omitempty"`
	// Kind is the purpose of the entry.
	Kind Kind `json:"kind"`
	// Rule names the rule that determined Kind, or is empty if none did.
	Rule string `json:"rule,omitempty"`
	// Inspections lists the results of the inspectors, in their order.
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

// ErrRefused is the error that every [RefusedError] matches.
var ErrRefused = errors.New("evidence refused")

// RefusedError says why a ZIP is not acceptable. It matches [ErrRefused].
type RefusedError struct {
	// Path is the path of the file, or empty if a reader was given.
	Path string
	// Findings lists the refusals. It is never empty.
	Findings []Finding
	// Omitted counts refusals beyond those in Findings.
	Omitted int
}

// maxShownFindings is how many refusals the text of a RefusedError contains.
const maxShownFindings = 3

// Error returns the first reasons and the number of others.
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

// Is makes errors.Is(err, ErrRefused) true.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }

// newReport combines the findings about the structure with the outcomes of the entries.
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

// entry describes an entry by its directory record and the kind of its content.
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

// refusal returns the error for the report of a refused ZIP, and nil for any other.
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
