package main

import (
	"strings"
	"testing"
)

const rules = `overlay: 1.0.0
info: {title: t, version: 1.0.0}
actions:
`

func TestOverlayActions(t *testing.T) {
	const spec = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {type: " +
		"integer, format: int32, x-a: {b: 1, c: 2}}}}\n"
	for _, test := range []struct{ name, action, broken, result string }{
		{"adds", "{target: $.components.schemas.A, update: {x-go: true}}", "",
			"{type: integer, format: int32, x-a: {b: 1, c: 2}, x-go: true}"},
		{"is there", "{target: $.components.schemas.A, update: {format: int32}}", "", "needless"},
		{"is there in part", "{target: $.components.schemas.A, update: {format: int32, x-go: true}}", "",
			"already format: int32"},
		{"is there in part, deeper", "{target: $.components.schemas.A, update: {x-a: {b: 1, d: 3}}}", "",
			"already x-a.b: 1"},
		{"replaces", "{target: $.components.schemas.A, update: {format: int64}}", "",
			"overrides format int32 by int64"},
		{"removes", "{target: $.components.schemas.A.format, remove: true}", "", "{type: integer, x-a: {b: 1, c: 2}}"},
		{"removes what is gone", "{target: $.components.schemas.A.pattern, remove: true}", "matches nothing", ""},
		{"matches nothing", "{target: $.components.schemas.B, update: {a: 1}}", "matches nothing", ""},
		{"is no path", "{target: '$[', update: {a: 1}}", "unmatched [", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := readDocument([]byte(spec))
			if err != nil {
				t.Fatal(err)
			}
			before := brief(d.root)
			result, err := apply([]byte(rules+"  - "+test.action+"\n"), d)
			if err != nil {
				t.Fatal(err)
			}
			a := result.actions[0]
			got := []string{brief(child(child(child(result.root, "components"), "schemas"), "A"))}
			if a.needless {
				got = append(got, "needless")
			}
			for _, part := range a.already {
				got = append(got, "already "+part)
			}
			for _, p := range a.overrides {
				got = append(got, "overrides "+p.at+" "+brief(p.old)+" by "+brief(p.new))
			}
			if (a.broken == "") != (test.broken == "") || !strings.Contains(a.broken, test.broken) ||
				!strings.Contains(strings.Join(got, "; "), test.result) {
				t.Errorf("broken %q, %q; want %q, %q", a.broken, got, test.broken, test.result)
			}
			if brief(d.root) != before {
				t.Error("the document itself was changed")
			}
		})
	}
	if _, err := apply([]byte("overlay: 9.9.9\n"), &document{}); err == nil {
		t.Error("an overlay that is none is taken")
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"same", "a: [1, 2]", "a: [2, 1]", ""},
		{"value", "a: 1", "a: 2", "`$.a`: `1` became `2`"},
		{"text for a number", "a: 1", "a: '1'", "`$.a`: `1` became `1`"},
		{"added", "a: 1", "{a: 1, b: {c: [d]}}", "`$.b`: added, `{c: [d]}`"},
		{"removed", "{a: 1, 'b c': 2}", "a: 1", "`$['b c']`: removed, was `2`"},
		{"name in a list", "a: [{name: x, in: path, v: 1}, {name: x, in: query}]",
			"a: [{name: x, in: query}, {name: x, in: path, v: 2}]", "`$.a[path x].v`: `1` became `2`"},
		{"list without names", "a: [{b: 1}, {b: 2}]", "a: [{b: 1}, {b: 3}]", "`$.a[1].b`: `2` became `3`"},
		{"mark", "{a: 1, x-assumed: b}", "a: 1", ""},
		{"backtick", "a: '`'", "a: '``'", "`$.a`: `` ` `` became `` '' ``"},
		{"several lines", "a: |\n  b\n  c\n", "a: \"\\e[31m\"", "`$.a`: `b c` became `[31m`"},
		{"far into a long text", "a: " + strings.Repeat("x", 200) + "y", "a: " + strings.Repeat("x", 200) + "z",
			"`$.a`: `…xxxxxxxxxxxxxxxxxxxxy` became `…xxxxxxxxxxxxxxxxxxxxz`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			old, err := parseTree([]byte(test.old))
			if err != nil {
				t.Fatal(err)
			}
			new, err := parseTree([]byte(test.new))
			if err != nil {
				t.Fatal(err)
			}
			if old, err = plain(old); err != nil {
				t.Fatal(err)
			}
			if new, err = plain(new); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range compare(old, new, "") {
				got = append(got, p.String())
			}
			if strings.Join(got, "; ") != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
