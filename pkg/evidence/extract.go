package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rogpeppe/go-internal/robustio"
)

// Extract writes all entries into the new folder dir, whose parent must exist. It checks while it
// writes, so that no verification is needed before; [Archive.Report] then has the report. If there
// was one by the same policy, the content must still be what was verified. A dir that exists is an
// error that matches [fs.ErrExist], and nothing is touched.
//
// The entries are written into a folder beside dir. If everything is right that folder is renamed
// to dir, and otherwise removed, so dir is complete or does not exist. Files get mode 0600 and
// folders 0700, whatever the ZIP says. Owners, times, links and devices are never taken from the
// ZIP. Nothing is synced to the disk, since the content can be extracted again: after a power
// failure, files in the folder may be empty on some file systems.
//
// Errors are those of [Archive.Verify], of what [WithApproval] sets, a [SystemNameError] on
// Windows, and the system's when something cannot be written.
func (a *Archive) Extract(ctx context.Context, dir string, options ...ExtractOption) error {
	return a.extractTo(ctx, dir, func(root *os.Root) target { return &folderTarget{root} }, options...)
}

// extractTo does the work of Extract; tests give it a target that fails.
func (a *Archive) extractTo(ctx context.Context, dir string, newTarget func(*os.Root) target,
	options ...ExtractOption) error {
	var check checkOptions
	for _, option := range options {
		option.applyToExtract(&check)
	}
	a.runMutex.Lock()
	defer a.runMutex.Unlock()
	if dir == "" {
		return errors.New("extract evidence: the folder has no name")
	}
	dir = filepath.Clean(dir)
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("extract evidence: %w", &fs.PathError{Op: "create", Path: dir, Err: fs.ErrExist})
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("extract evidence: %w", err)
	}
	if err := a.usePolicy(check.policy); err != nil {
		return err
	}
	before := a.Report()
	if before != nil && before.Verdict == VerdictRefused {
		return a.refusal(before)
	}
	if err := a.checkLayout(); err != nil {
		return a.readError(err)
	}
	if a.layout.findings.refused {
		// Nothing would remain on disk, so write nothing.
		check.hashFile = true
		report, err := a.check(ctx, check)
		a.setReport(report)
		return err
	}
	if err := a.checkSystemNames(runtime.GOOS); err != nil {
		return err
	}
	staging, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+".*.part") // mode 0700
	if err != nil {
		return fmt.Errorf("extract evidence: %w", err)
	}
	defer robustio.RemoveAll(staging) // does nothing once it is renamed
	report, err := a.extractInto(ctx, staging, newTarget, check, before)
	if err == nil && check.approve != nil {
		err = check.approve(report)
	}
	if err != nil {
		return err
	}
	if err := robustio.Rename(staging, dir); err != nil {
		return fmt.Errorf("extract evidence: %w", err)
	}
	return nil
}

// extractInto checks the entries and writes them into staging. The report is that of the
// verification, if there was one.
func (a *Archive) extractInto(ctx context.Context, staging string, newTarget func(*os.Root) target,
	check checkOptions, before *Report) (*Report, error) {
	root, err := os.OpenRoot(staging)
	if err != nil {
		return nil, fmt.Errorf("extract evidence: %w", err)
	}
	// Close before the rename, since Windows cannot rename open folders.
	defer root.Close()
	if err := a.makeFolders(root); err != nil {
		return nil, fmt.Errorf("extract evidence: %w", err)
	}
	verified := before != nil && before.Verdict == VerdictAccepted
	check.into, check.hashFile = newTarget(root), !verified
	report, err := a.check(ctx, check)
	if !verified {
		a.setReport(report)
		return report, err
	}
	if err != nil && !errors.Is(err, ErrRefused) {
		return nil, err
	}
	if err != nil || !sameContent(before, report) {
		return nil, a.withChangeCause("extract", errors.New("the content is no longer the one that was verified"))
	}
	return before, nil
}

// sameContent reports whether two reports found the same content.
func sameContent(one, other *Report) bool {
	if len(one.Entries) != len(other.Entries) {
		return false
	}
	for i := range one.Entries {
		if one.Entries[i].SHA256 != other.Entries[i].SHA256 {
			return false
		}
	}
	return true
}

// makeFolders creates all folders in the ZIP, including those that occur only in names.
func (a *Archive) makeFolders(root *os.Root) error {
	made := make(map[string]struct{})
	for i := range a.layout.records {
		r := &a.layout.records[i]
		folder := strings.TrimSuffix(r.name, "/")
		if !r.isFolder() {
			folder = path.Dir(r.name)
		}
		if _, done := made[folder]; done || folder == "." {
			continue
		}
		if err := root.MkdirAll(filepath.FromSlash(folder), 0o700); err != nil {
			return err
		}
		made[folder] = struct{}{}
	}
	return nil
}

// folderTarget creates the files of an extraction.
type folderTarget struct{ root *os.Root }

func (t *folderTarget) create(name string) (io.WriteCloser, error) {
	return t.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}
