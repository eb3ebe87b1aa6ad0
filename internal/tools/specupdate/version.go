package main

import (
	"fmt"
	"regexp"
	"strconv"
)

// bump is how far a change moves the version number.
type bump int

const (
	none bump = iota
	patch
	minor
	major
)

func (b bump) String() string { return [...]string{"none", "patch", "minor", "major"}[b] }

// demand is the version that a change demands, and why.
type demand struct {
	bump   bump   // by the rule, for 1.0.0 and later
	reason string // the strongest one
	last   string // the last released version, "" before the first
	next   string
}

// rule is what the report says about how the version was found.
const rule = "An incompatible change of what `pkg/` exports, or a breaking change of the spec, demands a major " +
	"version: " +
	"`pkg/contract` and `pkg/emulator` hold the spec, so what they accept changes for who uses them. " +
	"A compatible addition to `pkg/`, any change of what `gen/` exports (which carries no promise), a dangerous " +
	"change of the spec, or one of its servers demands a minor one; everything else a patch. " +
	"Before 1.0.0 a minor version stands for a major one, and a patch for a minor one."

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
		n[i], _ = strconv.Atoi(string(match[i+1])) // digits by the pattern; a number too large is no version
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
