package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/pkg/emulator"
	"github.com/danabio/danabio-go/pkg/emulator/emulatortest"
)

// completed returns the completions of the last argument that a shell gets.
func completed(t *testing.T, args ...string) (completions []string, directive string) {
	t.Helper()
	code, stdout, stderr := run(t.Context(), nil, append([]string{cobra.ShellCompRequestCmd}, args...)...)
	lines := strings.Split(strings.TrimSuffix(stdout, "\n"), "\n")
	last := lines[len(lines)-1]
	if code != failure.ExitDone || !strings.HasPrefix(last, ":") || strings.Contains(stderr, "danabio:") {
		t.Fatalf("%q: exit code %d, stdout %q, stderr %q", args, code, stdout, stderr)
	}
	return lines[:len(lines)-1], last[1:]
}

func TestCompletionOffersWhatCanStandThere(t *testing.T) {
	const any, none, endings, folders = cobra.ShellCompDirectiveDefault, cobra.ShellCompDirectiveNoFileComp,
		cobra.ShellCompDirectiveFilterFileExt, cobra.ShellCompDirectiveFilterDirs
	for _, test := range []struct {
		args      string // the last argument follows the last space
		want      string // the completions without descriptions, or some of them after "…"
		directive cobra.ShellCompDirective
	}{
		{"st", "start", none},
		{"evidence ", "extract list report verify", none},
		{"start ", "pdf", endings},
		{"start a.pdf b.pdf ", "pdf", endings},
		{"start --request ", "json", endings},
		{"start --request loan.json ", "", none},
		{"start --receipt ", "json", endings},
		{"start --journal ", "", any},
		{"start --signer-name ", "", none},
		{"start --id ", "", none},
		{"start --stdin-name ", "", none},
		{"start --client-secret-file ", "", any},
		{"start --client-sec", "--client-secret-file --client-secret-stdin", none},
		{"wait ", "", none},
		{"wait some-circuit -o ", "zip", endings},
		{"wait --timeout ", "", none},
		{"download ", "", none},
		{"token ", "", none},
		{"token --environment ", "sandbox production", none},
		{"token --environment=prod", "production", none},
		{"demo --out ", "", folders},
		{"demo --pdf ", "pdf", endings},
		{"evidence verify ", "zip", endings},
		{"evidence verify a.zip ", "zip", endings},
		{"evidence verify --roots ", "pem", endings},
		{"evidence verify --sent ", "json", endings},
		{"evidence verify --accept ", "… name-colon later-revision", none},
		{"evidence list --accept name-co", "name-colon", none},
		{"evidence list --accept archive-comment,name-co", "archive-comment,name-colon", none},
		{"evidence list --accept name-colon,name-co", "", none},
		{"evidence extract ", "zip", endings},
		{"evidence extract a.zip -o ", "", folders},
		{"evidence report ", "zip", endings},
		{"evidence report a.zip ", "", none},
		{"evidence report a.zip -o ", "html", endings},
		{"evidence report a.zip --lang ", "en es", none},
		{"journal list ", "", any},
		{"journal list starts.journal ", "", none},
		{"journal settle starts.journal --circuit ", "", none},
		{"journal settle --id ", "", none},
		{"journal settle nosuch.journal --id ", "", none},
		{"emulator --addr ", "", none},
		{"emulator --complete-after ", "", none},
		{"contract --report ", "md", endings},
		{"completion ", "bash fish powershell zsh", none},
		{"help evidence v", "verify", none},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Chdir(t.TempDir())
			args := strings.Split(test.args, " ")
			_, typed, found := strings.Cut(args[len(args)-1], "=")
			if !found {
				typed = args[len(args)-1]
			}
			offered, directive := completed(t, args...)
			names := []string{}
			for _, completion := range offered {
				name, description, _ := strings.Cut(completion, "\t")
				if !strings.HasPrefix(name, typed) && test.directive == none { // shells filter these out
					continue
				}
				if strings.Contains(test.args, "--accept") && description == "" {
					t.Errorf("%q has no description", name)
				}
				names = append(names, name)
			}
			want, some := strings.CutPrefix(test.want, "… ")
			lacks := slices.ContainsFunc(strings.Fields(want),
				func(name string) bool { return !slices.Contains(names, name) })
			if lacks || !some && len(names) != len(strings.Fields(want)) ||
				directive != fmt.Sprint(int(test.directive)) {
				t.Errorf("offered %q with directive %s, want %q with %d", names, directive, test.want, test.directive)
			}
			holdsOnly(t)
		})
	}
}

// If a flag or an argument has no completion rule, a shell offers all files.
func TestCompletionOfEveryFlagIsDecided(t *testing.T) {
	root := newRoot(term.NewOutput(io.Discard, io.Discard))
	addCompletions(root)
	walkCommands(root, func(cmd *cobra.Command) {
		if cmd.ValidArgsFunction == nil {
			t.Errorf("%s: nothing says what its arguments are completed by", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(flag *pflag.Flag) {
			if _, decided := cmd.GetFlagCompletionFunc(flag.Name); !decided && flag.NoOptDefVal == "" {
				t.Errorf("%s --%s: nothing says what it is completed by", cmd.CommandPath(), flag.Name)
			}
		})
	})
}

func TestCompletionOffersStartsThatAreUnknown(t *testing.T) {
	server := emulatortest.Start(t,
		emulator.Config{Faults: []emulator.Fault{{Operation: emulator.OperationStart, Reset: true}}})
	reach(t, server.Emulator, server.URL)
	if code, _, stderr := run(t.Context(), nil,
		startWith("--journal", "starts.journal", "contract.pdf")...); code != failure.ExitUnknown {
		t.Fatalf("exit code %d, stderr %q", code, stderr)
	}
	if code, _, stderr := run(t.Context(), nil, startWith("--id", "loan-4712", "--journal", "starts.journal",
		"contract.pdf")...); code != failure.ExitDone {
		t.Fatalf("exit code %d, stderr %q", code, stderr)
	}
	offered, _ := completed(t, "journal", "settle", "starts.journal", "--id", "")
	if len(offered) != 1 || !strings.HasPrefix(offered[0], "loan-4711\t20") ||
		!strings.HasSuffix(offered[0], "Z outcome unknown") {
		t.Errorf("offered %q", offered)
	}
}

func TestCompletionOffersProfiles(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DANABIO_CONFIG", "config.toml")
	const content = `profile = "a"
[profiles.sandbox]
environment = "sandbox"
client_id = "acme"
[profiles.own]
base_url = "https://acme.example.com/api"
[profiles.hidden]
base_url = "https://user:hunter2@acme.example.com"
[profiles."a\u001b[2J"]
`
	if err := os.WriteFile("config.toml", []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{"hidden", "own\thttps://acme.example.com/api", "sandbox\tsandbox"}
	if offered, _ := completed(t, "token", "--profile", ""); !slices.Equal(offered, want) {
		t.Errorf("offered %q, want %q", offered, want)
	}
	for _, broken := range []string{"[profiles", "no such file"} {
		t.Setenv("DANABIO_CONFIG", broken)
		if err := os.WriteFile("[profiles", []byte("["), 0o600); err != nil {
			t.Fatal(err)
		}
		if offered, _ := completed(t, "token", "--profile", ""); len(offered) != 0 {
			t.Errorf("%s: offered %q", broken, offered)
		}
	}
}

func TestCompletionScriptsAreForTheirShells(t *testing.T) {
	for shell, sign := range map[string]string{
		"bash":       "complete -o default -F __start_danabio danabio",
		"zsh":        "#compdef danabio",
		"fish":       "complete -c danabio -n",
		"powershell": "Register-ArgumentCompleter -CommandName 'danabio'",
	} {
		code, stdout, stderr := run(t.Context(), nil, "completion", shell)
		if code != failure.ExitDone || stderr != "" || !strings.Contains(stdout, sign) {
			t.Errorf("%s: exit code %d, stderr %q, %q is missing", shell, code, stderr, sign)
		}
	}
}
