package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// place is one place at which two documents differ.
type place struct {
	at       string     // its steps from the top, each after a slash
	old, new *yaml.Node // nil if there is none
}

// assumed is the key under which our reconstruction says what nobody published.
const assumed = "x-assumed"

// compare lists the places at which two trees differ, in the order of the documents; marks of
// assumption are no difference.
func compare(old, new *yaml.Node, at string) []place {
	switch {
	case old == nil && new == nil:
		return nil
	case old == nil || new == nil || old.Kind != new.Kind:
		return []place{{at, old, new}}
	case old.Kind == yaml.ScalarNode:
		if old.Value == new.Value && old.Tag == new.Tag {
			return nil
		}
		return []place{{at, old, new}}
	}
	before, order := named(old)
	after, further := named(new)
	for _, key := range further {
		if before[key] == nil {
			order = append(order, key)
		}
	}
	var found []place
	for _, key := range order {
		if key == assumed && old.Kind == yaml.MappingNode {
			continue
		}
		found = append(found, compare(before[key], after[key], at+step(old, key))...)
	}
	return found
}

// named gives each child a name that stays the same when a list is put into another order: a text
// stands for itself, a mapping for its name, as parameters and tags have it. Where that would not
// tell two apart, it is the index.
func named(node *yaml.Node) (map[string]*yaml.Node, []string) {
	byName, names := make(map[string]*yaml.Node), []string{}
	for key, value := range children(node) { // none if node is nil
		if node.Kind == yaml.SequenceNode {
			switch {
			case value.Kind == yaml.ScalarNode:
				key = value.Value
			case text(child(value, "name")) != "":
				key = text(child(value, "in")) + " " + text(child(value, "name"))
			}
			key = strings.TrimSpace(key)
		}
		if byName[key] != nil {
			return indexed(node)
		}
		byName[key] = value
		names = append(names, key)
	}
	return byName, names
}

func indexed(node *yaml.Node) (map[string]*yaml.Node, []string) {
	byName, names := make(map[string]*yaml.Node), []string{}
	for i, value := range node.Content {
		key := fmt.Sprint(i)
		byName[key] = value
		names = append(names, key)
	}
	return byName, names
}

// step is one step of a place: a key of a mapping, or the name of a list's item in brackets.
func step(node *yaml.Node, key string) string {
	if node.Kind == yaml.SequenceNode {
		key = "[" + key + "]"
	}
	return "/" + escape(key)
}

// String says the change in one line of Markdown.
func (p place) String() string {
	at := "`" + target(p.at) + "`"
	switch {
	case p.old == nil:
		return fmt.Sprintf("%s: added, %s", at, code(brief(p.new)))
	case p.new == nil:
		return fmt.Sprintf("%s: removed, was %s", at, code(brief(p.old)))
	}
	was, is := around(brief(p.old), brief(p.new))
	return fmt.Sprintf("%s: %s became %s", at, code(was), code(is))
}

// brief is a value as one line.
func brief(node *yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	var parts []string
	for key, value := range children(node) {
		if key == assumed {
			continue
		}
		if node.Kind == yaml.MappingNode {
			key += ": "
		} else {
			key = ""
		}
		parts = append(parts, key+brief(value))
	}
	if node.Kind == yaml.MappingNode {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// around cuts the beginning that two long texts share, so that the difference is within what is
// shown.
func around(old, new string) (string, string) {
	a, b := []rune(old), []rune(new)
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	if same -= 20; same <= 0 || max(len(a), len(b)) <= maxShown {
		return old, new
	}
	return "…" + string(a[same:]), "…" + string(b[same:])
}

// maxShown is how many characters of a foreign text are shown.
const maxShown = 90

// shown makes a foreign text one line of printable characters.
func shown(text string) string {
	runes := []rune(strings.Join(strings.FieldsFunc(text,
		func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }), " "))
	if len(runes) > maxShown {
		runes = append(slices.Clip(runes[:maxShown-1]), '…')
	}
	return string(runes)
}

// code is a foreign text as Markdown code, whatever it holds.
func code(text string) string {
	text = shown(text)
	if text == "" {
		return "(empty)"
	}
	if strings.Contains(text, "`") {
		return "`` " + strings.ReplaceAll(text, "``", "''") + " ``"
	}
	return "`" + text + "`"
}

// target writes a place as the JSONPath that an action of the overlay would name it by, but for
// items of lists, which have their names.
func target(at string) string {
	var b strings.Builder
	b.WriteString("$")
	for step := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		switch {
		case at == "":
		case simple.MatchString(step):
			b.WriteString("." + step)
		case strings.HasPrefix(step, "["):
			b.WriteString(strings.NewReplacer("~1", "/", "~0", "~", "`", "'").Replace(shown(step)))
		default:
			step = strings.NewReplacer("~1", "/", "~0", "~", "`", "'").Replace(step)
			b.WriteString("['" + shown(step) + "']")
		}
	}
	return b.String()
}

var simple = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
