package term

import (
	"runtime"
	"strings"
	"unicode"
)

// OnWindows says that the user's shell is PowerShell or cmd.
const OnWindows = runtime.GOOS == "windows"

// ShellWord returns value so that the user's shell takes it as one word.
func ShellWord(value string) string {
	if OnWindows {
		return windowsWord(value)
	}
	return shellQuoted(value)
}

// shellQuoted returns value so that a shell such as sh takes it as one word. Lines of NAME=value
// are the same on all systems.
func shellQuoted(value string) string {
	value = OneLine(value)
	if isPlainWord(value, "-_./:@%+,=") {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// windowsWord returns a word that PowerShell and cmd take alike. One with a character that
// only one of them reads in double quotes is for PowerShell.
func windowsWord(value string) string {
	value = OneLine(value)
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

// ProgramWord returns the path of a program as a shell calls it.
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

// OneCommand joins the parts of a command that is to be typed. It breaks the line where one way to
// do so suits all shells.
func OneCommand(parts ...string) string {
	if OnWindows {
		return strings.Join(parts, " ")
	}
	return strings.Join(parts, " \\\n    ")
}
