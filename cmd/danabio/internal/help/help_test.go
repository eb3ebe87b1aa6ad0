package help

import (
	"io/fs"
	"path"
	"strings"
	"testing"
)

// Every shared text exists in both languages, and some page uses it.
func TestSharedTextsAreUsed(t *testing.T) {
	for _, language := range []string{"en", "es"} {
		pages := ""
		for _, name := range Names(language) {
			text, err := files.ReadFile(path.Join(language, name))
			if err != nil {
				t.Fatal(err)
			}
			pages += string(text)
		}
		shared, err := fs.ReadDir(files, path.Join(language, "shared"))
		if err != nil || len(shared) == 0 {
			t.Fatalf("%d texts, %v", len(shared), err)
		}
		for _, one := range shared {
			if line := "\n{{" + strings.TrimSuffix(one.Name(), ".txt") + "}}\n"; !strings.Contains(pages, line) {
				t.Errorf("no page in %s has%s", language, line)
			}
		}
	}
}
