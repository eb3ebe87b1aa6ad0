package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// apidiff is run, not imported, like oasdiff.
const apidiff = "golang.org/x/exp/cmd/apidiff@v0.0.0-20261014143641-f0251eb4aa3e"

// apiChange is a change of what a package exports.
type apiChange struct {
	name       string // for example gen/biometricapi.Doc.Size
	text       string // what changed
	compatible bool
}

// promised reports whether the change is in a package with a compatibility promise. gen has none.
func (c apiChange) promised() bool { return strings.HasPrefix(c.name, "pkg/") }

func (c apiChange) String() string { return code(c.name) + ": " + shown(c.text) + "." }

// goAPI compares what gen and pkg export in two checkouts, both of which must compile.
func goAPI(ctx context.Context, module, base, work, scratch string) ([]apiChange, error) {
	old, new := filepath.Join(scratch, "old.api"), filepath.Join(scratch, "new.api")
	if _, err := tool(ctx, base, apidiff, "-m", "-w", old, module); err != nil {
		return nil, &baseError{err}
	}
	if _, err := tool(ctx, work, apidiff, "-m", "-w", new, module); err != nil {
		return nil, fmt.Errorf("list the exported Go API with apidiff: %w", err)
	}
	out, err := tool(ctx, scratch, apidiff, "-m", old, new)
	if err != nil {
		return nil, fmt.Errorf("compare the exported Go API with apidiff: %w", err)
	}
	return readAPIChanges(out, module, "")
}

// genAPI compares only the packages of gen, which compile even if the packages that use them do
// not.
func genAPI(ctx context.Context, module, base, work, scratch string) ([]apiChange, error) {
	out, err := goCommand(ctx, work, "list", "./gen/...")
	if err != nil {
		return nil, fmt.Errorf("list the packages of gen: %w", err)
	}
	var found []apiChange
	for i, pkg := range strings.Fields(string(out)) {
		old, new := filepath.Join(scratch, fmt.Sprintf("old%d.api", i)),
			filepath.Join(scratch, fmt.Sprintf("new%d.api", i))
		if _, err := tool(ctx, base, apidiff, "-w", old, pkg); err != nil {
			return nil, &baseError{err}
		}
		if _, err := tool(ctx, work, apidiff, "-w", new, pkg); err != nil {
			return nil, fmt.Errorf("list what %s exports with apidiff: %w", pkg, err)
		}
		out, err := tool(ctx, scratch, apidiff, old, new)
		if err != nil {
			return nil, fmt.Errorf("compare what %s exports with apidiff: %w", pkg, err)
		}
		changes, err := readAPIChanges(out, module, strings.TrimPrefix(pkg, module+"/")+".")
		if err != nil {
			return nil, err
		}
		found = append(found, changes...)
	}
	return found, nil
}

// baseError means that the tree to compare the Go API with does not compile.
type baseError struct{ err error }

func (e *baseError) Error() string {
	return fmt.Sprintf("the tree to compare the Go API with does not compile; if it contains edits that need the new "+
		"spec, give an unchanged checkout with -base (make spec-update BASE=…), which git worktree add creates: %v",
		e.err)
}

func (e *baseError) Unwrap() error { return e.err }

// readAPIChanges parses apidiff's output: two headings, and one line per change.
func readAPIChanges(out []byte, module, prefix string) ([]apiChange, error) {
	var found []apiChange
	compatible := false
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		line := lines.Text()
		switch {
		case line == "Incompatible changes:":
			compatible = false
		case line == "Compatible changes:":
			compatible = true
		case strings.HasPrefix(line, "- "):
			name, text, ok := strings.Cut(strings.TrimPrefix(line, "- "), ": ")
			if !ok {
				return nil, fmt.Errorf("apidiff's line %q cannot be read", line)
			}
			name = prefix + strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(name, "package "), module+"/"),
				"./")
			if strings.HasPrefix(name, "gen/") || strings.HasPrefix(name, "pkg/") {
				found = append(found, apiChange{name, text, compatible})
			}
		case strings.TrimSpace(line) != "":
			return nil, fmt.Errorf("apidiff's line %q cannot be read", line)
		}
	}
	return found, lines.Err()
}

// compile compiles all packages and returns the compiler's errors.
func compile(ctx context.Context, work string) ([]string, error) {
	_, err := goCommand(ctx, work, "build", "./...")
	var failed *toolError
	if errors.As(err, &failed) {
		return failed.lines(), nil
	}
	return nil, err
}
