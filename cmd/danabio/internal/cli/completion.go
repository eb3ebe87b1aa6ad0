package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
)

func newCompletion(out *term.Output) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion COMMAND",
		Short: "Print what makes a shell complete danabio's commands",
		Long: `Print a script that makes a shell complete commands, flags, files and codes when the Tab key is
pressed. The help of each shell's command says how to install it.`,
		Example: `  danabio completion bash --help`,
		Args:    cobra.ArbitraryArgs,
		RunE:    group,
	}
	cmd.AddCommand(newShells(out)...)
	return cmd
}

// newShells returns a command for each shell.
func newShells(out *term.Output) []*cobra.Command {
	return []*cobra.Command{
		newShell(out, &cobra.Command{
			Use:   "bash",
			Short: "Print the script for bash",
			Long: `Print the script that makes bash complete danabio. It needs the package bash-completion, which most
systems have, or else offer (apt install bash-completion, brew install bash-completion@2).

Put it where bash finds it, and open a new shell:

  mkdir -p ~/.local/share/bash-completion/completions
  danabio completion bash > ~/.local/share/bash-completion/completions/danabio`,
			Example: `  danabio completion bash > ~/.local/share/bash-completion/completions/danabio`,
		}, func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }),
		newShell(out, &cobra.Command{
			Use:   "zsh",
			Short: "Print the script for zsh",
			Long: `Print the script that makes zsh complete danabio. Put it where zsh finds it, and open a new shell:

  mkdir -p ~/.zsh/completions
  danabio completion zsh > ~/.zsh/completions/_danabio

In ~/.zshrc there must be, before any other compinit:

  fpath=(~/.zsh/completions $fpath)
  autoload -U compinit && compinit`,
			Example: `  danabio completion zsh > ~/.zsh/completions/_danabio`,
		}, (*cobra.Command).GenZshCompletion),
		newShell(out, &cobra.Command{
			Use:   "fish",
			Short: "Print the script for fish",
			Long: `Print the script that makes fish complete danabio. Put it where fish finds it, and open a new shell:

  mkdir -p ~/.config/fish/completions
  danabio completion fish > ~/.config/fish/completions/danabio.fish`,
			Example: `  danabio completion fish > ~/.config/fish/completions/danabio.fish`,
		}, func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }),
		newShell(out, &cobra.Command{
			Use:   "powershell",
			Short: "Print the script for PowerShell",
			Long: `Print the script that makes PowerShell complete danabio. Store it, have your profile load it, and
open a new shell:

  danabio completion powershell > "$HOME\danabio.ps1"
  New-Item -ItemType Directory -Force (Split-Path $PROFILE)
  Add-Content $PROFILE '. "$HOME\danabio.ps1"'`,
			Example: `  danabio completion powershell > "$HOME\danabio.ps1"`,
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
