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
	rooms  = "cmd/danabio/internal/"
)

// roomImports are the rooms of the command line, and which others each may import. CONTRIBUTING.md
// shows the same.
var roomImports = map[string][]string{
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

// imports are what each package of this module imports of it, tests included only where asked for.
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
	if !slices.Contains(found["cmd/danabio"], rooms+"cli") {
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

// Each room imports the rooms that it may, and each of these; term and i18n import nothing of ours.
func TestRoomsOfTheCommandLine(t *testing.T) {
	room := func(name string) string { // a package within a room is a part of it
		name, _, _ = strings.Cut(strings.TrimPrefix(name, rooms), "/")
		return name
	}
	found := map[string]map[string]bool{}
	for importer, imported := range imports(t, false) {
		if !strings.HasPrefix(importer, rooms) {
			continue
		}
		from := room(importer)
		if found[from] == nil {
			found[from] = map[string]bool{}
		}
		for _, name := range imported {
			if strings.HasPrefix(name, rooms) && room(name) != from {
				found[from][room(name)] = true
			} else if from == "term" || from == "i18n" {
				t.Errorf("%s imports %s", importer, name)
			}
		}
	}
	for _, from := range slices.Sorted(maps.Keys(found)) {
		to := slices.Sorted(maps.Keys(found[from]))
		t.Logf("%-12s imports %s", from, strings.Join(to, ", "))
		if want, known := roomImports[from]; !known || !slices.Equal(to, want) {
			t.Errorf("%s imports %q, want %q", path.Join(rooms, from), to, want)
		}
	}
	for name := range roomImports {
		if found[name] == nil {
			t.Errorf("there is no room %s", name)
		}
	}
}

// A stranger begins with what a package says it holds.
func TestEachPackageSaysWhatItHolds(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{if .GoFiles}}{{.ImportPath}} {{.Doc}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if name, doc, _ := strings.Cut(strings.TrimSpace(line), " "); name != "" && doc == "" {
			t.Errorf("%s says nothing", name)
		}
	}
}
