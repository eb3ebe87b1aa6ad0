package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// Verify reads every byte of the ZIP and says what it found. The report is never nil. The error is
// nil for an accepted ZIP, matches [ErrRefused] (and is a [*RefusedError]) for one that is not
// acceptable, matches ctx.Err() when ctx ended it, is that of [Policy.Validate] for a policy that
// cannot be, and is the system's own when the file could not be read; in the last three cases the
// report's verdict is [VerdictIncomplete].
func (a *Archive) Verify(ctx context.Context, options ...VerifyOption) (*Report, error) {
	check := checkOptions{hashFile: true}
	for _, option := range options {
		option.applyToVerify(&check)
	}
	a.runMutex.Lock()
	defer a.runMutex.Unlock()
	if err := a.usePolicy(check.policy); err != nil {
		report := a.newReport(make([]outcome, len(a.layout.records)))
		report.Verdict = VerdictIncomplete
		return report, err
	}
	report, err := a.check(ctx, check)
	a.setReport(report)
	return report, err
}

// setReport stores the last report.
func (a *Archive) setReport(report *Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.report = report
}

// target receives the content of entries while they are checked.
type target interface {
	// create creates the file for an entry. It is called concurrently.
	create(name string) (io.WriteCloser, error)
}

// outcome is the result of reading one entry. An entry that was not read has neither sha256 nor
// fault.
type outcome struct {
	sha256      string
	content     contentKind
	inspections []Inspection
	contentErr  error // why its content could not be kept for inspection
	fault       *contentFault
}

// writeError is an error of the destination of content.
type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// checkOptions says what happens to the content of the entries while it is checked.
type checkOptions struct {
	policy     Policy
	onProgress func(done, size int64) // nil: nobody
	approve    func(*Report) error    // nil: always

	into       target      // takes the content, unless it is nil
	inspectors []Inspector // else judge it, unless the structure is refused
	hashFile   bool        // the file is hashed, too
}

// check reads the content of all entries.
func (a *Archive) check(ctx context.Context, p checkOptions) (*Report, error) {
	digest, outcomes, err := a.read(ctx, p)
	if err == nil {
		err = a.checkUnchanged()
	}
	report := a.newReport(outcomes)
	report.SHA256 = digest
	if err != nil {
		report.Verdict = VerdictIncomplete
		operation := "verify"
		if p.into != nil {
			operation = "extract"
		}
		return report, a.withChangeCause(operation, err)
	}
	if err := a.refusal(report); err != nil {
		return report, err
	}
	for i := range report.Entries { // as many as outcomes, since nothing was refused
		if err := outcomes[i].contentErr; err != nil {
			report.Verdict = VerdictIncomplete
			return report, a.withChangeCause("verify", err)
		}
		report.Entries[i].Inspections = outcomes[i].inspections
	}
	return report, nil
}

// maxWorkers is the largest number of workers. More would only wait for the SHA-256 of the whole
// file, which runs on one thread, and would take memory.
const maxWorkers = 4

// read hashes the file, checks its structure meanwhile, and then reads several entries
// concurrently. The first error ends everything.
func (a *Archive) read(parent context.Context, p checkOptions) (digest string, outcomes []outcome, first error) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	var once sync.Once
	fail := func(err error) {
		if err != nil {
			once.Do(func() { first = err; cancel() })
		}
	}
	source := a.progressSource(p)
	var group sync.WaitGroup
	if p.hashFile {
		group.Go(func() {
			var err error
			digest, err = a.hash(ctx, source)
			fail(err)
		})
	}
	err := a.checkLayout()
	outcomes = make([]outcome, len(a.layout.records))
	switch source.expectRead(a.layout); {
	case err != nil:
		fail(&sourceError{err})
	case !a.layout.unreadable:
		a.readEntries(ctx, p, source, outcomes, &group, fail)
	}
	group.Wait()
	if first == nil || errors.Is(first, context.Canceled) {
		// The caller's context may have ended, unnoticed or as the cause of everything.
		if err := parent.Err(); err != nil {
			return digest, outcomes, err
		}
	}
	return digest, outcomes, first
}

// readEntries starts the workers that read the entries.
func (a *Archive) readEntries(ctx context.Context, p checkOptions, source io.ReaderAt, outcomes []outcome,
	group *sync.WaitGroup, fail func(error)) {
	if a.layout.findings.refused {
		p.inspectors = nil
	}
	batches := a.batches()
	var next atomic.Int64
	for range min(len(batches), max(2, min(maxWorkers, runtime.GOMAXPROCS(0)))) {
		group.Go(func() {
			d := decoders.Get().(*decoder)
			defer d.release()
			for ctx.Err() == nil {
				n := int(next.Add(1)) - 1
				if n >= len(batches) {
					return
				}
				fail(a.checkBatch(ctx, d, batches[n], p, source, outcomes))
			}
		})
	}
}

// hash returns the SHA-256 of the whole file.
func (a *Archive) hash(ctx context.Context, source io.ReaderAt) (string, error) {
	buffer := make([]byte, min(hashChunk, a.size))
	sha := sha256.New()
	for offset := int64(0); offset < a.size; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		piece := buffer[:min(int64(len(buffer)), a.size-offset)]
		if err := readFullAt(source, piece, offset); err != nil {
			return "", &sourceError{err}
		}
		sha.Write(piece)
		offset += int64(len(piece))
	}
	return hex.EncodeToString(sha.Sum(nil)), nil
}

// checkBatch reads the entries of a batch and sets their outcomes.
func (a *Archive) checkBatch(ctx context.Context, d *decoder, b batch, p checkOptions, source io.ReaderAt,
	outcomes []outcome) error {
	if len(b.entries) > 1 {
		if err := d.readChunk(source, b.offset, b.length); err != nil {
			return err
		}
	}
	for _, i := range b.entries {
		var err error
		if outcomes[i], err = a.checkEntry(ctx, d, &a.layout.records[i], p, source); err != nil {
			return err
		}
	}
	return nil
}

// checkEntry reads one entry. An error is the system's or the context's and says nothing about the
// ZIP.
func (a *Archive) checkEntry(ctx context.Context, d *decoder, r *record, p checkOptions,
	source io.ReaderAt) (outcome, error) {
	var err error
	switch {
	case p.into != nil && !r.isFolder():
		err = d.decodeInto(ctx, source, r, p.into)
	case len(p.inspectors) > 0 && !r.isFolder():
		return a.checkAndInspect(ctx, d, r, p.inspectors, source)
	default:
		err = d.decode(ctx, source, r, nil)
	}
	if err != nil {
		return contentOutcome(err)
	}
	result := outcome{sha256: d.sum.sha256()}
	if !r.isFolder() {
		result.content = a.kindOf(r, d.sum.head, d.sum.end)
	}
	return result, nil
}

// contentOutcome turns a fault of the content, which is not an error, into an outcome.
func contentOutcome(err error) (outcome, error) {
	var fault *contentFault
	if errors.As(err, &fault) {
		return outcome{fault: fault}, nil
	}
	return outcome{}, err
}

// decodeInto creates the file for an entry and writes its content to it.
func (d *decoder) decodeInto(ctx context.Context, source io.ReaderAt, r *record, into target) error {
	file, err := into.create(r.name)
	if err != nil {
		return &writeError{err}
	}
	err = d.decode(ctx, source, r, file)
	if closing := file.Close(); err == nil && closing != nil {
		err = &writeError{closing}
	}
	return err
}

// withChangeCause wraps an error that ended an operation.
func (a *Archive) withChangeCause(operation string, err error) error {
	var source *sourceError
	if errors.As(err, &source) {
		return a.readError(source.err)
	}
	var writing *writeError
	if errors.As(err, &writing) {
		return fmt.Errorf("extract evidence: %w", writing.err)
	}
	if a.path != "" {
		return fmt.Errorf("%s evidence %s: %w", operation, a.path, err)
	}
	return fmt.Errorf("%s evidence: %w", operation, err)
}
