package term

import (
	"runtime"
	"strings"
	"unicode"
)

// OnWindows reports whether the user's shell is PowerShell or cmd.
const OnWindows = runtime.GOOS == "windows"

// ShellWord quotes value as one word for the user's shell.
func ShellWord(value string) string {
	if OnWindows {
		return windowsWord(value)
	}
	return shellQuoted(value)
}

// shellQuoted quotes value as one word for a shell such as sh. NAME=value lines are the same on all
// systems.
func shellQuoted(value string) string {
	value = OneLine(value)
	if isPlainWord(value, "-_./:@%+,=") {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// windowsWord quotes a word for both PowerShell and cmd. A word with a character that only one of
// them interprets in double quotes is quoted for PowerShell.
func windowsWord(value string) string {
	value = OneLine(value)
	switch {
	case isPlainWord(value, `-_./\:+=`):
		return value
	case !strings.ContainsAny(value, "$`\"%!“”„"):
		return `"` + value + `"`
	}
	// PowerShell treats typographic quotes like plain ones.
	for _, quote := range []string{"'", "‘", "’", "‚", "‛"} {
		value = strings.ReplaceAll(value, quote, quote+quote)
	}
	return "'" + value + "'"
}

// ProgramWord returns the path of a program as it is called in a shell.
func ProgramWord(path string) string {
	word := ShellWord(path)
	if OnWindows && word != path {
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

// OneCommand joins the parts of a command that is to be typed. It breaks lines where one syntax
// works in all shells.
func OneCommand(parts ...string) string {
	if OnWindows {
		return strings.Join(parts, " ")
	}
	return strings.Join(parts, " \\\n    ")
}
