package danabio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Document is a PDF to be signed: [File], [Bytes] or [FS]. It is read each time it is sent, and
// must not change in between. A blocking read from an [FS] can delay the call beyond the end of its
// context.
type Document struct {
	name string
	open func() (io.ReadCloser, fileState, error)
}

// equal reports whether nothing has changed. Some file systems report times in different time
// zones.
func (s fileState) equal(other fileState) bool {
	return s.size == other.size && s.modTime.Equal(other.modTime)
}

// fileState is what reveals that a source has changed.
type fileState struct {
	size    int64
	modTime time.Time
}

// File returns the PDF at a path of this machine. Its name is the last element of the path.
func File(name string) Document {
	return Document{filepath.Base(name), func() (io.ReadCloser, fileState, error) {
		// Check before opening: opening a pipe would wait for its writer.
		if err := checkRegular(os.Stat(name)); err != nil {
			return nil, fileState{}, err
		}
		return statOpenFile(os.Open(name))
	}}
}

// FS returns the PDF called name in a file system. Its own name is the last element of name.
func FS(fsys fs.FS, name string) Document {
	return Document{path.Base(name), func() (io.ReadCloser, fileState, error) {
		if err := checkRegular(fs.Stat(fsys, name)); err != nil {
			return nil, fileState{}, err
		}
		return statOpenFile(fsys.Open(name))
	}}
}

// Bytes returns a PDF in memory. The bytes are not copied, and must not be modified before the call
// that sends them has returned.
func Bytes(name string, content []byte) Document {
	return Document{name, func() (io.ReadCloser, fileState, error) {
		return io.NopCloser(bytes.NewReader(content)), fileState{size: int64(len(content))}, nil
	}}
}

// Name returns the name under which the document is sent.
func (d Document) Name() string { return d.name }

// Named returns the same document under another name.
func (d Document) Named(name string) Document {
	d.name = name
	return d
}

func checkRegular(info fs.FileInfo, err error) error {
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a folder; give a PDF file")
	case !info.Mode().IsRegular():
		return errors.New("is not a regular file; give a PDF file")
	}
	return nil
}

func statOpenFile(file fs.File, err error) (io.ReadCloser, fileState, error) {
	if err != nil {
		return nil, fileState{}, err
	}
	info, err := file.Stat()
	if err = checkRegular(info, err); err != nil {
		file.Close()
		return nil, fileState{}, err
	}
	return file, fileState{info.Size(), info.ModTime()}, nil
}

// pdfHeaderLimit is how far from the start a PDF header may stand: PDF readers look no further.
const pdfHeaderLimit = 1024

// check checks the source without reading all of it.
func (d Document) check() (fileState, error) {
	if err := checkDocumentName(d.name); err != nil {
		return fileState{}, err
	}
	source, state, err := d.open()
	if err != nil {
		return fileState{}, invalidRequest("document %q: %w", d.name, trimPath(err))
	}
	defer source.Close()
	if state.size <= 0 {
		return fileState{}, invalidRequest("document %q is empty", d.name)
	}
	head := make([]byte, pdfHeaderLimit)
	n, err := io.ReadFull(source, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return fileState{}, invalidRequest("document %q: %w", d.name, trimPath(err))
	}
	if !bytes.Contains(head[:n], []byte("%PDF-")) {
		return fileState{}, invalidRequest(`document %q is not a PDF: "%%PDF-" is not in its first %d bytes`,
			d.name,
			pdfHeaderLimit)
	}
	return state, nil
}

// trimPath strips the operation and path from a file error, since the caller's message contains
// the name already.
func trimPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// sameName reports whether two names look the same to a reader or a file system: regardless of
// case, and of whether an accent is a separate character.
func sameName(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}

func checkDocumentName(name string) error {
	switch {
	case strings.TrimSpace(name) == "" || name == "." || name == "..":
		return invalidRequest("a document has no name; give one such as contract.pdf")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return invalidRequest("document %q: the name contains control characters or is not valid UTF-8", name)
	case strings.ContainsAny(name, `/\`):
		return invalidRequest("document %q: the name contains a slash; give a name without folders", name)
	case len(name) > 255:
		return invalidRequest("document %q...: the name is longer than 255 bytes", name[:40])
	}
	return nil
}

// sourceError is an error of a document during sending.
type sourceError struct {
	name string
	err  error
}

func (e *sourceError) Error() string { return fmt.Sprintf("document %q: %v", e.name, e.err) }

// Unwrap also returns [ErrInvalidRequest], since the fault lies with the input.
func (e *sourceError) Unwrap() []error { return []error{ErrInvalidRequest, e.err} }

var errChanged = errors.New("changed while it was sent")
