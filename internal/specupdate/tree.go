package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/atomicfile"
)

// tree is the files of a checkout, as they were when it was read.
type tree struct {
	root  string
	files map[string][]byte      // by slash path below the root
	modes map[string]fs.FileMode // permissions, by the same
}

const (
	specFile    = "api/openapi.yaml"
	sumFile     = "api/openapi.yaml.sha256"
	overlayFile = "api/overlay.yaml"
	reportFile  = "api/spec-update.md"
)

// readTree reads what git tracks or would track. Edits that are not committed count as they are.
func readTree(ctx context.Context, root string) (*tree, error) {
	root, err := filepath.Abs(root) // child processes have folders of their own
	if err != nil {
		return nil, fmt.Errorf("read the work tree: %w", err)
	}
	paths, err := tracked(ctx, root)
	if err != nil {
		return nil, fmt.Errorf("read the work tree: %w", err)
	}
	t := &tree{root: root, files: make(map[string][]byte), modes: make(map[string]fs.FileMode)}
	for _, path := range paths {
		info, err := os.Lstat(t.path(path))
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue // deleted, and that not committed yet; or a link, of which the project has none
		}
		if err == nil {
			t.modes[path] = info.Mode().Perm()
			t.files[path], err = os.ReadFile(t.path(path))
		}
		if err != nil {
			return nil, fmt.Errorf("read the work tree: %w", err)
		}
	}
	for _, name := range []string{"go.mod", specFile, overlayFile} {
		if t.files[name] == nil {
			return nil, fmt.Errorf("read the work tree: %s has no %s; run it from the repository's root, or give -tree",
				root, name)
		}
	}
	return t, nil
}

// tracked lists the files that git tracks below the root, and those that it neither tracks nor
// ignores. Where the root is no checkout's, as of a source archive, it lists all files.
func tracked(ctx context.Context, root string) ([]string, error) {
	if _, err := os.Lstat(filepath.Join(root, ".git")); err == nil {
		out, err := start(ctx, root, "git", nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
		return slices.Compact(
			slices.Sorted(slices.Values(strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })))), err
	}
	var paths []string
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			paths = append(paths, path)
		}
		return err
	})
	return paths, err
}

// write puts the files into an empty folder.
func (t *tree) write(folder string) error {
	for path, content := range t.files {
		target := filepath.Join(folder, filepath.FromSlash(path))
		err := os.MkdirAll(filepath.Dir(target), 0o755)
		if err == nil {
			err = os.WriteFile(target, content, t.modes[path]|0o600)
		}
		if err != nil {
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

// install puts files into the work tree: all of them or, when one cannot be written, none. The spec
// comes last, so that a machine that dies on the way leaves a tree whose spec is still to be taken
// in.
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
	parts := make(map[string]*atomicfile.File)
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
		if parts[path], err = atomicfile.Create(t.path(path)); err == nil {
			err = fill(parts[path], t.path(path), files[path])
		}
		if err != nil {
			return fmt.Errorf("put %s in place: %w", path, err)
		}
	}
	for i, path := range paths {
		err := os.Rename(parts[path].Name(), t.path(path))
		if err == nil {
			err = atomicfile.SyncFolder(filepath.Dir(t.path(path)))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("put %s in place: %w", path, err), t.restore(paths[:i+1]))
		}
	}
	return nil
}

// fill writes the content, with the permissions of the file that it will replace.
func fill(part *atomicfile.File, target string, content []byte) error {
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
