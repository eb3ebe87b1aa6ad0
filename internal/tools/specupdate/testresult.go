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

// tested is the test result of one package.
type tested struct {
	name   string // relative to the module's path
	failed []failure
}

// failure is a failed test, or a package that did not build or ended early, with its output.
type failure struct {
	test  string // "" for the package itself
	lines []string
}

// The end of a test's output is shown, because the reason is there: a script prints its environment
// first.
const (
	maxLines    = 12 // per test
	maxFailures = 5  // per package
)

type testEvent struct{ Action, Package, ImportPath, Test, Output string }

// dependents returns the packages that depend on gen/ or api/, directly or through their tests.
func dependents(ctx context.Context, module, work string) ([]string, error) {
	out, err := goCommand(ctx, work, "list", "-test", "-f", `{{.ImportPath}}{{range .Deps}} {{.}}{{end}}`, "./...")
	if err != nil {
		return nil, fmt.Errorf("list the packages that depend on the spec: %w", err)
	}
	found := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		tests, ok := strings.CutSuffix(names[0], ".test") // the test binary of a package
		if ok && slices.ContainsFunc(names[1:], func(name string) bool {
			return strings.HasPrefix(name, module+"/gen/") || name == module+"/api"
		}) {
			found[tests] = true
		}
	}
	if len(found) == 0 {
		return nil, errors.New("no package with tests depends on gen/ or api/; the tests would check nothing")
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// runTests runs the tests of packages in short mode. It skips those that take long and do not
// depend on the spec: kills, memory, releases. make test runs them too.
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

// readTests parses the output of go test -json. It also reports whether anything failed.
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
			e.Package, _, _ = strings.Cut(e.ImportPath, " ") // for a build, "path [path.test]"
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
			if e.Action != "fail" || e.Test != "" && len(lines) == 0 { // its subtests failed
				continue
			}
			if e.Test == "" && len(result.failed) > 0 {
				continue // its tests have reported it
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

// messages returns the last lines of a test's own output.
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

// failedTests returns the names of the packages in which something failed.
func failedTests(results []tested) []string {
	var names []string
	for _, result := range results {
		if len(result.failed) > 0 {
			names = append(names, result.name)
		}
	}
	return names
}
