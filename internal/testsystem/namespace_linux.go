package testsystem

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Namespace has the command run in namespaces of its own, a user namespace among them, in which it
// is the user with that number. More flags, such as CLONE_NEWPID, name the others.
func Namespace(command *exec.Cmd, user int, more uintptr) {
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | more,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getgid(), Size: 1}},
	}
}

// Start starts such a command. Where the machine lets nobody have namespaces the test is skipped,
// but for CI, where it fails.
func Start(t testing.TB, command *exec.Cmd) {
	t.Helper()
	err := command.Start()
	if os.Getenv("CI") == "" && (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC)) {
		t.Skip("this machine lets nobody have namespaces:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}
