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

// Document is a PDF to be signed: [File], [Bytes] or [FS]. It is read when it is sent, and again
// when it is sent again; it must not change in between. A read of an [FS] that blocks holds the
// call that sends it past the end of its context.
type Document struct {
	name string
	open func() (io.ReadCloser, fileState, error)
}

// equal reports whether nothing has changed. Not every file system gives its times in one time
// zone.
func (s fileState) equal(other fileState) bool {
	return s.size == other.size && s.modTime.Equal(other.modTime)
}

// fileState is what shows that a source has changed.
type fileState struct {
	size    int64
	modTime time.Time
}

// File is the PDF at a path of this machine. Its name is the last element of the path.
func File(name string) Document {
	return Document{filepath.Base(name), func() (io.ReadCloser, fileState, error) {
		// Asked before opening, since opening a pipe would wait for its writer.
		if err := checkRegular(os.Stat(name)); err != nil {
			return nil, fileState{}, err
		}
		return statOpenFile(os.Open(name))
	}}
}

// FS is the PDF called name in a file system. Its own name is the last element of that.
func FS(fsys fs.FS, name string) Document {
	return Document{path.Base(name), func() (io.ReadCloser, fileState, error) {
		if err := checkRegular(fs.Stat(fsys, name)); err != nil {
			return nil, fileState{}, err
		}
		return statOpenFile(fsys.Open(name))
	}}
}

// Bytes is a PDF in memory. The bytes are not copied, and must not be changed before the call that
// sends them has returned.
func Bytes(name string, content []byte) Document {
	return Document{name, func() (io.ReadCloser, fileState, error) {
		return io.NopCloser(bytes.NewReader(content)), fileState{size: int64(len(content))}, nil
	}}
}

// Name is the document's name as it is sent.
func (d Document) Name() string { return d.name }

// Named is the same document under another name.
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
		return errors.New("is no regular file; give a PDF file")
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

// pdfHeaderLimit is where the mark of a PDF must stand: PDF readers look no further.
const pdfHeaderLimit = 1024

// check looks at the source without reading it whole.
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
		return fileState{}, invalidRequest(`document %q is no PDF: "%%PDF-" does not stand in its first %d bytes`, d.name,
			pdfHeaderLimit)
	}
	return state, nil
}

// trimPath leaves the operation and path of a file error out: the name stands before it already.
func trimPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// sameName reports whether two names are one to a reader, or to some file system: whatever their
// case, and with accents as one character or as two.
func sameName(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
}

func checkDocumentName(name string) error {
	switch {
	case strings.TrimSpace(name) == "" || name == "." || name == "..":
		return invalidRequest("a document has no name; give one such as contract.pdf")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return invalidRequest("document %q: the name holds control characters or is not valid UTF-8", name)
	case strings.ContainsAny(name, `/\`):
		return invalidRequest("document %q: the name holds a slash; give a name without folders", name)
	case len(name) > 255:
		return invalidRequest("document %q...: the name is longer than 255 bytes", name[:40])
	}
	return nil
}

// sourceError is a failure of a document while it was sent.
type sourceError struct {
	name string
	err  error
}

func (e *sourceError) Error() string { return fmt.Sprintf("document %q: %v", e.name, e.err) }

// Unwrap also matches [ErrInvalidRequest]: the fault lies with what was given to send.
func (e *sourceError) Unwrap() []error { return []error{ErrInvalidRequest, e.err} }

var errChanged = errors.New("changed while it was sent")
