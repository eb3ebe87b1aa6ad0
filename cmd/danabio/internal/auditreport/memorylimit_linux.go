package auditreport

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// limitMemory limits the address space of a child process that has just started. A process that has
// already ended needs no limit.
func limitMemory(process *os.Process, bytes uint64) error {
	limit := unix.Rlimit{Cur: bytes, Max: bytes}
	if err := unix.Prlimit(process.Pid, unix.RLIMIT_AS, &limit, nil); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("limiting the memory of a program: %w", err)
	}
	return nil
}
