// Command specjson writes api/openapi.json, the vendor's OpenAPI document as JSON, for
// `danabio spec --json`. go generate runs it from the repository's root.
//
// Only that conversion lives here; neither the library nor the command line imports it.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

func main() {
	if err := run("api/openapi.yaml", "api/openapi.json"); err != nil {
		fmt.Fprintf(os.Stderr, "specjson: %v\n", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	document, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	compact, err := convert(document)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", "  "); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	indented.WriteByte('\n')
	return os.WriteFile(to, indented.Bytes(), 0o644)
}

// convert keeps the order of keys, so that the document reads as it was written. A document that is
// JSON already stays as it is, since YAML lacks some of JSON's escapes.
func convert(document []byte) ([]byte, error) {
	if json.Valid(document) {
		return document, nil
	}
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := write(&b, &root)
	return b.Bytes(), err
}

func write(b *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.DocumentNode:
		return write(b, node.Content[0])
	case yaml.AliasNode:
		return write(b, node.Alias)
	case yaml.SequenceNode:
		return writeList(b, '[', ']', len(node.Content), func(i int) error { return write(b, node.Content[i]) })
	case yaml.MappingNode:
		return writeList(b, '{', '}', len(node.Content)/2, func(i int) error {
			if err := writeValue(b, node.Content[2*i].Value); err != nil {
				return err
			}
			b.WriteByte(':')
			return write(b, node.Content[2*i+1])
		})
	}
	var value any
	if err := node.Decode(&value); err != nil {
		return err
	}
	return writeValue(b, value)
}

func writeList(b *bytes.Buffer, open, end byte, length int, write func(int) error) error {
	b.WriteByte(open)
	for i := range length {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := write(i); err != nil {
			return err
		}
	}
	b.WriteByte(end)
	return nil
}

func writeValue(b *bytes.Buffer, value any) error {
	text, err := json.Marshal(value)
	b.Write(text)
	return err
}
