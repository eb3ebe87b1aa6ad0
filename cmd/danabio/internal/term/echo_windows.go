package term

import (
	"os"

	"golang.org/x/sys/windows"
)

// WithoutEcho makes a console hide what is typed until restore is called. It fails if file is not a
// console.
func WithoutEcho(file *os.File) (restore func(), err error) {
	handle := windows.Handle(file.Fd())
	var before uint32
	if err := windows.GetConsoleMode(handle, &before); err != nil {
		return nil, err
	}
	silent := before&^windows.ENABLE_ECHO_INPUT | windows.ENABLE_LINE_INPUT | windows.ENABLE_PROCESSED_INPUT
	if err := windows.SetConsoleMode(handle, silent); err != nil {
		return nil, err
	}
	return func() { _ = windows.SetConsoleMode(handle, before) }, nil
}
