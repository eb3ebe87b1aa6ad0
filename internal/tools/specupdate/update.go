package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// update runs all steps. It returns an error if there is nothing to report on; a failed step is in
// the report.
func (s *settings) update(ctx context.Context, progress io.Writer) (*report, error) {
	say := func(format string, args ...any) { fmt.Fprintf(progress, "specupdate: "+format+"\n", args...) }
	raw, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	fresh, err := readDocument(raw)
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "specupdate-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(scratch)
	work, err := snapshot(ctx, s.tree, filepath.Join(scratch, "work.git"))
	if err != nil {
		return nil, err
	}
	base := work
	if s.base != s.tree {
		if base, err = snapshot(ctx, s.base, filepath.Join(scratch, "base.git")); err != nil {
			return nil, err
		}
	}
	present, err := readDocument(base.files[specFile])
	if err != nil {
		// not wrapped, because it is not the new file that is refused
		return nil, fmt.Errorf("read the present %s: %v", specFile, err)
	}
	presentApplied, err := apply(base.files[overlayFile], present)
	if err != nil {
		return nil, err
	}
	freshApplied, err := apply(work.files[overlayFile], fresh)
	if err != nil {
		return nil, err
	}
	r := &report{present: present, fresh: fresh, check: s.check, presentApplied: presentApplied, overlay: freshApplied}
	if r.lacking = freshApplied.lacking(presentApplied); len(r.lacking) == len(needed) {
		return nil,
			refuse("it is not a spec of this API: with api/overlay.yaml applied it has none of the operations %s, "+
				"which are %s",
				strings.Join(needed, ", "), join(r.lacking))
	}
	r.places = compare(present.root, fresh.root, "")
	r.settled, r.stillAssumed = assumptions(present, fresh)
	if !bytes.Equal(present.raw, fresh.raw) {
		say("compare with %s", oasdiff)
		if r.changes, err = changes(ctx, present, fresh, presentApplied, freshApplied); err != nil {
			return nil, err
		}
	}
	r.invalid = freshApplied.validate(ctx)
	if r.find(); len(r.problems) > 0 {
		return r, nil
	}

	files, err := s.make(ctx, r, base, work, scratch, say)
	if err != nil {
		return nil, err
	}
	if r.find(); len(r.problems) > 0 {
		return r, nil
	}
	r.version = demanded(r.changes, r.servers(), r.api, base.files["CHANGELOG.md"])
	r.files = slices.Sorted(maps.Keys(files))
	switch {
	case len(files) == 0:
		r.outcome = unchanged
	case s.check:
		r.outcome = would
	default:
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.outcome = done
		files[reportFile] = []byte(r.markdown())
		say("put %d files in place", len(files))
		if err := work.install(ctx, files); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// make generates, compiles, compares and tests in a copy, and returns the files that have to
// change.
func (s *settings) make(ctx context.Context, r *report, base, work *tree, scratch string,
	say func(string, ...any)) (map[string][]byte, error) {
	module := moduleOf(work.files["go.mod"])
	folder := filepath.Join(scratch, "tree")
	if err := work.write(ctx, folder); err != nil {
		return nil, err
	}
	for path, content := range map[string][]byte{specFile: r.fresh.raw, sumFile: r.fresh.sumLine()} {
		if err := os.WriteFile(filepath.Join(folder, filepath.FromSlash(path)), content, 0o644); err != nil {
			return nil, fmt.Errorf("copy the work tree: %w", err)
		}
	}
	say("generate")
	if _, err := goCommand(ctx, folder, "generate", "./..."); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		r.generation = err
		return nil, nil
	}
	r.generated = true
	paths, err := work.changed(ctx, folder)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, path := range paths {
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the developer removes files that are no longer generated
		}
		if err != nil {
			return nil, fmt.Errorf("read what was generated: %w", err)
		}
		files[path] = content
	}
	if len(files) == 0 {
		return files, nil
	}
	say("compile")
	if r.compiler, err = compile(ctx, folder); err != nil {
		return nil, err
	}
	r.compiled = true
	say("compare the Go API with %s", apidiff)
	compareAPI := goAPI
	if len(r.compiler) > 0 {
		compareAPI = genAPI
	}
	if r.api, err = compareAPI(ctx, module, base.root, folder, scratch); err != nil || len(r.compiler) > 0 {
		return files, err
	}
	packages := s.tests
	if len(packages) == 0 {
		if packages, err = dependents(ctx, module, folder); err != nil {
			return nil, err
		}
	}
	say("run the tests of %s that depend on gen/ or api/", number(len(packages), "package"))
	if r.tests, err = runTests(ctx, module, folder, packages); err != nil {
		return nil, err
	}
	if names := failedTests(r.tests); len(names) > 0 {
		say("run those that failed with the present spec: %s", strings.Join(names, " "))
		if err := s.runBefore(ctx, r, module, base, scratch, names); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// runBefore runs the tests that fail with the new spec again with the present one, because a test
// that fails with both does not fail because of the spec.
func (s *settings) runBefore(ctx context.Context, r *report, module string, base *tree, scratch string,
	names []string) error {
	folder := filepath.Join(scratch, "before")
	if err := base.write(ctx, folder); err != nil {
		return err
	}
	var packages []string
	for _, name := range names {
		packages = append(packages, "./"+name)
	}
	before, err := runTests(ctx, module, folder, packages)
	if err != nil {
		return err
	}
	r.failedBefore = failedTests(before)
	return nil
}

// moduleOf reads the module's path from go.mod.
func moduleOf(mod []byte) string {
	for line := range strings.Lines(string(mod)) {
		if path, ok := strings.CutPrefix(line, "module "); ok {
			return strings.TrimSpace(path)
		}
	}
	return ""
}

// join lists operations in a sentence.
func join(operations []operation) string {
	var parts []string
	for _, o := range operations {
		parts = append(parts, o.String())
	}
	return strings.Join(parts, ", ")
}
