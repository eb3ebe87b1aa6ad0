package danabio_test

import (
	"net"
	"syscall"
	"testing"
	"time"
)

// systemFaults need features that not every system has.
func systemFaults() []socketFault {
	return []socketFault{
		{operations: all, phase: "connect", name: "listener whose queue is full", kind: of("not sent"),
			elsewhere: fullPort, limit: 50 * time.Millisecond},
	}
}

// fullPort returns the address of a listener that never accepts and whose queue is full, so that
// nothing answers.
func fullPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	raw, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if err := raw.Control(func(fd uintptr) { err = syscall.Listen(int(fd), 0) }); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		conn, err := net.DialTimeout("tcp", listener.Addr().String(), 50*time.Millisecond)
		if err != nil {
			return listener.Addr().String()
		}
		t.Cleanup(func() { conn.Close() })
	}
	t.Fatal("the queue is never full")
	return ""
}
