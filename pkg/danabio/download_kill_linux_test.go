package danabio_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/danabio/danabio-go/pkg/danabio"
)

// killSteps are the moments of a download at which the test kills its process: a random one, one
// that the server sees, or one that the folder's events show.
var killSteps = []string{
	"moment", "body", "sent", "part begun", "part grows", "part closed", "part opened", "part checked", "receipt begun",
	"receipt closed", "receipt in place",
	"target in place", "part removed", "target removed",
}

// The test kills a downloading process at every step, again and again. Afterwards the target is
// either missing, or it is the whole evidence and lies beside its own receipt. The next download
// succeeds.
func TestKilledDownloadLeavesTheWholeFileOrNone(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of processes are killed; a run without -short does it")
	}
	if url := os.Getenv("DANABIO_TEST_KILLED"); url != "" {
		downloadForEver(t, url, os.Getenv("DANABIO_TEST_TARGET"))
	}
	total := 98
	if text := os.Getenv("DANABIO_KILLS"); text != "" {
		var err error
		if total, err = strconv.Atoi(text); err != nil || total < 1 {
			t.Fatalf("DANABIO_KILLS=%s is no number", text)
		}
	}
	server := newEvidenceServer(t)
	defer server.stop()
	path := filepath.Join(t.TempDir(), "evidence.zip")
	client := downloader(t, server.url())
	left := map[string]int{}
	reached := map[string]int{}
	began := time.Now()
	for n := range total {
		step := killSteps[n%len(killSteps)]
		killDownload(t, server, path, step)
		found := server.whatIsLeft(t, path)
		if t.Failed() {
			t.Fatalf("after kill %d, at %q", n+1, step)
		}
		left[found]++
		reached[step+": "+found]++
		if _, err := client.DownloadEvidence(t.Context(), circuit, path); err != nil {
			t.Fatalf("after kill %d, at %q, which left %s, a download gave %v", n+1, step, found, err)
		}
		if found := server.whatIsLeft(t, path); found != wholeFile {
			t.Fatalf("a download after kill %d left %s", n+1, found)
		}
		gone := []string{path, danabio.ReceiptPath(path)}
		if n%3 == 0 { // the receipt stays, as after a crash
			gone = gone[:1]
		}
		for _, name := range gone {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, want := range []string{nothing, onlyParts, onlyReceipt, wholeFile} {
		if left[want] == 0 && total >= 400 {
			t.Errorf("no kill left %s: %v", want, reached)
		}
	}
	t.Logf("%d kills in %s left %v", total, time.Since(began).Round(time.Millisecond), left)
	for _, what := range slices.Sorted(maps.Keys(reached)) {
		t.Logf("%s: %d", what, reached[what])
	}
}

func downloader(t *testing.T, url string) *danabio.Client {
	return newClient(t, danabio.Config{
		Environment: danabio.CustomEnvironment(url), Channel: channel,
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
	})
}

// downloadForEver downloads in the process that the test kills. It removes a target before its
// receipt.
func downloadForEver(t *testing.T, url, path string) {
	client := downloader(t, url)
	for {
		if _, err := client.DownloadEvidence(t.Context(), circuit, path); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, danabio.ReceiptPath(path)} {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
}

const (
	nothing     = "nothing"
	onlyParts   = "temporary files"
	onlyReceipt = "a receipt without its file"
	wholeFile   = "the whole file"
)

// whatIsLeft checks the folder and removes temporary files.
func (s *evidenceServer) whatIsLeft(t *testing.T, path string) string {
	t.Helper()
	found := nothing
	for _, name := range files(t, filepath.Dir(path)) {
		switch {
		case strings.HasPrefix(name, ".evidence.zip.") && strings.HasSuffix(name, ".part"):
			found = onlyParts
			if err := os.Remove(filepath.Join(filepath.Dir(path), name)); err != nil {
				t.Fatal(err)
			}
		case name != "evidence.zip" && name != "evidence.zip.receipt.json":
			t.Errorf("a file %s is left, which is neither target, receipt nor temporary", name)
		}
	}
	receipt, err := danabio.ReadReceipt(danabio.ReceiptPath(path))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	content, missing := os.ReadFile(path)
	if missing != nil {
		if !errors.Is(missing, os.ErrNotExist) {
			t.Error(missing)
		}
		if receipt != nil {
			return onlyReceipt
		}
		return found
	}
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	if !s.digests[digest] {
		t.Errorf("the target has %d bytes that the server never sent as a whole", len(content))
	}
	if receipt == nil || receipt.SHA256 != digest || receipt.Size != int64(len(content)) ||
		receipt.Circuit != circuit || len(receipt.Entries) != 1 {
		t.Errorf("beside a target of SHA-256 %s lies the receipt %+v", digest, receipt)
	}
	return wholeFile
}

// killDownload runs the process until a download reaches a step, and kills it there.
func killDownload(t *testing.T, server *evidenceServer, path, step string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), "DANABIO_TEST_KILLED="+server.url(), "DANABIO_TEST_TARGET="+path)
	var out bytes.Buffer
	child.Stdout, child.Stderr = &out, &out
	// One download may pass the step first, so that the test also kills a process that has already
	// downloaded.
	var mu sync.Mutex
	left := 1 + rand.N(2)
	at := func(now string) {
		mu.Lock()
		defer mu.Unlock()
		if now != step {
			return
		}
		if left--; left == 0 {
			if step == "moment" || rand.N(2) == 0 {
				time.Sleep(rand.N(3 * time.Millisecond)) // real time, since it is another process
			}
			_ = child.Process.Kill()
		}
	}
	stopWatching := watchFolder(t, filepath.Dir(path), at)
	defer stopWatching()
	mu.Lock()
	err := child.Start()
	mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	server.listen(at)
	defer server.listen(nil)
	// SIGQUIT makes the process print its goroutines.
	hung := time.AfterFunc(time.Minute, func() { _ = child.Process.Signal(syscall.SIGQUIT) })
	defer hung.Stop()
	err = child.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("killed at %q, the process ended by itself: %v\n%s", step, err, &out)
	}
}

// watchFolder reports the steps of a download that the folder's events show, until stop is called.
func watchFolder(t *testing.T, folder string, at func(step string)) (stop func()) {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := syscall.InotifyAddWatch(fd, folder, syscall.IN_ALL_EVENTS); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		buffer := make([]byte, 64<<10)
		for {
			n, err := events.Read(buffer)
			if err != nil {
				return
			}
			for rest := buffer[:n]; len(rest) >= syscall.SizeofInotifyEvent; {
				event := (*syscall.InotifyEvent)(unsafe.Pointer(&rest[0]))
				size := syscall.SizeofInotifyEvent + int(event.Len)
				name := strings.TrimRight(string(rest[syscall.SizeofInotifyEvent:size]), "\x00")
				if step := stepOf(event.Mask, name); step != "" {
					at(step)
				}
				rest = rest[size:]
			}
		}
	})
	return func() {
		_ = events.Close()
		wait.Wait()
	}
}

func stepOf(mask uint32, name string) string {
	kind := "part"
	switch {
	case name == "evidence.zip":
		kind = "target"
	case strings.Contains(name, ".receipt.json"):
		kind = "receipt"
	case !strings.HasSuffix(name, ".part"):
		return ""
	}
	switch kind + fmt.Sprint(" ", mask) {
	case fmt.Sprint("part ", syscall.IN_CREATE):
		return "part begun"
	case fmt.Sprint("part ", syscall.IN_MODIFY):
		return "part grows"
	case fmt.Sprint("part ", syscall.IN_CLOSE_WRITE):
		return "part closed"
	case fmt.Sprint("part ", syscall.IN_ACCESS):
		return "part opened"
	case fmt.Sprint("part ", syscall.IN_CLOSE_NOWRITE):
		return "part checked"
	case fmt.Sprint("receipt ", syscall.IN_CREATE):
		return "receipt begun"
	case fmt.Sprint("receipt ", syscall.IN_CLOSE_WRITE):
		return "receipt closed"
	case fmt.Sprint("receipt ", syscall.IN_MOVED_TO):
		return "receipt in place"
	case fmt.Sprint("target ", syscall.IN_CREATE):
		return "target in place"
	case fmt.Sprint("part ", syscall.IN_DELETE):
		return "part removed"
	case fmt.Sprint("target ", syscall.IN_DELETE):
		return "target removed"
	}
	return ""
}

// evidenceServer answers consecutive downloads with different evidence, so that a receipt never
// matches the file of the previous download.
type evidenceServer struct {
	net.Listener
	wait     sync.WaitGroup
	contents [][]byte
	digests  map[string]bool

	mu sync.Mutex
	n  int
	on func(stage string)
}

func newEvidenceServer(t *testing.T) *evidenceServer {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &evidenceServer{Listener: listener, digests: map[string]bool{}}
	for i := range 3 {
		var content bytes.Buffer
		archive := zip.NewWriter(&content)
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: "contrato.pdf", Method: zip.Store})
		if err == nil {
			_, err = entry.Write(pdf(300_000 + i*1000))
		}
		if err == nil {
			err = archive.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content.Bytes())
		s.contents, s.digests[hex.EncodeToString(sum[:])] = append(s.contents, content.Bytes()), true
	}
	s.wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.wait.Go(func() { s.serve(conn) })
		}
	})
	return s
}

func (s *evidenceServer) stop()       { _ = s.Close(); s.wait.Wait() }
func (s *evidenceServer) url() string { return "http://" + s.Addr().String() }

func (s *evidenceServer) listen(on func(stage string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = on
}

func (s *evidenceServer) tell(stage string) {
	s.mu.Lock()
	on := s.on
	s.mu.Unlock()
	if on != nil {
		on(stage)
	}
}

func (s *evidenceServer) serve(conn net.Conn) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return // the test killed the process before it sent anything
	}
	if operationOf(req) == token {
		const answer = `{"access_token":"opaque-token","token_type":"Bearer","expires_in":1799}`
		_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "+
			"%d\r\nConnection: close\r\n\r\n%s", len(answer), answer)
		return
	}
	s.mu.Lock()
	content := s.contents[s.n%len(s.contents)]
	s.n++
	s.mu.Unlock()
	s.tell("moment")
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/zip\r\nContent-Length: %d\r\nConnection: "+
		"close\r\n\r\n", len(content))
	cut := rand.N(len(content))
	if _, err := conn.Write(content[:cut]); err != nil {
		return
	}
	s.tell("body")
	if _, err := conn.Write(content[cut:]); err != nil {
		return
	}
	s.tell("sent")
}
