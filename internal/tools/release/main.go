// Command release builds the files that are published for a version: an archive with the program
// and a software bill of materials for each system, and one file with the SHA-256 of all of them.
// The same commit and the same Go version yield the same bytes on any machine at any time.
//
//	go run ./internal/tools/release -o dist
//
// Times in the archives are the time of the commit, or SOURCE_DATE_EPOCH (seconds since 1970)
// without a repository. The program knows the commit, which is SOURCE_COMMIT there. This package
// contains only the build of releases, and nothing that the program itself needs.
package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	out := flag.String("o", "dist", "`DIR` to put the release into; an earlier release there is replaced")
	flag.Parse()
	r := release{
		source: ".", program: "danabio", main: "./cmd/danabio",
		commitVariable: "github.com/danabio/danabio-go/pkg/danabio.linkedCommit", version: danabio.Version, out: *out,
		log: os.Stdout,
		systems: []system{
			{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"},
			{"windows", "arm64"},
		},
	}
	if err := r.make(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		os.Exit(1)
	}
}

// release is one release of a program.
type release struct {
	source  string // folder of the module
	program string
	main    string // path of the package relative to the module's folder
	// commitVariable is the variable of the program that the linker sets to the commit
	commitVariable string
	commit         string
	version        string
	systems        []system
	out            string
	log            io.Writer
}

// system is a target of the build.
type system struct{ os, arch string }

func (s system) String() string { return s.os + "_" + s.arch }

// sums is the name of a file that every release folder contains.
const sums = "SHA256SUMS"

// make builds everything in a temporary folder beside the target, and renames it when it is
// complete.
func (r *release) make(ctx context.Context) error {
	if entries, err := os.ReadDir(r.out); err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(r.out, sums)); err != nil {
			return fmt.Errorf("%s contains something other than a release; give another folder with -o", r.out)
		}
	}
	when, err := r.date(ctx)
	if err != nil {
		return err
	}
	if r.commit, err = r.findCommit(ctx); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(r.out), ".release-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	built, published := filepath.Join(temporary, "built"), filepath.Join(temporary, "published")
	if err := os.Mkdir(published, 0o755); err != nil {
		return err
	}
	texts, err := r.texts(ctx, built)
	if err != nil {
		return err
	}
	for _, system := range r.systems {
		if err := r.publish(ctx, system, built, published, texts, when); err != nil {
			return fmt.Errorf("%s: %w", system, err)
		}
	}
	list, err := sumsOf(published)
	if err == nil {
		err = os.WriteFile(filepath.Join(published, sums), []byte(list), 0o644)
	}
	if err != nil {
		return err
	}
	if err := os.RemoveAll(r.out); err != nil {
		return err
	}
	if err := os.Rename(published, r.out); err != nil {
		return err
	}
	_, err = io.WriteString(r.log, list)
	return err
}

// publish writes the archive and the bill of materials for one system.
func (r *release) publish(ctx context.Context, system system, built, published string, texts []entry,
	when time.Time) error {
	began := time.Now()
	program, err := r.build(ctx, system, filepath.Join(built, system.String()))
	if err != nil {
		return err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return err
	}
	parts, err := r.parts(ctx, info)
	if err != nil {
		return err
	}
	bill, err := r.bill(system, info, content, parts, when)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s_%s_%s", r.program, r.version, system)
	entries := slices.Concat([]entry{{filepath.Base(program), 0o755, content}}, texts, []entry{thirdParties(parts)})
	if err := writeArchive(filepath.Join(published, name), system, entries, when); err != nil {
		return err
	}
	fmt.Fprintf(r.log, "%s  %s\n", name, time.Since(began).Round(time.Second/10))
	return os.WriteFile(filepath.Join(published, name+".cdx.json"), bill, 0o644)
}

// texts returns the files that every archive contains beside the program.
func (r *release) texts(ctx context.Context, built string) ([]entry, error) {
	var texts []entry
	for _, pattern := range []string{"LICENSE", "README*.md", "CHANGELOG.md"} {
		paths, err := filepath.Glob(filepath.Join(r.source, pattern)) // sorted
		if err != nil {
			return nil, err
		}
		if len(paths) == 0 {
			return nil, fmt.Errorf("there is no %s to put into the archives", pattern)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			texts = append(texts, entry{filepath.Base(path), 0o644, content})
		}
	}
	own, err := r.build(ctx, system{}, filepath.Join(built, "own"))
	if err != nil {
		return nil, err
	}
	for _, shell := range []struct{ name, file string }{
		{"bash", r.program + ".bash"}, {"zsh", "_" + r.program}, {"fish", r.program + ".fish"},
		{"powershell", r.program + ".ps1"},
	} {
		script, err := exec.CommandContext(ctx, own, "completion", shell.name).Output()
		if err != nil {
			return nil, fmt.Errorf("%s completion %s: %w", r.program, shell.name, err)
		}
		texts = append(texts, entry{"completions/" + shell.file, 0o644, script})
	}
	return texts, nil
}

// findCommit returns the commit, with "-dirty" behind it if the tree has changes.
func (r *release) findCommit(ctx context.Context) (string, error) {
	if text := os.Getenv("SOURCE_COMMIT"); text != "" {
		return text, nil
	}
	git := exec.CommandContext(ctx, "git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*")
	git.Dir = r.source
	out, err := git.Output()
	if err != nil {
		return "", fmt.Errorf("ask git for the commit: %w; without a repository set SOURCE_COMMIT", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// date returns the time for everything in the release.
func (r *release) date(ctx context.Context) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		git := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct")
		git.Dir = r.source
		out, err := git.Output()
		if err != nil {
			return time.Time{},
				fmt.Errorf("ask git for the time of the commit: %w; without a repository set SOURCE_DATE_EPOCH", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < zipEpoch {
		return time.Time{},
			fmt.Errorf("SOURCE_DATE_EPOCH %q is not a number of seconds since 1970 that lies in 1980 or later", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
