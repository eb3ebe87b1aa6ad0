package main

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// receiptHelp stands in the help of both commands that store evidence.
const receiptHelp = `The file is there whole and verified, or not at all; a file that exists is not replaced. Its
receipt, FILE.zip.receipt.json, lies beside it. Where both are there already for this circuit,
the command succeeds without asking the server.

Printed are the file, its size in bytes, and its SHA-256:

  file=evidence.zip
  size=123456
  sha256=…

With --json: the receipt.

Evidence that came whole but is not acceptable is kept as FILE.zip.rejected, a second one as
FILE.zip.rejected-2 and so on, each with the reasons in a .json beside it; the exit code is 6.
`

func newDownload(out *output) *cobra.Command {
	var connection connection
	var path string
	cmd := &cobra.Command{
		Use:   "download CIRCUIT -o FILE.zip",
		Short: "Store the evidence of a completed circuit",
		Long: `Store the evidence of a circuit, if it is completed; else the exit code is 3.

` + receiptHelp + connectionHelp,
		Example: `  danabio download 12ceb3ec-7b76-5555-b263-000000000000 -o evidence.zip`,
		Args:    arguments("CIRCUIT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return connection.store(cmd, out, args[0], path, func(ctx context.Context, client *danabio.Client) (*danabio.Receipt, error) {
				return client.DownloadEvidence(ctx, args[0], path)
			})
		},
	}
	addTarget(cmd, &path)
	connection.addFlags(cmd)
	return cmd
}

func newWait(out *output) *cobra.Command {
	var connection connection
	var path string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "wait CIRCUIT -o FILE.zip",
		Short: "Wait until a circuit is completed, and store its evidence",
		Long: `Ask for the evidence of a circuit again and again, first after 5 seconds, later once a minute,
until it is completed; then store it. Outages of the server are waited out.

After --timeout the exit code is 3; a download that has begun by then is finished.

` + receiptHelp + connectionHelp,
		Example: `  danabio wait 12ceb3ec-7b76-5555-b263-000000000000 -o evidence.zip --timeout 2h`,
		Args:    arguments("CIRCUIT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if timeout <= 0 {
				return usagef(cmd, "--timeout must be longer than nothing; to ask once, there is %q", "danabio download")
			}
			policy := danabio.PollPolicy{MaxWait: timeout, Notify: func(poll danabio.Poll) {
				out.note("Asked %s, %s since the beginning: %s. Next in %s.",
					times(poll.Number), poll.Elapsed.Round(time.Second), notYet(poll.Err), poll.Next.Round(100*time.Millisecond))
			}}
			return connection.store(cmd, out, args[0], path, func(ctx context.Context, client *danabio.Client) (*danabio.Receipt, error) {
				receipt, err := client.WaitForEvidence(ctx, args[0], path, policy)
				if err != nil {
					err = waitError{err}
				}
				return receipt, err
			})
		},
	}
	addTarget(cmd, &path)
	cmd.Flags().DurationVar(&timeout, "timeout", 24*time.Hour, "how long to wait, such as 90s, 30m or 48h")
	connection.addFlags(cmd)
	return cmd
}

func addTarget(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVarP(path, "output", "o", "", "new `FILE.zip` for the evidence (required)")
}

type getEvidence func(context.Context, *danabio.Client) (*danabio.Receipt, error)

// store has a client get evidence, and prints its receipt.
func (c *connection) store(cmd *cobra.Command, out *output, circuit, path string, get getEvidence) error {
	if path == "" {
		return usagef(cmd, "-o FILE.zip is missing")
	}
	ctx := cmd.Context()
	client, err := c.client(ctx, cmd)
	if err != nil {
		return err
	}
	defer client.Close()
	receipt, err := get(ctx, client)
	if err != nil {
		return aboutCircuit(circuit, err)
	}
	return out.data(receipt,
		line{"file", path}, line{"size", strconv.FormatInt(receipt.Size, 10)}, line{"sha256", receipt.SHA256})
}

// waitError is an error of "danabio wait", for which some advice is another.
type waitError struct{ error }

func (e waitError) Unwrap() error { return e.error }

func notYet(err error) *message {
	if errors.Is(err, danabio.ErrNotReady) {
		return textf("not completed, or not known")
	}
	return textf("the server cannot be reached")
}

func times(n int) *message {
	if n == 1 {
		return textf("once")
	}
	return textf("%d times", n)
}
