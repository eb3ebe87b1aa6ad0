//go:build linux && !race

package evidence

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// processLimit is the total memory limit of a process that verifies any ZIP.
const processLimit = 24 << 20

// TestMemoryOfTheProcess verifies each ZIP in a separate process, which reports its peak memory.
func TestMemoryOfTheProcess(t *testing.T) {
	if path := os.Getenv("DANABIO_TEST_ZIP"); path != "" {
		verifyInChild(t, path)
		return
	}
	huge := newBigZIP(320 << 20)
	for name, write := range map[string]func(file *os.File) error{
		// This is a sparse file, which takes no disk space.
		"320 MiB stored": func(file *os.File) error {
			_, err := file.WriteAt(huge.head, 0)
			if err == nil {
				_, err = file.WriteAt(huge.tail, huge.size()-int64(len(huge.tail)))
			}
			return err
		},
		"64 MiB deflated": func(file *os.File) error {
			content := nibbles(64 << 20)
			f := &forgery{entries: []*forgedEntry{{name: "video.mp4", content: content,
				data: quicklyDeflated(t, content), method: 8}}}
			_, err := file.Write(f.bytes())
			return err
		},
		"10,000 entries": func(file *os.File) error {
			f := &forgery{}
			for i := range 10_000 {
				f.entries = append(f.entries,
					&forgedEntry{name: fmt.Sprintf("documents/contract-with-a-name-%04d.json", i),
						content: []byte(`{}`)})
			}
			_, err := file.Write(f.bytes())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "evidence.zip")
			file, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			if err := write(file); err != nil {
				t.Fatal(err)
			}
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryOfTheProcess$")
			child.Env = append(os.Environ(), "DANABIO_TEST_ZIP="+path)
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, line, _ := strings.Cut(string(out), "VmHWM:")
			var peak int64
			if _, err := fmt.Sscanf(line, "%d kB", &peak); err != nil {
				t.Fatalf("the child did not say its peak memory: %v\n%s", err, out)
			}
			t.Logf("peak memory %d KiB", peak)
			if peak <<= 10; peak > processLimit {
				t.Errorf("the process took %d KiB", peak>>10)
			}
		})
	}
}

func verifyInChild(t *testing.T, path string) {
	archive, err := Open(path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	if _, err := archive.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s\n", status)
}

// nibbles returns content that deflates to about half of its size.
func nibbles(size int) []byte {
	content, state := make([]byte, size), uint32(1)
	for i := range content {
		state = state*1664525 + 1013904223
		content[i] = byte(state >> 28)
	}
	return content
}

func quicklyDeflated(t *testing.T, content []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	compressor, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := compressor.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := compressor.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
