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

// receiptHelp stands in the help of both commands that store evidence.
const receiptHelp = `A file is there whole and verified, or not at all; one that exists is not replaced. Its
receipt, FILE.zip.receipt.json, lies beside it. Where both are there already for a circuit,
the command succeeds without asking the server.

Printed are the file, its size in bytes, and its SHA-256:

  file=evidence.zip
  size=123456
  sha256=…

With --json: the receipt; and "path": …, the file's, where -o names a folder.

Evidence that came whole but is not acceptable is kept as FILE.zip.rejected, a second one as
FILE.zip.rejected-2 and so on, each with the reasons in a .json beside it; the exit code is 6.

With several CIRCUITs, -o names a folder, which is made if it is missing, and each file in it
is called CIRCUIT.zip; so it is for one CIRCUIT if -o names a folder that exists. A line
circuit=… is in front of each file's. With --json, each receipt is one line.

A CIRCUIT of - stands for those that standard input names, one a line. One that begins with - looks
like a flag: put -- before it, after all flags.

After a CIRCUIT that fails come the others, unless the credentials are refused; then the rest
is not asked for. The exit code is the worst one, in this order:
  130  interrupted
  6    evidence is not acceptable
  4    the credentials are refused
  7    the server refuses a CIRCUIT
  1    the server or the disk failed
  2    a CIRCUIT or its file is not as it should be
  3    a CIRCUIT is not completed, or unknown: only time is missing
`

func newDownload(out *term.Output) *cobra.Command {
	r := retrieval{connection: settings.Connection{Out: out}, out: out}
	cmd := &cobra.Command{
		Use:   "download " + manyCircuits + " -o FILE.zip|DIR",
		Short: "Store the evidence of completed circuits",
		Long: `Store the evidence of a circuit, if it is completed; else the exit code is 3.

` + receiptHelp + settings.ConnectionHelp,
		Example: `  danabio download -o evidence.zip -- 12ceb3ec-7b76-5555-b263-000000000000
  danabio download -o archive - < circuits.txt`,
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

func newWait(out *term.Output) *cobra.Command {
	r := retrieval{connection: settings.Connection{Out: out}, out: out}
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "wait " + manyCircuits + " -o FILE.zip|DIR",
		Short: "Wait until circuits are completed, and store their evidence",
		Long: `Ask for the evidence of a circuit again and again, first after 5 seconds, later once a minute,
until it is completed; then store it. Outages of the server are waited out. Several circuits are
waited for at the same time.

After --timeout the exit code is 3, or 1 if no question reached the server; a question or a
download that has begun by then gets 10 minutes more.

` + receiptHelp + settings.ConnectionHelp,
		Example: `  danabio wait -o evidence.zip --timeout 2h -- 12ceb3ec-7b76-5555-b263-000000000000
  danabio wait -o archive - < circuits.txt`,
		Args: arguments(manyCircuits),
		RunE: func(cmd *cobra.Command, circuits []string) error {
			if timeout <= 0 {
				return failure.Usagef(cmd, "--timeout must be longer than nothing; to ask once, there is %q",
					"danabio download")
			}
			return r.run(cmd, circuits, func(ctx context.Context, client *danabio.Client, circuit,
				path string) (*danabio.Receipt, error) {
				receipt, err := client.WaitForEvidence(pollgate.With(ctx, r.admit), circuit, path, danabio.PollPolicy{
					MaxWait: timeout,
					Notify:  func(poll danabio.Poll) { r.transfers.polled(circuit, poll) },
				})
				if err != nil {
					err = failure.OfWait(err)
				}
				return receipt, err
			})
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 24*time.Hour, "how long to wait, such as 90s, 30m or 48h")
	r.addFlags(cmd)
	return cmd
}
