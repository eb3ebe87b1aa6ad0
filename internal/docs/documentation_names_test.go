package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goName     = regexp.MustCompile(`^\*?((?:[a-z]+\.)?[A-Z]\w*[a-z]\w*(?:\.[A-Z]\w*)?)(?:\(.*\)|\{.*\})?$`)
	sourcePath = regexp.MustCompile(`^(?:\./)?((?:pkg|cmd|api|gen|internal|docs|bench)/[\w./-]*)$`)
)

// notOurs lists names in the documentation that look like ours but are not.
var notOurs = map[string]bool{
	"Bearer": true, "RoundTripper": true,
	"TLSClientConfig": true, "TLSHandshakeTimeout": true, "ResponseHeaderTimeout": true, // of http.Transport
	"IntegrationTest": true, // an example
}

// Every Go name and every path in the documentation exists.
func TestDocumentationNamesGoThatExists(t *testing.T) {
	names := exportedNames(t)
	checked := 0
	for _, file := range documentation(t) {
		for _, span := range file.Codes {
			if path := sourcePath.FindStringSubmatch(span.Text); path != nil {
				// an update creates it
				if _, err := os.Stat(filepath.FromSlash(path[1])); err != nil && path[1] != "api/spec-update.md" {
					t.Errorf("%s:%d: there is no %s", file.Path, span.Line, span.Text)
				}
				continue
			}
			name := goName.FindStringSubmatch(span.Text)
			if name == nil || strings.HasSuffix(span.Text, ".md") || strings.HasSuffix(span.Text, ".json") {
				continue
			}
			checked++
			if !names[name[1]] && !notOurs[name[1]] && !strings.HasPrefix(name[1], "http.") {
				t.Errorf("%s:%d: no package below pkg exports %s", file.Path, span.Line, span.Text)
			}
		}
	}
	if checked < 50 {
		t.Errorf("%d names were checked", checked)
	}
}

// exportedNames returns the exported names of the packages below pkg, with and without the package
// name, and the fields and methods of types.
func exportedNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("pkg", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(filepath.ToSlash(path), "/internal/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		add := func(name string) {
			names[name], names[file.Name.Name+"."+name] = true, true
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.FuncDecl:
				if receiver := receiverOf(node); receiver != "" {
					add(receiver + "." + node.Name.Name)
				} else {
					add(node.Name.Name)
				}
				return false
			case *ast.TypeSpec:
				add(node.Name.Name)
				var fields *ast.FieldList
				switch kind := node.Type.(type) {
				case *ast.StructType:
					fields = kind.Fields
				case *ast.InterfaceType:
					fields = kind.Methods
				}
				if fields != nil {
					for _, field := range fields.List {
						for _, name := range field.Names {
							add(node.Name.Name + "." + name.Name)
						}
					}
				}
				return false
			case *ast.ValueSpec:
				for _, name := range node.Names {
					add(name.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func receiverOf(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return ""
	}
	kind := function.Recv.List[0].Type
	if star, pointed := kind.(*ast.StarExpr); pointed {
		kind = star.X
	}
	if name, plain := kind.(*ast.Ident); plain {
		return name.Name
	}
	return ""
}

var fetched = regexp.MustCompile(`go (get|install) github\.com/danabio/danabio-go(\S*)@`)

// The documentation tells users to fetch packages with code. A go get of the module's root would
// fetch the dependencies of the tools and not those of the client.
func TestDocumentationFetchesPackages(t *testing.T) {
	checked := 0
	for _, file := range documentation(t) {
		for _, block := range file.Blocks {
			for _, call := range fetched.FindAllStringSubmatch(block.Text, -1) {
				checked++
				sources, err := filepath.Glob(filepath.FromSlash("." + call[2] + "/*.go"))
				if err != nil {
					t.Fatal(err)
				}
				if call[2] == "" || len(sources) == 0 {
					t.Errorf("%s:%d: %s fetches no package", file.Path, block.Line, call[0])
				}
			}
		}
	}
	if checked < 4 {
		t.Errorf("%d calls were checked", checked)
	}
}
