package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the reports under testdata/scenario")

// standIn creates a small repository with the spec, the overlay and the client of testdata/tree,
// and with the generator settings and the modules of this repository. The scenarios run on it and
// not on the real tree, so that a new spec does not break them.
func standIn(root string) error {
	if err := os.CopyFS(root, os.DirFS(filepath.Join("testdata", "tree"))); err != nil {
		return err
	}
	for _, path := range []string{"go.mod", "go.sum", "generate.go", "api/api.go", "api/oapi-codegen.yaml",
		"api/oapi-codegen.spec.yaml", "internal/tools/specjson/main.go"} {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		target := filepath.Join(root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "gen", "biometricapi", "spec"), 0o755); err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(specFile)))
	if err != nil {
		return err
	}
	sum := (&document{raw: raw}).sumLine()
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(sumFile)), sum, 0o644); err != nil {
		return err
	}
	_, err = goCommand(context.Background(), root, "generate", "./...")
	return err
}

func TestMain(m *testing.M) {
	code := m.Run()
	removeTools()
	os.RemoveAll(sharedFolder)
	os.Exit(code)
}

// shared creates one stand-in for all tests that change nothing.
var (
	sharedFolder string
	shared       = sync.OnceValues(func() (root string, err error) {
		if sharedFolder, err = os.MkdirTemp("", "specupdate-test-"); err != nil {
			return "", err
		}
		return sharedFolder, standIn(sharedFolder)
	})
)

func sharedTree(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("generates, builds and tests a repository; a run without -short does it")
	}
	root, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// ownTree returns a copy of the stand-in that the test may change.
func ownTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(sharedTree(t))); err != nil {
		t.Fatal(err)
	}
	return root
}

// fingerprint hashes every file below a folder, with its permissions and content.
func fingerprint(t *testing.T, root string) string {
	t.Helper()
	hash := sha256.New()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintln(hash, path, entry.Type())
		if !entry.Type().IsRegular() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(hash, "%v %d %q\n", info.Mode(), len(content), content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

// scenario returns the stand-in's spec with the edits of a scenario. Each edit must match exactly
// once.
func scenario(t *testing.T, root, name string) []byte {
	t.Helper()
	spec, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(specFile)))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile(filepath.Join("testdata", "scenario", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) == 0 || len(archive.Files)%2 != 0 {
		t.Fatalf("%s: want pairs of old and new", name)
	}
	for i := 0; i < len(archive.Files); i += 2 {
		old, new := archive.Files[i], archive.Files[i+1]
		if old.Name != "old" || new.Name != "new" || bytes.Count(spec, old.Data) != 1 {
			t.Fatalf("%s: edit %d does not fit once:\n%s", name, i/2+1, old.Data)
		}
		spec = bytes.Replace(spec, old.Data, new.Data, 1)
	}
	return spec
}

// run runs the program once on a file.
func run(t *testing.T, root string, spec []byte, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "vendor.yaml")
	if err := os.WriteFile(file, spec, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, complaints bytes.Buffer
	code = Run(t.Context(), append([]string{"-tree", root, "-file", file, "-tests", "./pkg/..."},
		args...), &out, &complaints)
	return code, out.String(), complaints.String()
}

func TestScenarios(t *testing.T) {
	root := sharedTree(t)
	before := fingerprint(t, root)
	t.Cleanup(func() {
		if fingerprint(t, root) != before {
			t.Error("a run that took nothing in changed the tree")
		}
	})
	for _, test := range []struct {
		name string
		exit int
		says string
	}{
		{"broken-yaml", 3, "line 4"},
		{"enum-narrowed", 5, "removed the enum value `en`"},
		{"error-schema", 5, "for the response with the status `400`"},
		{"external-ref", 3, "https://schemas.example.com/signer.yaml"},
		{"field-added", 5, "ExpiresAt`: added"},
		{"field-removed", 4, "unknown field Nif"},
		{"link-missing", 4, "answer.Link undefined"},
		{"new-operation", 5, "NewCancelCircuitRequest`: added"},
		{"new-required-field", 4, "the request is not as the spec says"},
		{"openapi-3.1", 5, "nothing was converted"},
		{"optional-becomes-required", 4, "cannot use &email"},
		{"path-renamed", 4, "no operation `startCircuit`"},
		{"security-scheme", 5, "`BearerAuth` was removed"},
		{"server-variable", 5, "sandbox-danaconnect"},
		{"size-in-bytes", 5, "with our overlay on both documents nothing changes"},
		{"status-endpoint", 5, "circuitStatus"},
		{"texts-only", 5, "0 breaking, 0 dangerous, 0 harmless"},
		{"wrong-example", 4, "invalid example"},
		{"type-changed", 4, "cannot use *answer.CircuitID"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var args []string
			if test.exit == 5 {
				args = append(args, "-check")
			}
			code, report, complaints := run(t, root, scenario(t, root, test.name), args...)
			if code != test.exit {
				t.Fatalf("exit %d, want %d:\n%s%s", code, test.exit, report, complaints)
			}
			if code == 3 {
				report = complaints
			}
			if !strings.Contains(report, test.says) {
				t.Errorf("the report does not say %q", test.says)
			}
			for _, path := range []string{root, os.TempDir(), "specupdate-"} {
				if strings.Contains(report, path) {
					t.Errorf("the report holds a path of this machine, %s", path)
				}
			}
			golden(t, test.name, report)
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "scenario", "*.txtar"))
	if err != nil || len(files) != 19 {
		t.Errorf("%d scenarios under testdata, %v", len(files), err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "scenario", name+".md")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the report is not that of %s (go test -update rewrites it):\n%s", file, got)
	}
}

func TestThePresentSpecChangesNothing(t *testing.T) {
	root := sharedTree(t)
	before := fingerprint(t, root)
	spec, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(specFile)))
	if err != nil {
		t.Fatal(err)
	}
	code, report, complaints := run(t, root, spec, "-check")
	if code != 0 || !strings.Contains(report, "Nothing to change") {
		t.Errorf("exit %d:\n%s%s", code, report, complaints)
	}
	if fingerprint(t, root) != before {
		t.Error("the tree changed")
	}
}

// The update takes in the vendor's file byte for byte and the files that depend on it. The next run
// changes nothing.
func TestTakesIn(t *testing.T) {
	root := ownTree(t)
	spec := scenario(t, root, "field-added")
	target := filepath.Join(root, filepath.FromSlash(specFile))
	if err := os.Chmod(target, 0o600); err != nil {
		t.Fatal(err)
	}
	code, report, complaints := run(t, root, spec)
	if code != 0 || !strings.Contains(report, "**Taken in.**") {
		t.Fatalf("exit %d:\n%s%s", code, report, complaints)
	}
	for path, want := range map[string]string{specFile: string(spec), reportFile: report} {
		if got, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path))); err != nil || string(got) != want {
			t.Errorf("%s is not what was taken in: %v", path, err)
		}
	}
	if client, err := os.ReadFile(filepath.Join(root, "gen", "biometricapi", "client.gen.go")); err != nil ||
		!bytes.Contains(client, []byte("ExpiresAt")) {
		t.Errorf("the client does not have the new field: %v", err)
	}
	if parts, err := filepath.Glob(filepath.Join(root, "*", ".*.part")); err != nil || len(parts) > 0 {
		t.Errorf("left behind: %v %v", parts, err)
	}
	before := fingerprint(t, root)
	if code, report, complaints = run(t, root, spec); code != 0 || !strings.Contains(report, "Nothing to change") ||
		fingerprint(t, root) != before {
		t.Errorf("again, exit %d:\n%s%s", code, report, complaints)
	}
}

// interrupter cancels the context when a step begins.
type interrupter struct {
	at     string
	cancel context.CancelFunc
	seen   bool
}

func (i *interrupter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte(i.at)) {
		i.seen = true
		i.cancel()
	}
	return len(line), nil
}

func TestInterruptLeavesNothingHalfDone(t *testing.T) {
	root := ownTree(t)
	file := filepath.Join(t.TempDir(), "vendor.yaml")
	if err := os.WriteFile(file, scenario(t, root, "field-added"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []string{"compare with", "generate", "compile", "run the tests", "in place"} {
		before := fingerprint(t, root)
		ctx, cancel := context.WithCancel(t.Context())
		progress := &interrupter{at: step, cancel: cancel}
		code := Run(ctx, []string{"-tree", root, "-file", file, "-tests", "./pkg/..."}, io.Discard,
			progress)
		cancel()
		if !progress.seen {
			t.Fatalf("the step %q did not come", step)
		}
		want, changes := 130, false
		if step == "in place" { // too late: the files are put in place anyway
			want, changes = 0, true
		}
		if code != want || (fingerprint(t, root) != before) != changes {
			t.Errorf("interrupted at %q: exit %d, tree changed: %v", step, code, fingerprint(t, root) != before)
		}
	}
}
