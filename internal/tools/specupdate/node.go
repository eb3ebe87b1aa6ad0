package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// parseTree parses one JSON or YAML document.
func parseTree(raw []byte) (*yaml.Node, error) {
	kind := "YAML"
	var wrong *json.SyntaxError
	switch err := json.Unmarshal(raw, new(any)); {
	case err == nil:
		raw = asYAML(raw)
	case bytes.TrimSpace(raw)[0] == '{' && errors.As(err, &wrong):
		kind = "JSON" // unless YAML accepts it
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var top yaml.Node
	switch err := decoder.Decode(&top); {
	case errors.Is(err, io.EOF):
		return nil, refuse("it contains nothing but comments")
	case err != nil && kind == "JSON":
		at := min(int(wrong.Offset), len(bytes.TrimRight(raw, " \t\r\n")))
		return nil, refuse("it is broken JSON: line %d: %v", lineOf(raw, at), wrong)
	case err != nil:
		return nil, refuse("it is broken YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, refuse("it contains more than one YAML document; an OpenAPI document is one")
	}
	return top.Content[0], nil
}

// jsonEscape matches an escape sequence of JSON: a surrogate pair, a lone surrogate, or any other.
var jsonEscape = regexp.MustCompile(`\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|u[dD][89a-fA-F]..|.)`)

// asYAML rewrites what the YAML library rejects in JSON or reads differently: the escape \/,
// surrogates, tabs, and the line breaks that only YAML knows. Line numbers stay the same.
func asYAML(document []byte) []byte {
	var b bytes.Buffer
	json.HTMLEscape(&b, document) // it escapes U+2028 and U+2029 too
	document = bytes.ReplaceAll(b.Bytes(), []byte("\t"), []byte(" "))
	document = bytes.ReplaceAll(document, []byte("\u0085"), []byte(`\u0085`))
	return jsonEscape.ReplaceAllFunc(document, func(escape []byte) []byte {
		var character string
		if string(escape) == `\/` || len(escape) > 2 {
			_ = json.Unmarshal(fmt.Appendf(nil, `"%s"`, escape), &character) // valid, because the document is
			return []byte(character)
		}
		return escape
	})
}

// plain returns the tree without aliases. It refuses what tools read differently or cannot handle:
// duplicate keys, keys that are not text, merge keys, and endless or huge documents.
func plain(root *yaml.Node) (*yaml.Node, error) {
	nodes := 0
	var copied func(node *yaml.Node, depth int) (*yaml.Node, error)
	copied = func(node *yaml.Node, depth int) (*yaml.Node, error) {
		if nodes++; nodes > maxNodes {
			return nil, refuse("it expands to more than %d values, including its aliases", maxNodes)
		}
		if depth > maxDepth {
			return nil, refuse("line %d: values are nested more than %d deep", node.Line, maxDepth)
		}
		if node.Kind == yaml.AliasNode {
			return copied(node.Alias, depth+1)
		}
		clone := &yaml.Node{Kind: node.Kind, Tag: node.ShortTag(), Value: node.Value,
			Style: node.Style &^ yaml.TaggedStyle, Line: node.Line}
		seen := make(map[string]int, len(node.Content)/2)
		for i, part := range node.Content {
			value, err := copied(part, depth+1)
			if err != nil {
				return nil, err
			}
			clone.Content = append(clone.Content, value)
			if node.Kind != yaml.MappingNode || i%2 == 1 {
				continue
			}
			before, twice := seen[value.Value]
			switch {
			case value.Kind != yaml.ScalarNode:
				return nil, refuse("line %d: a key must be text", value.Line)
			case value.Tag == "!!merge":
				return nil,
					refuse("line %d: the key << is YAML's merge key, which OpenAPI does not have; give the document "+
						"as JSON or without it", value.Line)
			case twice:
				return nil,
					refuse("line %d: the key %q is a duplicate of the one in line %d; tools differ in which one they "+
						"use", value.Line, shown(value.Value), before)
			}
			seen[value.Value] = value.Line
		}
		return clone, nil
	}
	return copied(root, 0)
}

// children iterates over a mapping by key, or over a sequence by index.
func children(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil {
			return
		}
		step := 1
		if node.Kind == yaml.MappingNode {
			step = 2
		}
		for i := 0; i+step <= len(node.Content); i += step {
			key := fmt.Sprint(i)
			if step == 2 {
				key = node.Content[i].Value
			}
			if !yield(key, node.Content[i+step-1]) {
				return
			}
		}
	}
}

// child returns the value of a mapping's key, or nil.
func child(node *yaml.Node, name string) *yaml.Node {
	for key, value := range children(node) {
		if key == name && node.Kind == yaml.MappingNode {
			return value
		}
	}
	return nil
}

func text(node *yaml.Node) string {
	if node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}

// escape encodes a key as one step of a place, as in a JSON pointer.
func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
