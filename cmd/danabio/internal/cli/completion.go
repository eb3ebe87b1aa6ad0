package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

func newCompletion(out *term.Output) *cobra.Command {
	cmd := &cobra.Command{
		Use:  "completion COMMAND",
		Args: cobra.ArbitraryArgs,
		RunE: group,
	}
	cmd.AddCommand(newShells(out)...)
	return cmd
}

// newShells returns one command per shell.
func newShells(out *term.Output) []*cobra.Command {
	return []*cobra.Command{
		newShell(out, &cobra.Command{
			Use: "bash",
		}, func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }),
		newShell(out, &cobra.Command{
			Use: "zsh",
		}, (*cobra.Command).GenZshCompletion),
		newShell(out, &cobra.Command{
			Use: "fish",
		}, func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }),
		newShell(out, &cobra.Command{
			Use: "powershell",
		}, (*cobra.Command).GenPowerShellCompletionWithDesc),
	}
}

func newShell(out *term.Output, cmd *cobra.Command, write func(root *cobra.Command, w io.Writer) error) *cobra.Command {
	cmd.Args = arguments()
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var script bytes.Buffer
		if err := write(cmd.Root(), &script); err != nil {
			return err
		}
		return out.Text(script.String())
	}
	return cmd
}
