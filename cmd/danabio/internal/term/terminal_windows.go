package term

import (
	"os"

	"golang.org/x/sys/windows"
)

// columnsOf returns the width of a console. It fails if file is not a console.
func columnsOf(file *os.File) (int, error) {
	var info windows.ConsoleScreenBufferInfo
	if err := windows.GetConsoleScreenBufferInfo(windows.Handle(file.Fd()), &info); err != nil {
		return 0, err
	}
	return int(info.Window.Right-info.Window.Left) + 1, nil
}

// canErase enables the sequences that erase and colour on a console, and reports whether it
// supports them.
func canErase(file *os.File, term string) bool {
	var mode uint32
	handle := windows.Handle(file.Fd())
	return term != "dumb" && windows.GetConsoleMode(handle, &mode) == nil &&
		windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
