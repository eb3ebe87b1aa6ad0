// Package markdown reads as much of this project's documentation as its tests need: headings,
// fenced blocks with their marks, links, code spans and tables. Call [Read] or [Documentation].
//
// A mark is a comment on its own line directly above a fence. It says what happens with the block:
//
//	<!-- danabio: NAME -->    run; each command in it is danabio
//	<!-- shell: NAME -->      run by bash, among the tests against other programs
//	<!-- go: NAME -->         a program, which is built and run
//	<!-- go test: NAME -->    a test, which is built and run
//	<!-- go file: NAME.go -->  a file of the program or test that comes next
//	<!-- output: NAME -->     what that block prints; "…" stands for text that differs each time
//	<!-- not run: REASON -->  not run
//
// The blocks of a file run in order, in one folder.
//
// This package reads Markdown as this project writes it. It runs nothing.
package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// File is one file of documentation.
type File struct {
	Path     string // with slashes, relative to the module's root
	Headings []Heading
	Blocks   []Block
	Links    []Link
	Codes    []Span  // code spans outside blocks
	Tables   []Table // without the separator line below the head
}

// Heading is a heading, with the anchor that GitHub and pkg.go.dev give it.
type Heading struct {
	Line, Level  int
	Text, Anchor string
}

// Block is a fenced block.
type Block struct {
	Line     int    // of the fence
	Language string // empty if none is given
	Mark     string // empty if there is none
	Name     string // the text after the mark's colon
	Text     string
}

// Link is a link in the text.
type Link struct {
	Line   int
	Target string
}

// Span is a code span.
type Span struct {
	Line int
	Text string
}

// Table is a table, row by row and cell by cell.
type Table struct {
	Line int
	Rows [][]string
}

// Documentation reads the Markdown files of the folder root and of its folder docs, sorted by path.
func Documentation(root string) ([]*File, error) {
	var paths []string
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		paths = append(paths, found...)
	}
	slices.Sort(paths)
	var files []*File
	for _, path := range paths {
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		file, err := Read(root, filepath.ToSlash(relative))
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

var (
	heading  = regexp.MustCompile(`^(#{1,6}) +(.*?)\s*$`)
	fence    = regexp.MustCompile("^```([A-Za-z0-9]*)$")
	mark     = regexp.MustCompile(`^<!-- (danabio|shell|go|go test|go file|output|not run): (.+) -->$`)
	link     = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	codeSpan = regexp.MustCompile("`([^`]+)`")
	rule     = regexp.MustCompile(`^\|[ :|-]+\|$`)
)

// Read reads the file at path, which has slashes and is relative to the folder root. It fails on a
// fence that does not end, and on a comment that is not a mark.
func Read(root, path string) (*File, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	file, err := parse(strings.ReplaceAll(string(content), "\r\n", "\n"))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	file.Path = path
	return file, nil
}

func parse(text string) (*File, error) {
	file, anchors := &File{}, map[string]int{}
	lines := strings.Split(text, "\n")
	var marked []string // the mark on the previous line
	for i := 0; i < len(lines); i++ {
		line, number := lines[i], i+1
		before := marked
		marked = nil
		switch {
		case strings.HasPrefix(line, "```"):
			open := fence.FindStringSubmatch(line)
			end := slices.Index(lines[i+1:], "```")
			if open == nil || end < 0 {
				return nil, fmt.Errorf("%d: a fence that does not end, or with more than one word behind it", number)
			}
			block := Block{Line: number, Language: open[1]}
			if before != nil {
				block.Mark, block.Name = before[1], before[2]
			}
			for _, line := range lines[i+1 : i+1+end] {
				block.Text += line + "\n"
			}
			file.Blocks = append(file.Blocks, block)
			i += end + 1
		case strings.HasPrefix(line, "<!--"):
			if marked = mark.FindStringSubmatch(line); marked == nil || i+1 == len(lines) ||
				!strings.HasPrefix(lines[i+1], "```") {
				return nil, fmt.Errorf("%d: a comment that is not a mark above a fence", number)
			}
		case heading.MatchString(line):
			found := heading.FindStringSubmatch(line)
			file.Headings = append(file.Headings, Heading{number, len(found[1]), found[2], anchor(found[2], anchors)})
			file.inline(number, line)
		default:
			if strings.HasPrefix(line, "|") && !rule.MatchString(line) {
				file.row(number, line)
			}
			file.inline(number, line)
		}
	}
	return file, nil
}

// row adds a row to the table that the previous line belongs to, or begins a new one.
func (f *File) row(number int, line string) {
	var cells []string
	for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		cells = append(cells, strings.TrimSpace(cell))
	}
	if n := len(f.Tables); n > 0 {
		last := &f.Tables[n-1]
		if end := last.Line + len(last.Rows); number == end || number == end+1 && len(last.Rows) > 0 {
			last.Rows = append(last.Rows, cells)
			return
		}
	}
	f.Tables = append(f.Tables, Table{number, [][]string{cells}})
}

func (f *File) inline(number int, line string) {
	for _, found := range codeSpan.FindAllStringSubmatch(line, -1) {
		f.Codes = append(f.Codes, Span{number, found[1]})
	}
	for _, found := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, ""), -1) {
		f.Links = append(f.Links, Link{number, found[1]})
	}
}

// anchor returns the anchor of a heading: letters, digits, "-" and "_" in lower case, spaces as
// "-", and a number if the anchor is taken.
func anchor(text string, taken map[string]int) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	number := taken[name]
	taken[name]++
	if number > 0 {
		return fmt.Sprintf("%s-%d", name, number)
	}
	return name
}

// Is reports whether the block is written in one of the languages.
func (b Block) Is(languages ...string) bool { return slices.Contains(languages, b.Language) }

// Runnable reports whether the block looks like something to run: shell or Go.
func (b Block) Runnable() bool {
	return b.Is("sh", "bash", "shell", "console", "zsh", "powershell", "go")
}

// Output returns the block with the documented output of the block named name, and whether there is
// one.
func (f *File) Output(name string) (Block, bool) {
	i := slices.IndexFunc(f.Blocks, func(b Block) bool { return b.Mark == "output" && b.Name == name })
	if i < 0 {
		return Block{}, false
	}
	return f.Blocks[i], true
}

// Matches reports whether got is what the block shows, where "…" stands for at least one character
// of one line.
func (b Block) Matches(got string) bool {
	var pattern strings.Builder
	pattern.WriteString("^")
	for i, text := range strings.Split(b.Text, "…") {
		if i > 0 {
			pattern.WriteString("[^\n]+")
		}
		pattern.WriteString(regexp.QuoteMeta(text))
	}
	return regexp.MustCompile(pattern.String() + "$").MatchString(got)
}
