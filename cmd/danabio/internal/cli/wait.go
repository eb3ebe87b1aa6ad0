package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/internal/pollgate"
	"github.com/danabio/danabio-go/pkg/danabio"
)

func newWait(out *term.Output) *cobra.Command {
	r := retrieval{connection: settings.Connection{Out: out}, out: out}
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:  "wait " + manyCircuits + " -o FILE.zip|DIR",
		Args: arguments(manyCircuits),
		RunE: func(cmd *cobra.Command, circuits []string) error {
			if timeout <= 0 {
				return failure.Usagef(cmd, "--timeout must be positive; to ask once, use %q", "danabio download")
			}
			return r.run(cmd, circuits, func(ctx context.Context, client *danabio.Client, circuit,
				path string) (*danabio.Receipt, error) {
				receipt, err := client.WaitForEvidence(pollgate.With(ctx, r.admit), circuit, path, danabio.PollPolicy{
					MaxWait: timeout,
					Notify:  func(poll danabio.Poll) { r.transfers.onPoll(circuit, poll) },
				})
				if err != nil {
					err = failure.OfWait(err)
				}
				return receipt, err
			})
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 24*time.Hour, "")
	r.addFlags(cmd)
	return cmd
}
