package cli

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/journal"
)

// addCompletions tells a shell that completes a command line what may stand at each place. What
// usage and flags call a value says which files it can be: FILE.pdf those with that ending, FILE
// all, DIR folders, and another name none. Only a request for completions needs it.
func addCompletions(root *cobra.Command) {
	walkCommands(root, func(cmd *cobra.Command) {
		if cmd.ValidArgsFunction == nil {
			cmd.ValidArgsFunction = completeArguments(argumentNames(cmd.Use))
		}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if _, done := cmd.GetFlagCompletionFunc(flag.Name); done || flag.NoOptDefVal != "" {
				return
			}
			name, _ := pflag.UnquoteUsage(flag)
			// fails only for a flag that has one
			_ = cmd.RegisterFlagCompletionFunc(flag.Name, completeFlag(flag.Name, name))
		})
	})
}

func walkCommands(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, child := range cmd.Commands() {
		walkCommands(child, do)
	}
}

// argumentNames returns what a line of usage calls the arguments: FILE and DIR, with or without an
// ending, and CIRCUIT, but not after a flag.
func argumentNames(use string) []string {
	var names []string
	words := strings.Fields(use)[1:]
	for i, word := range words {
		plain := strings.TrimSuffix(word, "…")
		stem, _, _ := strings.Cut(plain, ".")
		afterFlag := i > 0 && strings.HasPrefix(words[i-1], "-")
		if !afterFlag && slices.Contains([]string{"FILE", "DIR", "CIRCUIT"}, stem) {
			names = append(names, word)
		}
	}
	return names
}

func completeArguments(names []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
		place := len(args)
		if last := len(names) - 1; last >= 0 && strings.HasSuffix(names[last], "…") {
			place = min(place, last)
		}
		request := cmd.Flags().Lookup("request")
		if place >= len(names) || request != nil && request.Changed { // which names the documents
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeFile(strings.TrimSuffix(names[place], "…"))
	}
}

// completeFile completes a value by its name in the usage.
func completeFile(name string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch ending := strings.TrimPrefix(filepath.Ext(name), "."); {
	case ending != "":
		return []cobra.Completion{ending}, cobra.ShellCompDirectiveFilterFileExt
	case name == "FILE":
		return nil, cobra.ShellCompDirectiveDefault
	case name == "DIR":
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

func completeFlag(flag, name string) cobra.CompletionFunc {
	switch flag {
	case "environment":
		return cobra.FixedCompletions([]cobra.Completion{string(danabio.Sandbox), string(danabio.Production)},
			cobra.ShellCompDirectiveNoFileComp)
	case "lang":
		return cobra.FixedCompletions([]cobra.Completion{
			cobra.CompletionWithDesc("en", "English"), cobra.CompletionWithDesc("es", "Español"),
		}, cobra.ShellCompDirectiveNoFileComp)
	case "accept":
		return completeCodes
	case "id":
		return completeUnknown
	case "profile":
		return completeProfile
	case "stdin-name": // the name of no file that is there
		name = ""
	}
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completeFile(name)
	}
}

// completeCodes completes the last of several codes, with what each means.
func completeCodes(cmd *cobra.Command, _ []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective) {
	tables := zipCodes()
	if cmd.Flags().Lookup("sent") != nil { // a command that judges signatures too
		tables = signatureCodes()
	}
	before := toComplete[:strings.LastIndexByte(toComplete, ',')+1]
	taken := strings.Split(before, ",")
	var codes []cobra.Completion
	for _, info := range slices.Concat(tables...) {
		if info.Acceptable && !slices.Contains(taken, string(info.Code)) {
			codes = append(codes, cobra.CompletionWithDesc(before+string(info.Code), info.Description))
		}
	}
	return codes, cobra.ShellCompDirectiveNoFileComp
}

// completeProfile completes the name of a profile: those of the configuration file, with the server
// of each, where that may be shown.
func completeProfile(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), time.Second) // for as long as a person waits for a completion
	defer cancel()
	file, err := settings.ReadConfigFile(ctx)
	if err != nil { // which a command would tell
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, name := range slices.Sorted(maps.Keys(file.Profiles)) {
		if term.OneLine(name) != name {
			continue
		}
		server := file.Profiles[name]["environment"]
		if base, err := danabio.Environment(file.Profiles[name]["base_url"]).BaseURL(); err == nil {
			server = base
		}
		names = append(names, cobra.CompletionWithDesc(name, server))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeUnknown completes the id for "journal settle": those of the starts in the journal whose
// outcome is unknown.
func completeUnknown(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if cmd.Name() != "settle" || len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), time.Second) // for as long as a person waits for a completion
	defer cancel()
	var ids []cobra.Completion
	_ = openJournal(ctx, args[0], func(file *journal.Journal) error { // without one there is nothing to complete
		for _, entry := range file.Entries() {
			if outcome := entry.Outcome(); isUnsettled(outcome) {
				ids = append(ids, cobra.CompletionWithDesc(entry.Intent.RequestID,
					entry.Intent.At.UTC().Format(time.RFC3339)+" "+string(outcome)))
			}
		}
		return nil
	})
	return ids, cobra.ShellCompDirectiveNoFileComp
}
