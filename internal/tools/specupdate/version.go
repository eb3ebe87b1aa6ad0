package main

import (
	"fmt"
	"regexp"
	"strconv"
)

// bump is the part of the version number that a change increases.
type bump int

const (
	none bump = iota
	patch
	minor
	major
)

func (b bump) String() string { return [...]string{"none", "patch", "minor", "major"}[b] }

// demand is the version that a change requires, and why.
type demand struct {
	bump   bump   // according to the rule, for 1.0.0 and later
	reason string // the strongest one
	last   string // the last released version, or "" before the first
	next   string
}

// rule is the report's explanation of the version.
const rule = "An incompatible change of what `pkg/` exports, or a breaking change of the spec, requires a major " +
	"version: `pkg/contract` and `pkg/emulator` contain the spec, so what they accept changes for their users. A " +
	"compatible addition to `pkg/`, any change of what `gen/` exports (which carries no promise), a dangerous change " +
	"of the spec, or one of its servers requires a minor one; everything else a patch. Before 1.0.0 a minor version " +
	"replaces a major one, and a patch a minor one."

var released = regexp.MustCompile(`(?m)^## \[v?(\d+)\.(\d+)\.(\d+)\]`)

// demanded applies the rule.
func demanded(spec []change, servers []place, api []apiChange, changelog []byte) demand {
	d := demand{bump: patch, reason: "neither the spec's rated parts nor the exported Go API change"}
	raise := func(to bump, reason string) {
		if to > d.bump {
			d.bump, d.reason = to, reason
		}
	}
	for _, c := range api {
		switch {
		case c.promised() && !c.compatible:
			raise(major, "an incompatible change of what `pkg/` exports")
		case c.promised():
			raise(minor, "an addition to what `pkg/` exports")
		default:
			raise(minor, "a change of what `gen/` exports")
		}
	}
	if len(servers) > 0 {
		raise(minor, "a change of the servers")
	}
	for _, c := range spec {
		switch {
		case c.ours:
		case c.Level == breaking:
			raise(major, "a breaking change of the spec")
		case c.Level == dangerous:
			raise(minor, "a dangerous change of the spec")
		}
	}
	if d.bump == patch && len(spec) > 0 {
		d.reason = "harmless changes of the spec"
	}
	match := released.FindSubmatch(changelog)
	if match == nil {
		d.next = "0.1.0"
		return d
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(match[i+1])) // too large a number is not a version
	}
	d.last = fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2])
	move := d.bump
	if n[0] == 0 && move > patch {
		move--
	}
	switch move {
	case major:
		n = [3]int{n[0] + 1, 0, 0}
	case minor:
		n = [3]int{n[0], n[1] + 1, 0}
	default:
		n[2]++
	}
	d.next = fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2])
	return d
}
