package testsystem

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Namespace makes the command run in new namespaces. One is a user namespace, in which it is the
// user with the given number. More flags, such as CLONE_NEWPID, select the others.
func Namespace(command *exec.Cmd, user int, more uintptr) {
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | more,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getgid(), Size: 1}},
	}
}

// Start starts such a command. If the machine does not allow namespaces, it skips the test, but
// fails it in CI.
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
