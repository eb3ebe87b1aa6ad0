package evidence

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/rogpeppe/go-internal/robustio"
)

// Inspector judges what an entry holds, say the signatures of a PDF. Inspectors run while the ZIP
// is verified, several entries at a time, and never change the verdict on the ZIP. They see no
// entry of a ZIP whose structure is refused; what they said is dropped if the content of another
// entry refuses it.
type Inspector interface {
	// Name is how the inspector is called in reports.
	Name() string
	// Wants says whether Inspect shall be called for the entry. It should look at MediaType and
	// Kind, not at the name. It is asked before the content was read: SHA256 is empty. It is asked
	// again if the end of the content makes a PDF of it.
	Wants(entry EntryReport) bool
	// Inspect judges the content, which was checked against the entry's CRC and SHA-256 and can be
	// read in any order. It must not use content after it returned. An error is noted in the report
	// as Inspection.Error; only the context's own error ends the verification.
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

// maxMemoryContent is the size up to which decompressed content is held in memory for inspectors.
// What is larger goes to a private temporary file.
const maxMemoryContent = 1 << 20

// checkAndInspect reads one entry and then lets the inspectors judge it.
func (a *Archive) checkAndInspect(ctx context.Context, d *decoder, r *record, by []Inspector,
	source io.ReaderAt) (outcome, error) {
	view := &d.view
	view.begin(a, r, by, d.sum)
	var out io.Writer // stored content is read where it is
	if r.method == methodDeflated {
		out = view
	}
	if err := d.decode(ctx, source, r, out); err != nil {
		return contentOutcome(err)
	}
	view.ask()
	if view.askAgain() {
		if err := d.decode(ctx, source, r, view); err != nil {
			return contentOutcome(err)
		}
	}
	result := outcome{sha256: d.sum.sha256(), content: view.kind, contentErr: view.fileErr}
	if len(view.interested) == 0 || view.fileErr != nil {
		return result, nil
	}
	content := view.content()
	if r.method == methodStored {
		var err error
		if content, err = d.storedContent(a.source, r); err != nil {
			return outcome{}, err
		}
	}
	view.entry.SHA256 = result.sha256
	for _, one := range view.interested {
		inspection, err := one.Inspect(ctx, view.entry, io.NewSectionReader(content, 0, r.size))
		if ctx.Err() != nil {
			return outcome{}, ctx.Err()
		}
		if err != nil {
			inspection = Inspection{Error: err.Error()}
		}
		inspection.Inspector = one.Name()
		result.inspections = append(result.inspections, inspection)
	}
	return result, nil
}

// storedContent makes stored content readable in any order: from memory if it is there or small, so
// that an inspector that jumps about in it does not ask the system each time, else from the ZIP
// itself.
func (d *decoder) storedContent(source io.ReaderAt, r *record) (io.ReaderAt, error) {
	if packed := d.chunk.of(r); packed != nil {
		return bytes.NewReader(packed), nil
	}
	if r.size > int64(len(d.buffer)) {
		return io.NewSectionReader(source, r.data, r.size), nil
	}
	if err := readFullAt(source, d.buffer[:r.size], r.data); err != nil {
		return nil, &sourceError{err}
	}
	return bytes.NewReader(d.buffer[:r.size]), nil
}

// inspectedContent keeps the decompressed content of one entry for the inspectors that want it.
type inspectedContent struct {
	archive         *Archive
	record          *record
	inspectors      []Inspector
	sum             *sink // knows the first bytes
	inspectorsAsked bool
	kind            contentKind
	entry           EntryReport
	interested      []Inspector // those of the inspectors that want the entry

	memory   []byte
	fileSize int64    // into the file
	file     *os.File // nil until a content needs it, then for all that follow
	remove   func()
	fileErr  error // of the file; what is wrong with the ZIP counts more
}

// begin forgets the entry before.
func (v *inspectedContent) begin(a *Archive, r *record, by []Inspector, sum *sink) {
	v.archive, v.record, v.inspectors, v.sum = a, r, by, sum
	v.inspectorsAsked, v.interested, v.fileErr = false, v.interested[:0], nil
	v.restart()
}

// restart has the content come again from its beginning.
func (v *inspectedContent) restart() error {
	v.memory, v.fileSize = v.memory[:0], 0
	return nil
}

// ask asks the inspectors, once for each entry. Of it, only what the headers and the first bytes of
// its content say is known.
func (v *inspectedContent) ask() {
	if v.inspectorsAsked {
		return
	}
	v.inspectorsAsked = true
	v.askFor(v.archive.kindOf(v.record, v.sum.head, nil))
	if len(v.interested) > 0 && v.record.method == methodDeflated && v.record.size <= maxMemoryContent {
		v.memory = slices.Grow(v.memory, int(v.record.size)-len(v.memory))
	}
}

// askFor asks for the entry as one of a kind.
func (v *inspectedContent) askFor(kind contentKind) {
	v.kind, v.interested = kind, v.interested[:0]
	v.entry = v.archive.entry(v.record, v.kind)
	for _, one := range v.inspectors {
		if one.Wants(v.entry) {
			v.interested = append(v.interested, one)
		}
	}
}

// askAgain asks the inspectors anew if the content turned out to end as a PDF does. It tells
// whether the content must come again, since nobody had wanted it.
func (v *inspectedContent) askAgain() bool {
	if v.kind.mediaType == typePDF || !endsAsPDF(v.sum.end) {
		return false
	}
	kind := v.archive.kindOf(v.record, v.sum.head, v.sum.end)
	kept := len(v.interested) > 0
	v.askFor(kind)
	if kept || len(v.interested) == 0 || v.record.method != methodDeflated {
		return false
	}
	v.restart()
	return true
}

// Write keeps a piece of content, unless nobody wants it. It never fails.
func (v *inspectedContent) Write(p []byte) (int, error) {
	if int64(len(v.sum.head)) >= min(headLength, v.record.size) {
		v.ask()
	}
	switch {
	case v.inspectorsAsked && len(v.interested) == 0 || v.fileErr != nil:
	case !v.inspectorsAsked || v.record.size <= maxMemoryContent:
		v.memory = append(v.memory, p...)
	default:
		if err := v.writeFile(p); err != nil {
			v.fileErr = fmt.Errorf("temporary file for inspection: %w", err)
		}
	}
	return len(p), nil
}

// writeFile keeps a piece in the file, and before it what came while nobody knew who wants it.
func (v *inspectedContent) writeFile(p []byte) error {
	if v.file == nil {
		var err error
		if v.file, v.remove, err = newTemporaryFile(); err != nil {
			return err
		}
	}
	for _, piece := range [][]byte{v.memory, p} {
		n, err := v.file.WriteAt(piece, v.fileSize)
		if err != nil {
			return err
		}
		v.fileSize += int64(n)
	}
	v.memory = v.memory[:0]
	return nil
}

// content is what was kept, readable in any order until the next entry begins.
func (v *inspectedContent) content() io.ReaderAt {
	if v.fileSize > 0 {
		return v.file
	}
	return bytes.NewReader(v.memory)
}

// close removes the file and forgets the entry.
func (v *inspectedContent) close() {
	if v.remove != nil {
		v.remove()
	}
	*v = inspectedContent{memory: v.memory[:0]}
}

// newTemporaryFile makes a private temporary file, which has no name any more where the system
// allows that: not even a kill leaves it behind then. remove closes and removes it.
func newTemporaryFile() (file *os.File, remove func(), err error) {
	file, err = os.CreateTemp("", ".evidence.*.part") // 0600
	if err != nil {
		return nil, nil, err
	}
	named := os.Remove(file.Name()) != nil
	return file, func() {
		file.Close()
		if named {
			_ = robustio.RemoveAll(file.Name())
		}
	}, nil
}
