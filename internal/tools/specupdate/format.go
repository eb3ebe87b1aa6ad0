package main

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

var byteOrderMark = []byte("\ufeff")

// directive matches YAML's version directive, which may be in the first lines of a document.
var directive = regexp.MustCompile(`(?m)^%YAML[ \t]+([0-9.]+)`)

// checkFormat refuses what the generator cannot read as text, and says what to do for each case.
func checkFormat(raw []byte) error {
	text := bytes.TrimSpace(raw)
	switch {
	case len(text) == 0:
		return refuse("it is empty; give the vendor's OpenAPI document")
	case len(raw) > maxSize:
		return refuse("it has more than %d MiB; an OpenAPI document of this API has a few kilobytes", maxSize>>20)
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
		return refuse("it is compressed with gzip; unpack it (gunzip) and give the document inside")
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return refuse("it is a ZIP; unpack it (unzip) and give the document inside")
	case bytes.IndexByte(raw, 0) >= 0:
		return refuse("it contains zero bytes, like UTF-16 text, which the generator cannot read; convert it (iconv " +
			"-f UTF-16 -t UTF-8), or ask the vendor for UTF-8")
	case !utf8.Valid(raw):
		return refuse("line %d: it is not UTF-8 text, but may be Latin-1 or Windows-1252; convert it (iconv -f "+
			"WINDOWS-1252 -t UTF-8), or ask the vendor for UTF-8", invalidLine(raw))
	case text[0] == '<':
		return refuse("it is an HTML page or XML; the vendor's reference page offers the document itself for " +
			"download, as YAML or JSON")
	}
	if found := directive.FindSubmatchIndex(raw); found != nil && string(raw[found[2]:found[3]]) != "1.1" &&
		firstLine(raw[:found[0]]) {
		return refuse("line %d: the directive %%YAML %s names a version that the generator's YAML reader refuses; "+
			"ask the vendor for JSON, or for YAML without the directive, which means the same here",
			lineOf(raw, found[0]), raw[found[2]:found[3]])
	}
	return nil
}

// firstLine reports whether there are only comments and blank lines so far, so that a directive may
// follow.
func firstLine(before []byte) bool {
	for line := range strings.Lines(string(before)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// invalidLine returns the number of the first line that is not UTF-8.
func invalidLine(raw []byte) (number int) {
	for line := range bytes.Lines(raw) {
		number++
		if !utf8.Valid(line) {
			break
		}
	}
	return number
}

func lineOf(raw []byte, offset int) int { return 1 + bytes.Count(raw[:offset], []byte("\n")) }
