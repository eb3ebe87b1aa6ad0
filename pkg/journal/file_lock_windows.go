package journal

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// The lock covers one byte far beyond the end of the file: on Windows nobody else can read or write
// locked bytes, and others may read a journal.
const lockOffset = 1 << 30 // times 2^32

// lock keeps everyone else out until the file is closed or the process ends.
func lock(f *os.File) (file, error) {
	at := &windows.Overlapped{OffsetHigh: lockOffset}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, at)
	switch {
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return nil, ErrLocked
	case err != nil:
		return nil, fmt.Errorf("LockFileEx: %w", err)
	}
	return f, nil
}
