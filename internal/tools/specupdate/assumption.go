package main

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// assumption is what our reconstruction marks as not published, and what the new file says there.
type assumption struct {
	at, text string
	gone     bool    // the new file has no such place
	answers  []place // what differs there; none: the file says what was assumed, or is silent too
}

// assumptions lists those that the new document no longer marks, and counts those that it still
// does.
func assumptions(present, fresh *document) (settled []assumption, still int) {
	var walk func(old, new *yaml.Node, at string)
	walk = func(old, new *yaml.Node, at string) {
		if mark := text(child(old, assumed)); mark != "" {
			switch {
			case new != nil && child(new, assumed) != nil:
				still++
			default:
				a := assumption{at: at, text: mark, gone: new == nil}
				if !a.gone {
					a.answers = answers(old, new, at)
				}
				settled = append(settled, a)
			}
		}
		after := make(map[string]*yaml.Node)
		if new != nil && new.Kind == old.Kind {
			after, _ = named(new)
		}
		before, order := named(old)
		for _, key := range order {
			walk(before[key], after[key], at+step(old, key))
		}
	}
	walk(present.root, fresh.root, "")
	return settled, still
}

// answers are the differences at the place, without those that another mark below it will be
// answered by.
func answers(old, new *yaml.Node, at string) []place {
	var found []place
	for _, p := range compare(old, new, at) {
		if !markedBelow(old, strings.TrimPrefix(p.at, at)) {
			found = append(found, p)
		}
	}
	return found
}

// markedBelow says whether one of the steps from the node to the place carries a mark of its own.
func markedBelow(node *yaml.Node, steps string) bool {
	for one := range strings.SplitSeq(strings.TrimPrefix(steps, "/"), "/") {
		byName, _ := named(node)
		var next *yaml.Node
		for key, value := range byName {
			if step(node, key) == "/"+one {
				next = value
			}
		}
		node = next
		if child(node, assumed) != nil {
			return true
		}
	}
	return false
}
