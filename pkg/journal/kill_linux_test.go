package journal_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/danabio/danabio-go/pkg/danabio"
	"github.com/danabio/danabio-go/pkg/journal"
)

func TestMain(m *testing.M) {
	if os.Getenv("DANABIO_JOURNAL_CHILD") != "" {
		fmt.Fprintln(os.Stderr, child())
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func requestID(n int) string { return fmt.Sprintf("kill-%06d", n) }

// suicide kills its process when it reaches the journal's step for the left-th time.
type suicide struct {
	*journal.Journal
	step string
	left int
}

func (s *suicide) at(step string) {
	if s.step != step {
		return
	}
	if s.left--; s.left == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func (s *suicide) Begin(ctx context.Context, intent danabio.StartIntent) error {
	s.at("before begin")
	defer s.at("after begin")
	return s.Journal.Begin(ctx, intent)
}

func (s *suicide) End(ctx context.Context, result danabio.StartResult) error {
	s.at("before end")
	defer s.at("after end")
	return s.Journal.End(ctx, result)
}

// child starts circuits with consecutive request IDs, from the end of the journal until it is
// killed. It returns only on an error that must not happen.
func child() error {
	j, err := journal.Open(os.Getenv("DANABIO_JOURNAL_CHILD"))
	if err != nil {
		return err
	}
	left, _ := strconv.Atoi(os.Getenv("DANABIO_JOURNAL_LEFT"))
	client, err := danabio.New(danabio.Config{
		Environment: danabio.CustomEnvironment(os.Getenv("DANABIO_JOURNAL_URL")),
		Channel:     "acme",
		Credentials: danabio.ClientCredentials("acme", "s3cr3t-of-acme"),
		Journal:     &suicide{j, os.Getenv("DANABIO_JOURNAL_STEP"), left},
	})
	if err != nil {
		return err
	}
	start := func(id string, size int) error {
		content := append([]byte("%PDF-1.7\n"), make([]byte, size)...)
		_, err := client.StartCircuit(context.Background(), danabio.CircuitRequest{
			ID: id, Signer: danabio.Signer{Name: "Ana Prueba"},
			Documents: []danabio.Document{danabio.Bytes("contract.pdf", content)},
		})
		return err
	}
	next := 1
	for {
		if _, known := j.Lookup(requestID(next)); !known {
			break
		}
		next++
	}
	fmt.Println("ready")
	// A caller may try pending requests again, but the journal refuses them.
	unfinished := j.Unfinished()
	for _, intent := range unfinished[max(0, len(unfinished)-3):] {
		var exists *danabio.IntentExistsError
		if err := start(intent.RequestID, 100); !errors.As(err, &exists) {
			return fmt.Errorf("%s, which has an intent already, gave %w", intent.RequestID, err)
		}
	}
	for ; ; next++ {
		size := 500
		if next%3 == 0 {
			size = 40_000 // large enough to be cut, too small to wait for 100 Continue
		}
		if err := start(requestID(next), size); err != nil {
			return err
		}
	}
}

// counter is a server that counts request IDs, including those in incomplete requests.
type counter struct {
	net.Listener
	wait sync.WaitGroup

	mu   sync.Mutex
	seen map[string]int
	on   func(stage string) // called with the stage that a start has reached
}

func newCounter(t *testing.T) *counter {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{Listener: listener, seen: map[string]int{}}
	c.wait.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			c.wait.Go(func() { c.serve(conn) })
		}
	})
	return c
}

func (c *counter) stop() { _ = c.Close(); c.wait.Wait() }

func (c *counter) tell(stage string) {
	c.mu.Lock()
	on := c.on
	c.mu.Unlock()
	if on != nil {
		on(stage)
	}
}

func (c *counter) listen(on func(stage string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = on
}

var sentID = regexp.MustCompile(`kill-\d{6}`)

func (c *counter) serve(conn net.Conn) {
	defer conn.Close()
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return // the test killed the process before it sent anything
	}
	answer := `{"access_token":"opaque-token","token_type":"Bearer","expires_in":1799}`
	isStart := operation.MatchString(req.URL.Path)
	if isStart {
		c.tell("headers")
	}
	body, err := io.ReadAll(req.Body)
	if isStart {
		id := string(sentID.Find(body))
		c.mu.Lock()
		c.seen[id]++
		c.mu.Unlock()
		if err != nil {
			return
		}
		c.tell("body")
		answer = fmt.Sprintf(`{"circuitId":"c-%s","link":"https://sign.example.com/%s"}`, id, id)
	}
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: "+
		"close\r\n\r\n%s", len(answer), answer)
	if isStart {
		c.tell("answer")
	}
}

var operation = regexp.MustCompile(`/start_circuit/`)

// kills returns how often the test kills the process. DANABIO_KILLS sets another number.
func kills(t *testing.T) int {
	text := os.Getenv("DANABIO_KILLS")
	if text == "" {
		return 150
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("DANABIO_KILLS=%s is no number", text)
	}
	return n
}

// The test kills a process that starts circuits again and again, at every step and at random
// moments. Each new process continues from the journal.
func TestKilledProcessSendsNoRequestTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of processes are killed; a run without -short does it")
	}
	server := newCounter(t)
	defer server.stop()
	path := filepath.Join(t.TempDir(), "starts.journal")
	steps := []string{"moment", "before begin", "after begin", "moment", "headers", "body", "answer", "before end",
		"after end"}
	began := time.Now()
	total := kills(t)
	for n := range total {
		kill(t, server, path, steps[n%len(steps)])
		if t.Failed() {
			return
		}
		if n%4 == 3 {
			tear(t, path)
		}
	}
	server.stop() // reads the rest of what dead processes sent
	j := open(t, path)
	delete(server.seen, "") // requests that ended before their ID
	for id, count := range server.seen {
		if _, known := j.Lookup(id); !known {
			t.Errorf("%s was sent without an intent", id)
		}
		if count > 1 {
			t.Errorf("%s was sent %d times", id, count)
		}
	}
	last, started, unknown, silent := 0, 0, len(j.Unfinished()), 0
	for {
		id := requestID(last + 1)
		entry, known := j.Lookup(id)
		if !known {
			break
		}
		last++
		switch {
		case entry.Result.Outcome == danabio.Started:
			started++
			if server.seen[id] != 1 || entry.Result.CircuitID != "c-"+id {
				t.Errorf("%s: %+v, but the server saw it %d times", id, entry, server.seen[id])
			}
		case entry.Result.Outcome != "":
			t.Errorf("%s has the result %+v", id, entry.Result)
		case server.seen[id] == 0:
			silent++
		}
	}
	if last != started+unknown || started == 0 || silent == 0 || silent == unknown || unknown > total {
		t.Errorf("%d requests, %d started, %d unknown, %d of these never seen: not every case came about", last,
			started, unknown, silent)
	}
	t.Logf("%d kills in %s: %d requests, %d known to be started, %d unknown, of which the server never saw %d", total,
		time.Since(began), last, started, unknown, silent)
}

// kill runs the process until it reaches a step, and kills it there.
func kill(t *testing.T, server *counter, path, step string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DANABIO_JOURNAL_CHILD="+path, "DANABIO_JOURNAL_URL=http://"+server.Addr().String(),
		"DANABIO_JOURNAL_STEP="+step, fmt.Sprint("DANABIO_JOURNAL_LEFT=", 1+rand.N(4)))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	ready, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	left := 1 + rand.N(4)
	var mu sync.Mutex
	server.listen(func(stage string) {
		mu.Lock()
		defer mu.Unlock()
		if stage == step {
			if left--; left == 0 {
				_ = cmd.Process.Kill()
			}
		}
	})
	defer server.listen(nil)
	// SIGQUIT makes the process print its goroutines.
	hung := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
	defer hung.Stop()
	if step == "moment" {
		_, _ = bufio.NewReader(ready).ReadString('\n')
		time.AfterFunc(rand.N(10*time.Millisecond), func() { _ = cmd.Process.Kill() })
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("killed at %q, the process ended by itself: %v\n%s", step, err, &stderr)
	}
}

// tear appends the beginning of a record, as a machine leaves it when it fails during a write.
func tear(t *testing.T, path string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := bytes.Cut(content, []byte("\n"))
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_, err = file.Write(line[:1+rand.N(len(line)-1)])
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	// The file looks like a copy that ends within an intent, so somebody must confirm with
	// RemoveCut that nothing was sent.
	j, err := journal.Open(path)
	var damage *journal.DamageError
	switch {
	case err == nil: // the journal may read it as the cut result of a pending start
		err = j.Close()
	case errors.As(err, &damage) && damage.Cut:
		err = journal.RemoveCut(path)
	}
	if err != nil {
		t.Fatal(err)
	}
}
