package auditreport

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/evidence"
	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
	"github.com/danabio/danabio-go/pkg/verdict"
)

//go:embed page.html
var pageTemplate string

//go:embed page.css
var pageStyle string

// WriteHTML writes the page, which is also well-formed XML.
func (r *Report) WriteHTML(w io.Writer) error {
	parsed, err := template.New("page").Funcs(r.functions()).Parse(pageTemplate)
	if err == nil {
		err = parsed.Execute(w, r.page())
	}
	if err != nil {
		return fmt.Errorf("write audit report: %w", err)
	}
	return nil
}

// hostOf is the host of a base URL, with what follows it: the page holds no URL that can be opened.
func hostOf(baseURL string) string {
	_, host, found := strings.Cut(baseURL, "://")
	if !found {
		return baseURL
	}
	return host
}

// functions returns the functions of the template. Foreign text goes through v, plain or commands.
func (r *Report) functions() template.FuncMap {
	return template.FuncMap{
		"t":        r.say,
		"v":        visible,
		"plain":    plain,
		"host":     hostOf,
		"commands": commandLines,
		"n":        func(n any) (string, error) { return r.say("number", n) },
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"moment":   moment,
		"policy":   func() template.HTMLAttr { return policy(pageStyle) },
		"style":    func() template.CSS { return template.CSS(pageStyle) },
		"sections": func() []string { return sections },
		"mark":     outcomeMark,
		"grade":    grade,
		"code":     r.sayCode,
		"detail":   r.detail,
		"rule":     r.sayRule,
		"reason":   r.sayReason,
		"sent":     r.saySent,
		"covers":   r.sayCoverage,
		"key":      keyOf,
		"weakkey":  weakKey,
		"subject":  subjectOf,
		"noroots":  func() bool { return !r.RootsGiven },
	}
}

// sections lists the page's sections in order, as IDs and as keys of their titles.
var sections = []string{"circuit", "documents", "pictures", "metadata", "files", "findings", "receipt", "scope",
	"recheck"}

// policy allows a browser to use the page's own style and its embedded pictures, and nothing else.
func policy(style string) template.HTMLAttr {
	sum := sha256.Sum256([]byte(style))
	return template.HTMLAttr(fmt.Sprintf(
		`content="default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'"`,
		base64.StdEncoding.EncodeToString(sum[:])))
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "—"
	}
	return t.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

// grade returns the CSS class of a status.
func grade(status pdfsig.Status) string {
	switch status {
	case pdfsig.StatusWholeFile, pdfsig.StatusExtended:
		return "right"
	case pdfsig.StatusInvalid, pdfsig.StatusSignedRevisionOnly:
		return "wrong"
	case pdfsig.StatusUnsigned:
		return "neutral"
	}
	return "unknown"
}

// maxShown is the number of characters of a foreign text that are shown.
const maxShown = 500

// odd reports whether a character would be invisible, or would change how others appear.
func odd(c rune) bool { return c == utf8.RuneError || !unicode.IsPrint(c) }

// pieces splits foreign text into parts that can be shown as they are, and characters that are
// shown by number.
func pieces(text string, write func(part string, odd bool)) {
	text, cut := shorten(text, maxShown)
	begin := 0
	for i, c := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		if !odd(c) {
			continue
		}
		if begin < i {
			write(text[begin:i], false)
		}
		name := fmt.Sprintf("U+%04X", c)
		if c == utf8.RuneError && size == 1 {
			name = fmt.Sprintf("0x%02X", text[i])
		}
		write(name, true)
		begin = i + size
	}
	if begin < len(text) {
		write(text[begin:], false)
	}
	if cut > 0 {
		write(fmt.Sprintf("… +%d", cut), true)
	}
}

// visible makes foreign text inert, shows its invisible characters, and isolates its writing
// direction.
func visible(value any) template.HTML {
	var b strings.Builder
	b.WriteString("<bdi>")
	pieces(fmt.Sprint(value), func(part string, odd bool) {
		if odd {
			b.WriteString(`<span class="odd">` + template.HTMLEscapeString(part) + `</span>`)
			return
		}
		b.WriteString(template.HTMLEscapeString(part))
	})
	b.WriteString("</bdi>")
	return template.HTML(b.String())
}

// plain does the same as plain text; the template escapes it.
func plain(value any) string {
	var b strings.Builder
	pieces(fmt.Sprint(value), func(part string, odd bool) {
		if odd {
			part = "[" + part + "]"
		}
		b.WriteString(part)
	})
	return b.String()
}

// commandLines formats commands, in which only letters can be foreign.
func commandLines(lines []string) template.HTML {
	var b strings.Builder
	for _, line := range lines {
		for _, c := range line {
			if odd(c) {
				c = unicode.ReplacementChar
			}
			b.WriteString(template.HTMLEscapeString(string(c)))
		}
		b.WriteByte('\n')
	}
	return template.HTML(b.String())
}

func (r *Report) sayReason(reason Reason) (string, error) {
	if reason.Text == textFinding {
		return r.sayCode(reason.Code), nil
	}
	return r.say(reason.Text, reason.Values...)
}

// detail returns a finding's message, or "" if that is the general sentence of its code.
func (r *Report) detail(message string, code evidence.Code) string {
	if message == r.sayCode(code) {
		return ""
	}
	return message
}

func (r *Report) saySent(found pdfsig.Found) (string, error) {
	if found.Relation != pdfsig.RelationNotFound && !found.Covered {
		return r.say("sent.uncovered")
	}
	if found.Covered && !found.Signed() {
		return r.say("sent.changed")
	}
	return r.say("sent." + string(found.Relation))
}

// sayCoverage says which bytes a signature covers.
func (r *Report) sayCoverage(s signature) (string, error) {
	var end int64
	if len(s.ByteRange) == 4 {
		end = s.ByteRange[2] + s.ByteRange[3]
	}
	switch s.Status {
	case pdfsig.StatusWholeFile:
		return r.say("covers.WHOLE_FILE", end)
	case pdfsig.StatusExtended, pdfsig.StatusSignedRevisionOnly:
		return r.say("covers."+string(s.Status), end, s.BytesAfter)
	}
	return r.say("covers." + string(s.Status))
}

// sayRule translates the names of the standard rules. Other names stay as they are.
func (r *Report) sayRule(name string) string {
	if r.Language == i18n.Spanish {
		for _, row := range spanishRules {
			if row.rule == name {
				return row.text
			}
		}
	}
	return name
}

// page is the template's data.
type page struct {
	*Report
	Name                     string
	Refused                  bool
	Documents, MoreDocuments []document
	Pictures                 []Picture
	MorePictures             int
	Metadata                 []Metadata
	MoreMetadata             int
	Findings                 []evidence.Finding
	MoreFindings             int
	Scope                    []scopeRow
	Recheck                  []recheckStep
}

// maxFindings limits the list of all findings.
const maxFindings = 500

func (r *Report) page() *page {
	p := &page{Report: r, Name: r.name(), Refused: r.Evidence.Verdict != evidence.VerdictAccepted, Scope: r.scope(),
		Recheck: r.recheck()}
	p.Documents, p.MoreDocuments = r.documents()
	for _, picture := range r.Rendered.Pictures {
		if picture.NotShown == NotShownTooMany {
			p.MorePictures++
			continue
		}
		p.Pictures = append(p.Pictures, picture)
	}
	for _, metadata := range r.Rendered.Metadata {
		if metadata.NotShown == NotShownTooMany {
			p.MoreMetadata++
			continue
		}
		p.Metadata = append(p.Metadata, metadata)
	}
	p.Findings = allFindings(r.Evidence)
	for _, count := range r.Evidence.OmittedFindings {
		p.MoreFindings += count
	}
	if rest := len(p.Findings) - maxFindings; rest > 0 {
		p.Findings, p.MoreFindings = p.Findings[:maxFindings], p.MoreFindings+rest
	}
	return p
}

// name returns the name of the ZIP, for display and for commands.
func (r *Report) name() string {
	if r.File == "" {
		return "evidence.zip"
	}
	return r.File
}

func outcomeMark(conclusion verdict.Conclusion) string {
	return map[verdict.Conclusion]string{verdict.Good: "✓", verdict.NotGood: "✗", verdict.Undecided: "?"}[conclusion]
}
