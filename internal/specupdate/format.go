package main

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

var byteOrderMark = []byte("\ufeff")

// directive is YAML's own way to name its version, in the document's first lines.
var directive = regexp.MustCompile(`(?m)^%YAML[ \t]+([0-9.]+)`)

// checkFormat refuses what is no text that the generator can read, each kind with what to do.
func checkFormat(raw []byte) error {
	text := bytes.TrimSpace(raw)
	lower := bytes.ToLower(text[:min(len(text), 512)])
	switch {
	case len(text) == 0:
		return refuse("it is empty; give the vendor's OpenAPI document")
	case len(raw) > maxSize:
		return refuse("it has more than %d MiB; an OpenAPI document of this API has some kilobytes", maxSize>>20)
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b}):
		return refuse("it is compressed by gzip; unpack it (gunzip) and give the document inside")
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return refuse("it is a ZIP; unpack it (unzip) and give the document inside")
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}), nulls(raw):
		return refuse("it is UTF-16 text, which the generator does not read; convert it (iconv -f UTF-16 -t UTF-8), " +
			"or ask the vendor for UTF-8")
	case bytes.IndexByte(raw, 0) >= 0:
		return refuse("it is no text: it holds zero bytes; an OpenAPI document is YAML or JSON in UTF-8")
	case !utf8.Valid(raw):
		return refuse("line %d: it is no UTF-8 text, but may be Latin-1 or Windows-1252; convert it (iconv -f "+
			"WINDOWS-1252 -t UTF-8), or ask the vendor for UTF-8", lineOf(raw, invalidAt(raw)))
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return refuse("it is an HTML page; the vendor's reference page offers the document itself for download, as " +
			"YAML or JSON")
	case text[0] == '<':
		return refuse("it is XML or HTML; an OpenAPI document is YAML or JSON, and the vendor's reference page " +
			"offers it for download")
	}
	if found := directive.FindSubmatchIndex(raw); found != nil && string(raw[found[2]:found[3]]) != "1.1" &&
		firstLine(raw[:found[0]]) {
		return refuse("line %d: the directive %%YAML %s says a version that the generator's YAML reader refuses; ask "+
			"the vendor for JSON, or for YAML without the directive, which means the same here",
			lineOf(raw, found[0]), raw[found[2]:found[3]])
	}
	return nil
}

// nulls says whether every other byte of the beginning is zero, as in UTF-16 without a mark.
func nulls(raw []byte) bool {
	head := raw[:min(len(raw), 64)&^1]
	var even, odd int
	for i, b := range head {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	return len(head) >= 8 && (even == len(head)/2) != (odd == len(head)/2)
}

// firstLine says whether nothing but comments and blank lines came so far, where a directive may
// stand.
func firstLine(before []byte) bool {
	for line := range strings.Lines(string(before)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

func invalidAt(raw []byte) int {
	for i := 0; i < len(raw); {
		r, size := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(raw)
}

func lineOf(raw []byte, offset int) int { return 1 + bytes.Count(raw[:offset], []byte("\n")) }
