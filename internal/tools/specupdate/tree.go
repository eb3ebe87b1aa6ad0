package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/danabio/danabio-go/internal/atomicfile"
)

// tree is a snapshot of a checkout or of a source archive, in a temporary git repository. It
// includes uncommitted edits and untracked files, and git tells what has changed since.
type tree struct {
	root       string
	repository string
	id         string            // of git's tree object
	files      map[string][]byte // the files that the update itself reads, by path
}

const (
	specFile    = "api/openapi.yaml"
	sumFile     = "api/openapi.yaml.sha256"
	overlayFile = "api/overlay.yaml"
	reportFile  = "api/spec-update.md"
)

// snapshot creates the repository and stores every file below the root that no .gitignore excludes.
func snapshot(ctx context.Context, root, repository string) (*tree, error) {
	root, err := filepath.Abs(root) // child processes run in other folders
	if err != nil {
		return nil, fmt.Errorf("read the work tree: %w", err)
	}
	t := &tree{root: root, repository: repository, files: make(map[string][]byte)}
	for _, name := range []string{"go.mod", specFile, overlayFile, "CHANGELOG.md"} {
		if t.files[name], err = os.ReadFile(filepath.Join(root, filepath.FromSlash(name))); err != nil {
			return nil, fmt.Errorf("read the work tree: %w; run it from the repository's root, or give -tree", err)
		}
	}
	if _, err = start(ctx, root, "git", nil, "init", "-q", "--bare", repository); err == nil {
		_, err = t.git(ctx, root, "add", "--all")
	}
	if err == nil {
		t.id, err = t.git(ctx, root, "write-tree")
	}
	if err != nil {
		return nil, fmt.Errorf("read the work tree: %w", err)
	}
	t.id = strings.TrimSpace(t.id)
	return t, nil
}

// git runs a git command on a folder, which is the snapshot's own or a copy of it. It ignores the
// developer's settings.
func (t *tree) git(ctx context.Context, folder string, args ...string) (string, error) {
	env := []string{"GIT_DIR=" + t.repository, "GIT_WORK_TREE=.", "GIT_INDEX_FILE=" + t.repository + "/index",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1"}
	out, err := start(ctx, folder, "git", env, args...)
	return string(out), err
}

// write writes the files to a new folder.
func (t *tree) write(ctx context.Context, folder string) error {
	_, err := t.git(ctx, t.root, "read-tree", t.id)
	if err == nil {
		_, err = t.git(ctx, t.root, "checkout-index", "--all", "--prefix="+folder+"/")
	}
	if err != nil {
		return fmt.Errorf("copy the work tree: %w", err)
	}
	return nil
}

// changed lists the files that differ between a folder and the snapshot, or are in only one of
// them.
func (t *tree) changed(ctx context.Context, folder string) ([]string, error) {
	_, err := t.git(ctx, folder, "add", "--all")
	if err != nil {
		return nil, fmt.Errorf("compare with the work tree: %w", err)
	}
	out, err := t.git(ctx, folder, "diff-index", "--cached", "--name-only", "-z", t.id)
	if err != nil {
		return nil, fmt.Errorf("compare with the work tree: %w", err)
	}
	return strings.FieldsFunc(out, func(r rune) bool { return r == 0 }), nil
}

// install puts files into the work tree: all of them, or none if one cannot be written. The spec
// comes last, so that after a crash the spec is still to be taken in.
func (t *tree) install(ctx context.Context, files map[string][]byte) error {
	ctx = context.WithoutCancel(ctx) // an interrupt comes too late now
	meanwhile, err := t.changed(ctx, t.root)
	if err != nil {
		return err
	}
	paths := slices.Sorted(maps.Keys(files))
	if i := slices.Index(paths, specFile); i >= 0 {
		paths = append(slices.Delete(paths, i, i+1), specFile)
	}
	place := func(path string) string { return filepath.Join(t.root, filepath.FromSlash(path)) }
	parts := make(map[string]*atomicfile.File)
	defer func() {
		for _, part := range parts {
			part.Discard()
		}
	}()
	for _, path := range paths { // a full disk shows here, before anything is replaced
		if slices.Contains(meanwhile, path) {
			return fmt.Errorf("put %s in place: it was changed while the update ran; run it again", path)
		}
		part, err := atomicfile.Create(place(path))
		if err == nil {
			parts[path] = part
			err = fill(part, place(path), files[path])
		}
		if err != nil {
			return fmt.Errorf("put %s in place: %w", path, err)
		}
	}
	for i, path := range paths {
		if err := parts[path].Replace(place(path)); err != nil {
			return errors.Join(fmt.Errorf("put %s in place: %w", path, err), t.restore(ctx, paths[:i]))
		}
	}
	return nil
}

// fill writes the content, with the permissions of the file that it replaces.
func fill(part *atomicfile.File, target string, content []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(target); err == nil {
		mode = info.Mode().Perm()
	}
	if _, err := part.Write(content); err != nil {
		return err
	}
	if err := part.Chmod(mode); err != nil {
		return err
	}
	return part.Seal()
}

// restore brings the files at these paths back as they were.
func (t *tree) restore(ctx context.Context, paths []string) error {
	var failed error
	for _, path := range paths {
		failed = errors.Join(failed, os.Remove(filepath.Join(t.root, filepath.FromSlash(path))))
	}
	// Without --force git writes only what is not there.
	_, err := t.git(ctx, t.root, "checkout-index", "--all", "--quiet")
	return errors.Join(failed, err)
}
