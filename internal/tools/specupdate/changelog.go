package main

import "fmt"

// versionSection ends the report: the version that the change demands, and an entry for the
// changelog to edit.
func (r *report) versionSection(p *page) {
	p.heading("Version")
	if r.version.next == "" {
		p.line("Not known before all steps succeed.")
		return
	}
	v := r.version
	if v.last == "" {
		p.line("**%s**, since nothing is released yet; after a release this would be a %s change: %s.", v.next, v.bump,
			v.reason)
	} else {
		p.line("**%s** after %s, a %s change: %s.", v.next, v.last, v.bump, v.reason)
	}
	p.line("\nThe rule: %s", rule)
	p.heading("CHANGELOG entry, to edit")
	r.entry(p)
}

// entry says what users have to know, under the headings of Keep a Changelog.
func (r *report) entry(p *page) {
	var changed, added, removed []string
	for _, c := range r.api {
		if !c.promised() {
			continue
		}
		line := fmt.Sprintf("%s: %s.", code(c.name), shown(c.text))
		switch {
		case !c.compatible && c.text == "removed":
			removed = append(removed, "**Breaking:** "+line)
		case !c.compatible:
			changed = append(changed, "**Breaking:** "+line)
		case c.text == "added":
			added = append(added, line)
		default:
			changed = append(changed, line)
		}
	}
	changed = append(changed, fmt.Sprintf("`api/openapi.yaml` is the vendor's file, version %s (OpenAPI %s).",
		code(text(child(child(r.fresh.root, "info"), "version"))), r.fresh.version))
	for _, c := range r.changes {
		switch {
		case c.ours:
		case c.Level == breaking:
			changed = append(changed, "**Breaking** in the API: "+c.String())
		case c.ID == "endpoint-added":
			added = append(added, "In the API, not in `pkg/danabio`: "+c.String())
		default:
			changed = append(changed, "In the API: "+c.String())
		}
	}
	for _, at := range r.servers() {
		changed = append(changed, "In the API: "+at.String()+".")
	}
	for _, a := range r.settled {
		if len(a.answers) == 0 {
			continue
		}
		changed = append(changed, "No longer assumed but published: `"+target(a.at)+"`.")
	}
	p.line("```markdown\n## [%s]", r.version.next)
	for _, part := range []struct {
		title string
		lines []string
	}{{"Added", added}, {"Changed", changed}, {"Removed", removed}} {
		if len(part.lines) == 0 {
			continue
		}
		p.line("\n### %s\n", part.title)
		for _, line := range part.lines {
			p.line("- %s", line)
		}
	}
	p.line("```")
}
