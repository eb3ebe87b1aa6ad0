//go:build unix

package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// columnsOf returns the width of a terminal, or 0 if it is unknown. It fails if file is not a
// terminal.
func columnsOf(file *os.File) (int, error) {
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, err
	}
	return int(size.Col), nil
}

// canErase reports whether a terminal supports the sequences that erase and colour, according to
// TERM.
func canErase(_ *os.File, term string) bool { return term != "" && term != "dumb" }
