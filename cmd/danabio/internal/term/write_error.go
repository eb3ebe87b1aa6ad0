package term

import "io"

func Printing(err error) error {
	if err != nil {
		return &WriteError{err}
	}
	return nil
}

// WriteError means that standard output cannot be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return "write standard output: " + e.Err.Error() }

func (e *WriteError) Unwrap() error { return e.Err }

// FailureKeeper is a stream that remembers its first error, for callers that do not check errors.
type FailureKeeper struct {
	Stream io.Writer
	Err    error
}

func (w *FailureKeeper) Write(p []byte) (int, error) {
	n, err := w.Stream.Write(p)
	if w.Err == nil {
		w.Err = err
	}
	return n, err
}
