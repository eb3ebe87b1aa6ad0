package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/help"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
)

// Run runs the command that args name, without the program's own name, and returns the exit code.
// Cancelling ctx interrupts it. It uses the three streams, the files that args name, the
// configuration file and the files that it names, the temporary folder, the network, the DANABIO_
// variables and those for language and proxies. "evidence report" also uses the variable for time
// and the program pdftoppm.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := term.NewOutput(stdout, stderr)
	out.Language = languageOf(args)
	return runCommand(out, ctx, args, stdin)
}

func runCommand(o *term.Output, ctx context.Context, args []string, stdin io.Reader) int {
	stdout := &term.FailureKeeper{Stream: o.Stdout}
	o.Stdout = stdout
	root := newRoot(o)
	if term.OnWindows {
		help.ExamplesForWindows(root)
	}
	root.SetArgs(append([]string{}, args...)) // not nil, because cobra would use os.Args
	root.SetIn(inputOf(stdin))
	root.SetOut(stdout)
	root.SetErr(o.Stderr)
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		addCompletions(root)
	}
	err := root.ExecuteContext(ctx)
	if err == nil || err == stdout.Err { // nobody checked it, as with help, or only cobra did
		err = term.Printing(stdout.Err)
	}
	if err != nil {
		o.JSON = o.JSON || slices.Contains(args, "--json") // parsing may have stopped before the flag
		failure.Print(o, err)
	}
	return failure.ExitCode(err)
}

func newRoot(out *term.Output) *cobra.Command {
	root := &cobra.Command{
		Use:           "danabio COMMAND",
		Version:       danabio.Version,
		Args:          cobra.ArbitraryArgs,
		RunE:          group,
		SilenceErrors: true,
		SilenceUsage:  true,

		DisableFlagsInUseLine: true,
	}
	root.SetUsageTemplate(help.UsageTemplate(root, out.Language == i18n.Spanish))
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		fmt.Fprint(cmd.OutOrStdout(), help.Text(cmd, term.WidthOf(cmd.OutOrStdout())))
	})
	root.SetVersionTemplate("danabio {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().BoolVar(&out.JSON, "json", false, "")
	root.PersistentFlags().BoolVar(&out.Quiet, "quiet", false, "")
	root.PersistentFlags().BoolVar(&out.Verbose, "verbose", false, "")
	root.PersistentFlags().Var(languageFlag{out}, "lang", "")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if out.Quiet && out.Verbose {
			return failure.Usagef(cmd, "--quiet and --verbose are both given; give one")
		}
		return checkDashes(cmd)
	}
	root.AddCommand(
		newDemo(out), newToken(out), newStart(out), newWait(out), newDownload(out), newEvidence(out), newJournal(out),
		newEmulator(out), newConfig(out), newDoctor(out), newContract(out), newSpec(out), newCompletion(out),
		newVersion(out),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	help.Apply(root, out.Language)
	return root
}

// group runs a command that only has subcommands.
func group(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		cmd.SuggestionsMinimumDistance = 2
		if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
			return failure.Usagef(cmd, "there is no command %q; did you mean %q?", cmd.CommandPath()+" "+args[0],
				cmd.CommandPath()+" "+similar[0])
		}
		return failure.Usagef(cmd, "there is no command %q", cmd.CommandPath()+" "+args[0])
	}
	if !cmd.Flags().Changed("json") {
		fmt.Fprint(cmd.ErrOrStderr(), help.Text(cmd, term.WidthOf(cmd.ErrOrStderr()))+"\n")
	}
	return failure.Usagef(cmd, "a command is missing")
}

// newHelp returns a help command like cobra's, except that an unknown topic is a usage error.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || topic.HasSubCommands() && len(rest) > 0 {
				return group(topic, rest)
			}
			return topic.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string,
			_ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var topics []cobra.Completion
			if topic, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, command := range topic.Commands() {
					if command.IsAvailableCommand() {
						topics = append(topics, cobra.CompletionWithDesc(command.Name(), command.Short))
					}
				}
			}
			return topics, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// arguments requires one argument for each name. A last name that ends in "…" stands for one or
// more.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		more := len(names) > 0 && strings.HasSuffix(names[len(names)-1], "…")
		switch {
		case len(args) < len(names):
			return failure.Usagef(cmd, "%s is missing", names[len(args)])
		case len(args) > len(names) && len(names) == 0:
			if cmd.Flags().Changed("client-secret-stdin") { // the argument may be the secret
				return failure.Usagef(cmd, "there are arguments, but this command takes none")
			}
			return failure.Usagef(cmd, "unexpected argument %q: this command takes no arguments", args[0])
		case len(args) > len(names) && !more:
			return failure.Usagef(cmd, "there are %d arguments, but this command takes %s and no more", len(args),
				strings.Join(names, " "))
		}
		for i, arg := range args {
			name := names[min(i, len(names)-1)]
			switch {
			case arg == "":
				return failure.Usagef(cmd, "%s is empty", name)
			case arg == failure.StandardInput && name == "FILE":
				return dashIsNoFile(cmd, name)
			}
		}
		return nil
	}
}

const moreFiles = "FILE.pdf…"
