//go:build unix

package main

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
)

// family is the variable with the address that the processes of this test connect to. With the
// suffix _CHILD, it marks the second process.
const family = "SPECUPDATE_TEST_FAMILY"

// TestFamily is the code of the started processes and not a test. The first process starts a second
// one, which runs until it is ended.
func TestFamily(t *testing.T) {
	address := os.Getenv(family)
	if address == "" {
		return
	}
	if os.Getenv(family+"_CHILD") == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestFamily$")
		child.Env = append(os.Environ(), family+"_CHILD=1")
		if err := child.Run(); err != nil {
			t.Fatal(err)
		}
		return
	}
	connection, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, connection)
}

// go run and go test are parents of the working processes. The end of the context must end these
// too.
func TestInterruptEndsGrandchildren(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := start(ctx, t.TempDir(), os.Args[0], []string{family + "=" + listener.Addr().String()},
			"-test.run=^TestFamily$")
		ended <- err
	}()
	grandchild, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer grandchild.Close()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that the context ended", err)
	}
	// Read returns when the grandchild has ended.
	if _, err := grandchild.Read(make([]byte, 1)); err == nil {
		t.Error("the grandchild wrote something")
	}
}
