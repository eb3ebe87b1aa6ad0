//go:build linux && !race

package danabio_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

const (
	huge      = 1 << 30
	maxMemory = 64 << 20
)

// inChild runs this test again in a separate process and returns its output. The memory of that
// process is known as a whole.
func inChild(t *testing.T, url string, environment ...string) string {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(append(os.Environ(), "DANABIO_TEST_SERVER="+url), environment...)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	_, line, _ := strings.Cut(string(out), "VmHWM:")
	var peak int64
	if _, err := fmt.Sscanf(line, "%d kB", &peak); err != nil {
		t.Fatalf("the child did not say its peak memory: %v\n%s", err, out)
	}
	peak <<= 10
	t.Logf("peak memory %d MiB", peak>>20)
	if peak > maxMemory {
		t.Errorf("peak memory is %d MiB, want at most %d", peak>>20, maxMemory>>20)
	}
	return string(out)
}

// sayMemory prints the system's figures for this process, including its peak memory. The parent
// cannot use ru_maxrss, because that includes the parent's own memory at the fork.
func sayMemory(t *testing.T) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s\n", status)
}

func childClient(t *testing.T) *danabio.Client {
	return newClient(t, danabio.Config{
		Environment: danabio.CustomEnvironment(os.Getenv("DANABIO_TEST_SERVER")),
		Channel:     channel,
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
	})
}

// noise returns a PDF header followed by incompressible bytes, of the given size.
type noise struct {
	source *rand.ChaCha8
	read   int64
	size   int64
}

func newNoise(size int64) *noise { return &noise{source: rand.NewChaCha8([32]byte{1}), size: size} }

func (n *noise) Read(p []byte) (int, error) {
	if n.read == n.size {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), n.size-n.read)]
	_, _ = n.source.Read(p)
	if n.read == 0 {
		copy(p, "%PDF-1.7\n")
	}
	n.read += int64(len(p))
	return len(p), nil
}

type noiseFile struct {
	fs.File // for Stat and Close
	*noise
}

func (f noiseFile) Read(p []byte) (int, error) { return f.noise.Read(p) }
func (f noiseFile) Stat() (fs.FileInfo, error) { return noiseInfo{}, nil }

type noiseFS struct{}

func (noiseFS) Open(name string) (fs.File, error) {
	file, err := fstest.MapFS{name: {}}.Open(name)
	return noiseFile{file, newNoise(huge)}, err
}

func (noiseFS) Stat(string) (fs.FileInfo, error) { return noiseInfo{}, nil }

type noiseInfo struct{}

func (noiseInfo) Name() string       { return "contrato.pdf" }
func (noiseInfo) Size() int64        { return huge }
func (noiseInfo) Mode() fs.FileMode  { return 0o600 }
func (noiseInfo) ModTime() time.Time { return time.Unix(1e9, 0) }
func (noiseInfo) IsDir() bool        { return false }
func (noiseInfo) Sys() any           { return nil }

// Memory does not grow with the document. A process sends 1 GiB with at most 64 MiB of memory, and
// the document arrives whole with its exact length.
func TestMemoryOfAHugeStart(t *testing.T) {
	if testing.Short() {
		t.Skip("1 GiB is sent; a run without -short does it")
	}
	if os.Getenv("DANABIO_TEST_SERVER") != "" {
		c, err := childClient(t).StartCircuit(t.Context(), request(danabio.FS(noiseFS{}, "contrato.pdf")))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("sent", c.Documents[0].Size, c.Documents[0].SHA256)
		sayMemory(t)
		return
	}
	t.Parallel()
	var length, arrived int64
	var received string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operationOf(r) == token {
			tokenReply("opaque", 1799)(w, r)
			return
		}
		length = r.ContentLength
		counted := &countingReader{r.Body, 0}
		received = decodedDigest(t, counted)
		arrived = counted.n
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"circuitId":"1"}`)
	}))
	defer server.Close()
	out := inChild(t, server.URL)
	want := sha256.New()
	if _, err := io.Copy(want, newNoise(huge)); err != nil {
		t.Fatal(err)
	}
	sum := hex.EncodeToString(want.Sum(nil))
	if received != sum || !strings.Contains(out, fmt.Sprintf("sent %d %s", huge, sum)) {
		t.Errorf("a document of SHA-256 %s arrived as %s; the client said %s", sum, received, out)
	}
	if length != arrived || length < huge/3*4 {
		t.Errorf("Content-Length was %d, %d bytes came", length, arrived)
	}
}

type countingReader struct {
	io.Reader
	n int64
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	return n, err
}

// decodedDigest decodes the content of the one document while it reads, without holding it in
// memory.
func decodedDigest(t *testing.T, body io.Reader) string {
	const mark = `"content":"`
	var before []byte
	for !bytes.HasSuffix(before, []byte(mark)) {
		one := make([]byte, 1)
		if _, err := io.ReadFull(body, one); err != nil || len(before) > 4<<10 {
			t.Errorf("the body begins with %q (%v), and no content follows", before, err)
			return ""
		}
		before = append(before, one...)
	}
	digest := sha256.New()
	_, err := io.Copy(digest, base64.NewDecoder(base64.StdEncoding, io.LimitReader(body, (huge+2)/3*4)))
	if err != nil {
		t.Error(err)
	}
	rest, err := io.ReadAll(body)
	if err != nil || !json.Valid(append(before, rest...)) ||
		!bytes.Contains(before, fmt.Appendf(nil, `"size":%d`, huge)) {
		t.Errorf("the body begins with %q and ends with %q (%v)", before, rest, err)
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// Memory does not grow with the evidence either.
func TestMemoryOfAHugeDownload(t *testing.T) {
	if testing.Short() {
		t.Skip("1 GiB is received; a run without -short does it")
	}
	if os.Getenv("DANABIO_TEST_SERVER") != "" {
		path := filepath.Join(os.Getenv("DANABIO_TEST_FOLDER"), "evidence.zip")
		receipt, err := childClient(t).DownloadEvidence(t.Context(), circuit, path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("received", receipt.Size, receipt.SHA256)
		sayMemory(t)
		return
	}
	t.Parallel()
	const entries, entrySize = 4, huge/4 + 5
	crc := crc32.NewIEEE()
	if _, err := io.Copy(crc, newNoise(entrySize)); err != nil {
		t.Fatal(err)
	}
	sent := sha256.New()
	var size int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if operationOf(r) == token {
			tokenReply("opaque", 1799)(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/zip")
		counted := &countingWriter{w: io.MultiWriter(w, sent)}
		archive := zip.NewWriter(counted)
		for i := range entries {
			entry, err := archive.CreateRaw(&zip.FileHeader{
				Name: fmt.Sprintf("video-%d.pdf", i), Method: zip.Store, CRC32: crc.Sum32(),
				CompressedSize64: entrySize, UncompressedSize64: entrySize,
			})
			if err == nil {
				_, err = io.Copy(entry, newNoise(entrySize))
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
		if err := archive.Close(); err != nil {
			t.Error(err)
		}
		size = counted.n
	}))
	defer server.Close()
	folder := t.TempDir()
	out := inChild(t, server.URL, "DANABIO_TEST_FOLDER="+folder)
	sum := hex.EncodeToString(sent.Sum(nil))
	if size < huge || !strings.Contains(out, fmt.Sprintf("received %d %s", size, sum)) {
		t.Errorf("%d bytes of SHA-256 %s were sent; the client said %s", size, sum, out)
	}
	file, err := os.Open(filepath.Join(folder, "evidence.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stored := sha256.New()
	if _, err := io.Copy(stored, file); err != nil || hex.EncodeToString(stored.Sum(nil)) != sum {
		t.Errorf("the file has SHA-256 %x (%v), want %s", stored.Sum(nil), err, sum)
	}
}

type countingWriter struct {
	w io.Writer
	n int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	w.n += int64(n)
	return n, err
}
