package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tested is what the tests of one package came to.
type tested struct {
	name   string // below the module's path
	failed []failure
}

// failure is a test that failed, or a package that did not build or ended early, with what it said.
type failure struct {
	test  string // "" for the package
	lines []string
}

// What one test says is shown from its end, where the reason stands: a script prints its
// environment first.
const (
	maxLines    = 12 // of one test
	maxFailures = 5  // of one package
)

type testEvent struct{ Action, Package, ImportPath, Test, Output string }

// dependents lists the packages that depend on gen/ or api/, or whose tests do.
func dependents(ctx context.Context, module, work string) ([]string, error) {
	out, err := goCommand(ctx, work, "list", "-test", "-f", `{{.ImportPath}}{{range .Deps}} {{.}}{{end}}`, "./...")
	if err != nil {
		return nil, fmt.Errorf("list the packages that depend on the spec: %w", err)
	}
	found := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		tests, ok := strings.CutSuffix(names[0], ".test") // the program of a package's tests
		if ok && slices.ContainsFunc(names[1:], func(name string) bool {
			return strings.HasPrefix(name, module+"/gen/") || name == module+"/api"
		}) {
			found[tests] = true
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no package with tests depends on gen/ or api/; the tests would hold nothing")
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// runTests runs the tests of packages, but for those that take long and hold nothing of the spec:
// kills, memory, releases. make test runs these too.
func runTests(ctx context.Context, module, work string, packages []string) ([]tested, error) {
	out, err := goCommand(ctx, work, append([]string{"test", "-json", "-short", "-vet=off"}, packages...)...)
	var failed *toolError
	if err != nil && !errors.As(err, &failed) {
		return nil, fmt.Errorf("run the tests: %w", err)
	}
	results, badly, readErr := readTests(out, module)
	if readErr != nil {
		return nil, fmt.Errorf("run the tests: %w", readErr)
	}
	if err != nil && !badly {
		return nil, fmt.Errorf("run the tests: %w", err)
	}
	return results, nil
}

// readTests reads what go test -json prints. It says too whether anything failed.
func readTests(out []byte, module string) (results []tested, badly bool, err error) {
	type key struct{ pkg, test string }
	said := make(map[key][]string)
	ended := make(map[string]*tested)
	decoder := json.NewDecoder(bytes.NewReader(out))
	for decoder.More() {
		var e testEvent
		if err := decoder.Decode(&e); err != nil {
			return nil, false, fmt.Errorf("read what go test says: %w", err)
		}
		if e.Package == "" {
			e.Package, _, _ = strings.Cut(e.ImportPath, " ") // of a build, "path [path.test]"
		}
		k := key{e.Package, e.Test}
		switch e.Action {
		case "output", "build-output":
			said[k] = append(said[k], e.Output)
		case "pass", "skip", "fail":
			result := ended[e.Package]
			if result == nil {
				result = &tested{name: strings.TrimPrefix(e.Package, module+"/")}
				ended[e.Package] = result
			}
			lines := messages(said[k])
			if e.Action != "fail" || e.Test != "" && len(lines) == 0 { // a test without words failed by its subtests
				continue
			}
			if e.Test == "" && len(result.failed) > 0 {
				continue // its tests have said it
			}
			result.failed = append(result.failed, failure{e.Test, lines})
			badly = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ended)) {
		result := ended[name]
		slices.SortFunc(result.failed, func(a, b failure) int { return strings.Compare(a.test, b.test) })
		results = append(results, *result)
	}
	return results, badly, nil
}

// messages are the lines of a test's output that are its own, the last of them.
func messages(output []string) []string {
	var found []string
	for line := range strings.Lines(strings.Join(output, "")) {
		line = strings.TrimRight(line, "\r\n")
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed == "FAIL" || trimmed == "PASS" || strings.HasPrefix(trimmed, "=== ") ||
			strings.HasPrefix(trimmed, "--- ") ||
			strings.HasPrefix(line, "FAIL\t") || strings.HasPrefix(line, "ok  \t") ||
			strings.HasPrefix(line, "exit status ") {
			continue
		}
		found = append(found, line)
	}
	if len(found) > maxLines {
		found = append([]string{"…"}, found[len(found)-maxLines:]...)
	}
	return found
}

// failedTests are the packages in which something failed.
func failedTests(results []tested) []string {
	var names []string
	for _, result := range results {
		if len(result.failed) > 0 {
			names = append(names, result.name)
		}
	}
	return names
}
