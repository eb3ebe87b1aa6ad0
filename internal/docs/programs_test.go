package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/markdown"
)

// programs is a folder with the compiled programs and tests of the documentation.
type programs struct{ folder string }

// isProgram reports whether a block is a program or a test.
func isProgram(block markdown.Block) bool { return block.Mark == "go" || block.Mark == "go test" }

// of returns the path of the program from a block of a file.
func (p programs) of(file *markdown.File, block markdown.Block) string {
	name := packageOf(file, block)
	if block.Mark == "go test" {
		name += ".test"
	}
	return filepath.Join(p.folder, name)
}

// packageOf returns the folder of a program in the common module.
func packageOf(file *markdown.File, block markdown.Block) string {
	return strings.ReplaceAll(strings.TrimSuffix(file.Path, ".md"), "/", "-") + "-" + block.Name
}

// buildPrograms vets and builds the programs and tests of the files, each with the files in front
// of it. They are packages of a separate module, which has the requirements of this module like a
// user's module. An error names the line in the documentation.
func buildPrograms(t *testing.T, files []*markdown.File) programs {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	requirements, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	const ours = "github.com/danabio/danabio-go"
	module := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(module, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", strings.Replace(string(requirements), "module "+ours+"\n", "module example.com/documentation\n", 1)+
		fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %s => %s\n", ours, ours, strconv.Quote(root)))
	write("go.sum", string(sums))
	tests := []string{"test", "-c", "-ldflags=-w", "-o", "built/"}
	for _, file := range files {
		var beside []markdown.Block
		for _, block := range file.Blocks {
			if block.Mark == "go file" {
				beside = append(beside, block)
			}
			if !isProgram(block) {
				continue
			}
			name, folder := "main.go", packageOf(file, block)
			if block.Mark == "go test" {
				name, tests = "main_test.go", append(tests, "./"+folder)
			}
			add := func(name string, block markdown.Block) {
				write(filepath.Join(folder, name), fmt.Sprintf("//line %s:%d\n%s", file.Path, block.Line+1, block.Text))
			}
			add(name, block)
			for _, block := range beside {
				add(block.Name, block)
			}
			beside = nil
		}
	}
	for _, arguments := range [][]string{{"vet", "./..."}, {"build", "-ldflags=-w", "-o", "built/", "./..."}, tests} {
		build := exec.Command("go", arguments...)
		build.Dir = module
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, out)
		}
	}
	return programs{filepath.Join(module, "built")}
}
