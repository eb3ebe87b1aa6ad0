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

// addCompletions tells a shell what it can complete at each place of a command line. The names of
// values in usage and flags determine the files: FILE.pdf stands for files with that extension,
// FILE for any file, DIR for folders, and any other name for no file. It is needed only for a
// completion request.
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
			// fails only for a flag that already has one
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

// argumentNames returns the names of the arguments in a usage line: FILE and DIR, with or without
// an extension, and CIRCUIT, unless they follow a flag.
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
		if place >= len(names) || request != nil && request.Changed { // the request file names the documents
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeFile(strings.TrimSuffix(names[place], "…"))
	}
}

// completeFile completes a value whose usage calls it name.
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
	case "stdin-name": // not the name of an existing file
		name = ""
	}
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return completeFile(name)
	}
}

// completeCodes completes the last code of a list, and shows what each code means.
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

// completeProfile completes the name of a profile in the configuration file, and shows the server
// of each unless it must stay hidden.
func completeProfile(cmd *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), time.Second) // a person waits for a completion no longer
	defer cancel()
	file, err := settings.ReadConfigFile(ctx)
	if err != nil { // a command would report it
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

// completeUnknown completes the id for "journal settle" with the starts in the journal whose
// outcome is unknown.
func completeUnknown(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if cmd.Name() != "settle" || len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), time.Second) // a person waits for a completion no longer
	defer cancel()
	var ids []cobra.Completion
	_ = openJournal(ctx, args[0], func(file *journal.Journal) error { // without a journal there is nothing to complete
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
