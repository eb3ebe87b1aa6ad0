package cli

import (
	"bytes"
	"encoding/json"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/danabio/danabio-go/api"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

func newSpec(out *term.Output) *cobra.Command {
	var forGo bool
	cmd := &cobra.Command{
		Use:   "spec",
		Short: "Print the OpenAPI document that danabio was built from",
		Long: `Print the OpenAPI document of the API as the vendor's published page shows it, in YAML,
or in JSON with --json.

With --go print it with the overlay applied from which the Go code was generated, in JSON.`,
		Example: `  danabio spec > openapi.yaml`,
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case forGo:
				document, err := spec.GetSpecJSON()
				if err != nil {
					return i18n.Errorf("embedded spec: %w", err)
				}
				return out.PrintJSON(json.RawMessage(document))
			case out.JSON:
				document, err := yamlToJSON(api.OpenAPI)
				if err != nil {
					return i18n.Errorf("embedded spec: %w", err)
				}
				return out.PrintJSON(json.RawMessage(document))
			}
			return out.Text(string(api.OpenAPI))
		},
	}
	cmd.Flags().BoolVar(&forGo, "go", false, "with the overlay applied from which the Go code was generated")
	return cmd
}

// yamlToJSON keeps the order of keys, so that the document reads as it was written. JSON stays as
// it is: some of its escapes are none in YAML.
func yamlToJSON(document []byte) ([]byte, error) {
	if json.Valid(document) {
		return document, nil
	}
	var root yaml.Node
	if err := yaml.Unmarshal(document, &root); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := writeJSON(&b, &root)
	return b.Bytes(), err
}

func writeJSON(b *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.DocumentNode:
		return writeJSON(b, node.Content[0])
	case yaml.AliasNode:
		return writeJSON(b, node.Alias)
	case yaml.SequenceNode:
		return writeList(b, '[', ']', len(node.Content), func(i int) error { return writeJSON(b, node.Content[i]) })
	case yaml.MappingNode:
		return writeList(b, '{', '}', len(node.Content)/2, func(i int) error {
			if err := writeValue(b, node.Content[2*i].Value); err != nil {
				return err
			}
			b.WriteByte(':')
			return writeJSON(b, node.Content[2*i+1])
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
