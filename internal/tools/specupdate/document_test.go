package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const small = "openapi: 3.0.3\ninfo: {title: t, version: \"1\"}\npaths: {}\n"

func TestRefusals(t *testing.T) {
	operations := func(first, second string) string {
		return "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n" +
			"  /a: {get: {operationId: " + first + ", responses: {'200': {description: d}}}}\n" +
			"  /b: {post: {operationId: " + second + ", responses: {'200': {description: d}}}}\n"
	}
	bomb := "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
	for i := range 8 {
		at := string(rune('0' + i))
		to := string(rune('1' + i))
		bomb += "x" + to + ": &x" + to + " [*x" + at + strings.Repeat(", *x"+at, 9) + "]\n"
	}
	for _, test := range []struct{ name, spec, says string }{
		{"nothing", "", "it is empty"},
		{"blanks", " \n\t\n", "it is empty"},
		{"comments", "# nothing here\n", "it contains nothing but comments"},
		{"HTML page", "\n<!DOCTYPE html><html></html>",
			"it is an HTML page or XML; the vendor's reference page offers the document itself"},
		{"XML", "<openapi/>", "it is an HTML page or XML"},
		{"Latin-1", "openapi: 3.0.3\n# descripci\xf3n\n",
			"line 2: it is not UTF-8 text, but may be Latin-1 or Windows-1252; convert it"},
		{"UTF-16", "\xff\xfeo\x00p\x00e\x00n\x00", "it contains zero bytes, like UTF-16 text, which"},
		{"UTF-16 without a mark", "o\x00p\x00e\x00n\x00a\x00p\x00i\x00:\x00",
			"it contains zero bytes, like UTF-16 text"},
		{"gzip", "\x1f\x8b\x08\x00\x00\x00", "it is compressed with gzip; unpack it (gunzip)"},
		{"ZIP", "PK\x03\x04\x14\x00", "it is a ZIP; unpack it (unzip)"},
		{"directive", "# made by hand\n%YAML 1.2\n---\n" + small,
			"line 2: the directive %YAML 1.2 names a version that the generator's YAML reader refuses"},
		{"version that is a number", strings.Replace(small, `version: "1"`, "version: 1.0", 1),
			`line 2: info.version is 1.0, which is not text without quotes, but OpenAPI requires text; quote it: version: "1.0"`},
		{"Swagger 2.0", "swagger: \"2.0\"\ninfo: {}\n", "it is Swagger 2.0; OpenAPI 3.0 or 3.1 is required"},
		{"AsyncAPI", "asyncapi: 3.0.0\n", "it is an AsyncAPI document"},
		{"OpenAPI 3.2", "openapi: 3.2.0\n", `it is OpenAPI "3.2.0"`},
		{"version without its last part", "openapi: 3.0\n", `it is OpenAPI "3.0"`},
		{"something else", "a: 1\n", "no key openapi"},
		{"list", "- openapi: 3.0.3\n", "the top level must be a mapping"},
		{"text", "openapi", "the top level must be a mapping"},
		{"broken YAML", "openapi: 3.0.3\ninfo:\n  title: a\n   b: c\n", "broken YAML: line 4"},
		{"broken JSON", "{\n  \"openapi\": \"3.0.3\"\n  \"info\": {}\n}", "broken JSON: line 3"},
		{"cut JSON", "{\n  \"openapi\": \"3.0.3\",\n", "broken JSON: line 2: unexpected end of JSON input"},
		{"byte order mark alone", "\ufeff", "it is empty"},
		{"two documents", small + "---\n" + small, "more than one YAML document"},
		{"key twice", "openapi: 3.0.3\ninfo: {}\nopenapi: 3.1.0\n",
			`line 3: the key "openapi" is a duplicate of the one in line 1`},
		{"JSON key twice", "{\"openapi\": \"3.0.3\",\n\"openapi\": \"3.1.0\"}",
			`line 2: the key "openapi" is a duplicate of the one in line 1`},
		{"merge key", "a: &a {b: 1}\nc:\n  <<: *a\n", "line 3: the key << is YAML's merge key"},
		{"key that is not text", small + "x-a:\n  ? [1]\n  : 2\n", "line 5: a key must be text"},
		{"aliases that multiply", bomb, "expands to more than 300000 values"},
		{"alias in itself", "a: &a [*a]\n", "nested more than 100 deep"},
		{"deep", "a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "nested more than 100 deep"},
		{"too large", small + strings.Repeat("# filler\n", maxSize/9+1), "more than 2 MiB"},
		{"reference to a file", small + "components:\n  schemas:\n    A:\n      $ref: ../common.yaml#/A\n",
			`line 7: the $ref "../common.yaml#/A" at $.components.schemas.A`},
		{"reference to nothing", small + "components:\n  schemas:\n    A:\n      $ref: '#/components/schemas/B'\n",
			"kin-openapi cannot read it"},
		{"operation id twice", operations("go", "go"), `the operationId "go" is used for both GET /a and POST /b`},
		{"wrong type", "openapi: 3.0.3\npaths: []\n", "kin-openapi cannot read it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readDocument([]byte(test.spec))
			var refused *refusal
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want a refusal that says %q", err, test.says)
			}
		})
	}
	if _, err := readDocument([]byte(operations("go", "come"))); err != nil {
		t.Errorf("a plain document is refused: %v", err)
	}
}

// The vendor's file may be JSON from any program. It then means the same as the YAML.
func TestJSONSaysTheSame(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "tree", "api", "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := readDocument(raw)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	for name, indent := range map[string]string{"tabs": "\t", "blanks": "  ", "one line": ""} {
		text, err := json.MarshalIndent(value, "", indent)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("/"), []byte(`\/`)) // PHP escapes slashes like this
		got, err := readDocument(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if places := compare(want.root, got.root, ""); len(places) > 0 {
			t.Errorf("%s: differs at %v", name, places)
		}
	}
}

// JSON strings may contain these, which YAML reads differently or not at all.
func TestJSONTexts(t *testing.T) {
	for text, want := range map[string]string{
		`a\/b`: "a/b", `\\/`: `\/`, `\ud83d\ude00`: "😀", `\ud83d \uDE00`: "\ufffd \ufffd", `\u00e1\t\"`: "á\t\"",
		"a \u0085 \u2028 b": "a \u0085 \u2028 b", "<&>": "<&>",
	} {
		document := "\t{\"openapi\":\"3.0.3\",\"paths\":{},\n\"info\":{\"title\":\"" + text + "\",\"version\":\"1\"}}"
		d, err := readDocument([]byte(document))
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if got := child(child(d.root, "info"), "title").Value; got != want {
			t.Errorf("%q was read as %q, want %q", text, got, want)
		}
	}
}

// A byte order mark is not part of the document and is removed when it is taken in.
func TestAByteOrderMarkIsSkipped(t *testing.T) {
	for name, text := range map[string]string{"YAML": small,
		"JSON": `{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}`} {
		d, err := readDocument([]byte("\ufeff" + text))
		if err != nil || !d.marked || string(d.raw) != text {
			t.Errorf("%s: read as %q, %v", name, d.raw, err)
		}
	}
}

// An alias is read as the value that it refers to.
func TestAliases(t *testing.T) {
	d, err := readDocument([]byte(small + "x-a: &a {type: string}\ncomponents:\n  schemas:\n    A: *a\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(child(child(child(d.root, "components"), "schemas"), "A")); got != "{type: string}" {
		t.Errorf("read %s", got)
	}
}

// An accepted document means the same to our reader and to a standard one.
func FuzzReadDocument(f *testing.F) {
	for _, seed := range []string{
		small, "swagger: '2.0'", "<html>", "{", `{"openapi":"3.0.3","info":{"title":"\/","version":"1"},"paths":{}}`,
		small + "x-a: &a {b: [1, null, true, 1.5, ~]}\nx-b: *a\n", small +
			"components: {schemas: {A: {$ref: 'x.yaml'}}}",
		"a: &a [*a]", small + "x-d: 2024-01-01\nx-e: 0x1F\nx-f: !!str 1\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := readDocument(raw)
		if err != nil {
			var refused *refusal
			if !errors.As(err, &refused) {
				t.Errorf("not a refusal: %v", err)
			}
			return
		}
		var ours, theirs any
		if err := d.root.Decode(&ours); err != nil {
			t.Fatalf("our reading cannot be decoded: %v", err)
		}
		raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
		if json.Unmarshal(raw, &theirs) == nil {
			ours, theirs = asJSON(t, ours), asJSON(t, theirs)
		} else if err := yaml.Unmarshal(raw, &theirs); err != nil {
			t.Fatalf("taken, but a plain reading fails: %v", err)
		}
		if !reflect.DeepEqual(ours, theirs) {
			t.Errorf("read %#v, plainly %#v", ours, theirs)
		}
	})
}

// asJSON makes the Go types of numbers equal.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	var again any
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	return again
}
