package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

func newDownload(out *term.Output) *cobra.Command {
	r := retrieval{connection: settings.Connection{Out: out}, out: out}
	cmd := &cobra.Command{
		Use:  "download " + manyCircuits + " -o FILE.zip|DIR",
		Args: arguments(manyCircuits),
		RunE: func(cmd *cobra.Command, circuits []string) error {
			return r.run(cmd, circuits, func(ctx context.Context, client *danabio.Client, circuit,
				path string) (*danabio.Receipt, error) {
				leave, err := r.admit(ctx)
				if err != nil {
					return nil, err
				}
				defer leave()
				return client.DownloadEvidence(ctx, circuit, path)
			})
		},
	}
	r.addFlags(cmd)
	return cmd
}
