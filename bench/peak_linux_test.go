//go:build foreign && linux

package bench_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// maxPeak is the memory limit of danabio for any evidence.
const maxPeak = 24 << 20

// TestForeignPeakMemory gets the peak memory of danabio from the system. The number includes the
// parent's memory at the fork, so the parent must be a small process. The test runs itself again as
// this parent.
func TestForeignPeakMemory(t *testing.T) {
	if args := os.Getenv("DANABIO_BENCH_RUN"); args != "" {
		command := strings.Split(args, "\n")
		cmd := exec.Command(command[0], command[1:]...)
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		fmt.Println("peak", cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
		return
	}
	for _, c := range corpora {
		for _, how := range packings[1:3] { // stored with descriptors, and deflated
			path := c.path(t, how)
			for name, args := range map[string][]string{
				"verify": verifying(path, ""), "verify --json": {"evidence", "verify", "--json", path},
				"extract": extracting(path, path+"-out"),
			} {
				child := exec.Command(os.Args[0], "-test.run=^TestForeignPeakMemory$")
				child.Env = append(os.Environ(), "DANABIO_BENCH_RUN="+danabioBinary(t)+"\n"+strings.Join(args, "\n"))
				out, err := child.CombinedOutput()
				_ = os.RemoveAll(path + "-out")
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				var peak int64
				if _, err := fmt.Sscanf(string(out), "peak %d", &peak); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				t.Logf("%-14s %-20s %-14s %6d KiB", c.name, how.name, name, peak)
				if peak<<10 > maxPeak {
					t.Errorf("%s takes %d KiB for %s, %s", name, peak, c.name, how.name)
				}
			}
		}
	}
}
