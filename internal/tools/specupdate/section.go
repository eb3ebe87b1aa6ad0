package main

import (
	"fmt"
	"strings"
)

// summary writes a table of the steps.
func (r *report) summary(p *page) {
	row := func(step, result string) { p.line("| %s | %s |", step, result) }
	p.line("| step | result |\n|---|---|")
	row("new file", fmt.Sprintf("OpenAPI %s, version %s of %s, %d bytes, SHA-256 `%s`%s", r.fresh.version,
		code(text(child(child(r.fresh.root, "info"), "version"))),
		code(text(child(child(r.fresh.root, "info"), "title"))), len(r.fresh.raw), r.fresh.digest(),
		either(r.fresh.marked, "; without the byte order mark that stood before it", "")))
	if r.outcome != unchanged {
		ours := 0
		for _, c := range r.changes {
			if c.ours {
				ours++
			}
		}
		row("compare", fmt.Sprintf("%d breaking, %d dangerous, %d harmless; %splaces that differ: %d%s",
			r.count(breaking), r.count(dangerous), r.count(harmless),
			either(ours > 0, fmt.Sprintf("of these %d change nothing with our overlay on both documents; ", ours), ""),
			len(r.places),
			either(len(r.servers()) > 0, ", **servers** among them", "")))
	}
	broken, needless := 0, 0
	for _, a := range r.overlay.actions {
		switch {
		case a.broken != "":
			broken++
		case a.needless:
			needless++
		}
	}
	row("overlay", fmt.Sprintf("%s: %d cannot be applied, %d unnecessary", number(len(r.overlay.actions), "action"),
		broken, needless))
	row("validate", either(r.invalid == nil, "valid with the overlay applied", "**not valid**"))
	row("generate", ran(r.generated, r.generation != nil, "generated"))
	if r.outcome == unchanged {
		return
	}
	row("compile", ran(r.compiled, len(r.compiler) > 0, "compiles"))
	incompatible := 0
	for _, c := range r.api {
		if !c.compatible {
			incompatible++
		}
	}
	row("Go API",
		either(r.compiled, fmt.Sprintf("%d incompatible, %d compatible", incompatible, len(r.api)-incompatible),
			"not run"))
	row("tests",
		ran(r.tests != nil, len(failedTests(r.tests)) > 0, fmt.Sprintf("%s passed", number(len(r.tests), "package"))))
	row("version", either(r.version.next != "", r.version.next, "not known before all steps succeed"))
}

func (r *report) count(l level) int {
	n := 0
	for _, c := range r.changes {
		if c.Level == l {
			n++
		}
	}
	return n
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func ran(has, failed bool, good string) string {
	switch {
	case failed:
		return "**failed**"
	case has:
		return good
	}
	return "not run"
}

func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// specSections write the changes of the spec.
func (r *report) specSections(p *page) {
	for _, part := range []struct {
		level level
		title string
		means string
	}{
		{breaking, "Breaking changes",
			"A server that follows the new spec refuses or misleads clients that follow the present one."},
		{dangerous, "Dangerous changes", "These break some users, depending on how they use the API."},
		{harmless, "Harmless changes",
			"By oasdiff's levels; whether our code needs what was removed, the compiler and the tests say."},
	} {
		p.heading(part.title)
		var list []change
		for _, c := range r.changes {
			if c.Level == part.level {
				list = append(list, c)
			}
		}
		if len(list) > 0 {
			p.line("%s\n", part.means)
		}
		items(p, "None.", list)
	}
	if old, new := r.present.version, r.fresh.version; old != new {
		p.line("\nThe file is OpenAPI %s, the present one %s.%s", new, old, either(old[:3] != new[:3] && r.generated,
			" Our generator and kin-openapi read it as it is; nothing was converted.", ""))
	}
	if servers := r.servers(); len(servers) > 0 {
		p.heading("Servers")
		p.line("oasdiff does not rate servers. `danabio.Sandbox` and `danabio.Production` name the present hosts, " +
			"and no test compares them: do it by hand.\n")
		items(p, "", servers)
	}
	p.heading("Every place that differs")
	p.line("The changes above and those that nobody rates, such as texts and examples; without marks of assumptions.\n")
	items(p, "None.", r.places)
}

// servers returns the differences under servers: at the top, in a path or in an operation.
func (r *report) servers() []place {
	var found []place
	for _, at := range r.places {
		if strings.Contains(at.at+"/", "/servers/") {
			found = append(found, at)
		}
	}
	return found
}

// assumptionSection writes which assumptions the vendor has answered.
func (r *report) assumptionSection(p *page) {
	p.heading("Assumptions")
	if len(r.settled) == 0 {
		p.line("The file settles none: %s, as before.", either(r.stillAssumed == 1, "1 place is marked `x-assumed`",
			fmt.Sprintf("%d places are marked `x-assumed`", r.stillAssumed)))
		return
	}
	p.line("The file has no mark at these places. Where it answers, compare the code with the answer and remove the " +
		"remark from doc comments and `api/README.md`; where it says nothing new, the assumption and the remark " +
		"stay.\n")
	for _, a := range r.settled {
		p.line("- %s: %s", "`"+target(a.at)+"`", strings.Join(strings.Fields(a.text), " "))
		switch {
		case a.gone:
			p.line("  - The file has no such place.")
		case len(a.answers) == 0:
			p.line("  - The file says no more than our reconstruction did.")
		}
		for _, answer := range a.answers {
			p.line("  - %s", answer)
		}
	}
	if r.stillAssumed > 0 {
		p.line("\nStill marked: %s.", number(r.stillAssumed, "place"))
	}
}

// overlaySection writes which parts of the overlay are still needed.
func (r *report) overlaySection(p *page) {
	p.heading("Overlay")
	said := false
	for _, a := range r.overlay.actions {
		if a.broken != "" {
			said = true
			p.line("- %s cannot be applied: %s. Its reason was: %s", a, shownLong(a.broken), shownLong(a.description))
			continue
		}
		if a.needless {
			said = true
			p.line("- %s is unnecessary: the file says so itself. Remove it from `%s`.", a, overlayFile)
		}
		if len(a.already) > 0 {
			said = true
			p.line("- %s is partly unnecessary: the file itself has %s. Remove that part.", a, quoted(a.already))
		}
		for _, o := range a.newOverrides(r.presentApplied) {
			said = true
			p.line("- %s overrides the file, which now says %s: the action makes it %s. Keep it if our Go code needs "+
				"that, remove it if it was an assumption.", a, code(o.at+": "+brief(o.old)), code(brief(o.new)))
		}
	}
	if !said {
		p.line("Each of the %s applies and is needed.", number(len(r.overlay.actions), "action"))
	}
}

// goSection writes what changes for Go code.
func (r *report) goSection(p *page) {
	p.heading("Go API")
	switch {
	case !r.compiled:
		p.line("Not compared: an earlier step failed.")
		return
	case len(r.compiler) > 0:
		p.line("Not everything compiles:\n")
		p.code(r.compiler)
		p.line("\nSo only the generated packages were compared.")
	}
	first := len(r.compiler) == 0
	for _, part := range []struct {
		title      string
		compatible bool
	}{{"Incompatible", false}, {"Compatible", true}} {
		var list []apiChange
		for _, c := range r.api {
			if c.compatible == part.compatible {
				list = append(list, c)
			}
		}
		if len(list) > 0 {
			p.line("%s%s:\n", either(first, "", "\n"), part.title)
			items(p, "", list)
			first = false
		}
	}
	if len(r.api) == 0 {
		p.line("What `gen/` and `pkg/` export stays the same.")
	}
}

func (r *report) testSection(p *page) {
	p.heading("Tests")
	if r.tests == nil {
		p.line("Not run: an earlier step failed.")
		return
	}
	for _, result := range r.tests {
		p.line("- `%s`: %s", result.name, either(len(result.failed) == 0, "passed", "**failed**"))
	}
	for _, result := range r.tests {
		for i, f := range result.failed {
			if i == maxFailures {
				p.line("\n… and %s more in `%s`.", number(len(result.failed)-maxFailures, "failure"), result.name)
				break
			}
			p.line("\n`%s` in `%s`:\n", either(f.test == "", "(the package)", f.test), result.name)
			p.code(f.lines)
		}
	}
}
