package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/evidence"
)

// brokenReader returns some bytes and then fails.
type brokenReader struct{ err error }

func (r brokenReader) Read(p []byte) (int, error) { return copy(p, "PK"), r.err }

func TestSpoolEvidence(t *testing.T) {
	broken := errors.New("input/output error")
	tests := []struct {
		name   string
		source io.Reader
		want   error
	}{
		{"less than the limit", strings.NewReader("123456789"), nil},
		{"exactly the limit", strings.NewReader("1234567890"), nil},
		{"nothing", strings.NewReader(""), nil},
		{"more than the limit", strings.NewReader("12345678901"), evidence.ErrRefused},
		{"without an end", brokenReader{nil}, evidence.ErrRefused},
		{"broken off", brokenReader{broken}, broken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			for _, name := range []string{"TMPDIR", "TMP"} {
				t.Setenv(name, folder)
			}
			var read bytes.Buffer
			file, remove, err := spoolEvidence(io.TeeReader(test.source, &read), 10)
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if err == nil {
				info, err := file.Stat()
				if err != nil || info.Size() != int64(read.Len()) || runtime.GOOS != "windows" && info.Mode() != 0o600 {
					t.Errorf("it holds %d bytes with mode %v, %v", info.Size(), info.Mode(), err)
				}
				remove()
				if err := file.Close(); !errors.Is(err, os.ErrClosed) {
					t.Errorf("it is open still: %v", err)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
			if read.Len() > 11 {
				t.Errorf("%d bytes were read", read.Len())
			}
		})
	}
}
