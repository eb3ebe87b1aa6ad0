package emulator

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxNameBytes is the longest file name of a document, in bytes. File systems allow 255, ZIP
// checkers often less.
const maxNameBytes = 120

// devices lists the names that Windows reserves for devices, whatever follows their first dot.
var devices = []string{
	"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
	"COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
	"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
}

// fileNames returns a file name for each given name. The results are safe on every file system, end
// in ".pdf", and differ even where case and composition do not count.
func fileNames(names []string) []string {
	taken := map[string]bool{}
	files := make([]string, len(names))
	for i, name := range names {
		stem := safeStem(name)
		file := stem + ".pdf"
		for number := 2; taken[foldName(file)]; number++ {
			suffix := fmt.Sprintf("-%d.pdf", number)
			file = shorten(stem, maxNameBytes-len(suffix)) + suffix
		}
		taken[foldName(file)] = true
		files[i] = file
	}
	return files
}

// foldName returns a key that is equal for names that differ only in case or composition.
func foldName(name string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
}

// safeStem returns the name without its ".pdf", and without characters that some file system or ZIP
// reader interprets.
func safeStem(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == utf8.RuneError, unicode.IsControl(r), !unicode.IsPrint(r):
			return '_'
		}
		return r
	}, norm.NFC.String(string([]rune(name)))) // invalid UTF-8 would keep its neighbours from being normalized
	if extension := path.Ext(name); strings.EqualFold(extension, ".pdf") {
		name = strings.TrimSuffix(name, extension)
	}
	name = shorten(strings.TrimLeft(name, " ."), maxNameBytes-len(".pdf"))
	first, _, _ := strings.Cut(name, ".")
	if slices.Contains(devices, strings.ToUpper(strings.TrimSpace(first))) {
		name = "_" + name
	}
	if name == "" {
		return "document"
	}
	return name
}

// shorten returns the first whole characters of the name that fit, without trailing dots and
// spaces.
func shorten(name string, most int) string {
	if len(name) > most {
		name = name[:most]
		for !utf8.ValidString(name) {
			name = name[:len(name)-1]
		}
	}
	return strings.TrimRight(name, " .")
}
