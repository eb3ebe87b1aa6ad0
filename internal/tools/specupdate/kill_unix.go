//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// killWhole lets the end of the context end what the command started too: go run and go test are
// parents of what works.
func killWhole(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
}
