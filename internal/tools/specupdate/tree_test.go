package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Either all files are put in place or none. In one case, a file was edited during the update. In
// the other, a file cannot be replaced.
func TestInstallIsAllOrNothing(t *testing.T) {
	for name, spoil := range map[string]func(root string) error{
		"edited meanwhile": func(root string) error {
			return os.WriteFile(filepath.Join(root, "gen", "b.go"), []byte("edited"), 0o644)
		},
		"a folder stands there": func(root string) error {
			return os.Mkdir(filepath.Join(root, "gen", "new.go"), 0o755)
		},
		"folder is gone": func(root string) error { return os.RemoveAll(filepath.Join(root, "gen")) },
		"folder of a new file is not there": func(root string) error {
			return os.Remove(filepath.Join(root, "gen", "new"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for path, content := range map[string]string{"go.mod": "module m\n", "CHANGELOG.md": "", specFile: "old",
				overlayFile: "o", "gen/a.go": "old a", "gen/b.go": "old b"} {
				file := filepath.Join(root, filepath.FromSlash(path))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(root, "gen", "new"), 0o755); err != nil {
				t.Fatal(err)
			}
			work, err := snapshot(t.Context(), root, filepath.Join(t.TempDir(), "git"))
			if err != nil {
				t.Fatal(err)
			}
			if err := spoil(root); err != nil {
				t.Fatal(err)
			}
			before := fingerprint(t, root)
			changed := map[string][]byte{specFile: []byte("new"), "gen/a.go": []byte("new a"),
				"gen/b.go": []byte("new b"), "gen/new.go": []byte("n"), "gen/new/c.go": []byte("n")}
			if err := work.install(t.Context(), changed); err == nil || !strings.Contains(err.Error(), "put gen/") {
				t.Errorf("%v, want an error that names the file", err)
			}
			if fingerprint(t, root) != before {
				t.Error("the tree changed")
			}
		})
	}
}

// A work tree with edits that need the new spec does not compile. An unchanged checkout then
// provides the old Go API.
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
	if code != 1 || !strings.Contains(complaints, "give an unchanged checkout with -base") ||
		fingerprint(t, root) != before {
		t.Errorf("without -base: exit %d:\n%s", code, complaints)
	}
	code, report, complaints := run(t, root, spec, "-base", base)
	if code != 0 || !strings.Contains(report, "StartCircuit200JSONResponseBody.Link`: removed") {
		t.Errorf("with -base: exit %d:\n%s%s", code, report, complaints)
	}
}
