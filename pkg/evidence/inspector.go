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

// Inspector judges the content of an entry, for example the signatures of a PDF. Inspectors run
// during verification, for several entries concurrently, and never change the verdict on the ZIP.
// They see no entry of a ZIP whose structure is refused. If the content of another entry refuses
// the ZIP, their results are discarded.
type Inspector interface {
	// Name returns the inspector's name for reports.
	Name() string
	// Wants reports whether to call Inspect for the entry. It should look at MediaType and Kind
	// rather than the name. It is called before the content was read, so SHA256 is empty. It is
	// called again if the end of the content turns it into a PDF.
	Wants(entry EntryReport) bool
	// Inspect judges the content, which was checked against the entry's CRC and SHA-256 and can be
	// read in any order. It must not use content after it returns. The report contains an error as
	// Inspection.Error; only the context's own error ends the verification.
	Inspect(ctx context.Context, entry EntryReport, content *io.SectionReader) (Inspection, error)
}

// Inspection is the result of one [Inspector] for one entry.
type Inspection struct {
	// Inspector is the inspector's name. Verify sets it.
	Inspector string `json:"inspector"`
	// Status is the inspector's own word for the result. It is empty if the inspector failed.
	Status string `json:"status,omitempty"`
	// Error says why the inspector has no result.
	Error string `json:"error,omitempty"`
	// Findings are the inspector's findings, with its own codes.
	Findings []Finding `json:"findings,omitempty"`
	// Details is anything else that the inspector reports. It must have a JSON form.
	Details any `json:"details,omitempty"`
}

// maxMemoryContent is the largest decompressed content that is held in memory for inspectors.
// Larger content goes to a private temporary file.
const maxMemoryContent = 1 << 20

// checkAndInspect reads one entry and then calls the inspectors.
func (a *Archive) checkAndInspect(ctx context.Context, d *decoder, r *record, by []Inspector,
	source io.ReaderAt) (outcome, error) {
	view := &d.view
	view.begin(a, r, by, d.sum)
	var out io.Writer // stored content is read in place
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

// storedContent makes stored content readable in any order. It reads from memory if the content is
// there or is small, so that an inspector that jumps about does not need a system call each time,
// and otherwise from the ZIP.
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
	interested      []Inspector // inspectors that want the entry

	memory   []byte
	fileSize int64    // to the file
	file     *os.File // nil until a content needs it, then reused
	remove   func()
	fileErr  error // error of the file; what is wrong with the ZIP takes precedence
}

// begin forgets the previous entry.
func (v *inspectedContent) begin(a *Archive, r *record, by []Inspector, sum *sink) {
	v.archive, v.record, v.inspectors, v.sum = a, r, by, sum
	v.inspectorsAsked, v.interested, v.fileErr = false, v.interested[:0], nil
	v.restart()
}

// restart prepares for the content from its beginning again.
func (v *inspectedContent) restart() error {
	v.memory, v.fileSize = v.memory[:0], 0
	return nil
}

// ask asks the inspectors, once per entry. Only the headers and the first bytes of the content are
// known then.
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

// askFor asks whether inspectors want the entry as one of a kind.
func (v *inspectedContent) askFor(kind contentKind) {
	v.kind, v.interested = kind, v.interested[:0]
	v.entry = v.archive.entry(v.record, v.kind)
	for _, one := range v.inspectors {
		if one.Wants(v.entry) {
			v.interested = append(v.interested, one)
		}
	}
}

// askAgain asks the inspectors again if the content turns out to end like a PDF. It reports whether
// the content must be decompressed again because nobody had wanted it.
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

// writeFile writes a piece to the file, preceded by what arrived before the inspectors were asked.
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

// content returns what was kept. It can be read in any order until the next entry begins.
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

// newTemporaryFile returns a private temporary file. Where the system allows it, the file has no
// name any more, so that not even a killed process leaves it behind. remove closes and removes it.
func newTemporaryFile() (file *os.File, remove func(), err error) {
	file, err = os.CreateTemp("", ".evidence.*.part") // mode 0600
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
