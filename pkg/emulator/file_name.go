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

// maxNameBytes is the longest file name given to a document, in bytes: file systems allow 255, ZIP
// checkers often less.
const maxNameBytes = 120

// devices are the names that Windows keeps for devices, whatever follows their first dot.
var devices = []string{
	"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
	"COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
	"LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
}

// fileNames returns a file name for each of the names that people gave, safe on every file system,
// ending in ".pdf", no two the same where case or composition does not count.
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

// foldName returns what the name is to file systems that know neither case nor composition.
func foldName(name string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
}

// safeStem returns the name without its ".pdf", and without anything that some file system or ZIP
// reader takes for something else than text.
func safeStem(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/\:*?"<>|`, r), r == utf8.RuneError, unicode.IsControl(r), !unicode.IsPrint(r):
			return '_'
		}
		return r
	}, norm.NFC.String(string([]rune(name)))) // bytes that are no UTF-8 keep their neighbours from being normalised
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

// shorten returns the first whole characters of the name that fit, without dots and spaces at the
// end.
func shorten(name string, most int) string {
	if len(name) > most {
		name = name[:most]
		for !utf8.ValidString(name) {
			name = name[:len(name)-1]
		}
	}
	return strings.TrimRight(name, " .")
}
