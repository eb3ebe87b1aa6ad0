package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Inspector judges what an entry holds, say the signatures of a PDF. Inspectors run after the ZIP was accepted, several
// entries at a time, and never change the verdict on the ZIP.
type Inspector interface {
	// Name is how the inspector is called in reports.
	Name() string
	// Wants says whether Inspect shall be called for the entry. It should look at MediaType and Kind, not at the name. It
	// is also asked before the entry was checked, SHA256 is empty then, whether its content is worth keeping for Inspect.
	Wants(entry EntryReport) bool
	// Inspect judges the content, which was checked against the entry's CRC and SHA-256 and can be read in any order.
	// It must not use content after it returned. An error is noted in the report as Inspection.Error; only the
	// context's own error ends the verification.
	Inspect(ctx context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error)
}

// Inspection is what one [Inspector] says about one entry.
type Inspection struct {
	// Inspector is its name; filled in by Verify.
	Inspector string `json:"inspector"`
	// Status is the inspector's own word for the outcome, empty when it failed.
	Status string `json:"status,omitempty"`
	// Error says why the inspector came to no outcome.
	Error string `json:"error,omitempty"`
	// Findings are the inspector's, with its own codes.
	Findings []Finding `json:"findings,omitempty"`
	// Details is whatever else the inspector has to say; it must have a JSON form.
	Details any `json:"details,omitempty"`
}

// spoolLimit is the size up to which a content that was not kept is held in memory for inspectors. Larger ones go to a
// private temporary file, unless they are stored and can be read from the ZIP itself.
const spoolLimit = 1 << 20

// inspect lets the inspectors judge the entries of an accepted ZIP.
func (a *Archive) inspect(ctx context.Context, report *Report, inspectors []Inspector, kept *spool) error {
	var jobs []int
	for i, entry := range report.Entries { // of an accepted ZIP, which has as many records
		if !entry.Folder && slices.ContainsFunc(inspectors, func(one Inspector) bool { return one.Wants(entry) }) {
			jobs = append(jobs, i)
		}
	}
	a.largestFirst(jobs)
	err := a.run(ctx, len(jobs), func(ctx context.Context, d *decoder, n int) error {
		i := jobs[n]
		return a.inspectEntry(ctx, d, &a.layout.records[i], &report.Entries[i], inspectors, kept)
	}, func(context.Context) error { return nil })
	if err != nil {
		return err
	}
	return a.unchanged()
}

// inspectEntry lets the inspectors judge one entry, one after the other.
func (a *Archive) inspectEntry(ctx context.Context, d *decoder, r *record, entry *EntryReport, inspectors []Inspector, kept *spool) error {
	content, free, err := a.randomAccess(ctx, d, r, entry.SHA256, kept)
	if err != nil {
		return err
	}
	defer free()
	plain := *entry
	for _, one := range inspectors {
		if !one.Wants(plain) {
			continue
		}
		inspection, err := one.Inspect(ctx, plain, io.NewSectionReader(content, 0, r.size))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			inspection = Inspection{Error: err.Error()}
		}
		inspection.Inspector = one.Name()
		entry.Inspections = append(entry.Inspections, inspection)
	}
	return nil
}

// randomAccess makes the content of an entry readable in any order until free is called.
func (a *Archive) randomAccess(ctx context.Context, d *decoder, r *record, sha256 string, kept *spool) (content io.ReaderAt, free func(), err error) {
	content = kept.content(r)
	if r.method == methodStored {
		content = io.NewSectionReader(a.source, r.data, r.size)
	}
	if content != nil {
		content, err = d.small(content, r.size)
		return content, func() {}, err
	}
	if r.size <= spoolLimit {
		buffer := bytes.NewBuffer(make([]byte, 0, r.size))
		if err := a.decodeAgain(ctx, d, r, buffer, sha256); err != nil {
			return nil, nil, err
		}
		return bytes.NewReader(buffer.Bytes()), func() {}, nil
	}
	file, free, err := temporary()
	if err != nil {
		return nil, nil, fmt.Errorf("temporary file for inspection: %w", err)
	}
	if err := a.decodeAgain(ctx, d, r, file, sha256); err != nil {
		free()
		return nil, nil, err
	}
	return file, free, nil
}

// small reads a small content into memory, so that an inspector that jumps about in it asks the system only once.
func (d *decoder) small(content io.ReaderAt, size int64) (io.ReaderAt, error) {
	if size > int64(len(d.buffer)) {
		return content, nil
	}
	d.held = piece{}
	if err := readFullAt(content, d.buffer[:size], 0); err != nil {
		return nil, &sourceError{err}
	}
	return bytes.NewReader(d.buffer[:size]), nil
}

// decodeAgain writes a content that was checked before to out, and fails if it is no longer the same.
func (a *Archive) decodeAgain(ctx context.Context, d *decoder, r *record, out io.Writer, sha256 string) error {
	err := d.decode(ctx, a.source, r, out)
	var fault *contentFault
	if errors.As(err, &fault) || err == nil && d.sum.sha256() != sha256 {
		return fmt.Errorf("%q was changed while it was read", r.name)
	}
	var writing *writeError
	if errors.As(err, &writing) {
		return fmt.Errorf("temporary file for inspection: %w", writing.err)
	}
	return err
}
