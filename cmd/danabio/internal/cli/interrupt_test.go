package cli

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term"
	"github.com/danabio/danabio-go/cmd/danabio/internal/term/termtest"
)

// sparse is a file in which long runs of zeros take no disk space.
type sparse struct{ *os.File }

func (f sparse) Write(p []byte) (int, error) {
	if len(p) >= 1<<20 && len(bytes.TrimLeft(p, "\x00")) == 0 {
		_, err := f.Seek(int64(len(p)), io.SeekCurrent)
		return len(p), err
	}
	return f.File.Write(p)
}

// hugeEvidence writes evidence that takes a while to read.
func hugeEvidence(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zeros := make([]byte, 1<<20)
	const pieces = 400
	crc := uint32(0)
	for range pieces {
		crc = crc32.Update(crc, crc32.IEEETable, zeros)
	}
	archive := zip.NewWriter(sparse{file})
	entry, err := archive.CreateRaw(&zip.FileHeader{
		Name: "video.bin", CRC32: crc, CompressedSize64: pieces << 20, UncompressedSize64: pieces << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	for range pieces {
		if _, err := entry.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
}

// interruptedRun runs danabio and interrupts it when the text appears on its progress line, or when
// the test cancels interrupts. danabio must then end within a second, or within ten on a busy
// machine. The interrupted operation would take longer than that.
func interruptedRun(t *testing.T, at string, interrupts context.Context,
	args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, interrupt := context.WithCancel(interrupts)
	var since time.Time
	var once sync.Once
	context.AfterFunc(ctx, func() { once.Do(func() { since = time.Now() }) })
	s := termtest.NewScreen()
	line := &term.ProgressLine{Screen: writerFunc(func(p []byte) (int, error) {
		if at != "" && strings.Contains(string(p), at) {
			interrupt()
		}
		return s.Write(p)
	}), Width: func() int { return 80 }, First: time.Millisecond}
	var out bytes.Buffer
	o := &term.Output{Stdout: &out, Stderr: s, Language: i18n.English}
	o.UseLine(line)
	code = runCommand(o, ctx, args, nil)
	interrupted := ctx.Err() != nil
	interrupt()
	once.Do(func() { since = time.Now() })
	if took := time.Since(since); took > 10*time.Second || !interrupted {
		t.Errorf("%q: ended %v after the interrupt, which came: %v", args, took, interrupted)
	}
	return code, out.String(), s.Left()
}

func TestInterruptEndsReadingEvidence(t *testing.T) {
	t.Chdir(t.TempDir())
	hugeEvidence(t, "huge.zip")
	for name, args := range map[string][]string{
		"Verifying":   {"verify", "huge.zip"},
		"Verifying:":  {"list", "huge.zip", "other.zip"},
		"Extracting":  {"extract", "huge.zip", "-o", "out"},
		"Verifying: ": {"report", "huge.zip", "-o", "report.html"},
	} {
		code, stdout, stderr := interruptedRun(t, name, t.Context(), append([]string{"evidence"}, args...)...)
		if code != failure.ExitInterrupted || stdout != "" {
			t.Errorf("%q: exit code %d, stdout %q", args, code, stdout)
		}
		left := "huge.zip"
		switch args[0] {
		case "list":
			left = "huge.zip, other.zip"
		case "report":
			left = "report.html"
		}
		if want := "\nNothing half done is left behind. Not done: " + left +
			"\n"; !strings.Contains(stderr, "interrupted") || !strings.HasSuffix(stderr, want) {
			t.Errorf("%q: stderr %q", args, stderr)
		}
		holdsOnly(t, "huge.zip")
	}
}

// halfAnswer sends half of a body and then nothing until the client disconnects.
func halfAnswer(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Length", "1000000")
	_, _ = w.Write(append([]byte("PK\x03\x04"), make([]byte, 500_000)...))
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func TestInterruptEndsDownloads(t *testing.T) {
	noLeaks(t)
	for name, args := range map[string][]string{
		"one":          {"download", "some-circuit", "-o", "evidence.zip"},
		"while waited": {"wait", "some-circuit", "-o", "evidence.zip"},
		"several":      {"download", "a", "b", "c", "d", "e", "f", "-o", "archive"},
		"waited all":   {"wait", "a", "b", "c", "d", "e", "f", "-o", "archive"},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, halfAnswer)
			code, stdout, stderr := interruptedRun(t, "Receiving", t.Context(), args...)
			want := "Not done: circuit some-circuit into evidence.zip\n"
			if len(args) > 5 {
				want = "danabio: interrupted, with 6 of 6 circuits to go\nNothing half done is left behind. Not " +
					"done: circuits a, b, c, d, e, f into archive\n"
			}
			if code != failure.ExitInterrupted || stdout != "" || !strings.HasSuffix(stderr, want) ||
				!strings.Contains(stderr, "interrupted") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}

func TestInterruptEndsWaiting(t *testing.T) {
	noLeaks(t)
	watched(t, func(*http.Request) {})
	code, _, stderr := interruptedRun(t, "polls: 3", t.Context(), "wait", "a", "b", "c", "-o", "archive")
	if code != failure.ExitInterrupted || !strings.HasSuffix(stderr, "Not done: circuits a, b, c into archive\n") {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	holdsOnly(t, "contract.pdf")
}

// Evidence that was stored before the interrupt stays and is not listed as left over.
func TestInterruptTellsWhatIsLeftOfSeveral(t *testing.T) {
	noLeaks(t)
	api := watched(t, func(*http.Request) {})
	var done []string
	for range 2 {
		_, stdout, _ := run(t.Context(), nil, startWith("contract.pdf")...)
		id, _, _ := strings.Cut(strings.TrimPrefix(stdout, "circuitId="), "\n")
		done = append(done, id)
	}
	for _, id := range done {
		if err := api.Complete(id); err != nil {
			t.Fatal(err)
		}
	}
	code, stdout, stderr := interruptedRun(t, "2 of 4 circuits done", t.Context(), "wait", "x", done[0], "y", done[1],
		"-o", "archive")
	if code != failure.ExitInterrupted || strings.Count(stdout, "circuit=") != 2 ||
		!strings.HasSuffix(stderr, "danabio: interrupted, with 2 of 4 circuits to go\nNothing half done is left "+
			"behind. Not done: circuits x, y into archive\n") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

func TestInterruptEndsARequestForAToken(t *testing.T) {
	noLeaks(t)
	for name, args := range map[string][]string{
		"token":    {"token"},
		"contract": {"contract"},
		"start":    startWith("contract.pdf"),
		"download": {"download", "c", "-o", "e.zip"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			served(t, nil, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				interrupt()
				<-r.Context().Done()
			})
			code, stdout, stderr := interruptedRun(t, "", ctx, args...)
			if code != failure.ExitInterrupted || stdout != "" || !strings.Contains(stderr, "interrupted") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if name == "start" &&
				!strings.HasSuffix(stderr, "\nNothing was sent, or the server refused it, and by its answer it "+
					"started no circuit. The same command can be given again.\n") {
				t.Errorf("stderr %q", stderr)
			}
			holdsOnly(t, "contract.pdf")
		})
	}
}

func TestInterruptEndsAnUpload(t *testing.T) {
	noLeaks(t)
	// The server does not read the rest, so the buffers on the way fill up and the upload stalls.
	ended := make(chan struct{})
	ctx, interrupt := context.WithCancel(t.Context())
	served(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 100_000)
		interrupt()
		<-ended
	})
	if err := os.WriteFile("big.pdf", append([]byte("%PDF-1.7\n"), make([]byte, 30<<20)...), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := interruptedRun(t, "", ctx, startWith("--receipt", "sent.json", "big.pdf")...)
	close(ended)
	if code != failure.ExitUnknown || stdout != "" {
		t.Errorf("exit code %d, stdout %q", code, stdout)
	}
	for _, want := range []string{"interrupted", "The request was sent in part", "request ID  loan-4711"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("stderr lacks %q: %s", want, stderr)
		}
	}
	holdsOnly(t, "big.pdf", "contract.pdf", "sent.json")
}

func TestListedIsBounded(t *testing.T) {
	var names []string
	for i := range 25 {
		names = append(names, fmt.Sprint(i))
	}
	if got := shortList(names).Error(); got != "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 15 more" {
		t.Error(got)
	}
	if got := shortList([]string{"a", "-", "\x1b[2J"}).Error(); got != "a, -, \ufffd[2J" {
		t.Error(got)
	}
}
