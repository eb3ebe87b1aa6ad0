package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// versionData is what "version --json" prints.
type versionData struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersion(out *term.Output) *cobra.Command {
	return &cobra.Command{
		Use:  "version",
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			version := versionData{danabio.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			if out.JSON {
				return out.PrintJSON(version)
			}
			return out.Text(fmt.Sprintf("danabio %s (%s, %s)\n", version.Version, version.Go, version.Platform))
		},
	}
}
