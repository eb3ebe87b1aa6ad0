package main

import (
	"fmt"
	"slices"
	"strings"
)

// outcome is the result for the new file.
type outcome int

const (
	stopped   outcome = iota // a step failed
	unchanged                // the tree already contains it
	done
	would // --check
)

func (o outcome) exit() int { return [...]int{stopped: 4, unchanged: 0, done: 0, would: 5}[o] }

// report contains all results, in the order of the steps.
type report struct {
	outcome        outcome
	check          bool
	problems       []string
	present, fresh *document
	presentApplied *applied

	lacking      []operation
	places       []place
	changes      []change
	settled      []assumption
	stillAssumed int
	overlay      *applied
	invalid      error

	generated    bool
	generation   error
	compiled     bool
	compiler     []string
	api          []apiChange
	tests        []tested
	failedBefore []string // those of the failed packages that also fail with the present spec
	files        []string
	version      demand
}

// find collects what prevents the file from being taken in.
func (r *report) find() {
	r.problems = nil
	problem := func(format string, args ...any) { r.problems = append(r.problems, fmt.Sprintf(format, args...)) }
	for _, a := range r.overlay.actions {
		if a.broken != "" {
			problem("The overlay's %s cannot be applied: %s. Adapt its target in `%s` to the new file, or remove the "+
				"action if what it fixes is gone.", a, shown(a.broken), overlayFile)
		}
	}
	for _, o := range r.lacking {
		problem("The new file has no operation `%s`, which was %s, and `pkg/danabio` is built on it.%s", o.id,
			code(o.String()), r.candidates(o))
	}
	if r.invalid != nil {
		problem("With the overlay applied the file is not valid: %s. Fix it with an action in `%s`; the vendor's "+
			"file is never edited.", strings.TrimSuffix(shownLong(r.invalid.Error()), "."), overlayFile)
	}
	if r.generation != nil {
		problem("`go generate` failed: %s. If the document is right, fix what the generator does not accept with an "+
			"action in `%s`.", strings.TrimSuffix(shownLong(r.generation.Error()), "."), overlayFile)
	}
	if len(r.compiler) > 0 {
		problem("With the new generated code not everything compiles, see *Go API*. Where only a name or a Go type "+
			"differs, restore the old one with an action in `%s`; otherwise adapt the code to the new file. Then run "+
			"the command again, with `BASE=` an unchanged checkout.", overlayFile)
	}
	var failed []string
	for _, name := range failedTests(r.tests) {
		if !slices.Contains(r.failedBefore, name) {
			failed = append(failed, name)
		}
	}
	if len(r.failedBefore) > 0 {
		problem("Tests fail in %s, see *Tests*, and they do so with the present spec too: the new file is not the "+
			"reason. Find out why `make test` fails here, then run the command again.", quoted(r.failedBefore))
	}
	if len(failed) > 0 {
		problem("Tests fail in %s, see *Tests*, and pass with the present spec. Where the client or the emulator "+
			"does not follow the new file, edit the code; where a test only repeats the former file, edit the test. "+
			"Then run the command again, with `BASE=` an unchanged checkout if the work tree does not compile "+
			"meanwhile.", quoted(failed))
	}
}

// candidates names the new operations that the vendor may have meant instead.
func (r *report) candidates(o operation) string {
	known := make(map[string]bool)
	for _, before := range r.present.operations() {
		known[before.String()] = true
	}
	var names []string
	for _, now := range r.fresh.operations() {
		if !known[now.String()] && now.method == o.method {
			names = append(names, code(now.String()))
		}
	}
	if len(names) == 0 {
		return " There is no new operation with this method: ask the vendor what replaces it."
	}
	return " New with this method: " + strings.Join(names, ", ") +
		"; if one replaces it, point the overlay's action there."
}

func quoted(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

// shownLong turns a tool's message into one line. It may be longer than a value.
func shownLong(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > 600 {
		text = string(runes[:599]) + "…"
	}
	return text
}

// page is a Markdown text under construction.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

func (p *page) heading(text string) { p.line("\n## %s\n", text) }

// items writes a list, or none if it is empty.
func items[T fmt.Stringer](p *page, none string, list []T) {
	if len(list) == 0 {
		p.line("%s", none)
		return
	}
	for i, item := range list {
		if i == maxItems {
			p.line("- … and %d more", len(list)-maxItems)
			return
		}
		p.line("- %s", item)
	}
}

// maxItems is how many items of a list are shown.
const maxItems = 200

func (p *page) code(lines []string) {
	p.line("```text")
	for _, line := range lines {
		p.line("%s", strings.ReplaceAll(line, "```", "'''"))
	}
	p.line("```")
}

// markdown formats the report. It contains no date and no path of this machine, so that the same
// change yields the same report.
func (r *report) markdown() string {
	p := new(page)
	p.line("# Spec update\n")
	switch r.outcome {
	case stopped:
		p.line("**Not taken in; the work tree is unchanged.** What has to be done first:\n")
		for i, problem := range r.problems {
			p.line("%d. %s", i+1, problem)
		}
	case unchanged:
		p.line("**Nothing to change:** the file is `%s` byte for byte, the overlay applies, and the generated code "+
			"is the same.", specFile)
	case done:
		p.line("**Taken in.** Changed: %s; this report is `%s`.", quoted(r.files), reportFile)
	case would:
		p.line("**Would be taken in** (this run only checks). Would change: %s.", quoted(r.files))
	}
	p.line("")
	r.summary(p)
	if r.outcome != unchanged {
		r.specSections(p)
	}
	r.assumptionSection(p)
	r.overlaySection(p)
	if r.outcome == unchanged {
		return p.String()
	}
	r.goSection(p)
	r.testSection(p)
	r.versionSection(p)
	return p.String()
}
