package cli

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/api"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/gen/biometricapi/spec"
)

func newSpec(out *term.Output) *cobra.Command {
	var forGo bool
	cmd := &cobra.Command{
		Use:  "spec",
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case forGo:
				document, err := spec.GetSpecJSON()
				if err != nil {
					return i18n.Errorf("embedded spec: %w", err)
				}
				return out.PrintJSON(json.RawMessage(document))
			case out.JSON:
				return out.PrintJSON(json.RawMessage(api.OpenAPIJSON))
			}
			return out.Text(string(api.OpenAPI))
		},
	}
	cmd.Flags().BoolVar(&forGo, "go", false, "")
	return cmd
}
