// Package evidence reads the evidence ZIP of a circuit, and accepts it only if all programs read it
// in the same way.
//
// Call [Open] first, then [Archive.Verify] or [Archive.Extract]:
//
//	archive, err := evidence.Open("evidence.zip", evidence.Limits{})
//	if err != nil { ... }            // the system could not read the file
//	defer archive.Close()
//	report, err := archive.Verify(ctx) // evidence.ErrRefused: the report says why
//
// A ZIP says most things twice, in its central directory and before each entry, and programs differ
// in which of the two they believe. Verify reads every byte and accepts a file only if every ZIP
// reader reads the same content from it: both accounts agree, the entries follow one another
// without gap or overlap from the first byte to the directory, names are safe on every system, and
// every size and CRC is right. An oddity that all readers read in the same way is a notice in the
// report, not a failure. Nothing is repaired.
//
// A caller can change the defaults of [Limits]: 2 GiB for the file, 1 GiB for an entry, 4 GiB for
// all entries together, 10,000 entries, a compression ratio of 200 for entries above 1 MiB, names
// of 240 bytes and 32 levels. Memory use does not depend on the size of the file, only on the
// number of entries.
//
// The package knows ZIP but no format inside it: an [Inspector] passed to Verify judges the content
// of an entry. This package reads, checks, classifies and extracts evidence, and uses no network.
//
// The vendor publishes no layout for its evidence, so the [Kind] of an entry is based on assumed
// rules (assumed). Limits.Rules can replace them.
//
// Codes, the JSON form of [Report] and the exported names stay compatible; new codes may be added.
package evidence

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Archive is an open evidence ZIP. It is safe for concurrent use.
type Archive struct {
	path          string
	source        io.ReaderAt
	size          int64
	limits        Limits
	file          *os.File // nil if the caller passed a reader
	openedModTime time.Time

	runMutex sync.Mutex // held by a verification or an extraction
	policy   Policy     // that the layout was read by; guarded by runMutex
	mu       sync.Mutex // guards the next three; whoever changes layout holds runMutex, too
	layout   *layout
	report   *Report
	tree     *tree
}

// Open opens the ZIP at path and reads its directory. It fails only if the system cannot open or
// read the file, if path is not a regular file, or if limits contradict themselves. Whether the ZIP
// is acceptable is for [Archive.Verify] to decide.
func Open(path string, limits Limits) (*Archive, error) {
	limits, err := limits.withDefaults()
	if err != nil {
		return nil, err
	}
	// Check before opening: opening a named pipe would wait for a writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open evidence: %s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	info, err = file.Stat()
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	archive := &Archive{path: path, source: file, size: info.Size(), limits: limits, file: file,
		openedModTime: info.ModTime()}
	if err := archive.load(Policy{}.withDefaults()); err != nil {
		file.Close()
		return nil, archive.readError(err)
	}
	return archive, nil
}

// OpenReader is like [Open] for a ZIP of size bytes in r. Closing the archive does not close r. r
// must allow concurrent calls of ReadAt, as [io.ReaderAt] requires.
func OpenReader(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	limits, err := limits.withDefaults()
	if err != nil {
		return nil, err
	}
	if size < 0 {
		return nil, fmt.Errorf("open evidence: size %d is negative", size)
	}
	archive := &Archive{source: r, size: size, limits: limits}
	if err := archive.load(Policy{}.withDefaults()); err != nil {
		return nil, archive.readError(err)
	}
	return archive, nil
}

// Close closes the file that [Open] opened. Files opened from the archive cannot be read
// afterwards.
func (a *Archive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// Entry is one entry as the central directory describes it. Do not trust it before [Archive.Verify]
// has accepted the archive.
type Entry struct {
	Name           string // decoded, with slashes; a folder's name ends in one
	Size           int64  // of the content, in bytes
	CompressedSize int64  // in the ZIP, in bytes
	CRC32          uint32
	Folder         bool
}

// Entries returns the entries in the order of the central directory, as far as it could be read.
func (a *Archive) Entries() []Entry {
	a.mu.Lock()
	records := a.layout.records
	a.mu.Unlock()
	entries := make([]Entry, len(records))
	for i := range records {
		record := &records[i]
		entries[i] = Entry{
			Name: record.name, Size: int64(record.size), CompressedSize: int64(record.compressed),
			CRC32: record.crc, Folder: record.isFolder(),
		}
	}
	return entries
}

// Report returns the report of the last verification or extraction, or nil if there was none. It is
// shared: do not modify it.
func (a *Archive) Report() *Report {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.report
}

// load reads the directory of the archive by a policy. Its error is the source's.
func (a *Archive) load(policy Policy) error {
	found, err := readLayout(a.source, a.size, a.limits, &policy)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.policy, a.layout, a.tree = policy, found, nil
	return nil
}

// usePolicy reads the directory again if the policy is another than that of the call before, whose
// report then says nothing any more.
func (a *Archive) usePolicy(policy Policy) error {
	if err := policy.Validate(); err != nil {
		return err
	}
	policy = policy.withDefaults()
	if a.policy.equal(policy) {
		return nil
	}
	a.setReport(nil)
	if err := a.load(policy); err != nil {
		return a.readError(err)
	}
	return nil
}

// checkLayout checks the structure unless that is done. If the source failed last time, it reads
// everything again. The error is the source's.
func (a *Archive) checkLayout() error {
	if a.layout.checkStarted && !a.layout.checkComplete {
		if err := a.load(a.policy); err != nil {
			return err
		}
	}
	return a.layout.check()
}

// checkUnchanged fails if the file was modified since it was opened: what was hashed and what was
// checked might then differ.
func (a *Archive) checkUnchanged() error {
	if a.file == nil {
		return nil
	}
	info, err := a.file.Stat()
	if err != nil {
		return a.readError(err)
	}
	if info.Size() != a.size || !info.ModTime().Equal(a.openedModTime) {
		return fmt.Errorf("read evidence: %s was changed while it was read", a.path)
	}
	return nil
}

// readError returns the error for a source that could not be read, which says nothing about the
// ZIP.
func (a *Archive) readError(err error) error {
	var pathError *fs.PathError
	if a.path == "" || errors.As(err, &pathError) {
		return fmt.Errorf("read evidence: %w", err)
	}
	return fmt.Errorf("read evidence: %s: %w", a.path, err)
}
