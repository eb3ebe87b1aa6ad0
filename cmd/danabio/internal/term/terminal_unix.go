//go:build unix

package term

import (
	"os"

	"golang.org/x/sys/unix"
)

// columnsOf returns how wide a terminal is, and fails for what is none. 0: it does not say.
func columnsOf(file *os.File) (int, error) {
	size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, err
	}
	return int(size.Col), nil
}

// canErase reports whether a terminal takes the sequences that erase and colour, which by custom
// TERM says.
func canErase(_ *os.File, term string) bool { return term != "" && term != "dumb" }
