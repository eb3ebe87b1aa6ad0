package pdf

import (
	"errors"
	"fmt"
)

// Kinds of [Error], for use with errors.Is.
var (
	// ErrNotPDF means that the first 1,024 bytes contain no "%PDF-".
	ErrNotPDF = errors.New("no PDF header")
	// ErrCrossReference means that the cross-reference is missing or broken, or that an entry does
	// not point to its object.
	ErrCrossReference = errors.New("broken cross-reference")
	// ErrSyntax means that an object violates PDF syntax.
	ErrSyntax = errors.New("malformed object")
	// ErrStructure means that the objects are well formed but the document tree they build is
	// wrong.
	ErrStructure = errors.New("broken document structure")
	// ErrEncrypted means that strings and streams cannot be read because they are encrypted.
	ErrEncrypted = errors.New("encrypted document")
	// ErrUnsupported means that a stream uses a filter that this reader does not support.
	ErrUnsupported = errors.New("unsupported feature")
	// ErrLimit means that the document exceeds a limit listed in the package comment.
	ErrLimit = errors.New("limit exceeded")
	// ErrNotFound means that the cross-reference does not list the object, or lists it as free.
	ErrNotFound = errors.New("no such object")
)

// Error says what is wrong with a document and where. Its text contains numbers and PDF keywords,
// never document content.
type Error struct {
	Kind   error  // one of the Err variables of this package
	Offset int64  // byte offset in the file, from 0; -1 if the error has no position
	Detail string // description of the problem
}

func (e *Error) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%v: %s", e.Kind, e.Detail)
	}
	return fmt.Sprintf("%v at byte %d: %s", e.Kind, e.Offset, e.Detail)
}

// Unwrap returns the kind.
func (e *Error) Unwrap() error { return e.Kind }

func fault(kind error, offset int64, format string, args ...any) error {
	return &Error{Kind: kind, Offset: offset, Detail: fmt.Sprintf(format, args...)}
}
