//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// killWhole makes the end of the context also kill the command's child processes, because go run
// and go test do their work in children.
func killWhole(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
