package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Either all files are put in place or none: here one of them was edited while the update ran,
// there one cannot be replaced.
func TestInstallIsAllOrNothing(t *testing.T) {
	for name, spoil := range map[string]func(root string) error{
		"edited meanwhile": func(root string) error {
			return os.WriteFile(filepath.Join(root, "gen", "b.go"), []byte("edited"), 0o644)
		},
		"a folder stands there": func(root string) error {
			return os.Mkdir(filepath.Join(root, "gen", "new.go"),
				0o755)
		},
		"folder is gone": func(root string) error { return os.RemoveAll(filepath.Join(root, "gen")) },
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			files := map[string][]byte{"go.mod": []byte("module m\n"), specFile: []byte("old"),
				overlayFile: []byte("o"), "gen/a.go": []byte("old a"), "gen/b.go": []byte("old b")}
			if err := (&tree{root: root, files: files}).write(root); err != nil {
				t.Fatal(err)
			}
			work, err := readTree(t.Context(), root)
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(root); err != nil {
				t.Fatal(err)
			}
			before := fingerprint(t, root)
			changed := map[string][]byte{specFile: []byte("new"), "gen/a.go": []byte("new a"),
				"gen/b.go": []byte("new b"), "gen/new.go": []byte("n")}
			if err := work.install(changed); err == nil || !strings.Contains(err.Error(), "put gen/") {
				t.Errorf("%v, want an error that names the file", err)
			}
			if fingerprint(t, root) != before {
				t.Error("the tree changed")
			}
		})
	}
}

func TestRestore(t *testing.T) {
	root := t.TempDir()
	work := &tree{root: root, files: map[string][]byte{"a": []byte("old")}}
	for _, name := range []string{"a", "b"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("new"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := work.restore([]string{"a", "b", "c"}); err != nil {
		t.Fatal(err)
	}
	if a, err := os.ReadFile(filepath.Join(root, "a")); err != nil || string(a) != "old" {
		t.Errorf("a is %q, %v", a, err)
	}
	if _, err := os.Stat(filepath.Join(root, "b")); !os.IsNotExist(err) {
		t.Errorf("b is still there: %v", err)
	}
}

// The whole way with this repository's own spec, overlay and code, in a copy.
func TestThisRepository(t *testing.T) {
	real, err := readTree(t.Context(), filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := real.write(root); err != nil {
		t.Fatal(err)
	}
	d, err := readDocument(real.files[specFile])
	if err != nil {
		t.Fatal(err)
	}
	info := child(d.root, "info")
	info.Content = append(info.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: "x-note"},
		&yaml.Node{Kind: yaml.ScalarNode, Value: "by a test"})
	spec, err := yaml.Marshal(d.root)
	if err != nil {
		t.Fatal(err)
	}
	code, report, complaints := run(t, root, spec, "-tests", "./api/...")
	if code != 0 || !strings.Contains(report, "**Taken in.**") ||
		!strings.Contains(report, "`$.info.x-note`: added, `by a test`") || !strings.Contains(report, "`api`: passed") {
		t.Errorf("exit %d:\n%s%s", code, report, complaints)
	}
	now, err := readTree(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(real.changed(now), " "); got != "api/openapi.json "+specFile+" "+sumFile+" "+
		reportFile+" gen/biometricapi/spec/spec.gen.go" {
		t.Errorf("changed: %s", got)
	}
}

// A work tree that holds edits which need the new spec does not compile; then an unchanged checkout
// says what the Go API was.
func TestBase(t *testing.T) {
	root, base := ownTree(t), sharedTree(t)
	spec := scenario(t, root, "link-missing")
	file := filepath.Join(root, "pkg", "danabio", "danabio.go")
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.NewReplacer(" || answer.Link == nil", "", ", *answer.Link}",
		`, "https://sign.example.com"}`).Replace(string(source))
	edited = strings.Replace(edited, "// Request is",
		"var _ = biometricapi.StartCircuit200JSONResponseBody{}.Note\n\n// Request is", 1)
	if err := os.WriteFile(file, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	spec = []byte(strings.Replace(string(spec), "                  circuitId:\n",
		"                  note:\n                    type: string\n                  circuitId:\n", 1))
	before := fingerprint(t, root)
	code, _, complaints := run(t, root, spec)
	if code != 1 || !strings.Contains(complaints, "give an unchanged checkout by -base") ||
		fingerprint(t, root) != before {
		t.Errorf("without -base: exit %d:\n%s", code, complaints)
	}
	code, report, complaints := run(t, root, spec, "-base", base)
	if code != 0 || !strings.Contains(report, "StartCircuit200JSONResponseBody.Link`: removed") {
		t.Errorf("with -base: exit %d:\n%s%s", code, report, complaints)
	}
}
