package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

// onWindows says that the user's shell is PowerShell or cmd.
const onWindows = runtime.GOOS == "windows"

// shellWord returns value so that the user's shell takes it as one word.
func shellWord(value string) string {
	if onWindows {
		return windowsWord(value)
	}
	return shellQuoted(value)
}

// shellQuoted returns value so that a shell such as sh takes it as one word. Lines of NAME=value
// are the same on all systems.
func shellQuoted(value string) string {
	value = oneLine(value)
	if isPlainWord(value, "-_./:@%+,=") {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// windowsWord returns a word that PowerShell and cmd take alike. One with a character that
// only one of them reads in double quotes is for PowerShell.
func windowsWord(value string) string {
	value = oneLine(value)
	switch {
	case isPlainWord(value, `-_./\:+=`):
		return value
	case !strings.ContainsAny(value, "$`\"%!“”„"):
		return `"` + value + `"`
	}
	// PowerShell takes typographic quotes for plain ones.
	for _, quote := range []string{"'", "‘", "’", "‚", "‛"} {
		value = strings.ReplaceAll(value, quote, quote+quote)
	}
	return "'" + value + "'"
}

// programWord returns the path of a program as a shell calls it.
func programWord(path string) string {
	word := shellWord(path)
	if onWindows && word != path {
		return "& " + word
	}
	return word
}

// isPlainWord reports whether a word has only ASCII letters, digits and the given characters.
func isPlainWord(word, others string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(others, r)
	})
}

// oneCommand joins the parts of a command that is to be typed. It breaks the line where one way to
// do so suits all shells.
func oneCommand(parts ...string) string {
	if onWindows {
		return strings.Join(parts, " ")
	}
	return strings.Join(parts, " \\\n    ")
}

// examplesForWindows writes the examples of a command and of those below it for PowerShell.
func examplesForWindows(cmd *cobra.Command) {
	cmd.Example = powerShell.Replace(cmd.Example)
	for _, sub := range cmd.Commands() {
		examplesForWindows(sub)
	}
}

var powerShell = strings.NewReplacer(
	" \\\n", " `\n",
	"archive/*.zip", `archive\*.zip`,
	"  danabio wait -o archive - < circuits.txt", "  Get-Content circuits.txt | danabio wait -o archive -",
	"  danabio download -o archive - < circuits.txt", "  Get-Content circuits.txt | danabio download -o archive -",
	"  danabio spec > openapi.yaml", "  danabio spec | Set-Content openapi.yaml",
	"  danabio emulator > emulator.env &", "  danabio emulator | Tee-Object emulator.env",
	"  set -a; . ./emulator.env; set +a",
	"  Get-Content emulator.env | ForEach-Object { $name, $value = $_ -split '=', 2; Set-Item \"env:$name\" $value }",
)

// expandPatterns puts the files that a pattern such as *.zip matches in its place, as Windows'
// shells leave to the program. A pattern that matches none stays as it is.
func expandPatterns(files []string) []string {
	var found []string
	for _, file := range files {
		var matches []string
		if strings.ContainsAny(file, "*?") {
			matches, _ = filepath.Glob(file)
		}
		if len(matches) == 0 {
			matches = []string{file}
		}
		found = append(found, matches...)
	}
	return found
}
