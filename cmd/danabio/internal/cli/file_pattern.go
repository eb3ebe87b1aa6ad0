package cli

import (
	"path/filepath"
	"strings"
)

// expandPatterns replaces a pattern such as *.zip by the files that match, because Windows shells
// leave this to the program. A pattern that matches nothing stays as it is.
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
