package probe

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"
)

// Table formats the result for a terminal with 80 columns.
func (r *Result) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "PROBE\tTHE SPEC SAYS\tWHAT CAME\tRESULT\n")
	for _, probe := range r.Probes {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", probe.Name, narrow(probe.Spec.short()), narrow(probe.Came.short()),
			probe.Verdict.words())
	}
	_ = w.Flush() // writes to memory
	for _, section := range r.sections() {
		fmt.Fprintf(&b, "\n%s:\n", section.title)
		for _, item := range section.items {
			b.WriteString(wrapped("  "+item.head, "  "+strings.Repeat(" ", section.indent), item.text))
		}
	}
	fmt.Fprintf(&b, "\nWhat the published page leaves open:\n")
	for _, point := range r.Open {
		head := fmt.Sprintf("  %-17s", point.Name)
		for _, line := range point.lines() {
			b.WriteString(wrapped(head, strings.Repeat(" ", 19), line))
			head = strings.Repeat(" ", 19)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", r.sum())
	return b.String()
}

// narrow shortens media types, so that the table fits.
func narrow(text string) string { return strings.ReplaceAll(text, "application/", "") }

// section is a list of items with explanations.
type section struct {
	title  string
	indent int
	items  []item
}

type item struct{ head, text string }

func (r *Result) sections() []section {
	deviations, allowed, unchecked := section{"Deviations", 2, nil}, section{"Deviations that are allowed", 2, nil},
		section{"Not checked", 2, nil}
	unknown := section{"Outcome unknown", 2, nil}
	for _, probe := range r.Probes {
		for _, deviation := range probe.Deviations {
			text := fmt.Sprintf("%s: %s.", deviation.Class, deviation.Message)
			if deviation.Assumed != "" {
				text += " Assumed: " + deviation.Assumed
			}
			into := &deviations
			if deviation.Allowed {
				into = &allowed
			}
			into.items = append(into.items, item{probe.Name + ": ", text})
		}
		if probe.Verdict == NotChecked {
			unchecked.items = append(unchecked.items, item{probe.Name + ": ", probe.Explanation + "."})
		}
		if probe.OutcomeUnknown {
			unknown.items = append(unknown.items,
				item{probe.Name + ": ", "a circuit may have been started; the request is not sent again."})
		}
	}
	var all []section
	for _, section := range []section{deviations, allowed, unchecked, unknown} {
		if len(section.items) > 0 {
			all = append(all, section)
		}
	}
	return all
}

// sum returns the result in one sentence.
func (r *Result) sum() string {
	deviates := len(r.Names(Deviates))
	checked := deviates + len(r.Names(Conforms))
	if checked == 0 {
		return "No probe could be checked."
	}
	made := counted(checked, "probe") + " checked"
	if unchecked := len(r.Names(NotChecked)); unchecked > 0 {
		made += fmt.Sprintf(", %d could not be", unchecked)
	}
	if deviates > 0 {
		return fmt.Sprintf("%s; %d of them found a deviation.", made, deviates)
	}
	return made + "; no deviation."
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (e Expectation) short() string {
	if e.Status == 0 {
		return "no such operation"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, strings.Join(e.MediaTypes, ", ")))
}

func (a *Answer) short() string {
	if a == nil {
		return "-"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", a.Status, a.MediaType))
}

func (v Verdict) words() string { return strings.ReplaceAll(string(v), "-", " ") }

// lines returns the answer with its details.
func (p Point) lines() []string {
	if p.Answer == Told {
		return p.Details
	}
	return []string{fmt.Sprintf("%s: %s", p.Answer, strings.Join(p.Details, "; "))}
}

// wrapped breaks text after head into lines of at most 80 columns, unless a word is longer.
func wrapped(head, indent, text string) string {
	const width = 80
	var b strings.Builder
	b.WriteString(head)
	column, fresh := utf8.RuneCountInString(head), true
	for _, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case fresh:
		case column+1+length > width:
			b.WriteString("\n" + indent + "  ")
			column = len(indent) + 2
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column, fresh = column+length, false
	}
	return b.String() + "\n"
}

// Markdown formats the result as a file that anybody may see.
func (r *Result) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: checked against the spec\n\n", r.Server)
	fmt.Fprintf(&b, "- %s\n- spec: %s %s, SHA-256 %s\n- by: %s\n- at: %s, by the clock of the machine that asked\n",
		r.sum(), r.Spec.Title, r.Spec.Version, r.Spec.SHA256, r.Library, r.At.Format(time.RFC3339))
	b.WriteString("\n## Probes\n\n| probe | what is sent | the spec says | what came | result " +
		"|\n|---|---|---|---|---|\n")
	for _, probe := range r.Probes {
		came := probe.Came.short()
		if probe.Came != nil {
			came += ", " + probe.Came.Body
		}
		says := probe.Spec.Description
		if probe.Spec.Status != 0 {
			says = probe.Spec.short() + ": " + says
		}
		fmt.Fprintf(&b, "| %s | `%s %s`: %s | %s | %s | %s |\n", probe.Name, probe.Method, probe.Path,
			cell(probe.Sends),
			cell(says), cell(came), probe.Verdict.words())
	}
	for _, section := range r.sections() {
		fmt.Fprintf(&b, "\n## %s\n\n", section.title)
		for _, item := range section.items {
			fmt.Fprintf(&b, "- %s%s\n", item.head, item.text)
		}
	}
	b.WriteString("\n## What the published page leaves open\n\n| question | answer |\n|---|---|\n")
	for _, point := range r.Open {
		fmt.Fprintf(&b, "| %s | %s |\n", cell(point.Question), cell(strings.Join(point.lines(), "; ")))
	}
	b.WriteString(`
## What is not in this file

No credentials, no token, no channel, no ids, no link, nothing about a signer, no host but the vendor's, and no text that the server
sent: only numbers, and names from the program's own lists.
`)
	return b.String()
}

// cell escapes text for a table cell.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
