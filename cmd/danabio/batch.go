package main

import (
	"context"
	"errors"
	"runtime/debug"
)

// each does one thing to each file. With several it goes on past failures, tells each as it comes, and fails with the worst of them in the
// end; then JSON stands on one line for each file. Only an interrupt and a standard output that cannot be written end it early.
func (o *output) each(files []string, do func(file string) error) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryLimit))
	if len(files) == 1 {
		return aboutFile(files[0], do(files[0]))
	}
	o.jsonLines = true
	failed := failedFiles{files: len(files)}
	for _, file := range files {
		err := aboutFile(file, do(file))
		var unwritten *printError
		switch {
		case err == nil:
			continue
		case errors.Is(err, context.Canceled), errors.As(err, &unwritten):
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

// memoryLimit keeps what is garbage from adding up where there are thousands of entries; all else needs less than this.
const memoryLimit = 13 << 20

// failedFiles says that some of several files failed; each was told already.
type failedFiles struct {
	count, files int
	code         int
}

func (e *failedFiles) text() *message  { return textf("%d of %d files failed", e.count, e.files) }
func (e *failedFiles) Error() string   { return e.text().Error() }
func (e *failedFiles) spanish() saying { return e.text().spanish() }

// worse returns the exit code that matters more: evidence that is not what it should be, then what could not be found out.
func worse(a, b int) int {
	for _, code := range []int{exitIntegrity, exitFailed, exitUsage} {
		if a == code || b == code {
			return code
		}
	}
	return exitDone
}
