package danabiogo_test

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// Columns, with four of them for a tab.
const (
	commentColumns = 100
	codeColumns    = 120
)

// shownAsItIs is a comment whose line ends mean something: a directive, or text that go doc leaves
// as it is.
var shownAsItIs = regexp.MustCompile(`^//(go:|\t)`)

// Comments end at 100 columns and code at 120, except raw strings and the output of examples.
func TestLinesAreShort(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "gen" || entry.Name() == "dist" || entry.Name() == ".git"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, number := range longLines(source) {
			t.Errorf("%s:%d: longer than %d columns of comment, or %d of code", path, number, commentColumns,
				codeColumns)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 300 {
		t.Errorf("only %d files were read", files)
	}
}

func TestLongLines(t *testing.T) {
	code, comment := strings.Repeat("x", codeColumns), strings.Repeat("é", commentColumns-3)
	for source, want := range map[string]int{
		"var " + code[4:]:                         0,
		"var " + code[3:]:                         1,
		"\tvar " + code[7:]:                       1,
		"// " + comment:                           0,
		"// " + comment + "x":                     1,
		"\t// " + comment:                         1,
		"//\t" + code:                             0,
		"//go:generate " + code:                   0,
		"var a = `" + code + "\n" + code + "`":    0,
		"var a = `" + code + "`\n// " + code:      1,
		"// Output:\n// " + code + "\n// " + code: 0,
		"// Output:\n// a\n\n// " + code:          1,
	} {
		if got := longLines([]byte(source)); len(got) != want {
			t.Errorf("%q has %d long lines, want %d", source, len(got), want)
		}
	}
}

// longLines returns the numbers of the lines that are too long.
func longLines(source []byte) []int {
	exempt := rawStrings(source)
	printed := false // by an example
	var long []int
	for i, line := range strings.Split(string(source), "\n") {
		text := strings.TrimLeft(line, "\t")
		isComment := strings.HasPrefix(text, "//")
		printed = isComment && (printed || text == "// Output:" || text == "// Unordered output:")
		limit := codeColumns
		if isComment {
			limit = commentColumns
		}
		columns := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t")
		if columns > limit && !exempt[i+1] && !printed && !shownAsItIs.MatchString(text) {
			long = append(long, i+1)
		}
	}
	return long
}

// rawStrings returns the numbers of the lines with a raw string.
func rawStrings(source []byte) map[int]bool {
	file := token.NewFileSet().AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, 0)
	lines := map[int]bool{}
	for {
		pos, kind, literal := s.Scan()
		switch {
		case kind == token.EOF:
			return lines
		case kind == token.STRING && literal[0] == '`':
			first := file.Line(pos)
			for line := first; line <= file.Line(pos+token.Pos(len(literal)-1)); line++ {
				lines[line] = true
			}
		}
	}
}
