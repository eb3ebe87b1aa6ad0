package main

import (
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"strings"
)

// each does one thing to each file. With several it goes on past failures, tells each as it comes,
// and fails with the worst of them in the end; then JSON stands on one line for each file. Only an
// interrupt and a standard output that cannot be written end it early.
func (o *output) each(files []string, do func(file string) error) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	if len(files) == 1 {
		err := aboutFile(files[0], do(files[0]))
		if errors.Is(err, context.Canceled) {
			err = &interruptedError{err, listed(files)}
		}
		return err
	}
	o.jsonLines = true
	failed := failedFiles{files: len(files)}
	for i, file := range files {
		err := aboutFile(file, do(file))
		var unwritten *printError
		switch {
		case err == nil:
			continue
		case errors.Is(err, context.Canceled):
			return &interruptedError{err, listed(files[i:])}
		case errors.As(err, &unwritten):
			return err
		}
		o.failure(err)
		failed.count++
		failed.code = worse(failed.code, exitCode(err))
	}
	if failed.count > 0 {
		return &failed
	}
	return nil
}

const (
	// memoryLimit keeps what is garbage from adding up where there are thousands of entries. Beyond
	// it the garbage collector works more, and nothing fails.
	memoryLimit = 25 << 19
	// gcPercent leaves garbage alone before that: an evidence ZIP of usual size is verified with
	// less.
	gcPercent = 400
)

// failedFiles says that some of several files failed; each was told already.
type failedFiles struct {
	count, files int
	code         int
}

func (e *failedFiles) text() *message  { return textf("%d of %d files failed", e.count, e.files) }
func (e *failedFiles) Error() string   { return e.text().Error() }
func (e *failedFiles) spanish() saying { return e.text().spanish() }

func (e *failedFiles) worst() int { return e.code }

// byWeight are the exit codes, the one that matters most first: that the user ended it; what may
// have been done and nobody knows; evidence that is not what it should be, whatever else the system
// can read; what keeps everything else from being done; what the server does not want; what could
// not be found out; what was given wrongly; and what only takes time.
var byWeight = []int{
	exitInterrupted, exitUnknown, exitIntegrity, exitUnauthorized, exitRefused, exitFailed, exitUsage, exitNotReady,
	exitDone,
}

// worse returns the exit code that matters more.
func worse(a, b int) int {
	return byWeight[min(slices.Index(byWeight, a), slices.Index(byWeight, b))]
}

// interruptedError is that the user ended a command that had something left to do.
type interruptedError struct {
	error
	left *message
}

func (e *interruptedError) Unwrap() error { return e.error }
func (e *interruptedError) advice() *message {
	return textf("Nothing half done is left behind. Not done: %s", e.left)
}

// shownLeft bounds what is listed.
const shownLeft = 10

// listed names things, the first of them if there are many.
func listed(names []string) *message {
	var shown []string
	for _, name := range names[:min(len(names), shownLeft)] {
		shown = append(shown, oneLine(name))
	}
	text := strings.Join(shown, ", ")
	if more := len(names) - len(shown); more > 0 {
		return textf("%s and %d more", text, more)
	}
	return textf("%s", text)
}
