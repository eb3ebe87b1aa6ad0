package cli

import (
	"path/filepath"
	"strings"
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
