package term

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// WidthOf returns the number of columns of a terminal, or 0 if the stream is not a terminal.
func WidthOf(stream io.Writer) int {
	if kept, ok := stream.(*FailureKeeper); ok {
		stream = kept.Stream
	}
	if beside, ok := stream.(besideLine); ok {
		stream = beside.stream
	}
	file, ok := stream.(*os.File)
	if !ok {
		return 0
	}
	switch columns, err := columnsOf(file); {
	case err != nil:
		return 0
	case columns > 0:
		return columns
	}
	return 80
}

// Wrap breaks the lines of a text between words. It wraps unindented paragraphs and the last column
// of tables. Other indented lines may be commands, which a break would change.
func Wrap(text string, columns int) string {
	var done, paragraph []string
	finish := func() {
		if len(paragraph) > 0 && !fit(paragraph, columns) {
			paragraph = breakLine(strings.Join(paragraph, " "), "", columns)
		}
		done, paragraph = append(done, paragraph...), nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && line[0] != ' ' {
			paragraph = append(paragraph, line)
			continue
		}
		finish()
		if fit([]string{line}, columns) {
			done = append(done, line)
			continue
		}
		row := strings.TrimLeft(line, " ")
		gap := strings.LastIndex(row, "  ")
		if gap < 0 {
			done = append(done, line)
			continue
		}
		column := utf8.RuneCountInString(line[:len(line)-len(row)+gap+2])
		if column > columns/2 { // too little space would be left beside it
			done = append(done, strings.TrimRight(line[:len(line)-len(row)+gap], " "))
			column = len(line) - len(row) + 2
			done = append(done, breakLine(strings.Repeat(" ", column)+row[gap+2:], strings.Repeat(" ", column),
				columns)...)
			continue
		}
		done = append(done, breakLine(line, strings.Repeat(" ", column), columns)...)
	}
	finish()
	return strings.Join(done, "\n")
}

func fit(lines []string, columns int) bool {
	for _, line := range lines {
		if utf8.RuneCountInString(line) > columns {
			return false
		}
	}
	return true
}

// breakLine breaks a line between words and indents the lines after the first. A word that is too
// long stays whole.
func breakLine(line, indentation string, columns int) []string {
	var lines []string
	// before it, spaces are not a place to break
	from := max(len(line)-len(strings.TrimLeft(line, " ")), len(indentation))
	for !fit([]string{line}, columns) {
		from = min(from, len(line))
		limit := len(string([]rune(line)[:columns+1]))
		at := -1
		if limit > from {
			at = strings.LastIndexByte(line[from:limit], ' ')
		}
		if at < 0 {
			limit = min(max(limit, from), len(line))
			if at = strings.IndexByte(line[limit:], ' '); at < 0 {
				break
			}
			at += limit
		} else {
			at += from
		}
		lines = append(lines, strings.TrimRight(line[:at], " "))
		line, from = indentation+strings.TrimLeft(line[at:], " "), len(indentation)
	}
	return append(lines, line)
}
