package auditreport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/robustio"

	"github.com/danabio/danabio-go/internal/picture"
	"github.com/danabio/danabio-go/pkg/evidence"
)

const (
	maxPages      = 20
	maxPageSource = 64 << 20 // of one PDF, in bytes
	maxPagesBytes = 4 << 20  // of all first pages in the report, in bytes
	pagesTime     = 60 * time.Second
	pageTime      = 20 * time.Second
	pageSide      = "1100"  // longer side, in pixels
	pageMemory    = 1 << 30 // address space of the drawing program on Linux, in bytes
)

// FirstPage is the first page of a PDF.
type FirstPage struct {
	Entry    string   `json:"entry"`
	Shown    *Shown   `json:"shown,omitempty"`
	NotShown NotShown `json:"notShown,omitempty"`
}

// Renderer draws the first page of the PDF at path as a picture, of which at most picture.MaxBytes
// are used.
type Renderer func(ctx context.Context, path string) ([]byte, error)

// pageBudget limits what one report shows, and how long drawing takes.
type pageBudget struct {
	ctx      context.Context
	renderer Renderer
	asked    bool // first pages were requested, although there may be no renderer
	count    int
	bytes    int
	spent    time.Duration
}

// collect draws the first page of one PDF. It fails only if the content cannot be read or the
// context has ended.
func (b *pageBudget) collect(content fs.FS, entry evidence.EntryReport) (FirstPage, error) {
	page := FirstPage{Entry: entry.Name}
	switch {
	case b.renderer == nil && !b.asked:
		page.NotShown = NotShownNotAsked
	case b.renderer == nil:
		page.NotShown = NotShownNoProgram
	case b.count == maxPages || b.bytes > maxPagesBytes:
		page.NotShown = NotShownTooMany
	case entry.Size > maxPageSource:
		page.NotShown = NotShownTooLarge
	case b.spent >= pagesTime:
		page.NotShown = NotShownTime
	}
	if page.NotShown != "" {
		return page, nil
	}
	b.count++
	began := time.Now()
	drawn, err := b.draw(content, entry, min(pageTime, pagesTime-b.spent))
	b.spent += time.Since(began)
	var failed *renderError
	switch {
	case b.ctx.Err() != nil:
		return page, b.ctx.Err()
	case errors.As(err, &failed) && errors.Is(err, context.DeadlineExceeded):
		page.NotShown = NotShownTime
		return page, nil
	case errors.As(err, &failed):
		page.NotShown = NotShownFailed
		return page, nil
	case err != nil:
		return page, err
	}
	plain, err := picture.Plain(drawn)
	if err != nil {
		page.NotShown = NotShownFailed
		return page, nil
	}
	b.bytes += len(plain.Content)
	page.Shown = shown(plain)
	page.Shown.Shrunk = false // a page has no pixels that could be lost
	return page, nil
}

// renderError is an error of the renderer or of its temporary folder. It says nothing about the
// evidence.
type renderError struct{ error }

func (e *renderError) Unwrap() error { return e.error }

// draw gives the renderer a private copy of the entry.
func (b *pageBudget) draw(content fs.FS, entry evidence.EntryReport, limit time.Duration) ([]byte, error) {
	folder, err := os.MkdirTemp("", "danabio-*") // mode 0700
	if err != nil {
		return nil, &renderError{err}
	}
	defer robustio.RemoveAll(folder)
	path := filepath.Join(folder, "page.pdf") // never the entry's name
	if err := copyEntry(b.ctx, path, content, entry); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	drawn, err := b.renderer(ctx, path)
	if err != nil {
		return nil, &renderError{errors.Join(ctx.Err(), err)}
	}
	return drawn, nil
}

func copyEntry(ctx context.Context, path string, content fs.FS, entry evidence.EntryReport) error {
	source, err := content.Open(entry.Name)
	if err != nil {
		return fmt.Errorf("audit report: %w", err)
	}
	defer source.Close()
	target, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return &renderError{err}
	}
	reader := &entryReader{ctx: ctx, source: source}
	_, err = io.Copy(target, reader)
	err = errors.Join(err, target.Close())
	switch {
	case reader.err != nil:
		return fmt.Errorf("audit report: %w", reader.err)
	case err != nil: // from the temporary folder
		return &renderError{err}
	}
	return nil
}

// entryReader stops when its context ends, and remembers the source's error.
type entryReader struct {
	ctx    context.Context
	source io.Reader
	err    error
}

func (r *entryReader) Read(p []byte) (int, error) {
	if r.err = r.ctx.Err(); r.err != nil {
		return 0, r.err
	}
	n, err := r.source.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// Poppler returns a renderer that runs poppler's pdftoppm, or nil if that is not on the PATH. The
// program gets only the environment variables that it needs, so it sees no secrets. On Linux it
// also gets at most 1 GiB of address space, because a PDF of a thousand bytes can ask for more
// memory than the machine has.
func Poppler() Renderer {
	program, err := exec.LookPath("pdftoppm")
	if err != nil {
		return nil
	}
	return func(ctx context.Context, path string) ([]byte, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		command := exec.CommandContext(ctx, program, "-f", "1", "-l", "1", "-singlefile", "-scale-to", pageSide, "-png",
			filepath.Base(path))
		command.Dir = filepath.Dir(path)
		command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + command.Dir, "TMPDIR=" + command.Dir, "LC_ALL=C"}
		if root := os.Getenv("SystemRoot"); root != "" {
			command.Env = append(command.Env, "SystemRoot="+root) // no program starts on Windows without it
		}
		command.WaitDelay = time.Second
		out := &capped{stop: cancel}
		command.Stdout = out
		if err := command.Start(); err != nil {
			return nil, err
		}
		unlimited := limitMemory(command.Process, pageMemory)
		if unlimited != nil {
			cancel()
		}
		if err := errors.Join(unlimited, command.Wait()); err != nil {
			return nil, err
		}
		return out.held, nil
	}
}

// capped collects a program's output and stops the program if it prints too much. It has no method
// other than Write, since io.Copy would use that instead.
type capped struct {
	held []byte
	stop func()
}

func (c *capped) Write(p []byte) (int, error) {
	if len(c.held)+len(p) > picture.MaxBytes {
		c.stop()
		return 0, picture.ErrBytes
	}
	c.held = append(c.held, p...)
	return len(p), nil
}
