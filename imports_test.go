package danabiogo_test

import (
	"maps"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/danabio/danabio-go/"
	inside = "cmd/danabio/internal/" // where the packages of the command line are
)

// commandImports lists the packages of the command line, and which of the others each may import.
// CONTRIBUTING.md shows the same.
var commandImports = map[string][]string{
	"term":        nil,
	"i18n":        nil,
	"doctor":      nil,
	"probe":       nil,
	"help":        {"i18n", "term"},
	"auditreport": {"i18n"},
	"failure":     {"auditreport", "i18n", "term"},
	"settings":    {"failure", "i18n", "term"},
	"cli":         {"auditreport", "doctor", "failure", "help", "i18n", "probe", "settings", "term"},
}

// imports returns what each package of this module imports of it, with the imports of its tests if
// asked for.
func imports(t *testing.T, tests bool) map[string][]string {
	t.Helper()
	format := `{{.ImportPath}} {{join .Imports " "}}`
	if tests {
		format += ` {{join .TestImports " "}} {{join .XTestImports " "}}`
	}
	out, err := exec.Command("go", "list", "-f", format, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		var ours []string
		for _, one := range strings.Fields(line) {
			if name, ok := strings.CutPrefix(one, module); ok {
				ours = append(ours, name)
			}
		}
		if len(ours) > 0 {
			found[ours[0]] = slices.Compact(slices.Sorted(slices.Values(ours[1:])))
		}
	}
	if !slices.Contains(found["cmd/danabio"], inside+"cli") {
		t.Fatalf("the command imports %q", found["cmd/danabio"])
	}
	return found
}

// Only packages under cmd import packages under cmd, in tests and examples too.
func TestNothingImportsTheCommandLine(t *testing.T) {
	for importer, imported := range imports(t, true) {
		for _, name := range imported {
			if strings.HasPrefix(name, "cmd/") && !strings.HasPrefix(importer, "cmd/") {
				t.Errorf("%s imports %s", importer, name)
			}
		}
	}
}

// Packages under internal do not import packages under pkg, except the tools.
func TestInternalImportsNoPkg(t *testing.T) {
	for importer, imported := range imports(t, false) {
		for _, name := range imported {
			if strings.HasPrefix(name, "pkg/") && strings.HasPrefix(importer, "internal/") &&
				!strings.HasPrefix(importer, "internal/tools/") {
				t.Errorf("%s imports %s", importer, name)
			}
		}
	}
}

// Each package imports exactly the packages of its row. term and i18n import nothing of this
// module.
func TestImportsOfTheCommandLine(t *testing.T) {
	top := func(name string) string { // a package within another is a part of it
		name, _, _ = strings.Cut(strings.TrimPrefix(name, inside), "/")
		return name
	}
	found := map[string]map[string]bool{}
	for importer, imported := range imports(t, false) {
		if !strings.HasPrefix(importer, inside) {
			continue
		}
		from := top(importer)
		if found[from] == nil {
			found[from] = map[string]bool{}
		}
		for _, name := range imported {
			if strings.HasPrefix(name, inside) && top(name) != from {
				found[from][top(name)] = true
			} else if from == "term" || from == "i18n" {
				t.Errorf("%s imports %s", importer, name)
			}
		}
	}
	for _, from := range slices.Sorted(maps.Keys(found)) {
		to := slices.Sorted(maps.Keys(found[from]))
		t.Logf("%-12s imports %s", from, strings.Join(to, ", "))
		if want, known := commandImports[from]; !known || !slices.Equal(to, want) {
			t.Errorf("%s imports %q, want %q", path.Join(inside, from), to, want)
		}
	}
	for name := range commandImports {
		if found[name] == nil {
			t.Errorf("there is no package %s", name)
		}
	}
}

// Each package has a comment.
func TestEachPackageHasAComment(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{if .GoFiles}}{{.ImportPath}} {{.Doc}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if name, doc, _ := strings.Cut(strings.TrimSpace(line), " "); name != "" && doc == "" {
			t.Errorf("%s has no package comment", name)
		}
	}
}
