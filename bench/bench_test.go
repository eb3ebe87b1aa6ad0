// Package bench_test compares the client with a lower bound: the same work with the standard
// library alone. Each benchmark runs both in turn, so that other load on the machine affects both.
// See README.md.
package bench_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/danabio"
)

const circuit = "12ceb3ec-7b76-5555-b263-xx222"

// pair measures both alternately, and each goes first equally often. It reports their medians and
// the median of the ratios of adjacent measurements.
func pair(b *testing.B, ours, floor func()) {
	b.Helper()
	measure := func(f func()) time.Duration {
		began := time.Now()
		f()
		return time.Since(began)
	}
	ours()
	floor() // warm up both
	var our, their []time.Duration
	var ratios []float64
	for n := 0; b.Loop(); n++ {
		var o, f time.Duration
		if n%2 == 0 {
			o, f = measure(ours), measure(floor)
		} else {
			f, o = measure(floor), measure(ours)
		}
		our, their, ratios = append(our, o), append(their, f), append(ratios, float64(o)/float64(f))
	}
	b.ReportMetric(0, "ns/op") // hides the time of both together, which is meaningless
	b.ReportMetric(median(our).Seconds()*1e3, "ours-ms")
	b.ReportMetric(median(their).Seconds()*1e3, "floor-ms")
	b.ReportMetric(median(ratios), "x-floor")
}

func median[T cmp.Ordered](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

// server answers token requests itself and passes the rest to handler.
func server(b *testing.B, secured bool, handler http.HandlerFunc) *httptest.Server {
	both := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/oauth2/token") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"opaque","token_type":"Bearer","expires_in":86400}`)
			return
		}
		handler(w, r)
	})
	s := httptest.NewUnstartedServer(both)
	if secured {
		s.StartTLS()
	} else {
		s.Start()
	}
	b.Cleanup(s.Close)
	return s
}

func client(b *testing.B, s *httptest.Server) *danabio.Client {
	c, err := danabio.New(danabio.Config{
		Environment: danabio.CustomEnvironment(s.URL), Channel: "acme",
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"), HTTPClient: s.Client(),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	if _, err := c.Authenticate(context.Background()); err != nil {
		b.Fatal(err)
	}
	return c
}

// freshClient returns a plain client that opens a connection for each request.
func freshClient(s *httptest.Server) *http.Client {
	transport := s.Client().Transport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	return &http.Client{Transport: transport}
}

func takeStart(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"circuitId":"`+circuit+`","link":"https://sign.example.com/s/1"}`)
}

// gigabit accepts a start no faster than a network of 1 Gbit/s would deliver it.
func gigabit(w http.ResponseWriter, r *http.Request) {
	const bytesPerSecond = 125e6
	began, taken := time.Now(), int64(0)
	for {
		n, err := io.CopyN(io.Discard, r.Body, 256<<10)
		taken += n
		if err != nil {
			break
		}
		time.Sleep(time.Duration(float64(taken)/bytesPerSecond*float64(time.Second)) - time.Since(began))
	}
	takeStart(w, r)
}

// startAgainstPost compares starts with one document of this size with sending the same prepared
// body. Each measurement contains this many requests.
func startAgainstPost(b *testing.B, size, times int, secured bool, take http.HandlerFunc) {
	content := noise(size)
	path := filepath.Join(b.TempDir(), "contract.pdf")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
	var body bytes.Buffer
	var header http.Header
	record := server(b, false, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		_, _ = io.Copy(&body, r.Body)
		r.Body = http.NoBody
		takeStart(w, r)
	})
	request := danabio.CircuitRequest{
		ID: "loan-4711", Signer: danabio.Signer{Name: "Ana Prueba", Email: "ana@example.com", NIF: "12345678Z"},
		Documents: []danabio.Document{danabio.File(path)},
	}
	start := func(c *danabio.Client) {
		if _, err := c.StartCircuit(context.Background(), request); err != nil {
			b.Fatal(err)
		}
	}
	start(client(b, record))
	header.Del("Expect") // the lower bound does not wait for "100 Continue"
	s := server(b, secured, take)
	ours, bare := client(b, s), freshClient(s)
	pair(b, func() {
		for range times {
			start(ours)
		}
	}, func() {
		for range times {
			req, err := http.NewRequest(http.MethodPost, s.URL+"/start", bytes.NewReader(body.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			req.Header = header.Clone()
			finish(b, bare, req, io.Discard)
		}
	})
}

func finish(b *testing.B, bare *http.Client, req *http.Request, to io.Writer) {
	resp, err := bare.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(to, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatal(resp.Status, err)
	}
}

func noise(size int) []byte {
	content := make([]byte, size)
	_, _ = rand.Read(content)
	copy(content, "%PDF-1.7\n")
	return content
}

// BenchmarkUpload64MiB starts a circuit with a file of 64 MiB. The lower bound sends the same body
// from memory. gigabit limits the server to 1 Gbit/s instead of the speed of the loopback.
func BenchmarkUpload64MiB(b *testing.B) {
	b.Run("plain", func(b *testing.B) { startAgainstPost(b, 64<<20, 1, false, takeStart) })
	b.Run("tls", func(b *testing.B) { startAgainstPost(b, 64<<20, 1, true, takeStart) })
	b.Run("gigabit", func(b *testing.B) { startAgainstPost(b, 64<<20, 1, false, gigabit) })
	b.Run("gigabit-tls", func(b *testing.B) { startAgainstPost(b, 64<<20, 1, true, gigabit) })
}

// BenchmarkStart10KiB starts a hundred circuits per measurement. The lower bound also sends the
// same bodies over new connections.
func BenchmarkStart10KiB(b *testing.B) {
	b.Run("plain", func(b *testing.B) { startAgainstPost(b, 10<<10, 100, false, takeStart) })
	b.Run("tls", func(b *testing.B) { startAgainstPost(b, 10<<10, 100, true, takeStart) })
}

// BenchmarkReading64MiB measures what an upload must do besides sending: read the file, hash it and
// encode it as Base64. The lower bound only reads it.
func BenchmarkReading64MiB(b *testing.B) {
	path := filepath.Join(b.TempDir(), "contract.pdf")
	if err := os.WriteFile(path, noise(64<<20), 0o600); err != nil {
		b.Fatal(err)
	}
	read := func(to ...io.Writer) {
		file, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer file.Close()
		if _, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(to...)}, struct{ io.Reader }{file},
			make([]byte, 12<<10)); err != nil {
			b.Fatal(err)
		}
	}
	pair(b, func() { read(sha256.New(), base64.NewEncoder(base64.StdEncoding, io.Discard)) },
		func() { read(io.Discard) })
}

const evidenceSize = 256 << 20

// evidence returns a ZIP of 256 MiB with four entries that are stored, like video.
func evidence(b *testing.B) []byte {
	var content bytes.Buffer
	content.Grow(evidenceSize + 4096)
	archive := zip.NewWriter(&content)
	for n := range 4 {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("evidence-%d.pdf", n), Method: zip.Store})
		if err == nil {
			_, err = entry.Write(noise(evidenceSize / 4))
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		b.Fatal(err)
	}
	return content.Bytes()
}

// downloadAgainst compares verified and durable downloads with a lower bound that writes the same
// content to another file.
func downloadAgainst(b *testing.B, secured bool, floor func(s *httptest.Server, path string)) {
	content := evidence(b)
	s := server(b, secured, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		_, _ = w.Write(content)
	})
	c := client(b, s)
	folder := b.TempDir()
	if where := os.Getenv("DANABIO_BENCH_FOLDER"); where != "" {
		var err error
		if folder, err = os.MkdirTemp(where, "danabio-bench"); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = os.RemoveAll(folder) })
	}
	path := filepath.Join(folder, "evidence.zip")
	pair(b, func() {
		receipt, err := c.DownloadEvidence(context.Background(), circuit, path)
		if err != nil || receipt.Size != int64(len(content)) {
			b.Fatal(receipt, err)
		}
		for _, name := range []string{path, danabio.ReceiptPath(path)} {
			if err := os.Remove(name); err != nil {
				b.Fatal(err)
			}
		}
	}, func() {
		floor(s, filepath.Join(folder, "floor.zip"))
		if err := os.Remove(filepath.Join(folder, "floor.zip")); err != nil {
			b.Fatal(err)
		}
	})
}

// fetch is the lower bound of a download. It downloads into a file, then reads and hashes the file.
// With sync, it makes the file durable like our code.
func fetch(b *testing.B, s *httptest.Server, path string, sync bool) {
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	req, err := http.NewRequest(http.MethodGet, s.URL+"/evidence", nil)
	if err != nil {
		b.Fatal(err)
	}
	finish(b, freshClient(s), req, file)
	if sync {
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		b.Fatal(err)
	}
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil || len(hex.EncodeToString(digest.Sum(nil))) != 64 {
		b.Fatal(err)
	}
}

// BenchmarkDownload256MiB downloads, hashes, verifies and syncs. The lower bound is http.Get into a
// file that is then hashed.
func BenchmarkDownload256MiB(b *testing.B) {
	for _, way := range []struct {
		name          string
		secured, sync bool
	}{{"plain", false, false}, {"synced", false, true}, {"tls", true, false}, {"tls-synced", true, true}} {
		b.Run(way.name, func(b *testing.B) {
			downloadAgainst(b, way.secured, func(s *httptest.Server, path string) { fetch(b, s, path, way.sync) })
		})
	}
}

// BenchmarkToken gets the cached token from 1,000 goroutines, a hundred times each. The lower bound
// is a mutex and a map.
func BenchmarkToken(b *testing.B) {
	const goroutines, times = 1000, 100
	c := client(b, server(b, false, http.NotFound))
	crowd := func(ask func()) {
		var wait sync.WaitGroup
		for range goroutines {
			wait.Go(func() {
				for range times {
					ask()
				}
			})
		}
		wait.Wait()
	}
	var mu sync.Mutex
	tokens := map[string]danabio.TokenInfo{"acme": {ExpiresAt: time.Now().Add(time.Hour)}}
	pair(b, func() {
		crowd(func() {
			if _, err := c.Authenticate(context.Background()); err != nil {
				b.Error(err)
			}
		})
	}, func() {
		crowd(func() {
			mu.Lock()
			token, found := tokens["acme"]
			mu.Unlock()
			if !found || token.ExpiresAt.IsZero() {
				b.Error("no token")
			}
		})
	})
}
