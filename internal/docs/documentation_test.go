package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/markdown"
)

// documentation returns the Markdown files of the root and of docs/. Package markdown describes
// their marks.
func documentation(t *testing.T) []*markdown.File {
	t.Helper()
	files, err := markdown.Documentation(".")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every block that looks runnable is run or states why it is not.
func TestDocumentationIsRunOrSaysWhyNot(t *testing.T) {
	for _, file := range documentation(t) {
		names := map[string]int{}
		for _, block := range file.Blocks {
			where := func(format string, args ...any) {
				t.Helper()
				t.Errorf("%s:%d: "+format, append([]any{file.Path, block.Line}, args...)...)
			}
			switch {
			case block.Mark == "" && block.Runnable():
				where("this block is neither run nor marked as one that is not, with a reason")
			case block.Mark == "output" && names[block.Name] != 1:
				where("%d blocks in front of it are called %q, not one", names[block.Name], block.Name)
			case block.Mark == "output" && block.Runnable():
				where("output is written in no language that is run")
			case slices.Contains([]string{"danabio", "shell"}, block.Mark) && block.Language != "bash":
				where("it is marked as %s, and its language is not bash", block.Mark)
			case strings.HasPrefix(block.Mark, "go") && block.Language != "go":
				where("it is marked as %s, and its language is not go", block.Mark)
			}
			if block.Mark != "" && block.Mark != "output" && block.Mark != "not run" {
				names[block.Name]++
			}
		}
	}
}

// Links lead to existing files and headings.
func TestLinksOfTheDocumentation(t *testing.T) {
	for _, file := range documentation(t) {
		for _, link := range file.Links {
			if strings.HasPrefix(link.Target, "https://") {
				continue
			}
			name, anchor, anchored := strings.Cut(link.Target, "#")
			target := file
			if name != "" {
				name = path.Join(path.Dir(file.Path), name)
				if _, err := os.Stat(filepath.FromSlash(name)); err != nil {
					t.Errorf("%s:%d: the link leads to %s, which is not there", file.Path, link.Line, name)
					continue
				}
				if !anchored {
					continue
				}
				var err error
				if target, err = markdown.Read(".", name); err != nil {
					t.Fatal(err)
				}
			}
			if !slices.ContainsFunc(target.Headings, func(h markdown.Heading) bool { return h.Anchor == anchor }) {
				t.Errorf("%s:%d: %s has no heading for #%s", file.Path, link.Line, target.Path, anchor)
			}
		}
	}
}

// The index links to every page of docs/, and the README links to the index.
func TestEveryPageIsInTheIndex(t *testing.T) {
	linked := func(from string) (targets []string) {
		file, err := markdown.Read(".", from)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range file.Links {
			name, _, _ := strings.Cut(link.Target, "#")
			targets = append(targets, path.Join(path.Dir(from), name))
		}
		return targets
	}
	index := linked("docs/README.md")
	for _, file := range documentation(t) {
		if path.Dir(file.Path) == "docs" && file.Path != "docs/README.md" && !slices.Contains(index, file.Path) {
			t.Errorf("docs/README.md has no link to %s", file.Path)
		}
	}
	for _, readme := range []string{"README.md", "README.es.md"} {
		if !slices.Contains(linked(readme), "docs/README.md") {
			t.Errorf("%s has no link to docs/README.md", readme)
		}
	}
}

var (
	goComment    = regexp.MustCompile(`(?m)(^|\s+)//.*$`)
	shellComment = regexp.MustCompile(`(?m)(^|\s+)#.*$`)
)

func withoutComments(block markdown.Block) string {
	if block.Language == "go" {
		return goComment.ReplaceAllString(block.Text, "")
	}
	return shellComment.ReplaceAllString(block.Text, "")
}

// The two READMEs have the same sections, the same code except for comments, and tables with the
// same rows. Code in the first cell of a row is a name, which is not translated.
func TestReadmesHaveOneStructure(t *testing.T) {
	english, err := markdown.Read(".", "README.md")
	if err != nil {
		t.Fatal(err)
	}
	spanish, err := markdown.Read(".", "README.es.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(english.Headings) != len(spanish.Headings) || len(english.Blocks) != len(spanish.Blocks) ||
		len(english.Tables) != len(spanish.Tables) {
		t.Fatalf("headings %d and %d, blocks %d and %d, tables %d and %d", len(english.Headings), len(spanish.Headings),
			len(english.Blocks), len(spanish.Blocks), len(english.Tables), len(spanish.Tables))
	}
	for i, heading := range english.Headings {
		if other := spanish.Headings[i]; other.Level != heading.Level {
			t.Errorf("heading %q has level %d, %q has %d", heading.Text, heading.Level, other.Text, other.Level)
		}
	}
	for i, block := range english.Blocks {
		other := spanish.Blocks[i]
		if other.Language != block.Language || other.Mark != block.Mark || other.Mark != "not run" &&
			other.Name != block.Name ||
			withoutComments(other) != withoutComments(block) {
			t.Errorf("README.es.md:%d: the block differs in more than comments from README.md:%d", other.Line,
				block.Line)
		}
	}
	for i, table := range english.Tables {
		other := spanish.Tables[i]
		if len(other.Rows) != len(table.Rows) {
			t.Errorf("README.es.md:%d: the table has %d rows, that of README.md:%d has %d", other.Line, len(other.Rows),
				table.Line, len(table.Rows))
			continue
		}
		for n, row := range table.Rows {
			named := strings.HasPrefix(row[0], "`") || strings.HasPrefix(row[0], "[")
			if len(other.Rows[n]) != len(row) || named && other.Rows[n][0] != row[0] {
				t.Errorf("README.es.md:%d: row %d is not that of README.md:%d", other.Line, n, table.Line)
			}
		}
	}
	codes := func(file *markdown.File) (texts []string) {
		for _, span := range file.Codes {
			texts = append(texts, span.Text)
		}
		slices.Sort(texts)
		return texts
	}
	if a, b := codes(english), codes(spanish); !slices.Equal(a, b) {
		t.Errorf("code in the text of one and not of the other:\n%q\n%q", without(a, b), without(b, a))
	}
	for file, wanted := range map[*markdown.File]string{english: "README.es.md", spanish: "README.md"} {
		if len(file.Links) == 0 || file.Links[0].Target != wanted {
			t.Errorf("the first link of %s does not lead to %s", file.Path, wanted)
		}
	}
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(text string) bool { return slices.Contains(b, text) })
}

// The READMEs name the versions that an importer gets at least.
func TestReadmesNameTheLeastVersions(t *testing.T) {
	requirements, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"github.com/getkin/kin-openapi", "github.com/spf13/cobra"} {
		required := regexp.MustCompile(`(?m)^\s*` + regexp.QuoteMeta(module) + ` (v\S+)`).FindSubmatch(requirements)
		if required == nil {
			t.Fatalf("go.mod does not require %s", module)
		}
		for _, name := range []string{"README.md", "README.es.md"} {
			readme, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if want := path.Base(module) + " " + string(required[1]); !strings.Contains(string(readme), want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
	}
}
