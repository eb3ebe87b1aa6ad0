package pdf

import (
	"errors"
	"fmt"
)

// The kinds of [Error]. Callers decide with errors.Is.
var (
	// ErrNotPDF: there is no "%PDF-" within the first 1,024 bytes.
	ErrNotPDF = errors.New("no PDF header")
	// ErrCrossReference: the cross-reference is missing, broken, or points to something else than
	// it says.
	ErrCrossReference = errors.New("broken cross-reference")
	// ErrSyntax: an object is not written as PDF objects are.
	ErrSyntax = errors.New("malformed object")
	// ErrStructure: objects are well written, but the document tree they form is wrong.
	ErrStructure = errors.New("broken document structure")
	// ErrEncrypted: the content is encrypted, so that strings and streams cannot be read.
	ErrEncrypted = errors.New("encrypted document")
	// ErrUnsupported: a stream that is needed uses a filter that this reader does not know.
	ErrUnsupported = errors.New("unsupported feature")
	// ErrLimit: the document exceeds one of the bounds in the package comment.
	ErrLimit = errors.New("limit exceeded")
	// ErrNotFound: the cross-reference has no object of that number, or says that it is free.
	ErrNotFound = errors.New("no such object")
)

// Error says what is wrong with a document and where. Its text holds numbers and PDF
// keywords, never content of the document.
type Error struct {
	Kind   error  // one of the Err variables of this package
	Offset int64  // byte of the file, from 0; -1 if the fault has no place in the file
	Detail string // what is wrong
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%v: %s", e.Kind, e.Detail)
	}
	return fmt.Sprintf("%v at byte %d: %s", e.Kind, e.Offset, e.Detail)
}

// Unwrap gives the kind.
func (e *Error) Unwrap() error { return e.Kind }

func fault(kind error, offset int64, format string, args ...any) error {
	return &Error{Kind: kind, Offset: offset, Detail: fmt.Sprintf(format, args...)}
}
