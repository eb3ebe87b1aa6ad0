package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Verify is [Archive.VerifyContext] without a context.
func (a *Archive) Verify(inspectors ...Inspector) (*Report, error) {
	return a.VerifyContext(context.Background(), inspectors...)
}

// VerifyContext reads every byte of the ZIP and says what it found. The report is never nil. The error is nil for an
// accepted ZIP, matches [ErrRefused] (and is a [*RefusedError]) for one that is not acceptable, matches ctx.Err() when
// ctx ended it, and is the system's own when the file could not be read; in the last two cases the report's verdict is
// [VerdictIncomplete]. The inspectors run on accepted ZIPs only and never change the verdict.
func (a *Archive) VerifyContext(ctx context.Context, inspectors ...Inspector) (*Report, error) {
	a.running.Lock()
	defer a.running.Unlock()
	report, err := a.check(ctx, nil, true)
	if err == nil && len(inspectors) > 0 {
		if err = a.inspect(ctx, report, inspectors); err != nil {
			report.Verdict = VerdictIncomplete
			err = a.explain("verify", err)
		}
	}
	a.keep(report)
	return report, err
}

// keep makes report the last one.
func (a *Archive) keep(report *Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.report = report
}

// target takes the content of entries while they are checked.
type target interface {
	// create makes the file for an entry; it is called by several goroutines at once.
	create(name string) (io.WriteCloser, error)
}

// outcome is what reading one entry gave; an entry that was not read has no sha256 and no fault.
type outcome struct {
	sha256    string
	mediaType string
	fault     *contentFault
}

// writeError is an error of the place that content is written to.
type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

// check reads the content of all entries and, if whole is set, hashes the file beside it. It writes the content into
// the target unless that is nil.
func (a *Archive) check(ctx context.Context, into target, whole bool) (*Report, error) {
	var jobs []int
	if !a.layout.broken {
		jobs = a.readable()
	}
	outcomes := make([]outcome, len(a.layout.records))
	digest := ""
	err := a.run(ctx, jobs, func(ctx context.Context, d *decoder, i int) error {
		var err error
		outcomes[i], err = a.checkEntry(ctx, d, &a.layout.records[i], into)
		return err
	}, func(ctx context.Context) (err error) {
		if whole {
			digest, err = a.hash(ctx)
		}
		return err
	})
	if err == nil {
		err = a.unchanged()
	}
	report := a.newReport(outcomes)
	report.SHA256 = digest
	if err != nil {
		report.Verdict = VerdictIncomplete
		operation := "verify"
		if into != nil {
			operation = "extract"
		}
		return report, a.explain(operation, err)
	}
	return report, a.refusal(report)
}

// readable returns the records whose content can be read, the largest first: whoever comes last then has little left
// to do alone.
func (a *Archive) readable() []int {
	records := a.layout.records
	jobs := make([]int, 0, len(records))
	for i := range records {
		if !records[i].refused {
			jobs = append(jobs, i)
		}
	}
	slices.SortStableFunc(jobs, func(x, y int) int {
		switch larger := max(records[y].size, records[y].compressed) - max(records[x].size, records[x].compressed); {
		case larger < 0:
			return -1
		case larger > 0:
			return 1
		}
		return 0
	})
	return jobs
}

// run works through the jobs with several workers, and does beside once in the meantime. The first error ends all.
func (a *Archive) run(parent context.Context, jobs []int, work func(context.Context, *decoder, int) error, beside func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	var once sync.Once
	var first error
	fail := func(err error) {
		if err != nil {
			once.Do(func() { first = err; cancel() })
		}
	}
	var group sync.WaitGroup
	var next atomic.Int64
	for range min(len(jobs), max(2, min(8, runtime.GOMAXPROCS(0)))) {
		group.Go(func() {
			d := decoders.Get().(*decoder)
			defer d.release()
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				fail(work(ctx, d, jobs[i]))
			}
		})
	}
	fail(beside(ctx))
	group.Wait()
	if first == nil || errors.Is(first, context.Canceled) {
		// A context that ended while nobody looked, or one that ended everything.
		if err := parent.Err(); err != nil {
			return err
		}
	}
	return first
}

// hash returns the SHA-256 of the whole file.
func (a *Archive) hash(ctx context.Context) (string, error) {
	buffer := make([]byte, min(hashChunk, a.size))
	sha := sha256.New()
	for offset := int64(0); offset < a.size; {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		piece := buffer[:min(int64(len(buffer)), a.size-offset)]
		if err := readFullAt(a.source, piece, offset); err != nil {
			return "", &sourceError{err}
		}
		sha.Write(piece)
		offset += int64(len(piece))
	}
	return hex.EncodeToString(sha.Sum(nil)), nil
}

// checkEntry reads one entry. The error judges nothing: it is the system's or the context's.
func (a *Archive) checkEntry(ctx context.Context, d *decoder, r *record, into target) (outcome, error) {
	var file io.WriteCloser
	if into != nil && !r.folder() {
		var err error
		if file, err = into.create(r.name); err != nil {
			return outcome{}, &writeError{err}
		}
	}
	err := d.decode(ctx, a.source, r, file)
	if file != nil {
		if closing := file.Close(); err == nil && closing != nil {
			err = &writeError{closing}
		}
	}
	var fault *contentFault
	if errors.As(err, &fault) {
		return outcome{fault: fault}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	result := outcome{sha256: d.sum.sha256()}
	if !r.folder() {
		result.mediaType = mediaTypeOf(d.sum.head)
	}
	return result, nil
}

// explain wraps an error that ended an operation.
func (a *Archive) explain(operation string, err error) error {
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
