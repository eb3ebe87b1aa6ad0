//go:build foreign

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shellOffers runs a shell in a folder with some files and with danabio in the PATH. It returns the
// lines that the shell prints, sorted.
func shellOffers(t *testing.T, command ...string) []string {
	t.Helper()
	binaries, folder, home := t.TempDir(), t.TempDir(), t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(binaries, "danabio")); err != nil { // TestMain runs main under that name
		t.Fatal(err)
	}
	for _, name := range []string{"contract.pdf", "evidence.zip", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "archive"), 0o700); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), command[0], command[1:]...)
	shell.Dir = folder
	shell.Env = append(os.Environ(), "PATH="+binaries+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+home)
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command[0], err, out)
	}
	lines := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	slices.Sort(lines)
	return lines
}

// When completing by file ending, bash also offers folders, because they may contain such a file.
func TestForeignBashCompletes(t *testing.T) {
	const script = `
. /usr/share/bash-completion/bash_completion
. <(danabio completion bash)
complete -p danabio >/dev/null || exit
compopt() { :; } # works only while a key is handled
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
IFS=' ' read -r -a COMP_WORDS <<<"$1"
case $1 in *' ') COMP_WORDS+=("") ;; esac
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_danabio
printf '%s\n' "${COMPREPLY[@]}"`
	for line, want := range map[string]string{
		"danabio evidence ve":                    "verify",
		"danabio evidence verify ":               "archive evidence.zip",
		"danabio evidence extract e.zip -o ":     "archive",
		"danabio start ":                         "archive contract.pdf",
		"danabio wait ":                          "",
		"danabio token --environment ":           "production sandbox",
		"danabio evidence list --accept name-co": "name-colon",
	} {
		if got := shellOffers(t, "bash", "-c", script, "bash", line); strings.Join(got, " ") != want {
			t.Errorf("%q: bash offers %q, want %q", line, got, want)
		}
	}
}

// Fish offers all files even if file endings are given, because it does not filter by them.
func TestForeignFishCompletes(t *testing.T) {
	for line, want := range map[string]string{
		"danabio evidence ve": "verify\tVerify the evidence and its signatures, and compare it with receipt " +
			"and documents",
		"danabio start ":               "archive/ contract.pdf evidence.zip notes.txt",
		"danabio wait ":                "",
		"danabio token --environment ": "production sandbox",
		"danabio evidence list --accept name-colon,archive-c": "name-colon,archive-comment\tthe ZIP has a comment",
	} {
		got := shellOffers(t, "fish", "--private", "-c", "danabio completion fish | source; complete -C $argv[1]", line)
		if strings.Join(got, " ") != want {
			t.Errorf("%q: fish offers %q, want %q", line, got, want)
		}
	}
}

func TestForeignZshReadsItsScript(t *testing.T) {
	if got := shellOffers(t, "zsh", "-fc", "autoload -U compinit && compinit -D && . <(danabio completion zsh) && "+
		"print $_comps[danabio]"); strings.Join(got, " ") != "_danabio" {
		t.Errorf("zsh completes danabio by %q", got)
	}
}
