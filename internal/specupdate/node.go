package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"gopkg.in/yaml.v3"
)

// parseTree reads one JSON or YAML document. JSON is read as JSON, since the YAML library knows
// neither its \/ nor its surrogate pairs.
func parseTree(raw []byte) (*yaml.Node, error) {
	var wrong error
	if bytes.TrimSpace(raw)[0] == '{' {
		root, err := parseJSON(raw)
		if err == nil {
			return root, nil
		}
		wrong = err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var top yaml.Node
	if err := decoder.Decode(&top); errors.Is(err, io.EOF) {
		return nil, refuse("it is empty but for comments")
	} else if err != nil {
		if wrong != nil {
			return nil, refuse("it is broken JSON: %v", wrong)
		}
		return nil, refuse("it is broken YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, refuse("it holds more than one YAML document; an OpenAPI document is one")
	}
	return top.Content[0], nil
}

// parseJSON builds the same tree from JSON, with lines.
func parseJSON(raw []byte) (*yaml.Node, error) {
	r := &jsonReader{decoder: json.NewDecoder(bytes.NewReader(raw)), raw: raw, line: 1}
	r.decoder.UseNumber()
	root, err := r.value(0)
	if err != nil {
		return nil, fmt.Errorf("line %d: %w", r.here(), err)
	}
	if _, err := r.decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: something follows the document", r.here())
	}
	return root, nil
}

type jsonReader struct {
	decoder *json.Decoder
	raw     []byte
	line    int
	counted int // bytes of raw whose lines are in line
}

func (r *jsonReader) here() int {
	offset := min(int(r.decoder.InputOffset()), len(r.raw))
	r.line += bytes.Count(r.raw[r.counted:offset], []byte("\n"))
	r.counted = offset
	return r.line
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("values are nested more than %d deep", maxDepth)
	}
	token, err := r.decoder.Token()
	if errors.Is(err, io.EOF) {
		err = errors.New("it ends in the middle")
	}
	if err != nil {
		return nil, err
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Line: r.here()}
	switch token := token.(type) {
	case json.Delim:
		node.Kind, node.Tag = yaml.MappingNode, "!!map"
		if token == '[' {
			node.Kind, node.Tag = yaml.SequenceNode, "!!seq"
		}
		for r.decoder.More() {
			if node.Kind == yaml.MappingNode {
				name, err := r.value(depth + 1)
				if err != nil {
					return nil, err
				}
				node.Content = append(node.Content, name)
			}
			value, err := r.value(depth + 1)
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, value)
		}
		_, err = r.decoder.Token()
		if errors.Is(err, io.EOF) {
			err = errors.New("it ends in the middle")
		}
	case string:
		node.Tag, node.Value, node.Style = "!!str", token, yaml.DoubleQuotedStyle
	case json.Number:
		node.Tag, node.Value = "!!float", token.String()
		if !strings.ContainsAny(node.Value, ".eE") {
			node.Tag = "!!int"
		}
	case bool:
		node.Tag, node.Value = "!!bool", fmt.Sprint(token)
	default:
		node.Tag, node.Value = "!!null", "null"
	}
	return node, err
}

// plain returns the tree without aliases, and refuses what tools read differently or cannot hold:
// keys that stand twice, keys that are no text, merge keys, endless and huge documents.
func plain(root *yaml.Node) (*yaml.Node, error) {
	nodes := 0
	var copied func(node *yaml.Node, depth int) (*yaml.Node, error)
	copied = func(node *yaml.Node, depth int) (*yaml.Node, error) {
		if nodes++; nodes > maxNodes {
			return nil, refuse("it stands for more than %d values, aliases counted as what they stand for", maxNodes)
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
					refuse("line %d: the key %q stands there again, first in line %d; which of them counts differs "+
						"from tool to tool", value.Line, shown(value.Value), before)
			}
			seen[value.Value] = value.Line
		}
		return clone, nil
	}
	return copied(root, 0)
}

// children goes through a mapping by key, through a sequence by index.
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

// child is the value of a mapping's key, nil if there is none.
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

// escape makes a key one step of a place, as in a JSON pointer.
func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }
