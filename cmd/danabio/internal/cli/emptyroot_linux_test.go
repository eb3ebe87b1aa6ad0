package cli

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/internal/testsystem"
)

// emptyRoot creates a file system with only danabio and an output folder, like a container from
// scratch. It has no /tmp, /etc, root certificates or home. Only the output folder is writable.
func emptyRoot(t *testing.T) (root, folder string) {
	t.Helper()
	root = t.TempDir()
	folder = filepath.Join(root, "out")
	if err := errors.Join(os.Link(builtProgram(t), filepath.Join(root, "danabio")), os.Mkdir(folder, 0o700),
		os.Chmod(root, 0o555)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(root, 0o700) })
	return root, folder
}

// inEmptyRoot returns a command that runs danabio in the empty root, as process 1 and as a user
// other than root. Its only variables are those that are needed to reach the server.
func inEmptyRoot(t *testing.T, root string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/danabio", args...)
	cmd.Dir = "/out"
	cmd.Env = []string{}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "DANABIO_") && !strings.HasPrefix(variable, "DANABIO_CONFIG=") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	testsystem.Namespace(cmd, 12345, syscall.CLONE_NEWPID)
	cmd.SysProcAttr.Chroot = root
	return cmd
}

func TestDemoInAnEmptyRoot(t *testing.T) {
	root, folder := emptyRoot(t)
	cmd := inEmptyRoot(t, root, "demo")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	testsystem.Start(t, cmd)
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 ||
		!strings.Contains(stdout.String(), "\n  /danabio evidence verify ") {
		t.Errorf("%v, stderr %q, stdout:\n%s", err, stderr.String(), stdout.String())
	}
	if _, err := os.Stat(filepath.Join(folder, "danabio-demo", "report.html")); err != nil {
		t.Error(err)
	}
	elsewhere := inEmptyRoot(t, root, "demo", "--out", "/try")
	stderr.Reset()
	elsewhere.Stderr = &stderr
	testsystem.Start(t, elsewhere)
	var exit *exec.ExitError
	if err := elsewhere.Wait(); !errors.As(err, &exit) || exit.ExitCode() != failure.ExitFailed ||
		!strings.Contains(stderr.String(), "/try") {
		t.Errorf("what cannot be written: %v, stderr %q", err, stderr.String())
	}
}

// The kernel delivers to process 1 only signals that it handles, so danabio must handle these to
// end.
func TestSignalEndsProcessOne(t *testing.T) {
	root, folder := emptyRoot(t)
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			asked := make(chan struct{}, 1)
			watched(t, func(*http.Request) { asked <- struct{}{} })
			cmd := inEmptyRoot(t, root, "wait", "some-circuit", "-o", "evidence.zip")
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			testsystem.Start(t, cmd)
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case <-asked:
			case err := <-ended:
				t.Fatalf("ended before it asked: %v, stderr %q", err, stderr.String())
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := <-ended; !errors.As(err, &exit) || exit.ExitCode() != failure.ExitInterrupted ||
				!strings.Contains(stderr.String(), "interrupted") {
				t.Errorf("ended with %v, stderr %q", err, stderr.String())
			}
			if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
				t.Errorf("%v are left, %v", left, err)
			}
		})
	}
}
