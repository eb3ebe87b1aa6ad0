package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/newfile"
)

// tree is the files of a checkout that generation, compilation and tests need, as they were when it was read.
type tree struct {
	root  string
	files map[string][]byte // by slash path below the root
}

const (
	specFile    = "api/openapi.yaml"
	overlayFile = "api/overlay.yaml"
	reportFile  = "api/spec-update.md"
)

// folders are copied whole; of the root the files only.
var folders = []string{"api", "cmd", "gen", "internal", "pkg"}

func readTree(root string) (*tree, error) {
	root, err := filepath.Abs(root) // child processes have folders of their own
	if err != nil {
		return nil, fmt.Errorf("read the work tree: %w", err)
	}
	t := &tree{root: root, files: make(map[string][]byte)}
	take := func(path string) error {
		content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
		t.files[path] = content
		return err
	}
	top, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("read the work tree: %w", err)
	}
	for _, entry := range top {
		if name := entry.Name(); entry.Type().IsRegular() && (strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".md") || name == "go.mod" || name == "go.sum") {
			if err := take(name); err != nil {
				return nil, fmt.Errorf("read the work tree: %w", err)
			}
		}
	}
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(root), folder, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && path == folder && errors.Is(err, fs.ErrNotExist):
				return fs.SkipDir
			case err != nil:
				return err
			case entry.Type().IsRegular():
				return take(path)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the work tree: %w", err)
		}
	}
	for _, name := range []string{"go.mod", specFile, overlayFile} {
		if t.files[name] == nil {
			return nil, fmt.Errorf("read the work tree: %s has no %s; run it from the repository's root, or give -tree", root, name)
		}
	}
	return t, nil
}

// write puts the files into an empty folder.
func (t *tree) write(folder string) error {
	for path, content := range t.files {
		target := filepath.Join(folder, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return fmt.Errorf("copy the work tree: %w", err)
		}
		if err := os.WriteFile(target, content, 0o644); err != nil {
			return fmt.Errorf("copy the work tree: %w", err)
		}
	}
	return nil
}

// changed lists what another reading of the tree has that this one does not have, or has otherwise.
func (t *tree) changed(now *tree) []string {
	var paths []string
	for path, content := range now.files {
		if before, has := t.files[path]; !has || !bytes.Equal(before, content) {
			paths = append(paths, path)
		}
	}
	for path := range t.files {
		if _, has := now.files[path]; !has {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// install puts files into the work tree: all of them or, when one cannot be written, none. The spec comes last, so that a machine that
// dies on the way leaves a tree whose spec is still to be taken in.
func (t *tree) install(files map[string][]byte) error {
	var paths []string
	for path := range files {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, func(a, b string) int {
		if a == specFile || b == specFile {
			return map[bool]int{true: 1, false: -1}[a == specFile]
		}
		return strings.Compare(a, b)
	})
	parts := make(map[string]*newfile.File)
	defer func() {
		for _, part := range parts {
			part.Discard()
		}
	}()
	for _, path := range paths {
		now, err := os.ReadFile(t.path(path))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put %s in place: %w", path, err)
		}
		if !bytes.Equal(now, t.files[path]) {
			return fmt.Errorf("put %s in place: it was changed while the update ran; run it again", path)
		}
		if parts[path], err = newfile.Create(t.path(path)); err == nil {
			err = fill(parts[path], t.path(path), files[path])
		}
		if err != nil {
			return fmt.Errorf("put %s in place: %w", path, err)
		}
	}
	for i, path := range paths {
		err := os.Rename(parts[path].Name(), t.path(path))
		if err == nil {
			err = newfile.SyncFolder(filepath.Dir(t.path(path)))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("put %s in place: %w", path, err), t.restore(paths[:i+1]))
		}
	}
	return nil
}

// fill writes the content, with the permissions of the file that it will replace.
func fill(part *newfile.File, target string, content []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	if err := part.Chmod(mode); err != nil {
		return err
	}
	if _, err := part.Write(content); err != nil {
		return err
	}
	return part.Seal()
}

func (t *tree) path(path string) string { return filepath.Join(t.root, filepath.FromSlash(path)) }

// restore puts back what was there before a replacement failed.
func (t *tree) restore(paths []string) error {
	var failed error
	for _, path := range paths {
		content, existed := t.files[path]
		if existed {
			failed = errors.Join(failed, os.WriteFile(t.path(path), content, 0o644))
		} else if err := os.Remove(t.path(path)); !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
