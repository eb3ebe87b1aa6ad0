package danabio_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// countingFS is a file system with one file. It counts how often that file is opened.
type countingFS struct {
	content []byte
	opened  *int
}

func (f countingFS) Open(name string) (fs.File, error) {
	*f.opened++
	return fstest.MapFS{name: {Data: f.content}}.Open(name)
}

func (f countingFS) Stat(name string) (fs.FileInfo, error) {
	return fs.Stat(fstest.MapFS{name: {Data: f.content}}, name)
}

func TestBadInputIsRefusedBeforeAnythingIsSent(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := danabio.Bytes("contrato.pdf", pdf(100))
	with := func(change func(*danabio.CircuitRequest)) danabio.CircuitRequest {
		r := request(good)
		change(&r)
		return r
	}
	for name, test := range map[string]struct {
		request danabio.CircuitRequest
		says    []string
	}{
		"document does not exist": {request(danabio.File(filepath.Join(folder, "none.pdf"))),
			[]string{"none.pdf", syscall.ENOENT.Error()}},
		"document is empty": {request(danabio.File(write("empty.pdf", nil))),
			[]string{"empty.pdf", "empty"}},
		"document is a folder": {request(danabio.File(folder)), []string{filepath.Base(folder), "folder"}},
		"document is a device": {request(danabio.File(os.DevNull)),
			[]string{filepath.Base(os.DevNull), "not a regular file"}},
		"document is not a PDF": {request(danabio.File(write("page.pdf", []byte("<html>")))),
			[]string{"page.pdf", "not a PDF"}},
		"PDF mark after 1,024 bytes": {
			request(danabio.File(write("late.pdf", append(bytes.Repeat([]byte{'x'}, 1020), pdf(100)...)))),
			[]string{"late.pdf", "not a PDF"}},
		"bytes are empty":              {request(danabio.Bytes("void.pdf", nil)), []string{"void.pdf", "empty"}},
		"not in the file system":       {request(danabio.FS(fstest.MapFS{}, "a/none.pdf")), []string{"none.pdf"}},
		"document without a name":      {request(danabio.Bytes(" ", pdf(100))), []string{"no name"}},
		"document name with a slash":   {request(danabio.Bytes("a/b.pdf", pdf(100))), []string{"a/b.pdf", "slash"}},
		"document name with a control": {request(danabio.Bytes("a\nb.pdf", pdf(100))), []string{"control"}},
		"two documents of one name": {request(good, danabio.Bytes("Contrato.PDF", pdf(50))),
			[]string{"two documents", "Contrato.PDF"}},
		"one name with other accents": {request(danabio.Bytes("Cr\u00e9dito.pdf", pdf(50)),
			danabio.Bytes("cre\u0301dito.pdf", pdf(50))), []string{"two documents"}},
		"no document": {with(func(r *danabio.CircuitRequest) { r.Documents = nil }),
			[]string{"no document"}},
		"the zero document": {request(danabio.Document{}), []string{"zero Document"}},
		"no signer": {with(func(r *danabio.CircuitRequest) { r.Signer = danabio.Signer{} }),
			[]string{"signer"}},
		"signer's name is blank": {with(func(r *danabio.CircuitRequest) { r.Signer.Name = "  " }),
			[]string{"Signer.Name"}},
		"signer's e-mail is none": {with(func(r *danabio.CircuitRequest) { r.Signer.Email = "ana.example.com" }),
			[]string{"Signer.Email", "e-mail"}},
		"signer's e-mail has a name": {
			with(func(r *danabio.CircuitRequest) { r.Signer.Email = "Ana <ana@example.com>" }),
			[]string{"Signer.Email"}},
		"signer's NIF has a control": {with(func(r *danabio.CircuitRequest) { r.Signer.NIF = "123\x00" }),
			[]string{"Signer.NIF"}},
		"signer is no UTF-8": {with(func(r *danabio.CircuitRequest) { r.Signer.Name = "Ana P\xe9rez" }),
			[]string{"Signer.Name", "UTF-8"}},
		"request id has a control": {with(func(r *danabio.CircuitRequest) { r.ID = "a\tb" }),
			[]string{"CircuitRequest.ID"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, newScript(t), func(b *bed) {
				_, err := b.client.StartCircuit(b.Context(), test.request)
				if !errors.Is(err, danabio.ErrInvalidRequest) {
					t.Fatalf("got %v, want ErrInvalidRequest", err)
				}
				for _, word := range test.says {
					if !strings.Contains(err.Error(), word) {
						t.Errorf("%q does not say %q", err, word)
					}
				}
				for _, personal := range []string{"Ana", "ana@", "12345678Z", "123\x00"} {
					if strings.Contains(err.Error(), personal) {
						t.Errorf("%q holds personal data", err)
					}
				}
				if b.dials.Load() != 0 {
					t.Errorf("%d connections were made", b.dials.Load())
				}
			})
		})
	}
}

func TestPDFMarkMayStandWithinThe1024thByte(t *testing.T) {
	content := append(bytes.Repeat([]byte{'x'}, 1019), pdf(100)...)
	inBubble(t, newScript(t).on(start, started), func(b *bed) {
		if _, err := b.client.StartCircuit(b.Context(), request(danabio.Bytes("late.pdf", content))); err != nil {
			t.Error(err)
		}
	})
}

// changingFS is a file system whose file changes between the check and the end of sending.
type changingFS struct {
	content []byte
	change  func(opened int, file *fstest.MapFile)
	opened  int
}

func (f *changingFS) Open(name string) (fs.File, error) {
	f.opened++
	file := &fstest.MapFile{Data: f.content, ModTime: time.Unix(1e9, 0)}
	f.change(f.opened, file)
	return fstest.MapFS{name: file}.Open(name)
}

func (f *changingFS) Stat(name string) (fs.FileInfo, error) {
	return fs.Stat(fstest.MapFS{name: {Data: f.content}}, name)
}

// shortFile has less content than its size says.
type shortFile struct {
	fs.File
	left int
}

func (f *shortFile) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	n, err := f.File.Read(p[:min(len(p), f.left)])
	f.left -= n
	return n, err
}

type shrinkingFS struct{ fstest.MapFS }

func (f shrinkingFS) Open(name string) (fs.File, error) {
	file, err := f.MapFS.Open(name)
	return &shortFile{file, 90_000}, err
}

// longFile has more content than its size says.
type longFile struct {
	fs.File
	more bool
}

func (f *longFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if err == io.EOF && n == 0 && f.more && len(p) > 0 {
		f.more = false
		p[0] = 'x'
		return 1, nil
	}
	return n, err
}

type growingFS struct{ fstest.MapFS }

func (f growingFS) Open(name string) (fs.File, error) {
	file, err := f.MapFS.Open(name)
	return &longFile{file, true}, err
}

func TestDocumentThatChangesWhileItIsSentAbortsTheStart(t *testing.T) {
	content := pdf(100_000)
	for name, source := range map[string]fs.FS{
		"grown before it was sent": &changingFS{content: content,
			change: func(n int, f *fstest.MapFile) { f.Data = f.Data[:100_000-min(n-1, 1)] }},
		"written to while it is sent": &changingFS{content: content,
			change: func(n int, f *fstest.MapFile) { f.ModTime = f.ModTime.Add(time.Duration(n/3) * time.Second) }},
		"another only while it is sent": &changingFS{content: content,
			change: func(n int, f *fstest.MapFile) { f.ModTime = f.ModTime.Add(time.Duration(n%2) * time.Second) }},
		"longer than its size has it":  growingFS{fstest.MapFS{"contrato.pdf": {Data: content}}},
		"shorter than its size has it": shrinkingFS{fstest.MapFS{"contrato.pdf": {Data: content}}},
		"replaced by one of another size": &changingFS{content: content,
			change: func(n int, f *fstest.MapFile) { f.Data = append(f.Data, make([]byte, n/3)...) }},
	} {
		t.Run(name, func(t *testing.T) {
			cut := broken(func(_ http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					t.Error("the server got a whole request")
				}
			})
			s := newScript(t)
			s.optional = cut
			inBubble(t, s, func(b *bed) {
				_, err := b.client.StartCircuit(b.Context(), request(danabio.FS(source, "contrato.pdf")))
				var unknown *danabio.OutcomeUnknownError
				// Once a part of the document was sent, the error must not claim that nothing was.
				if errors.Is(err, danabio.ErrInvalidRequest) == errors.As(err, &unknown) ||
					!strings.Contains(err.Error(), "contrato.pdf") ||
					!strings.Contains(err.Error(), "changed while it was sent") {
					t.Errorf("got %v, want ErrInvalidRequest that names the document", err)
				}
				if b.calls(start) > 1 {
					t.Errorf("%d starts", b.calls(start))
				}
				if errors.As(err, &unknown) != (b.calls(start) == 1) {
					t.Errorf("got %v with %d starts begun", err, b.calls(start))
				}
				if errors.As(err, &unknown) && unknown.Outcome != danabio.PartlySent {
					t.Errorf("got state %q, want %q", unknown.Outcome, danabio.PartlySent)
				}
			})
		})
	}
}

func TestNamedDocumentIsAnotherNameForTheSameSource(t *testing.T) {
	original := danabio.Bytes("contrato.pdf", pdf(100))
	if named := original.Named("anexo.pdf"); named.Name() != "anexo.pdf" || original.Name() != "contrato.pdf" {
		t.Errorf("named %q, the original %q", named.Name(), original.Name())
	}
}
