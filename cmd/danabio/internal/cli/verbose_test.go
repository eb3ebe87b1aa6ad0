package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// --verbose must not show secret or personal data from the wire, including tokens and credentials,
// which no script knows.
func TestVerboseShowsNothingSecretOrPersonal(t *testing.T) {
	api, err := emulator.New(emulator.Config{Faults: []emulator.Fault{
		{Operation: emulator.OperationStart, ExpiredToken: true},
		{Operation: emulator.OperationDownload, Status: http.StatusServiceUnavailable},
		{Operation: emulator.OperationDownload, CutAfter: 100},
	}})
	if err != nil {
		t.Fatal(err)
	}
	canaries := map[string]string{"the secret": api.ClientSecret(), "the name": "Canaria",
		"the e-mail address": "canaria@", "the number": canaryNIF}
	var mu sync.Mutex // guards the canaries
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		canaries["the header of "+r.URL.Path] = credentials
		if r.URL.Path != "/oauth2/token" {
			api.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		api.ServeHTTP(answer, r)
		var token struct {
			AccessToken string `json:"access_token"`
		}
		if json.Unmarshal(answer.Body.Bytes(), &token) == nil && token.AccessToken != "" {
			canaries["a token"] = token.AccessToken
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	}))
	defer server.Close()
	reach(t, api, server.URL)
	var all strings.Builder
	verbose := func(want int, args ...string) string {
		code, stdout, stderr := run(t.Context(), nil, append(args, "--verbose")...)
		if code != want || !strings.Contains(stderr, "level=DEBUG") {
			t.Errorf("%q: exit code %d, stderr %q", args[0], code, stderr)
		}
		all.WriteString(stderr)
		return stdout
	}
	verbose(failure.ExitDone, "token")
	started := verbose(failure.ExitDone, startWith("contract.pdf")...)
	circuit := api.Circuits()[0]
	_, canaries["the link"], _ = strings.Cut(strings.TrimSpace(started), "link=")
	canaries["the end of the link"] = canaries["the link"][strings.LastIndex(canaries["the link"], "/")+1:]
	if err := api.Complete(circuit.ID); err != nil {
		t.Fatal(err)
	}
	verbose(failure.ExitDone, "download", circuit.ID, "-o", "evidence.zip")
	verbose(failure.ExitDone, "wait", circuit.ID, "-o", "waited.zip")
	verbose(failure.ExitNotReady, "download", circuit.ID, "unknown", "-o", "archive")
	if len(canaries) < 9 {
		t.Errorf("too few canaries were seen: %d", len(canaries))
	}
	for name, canary := range canaries {
		if canary == "" || strings.Contains(strings.ToLower(all.String()), strings.ToLower(canary)) {
			t.Errorf("%s came out, or is none: %q", name, canary)
		}
	}
}

// The output stream breaks if two goroutines write to it at the same time.
func TestVerboseCommandsWriteOneAtATime(t *testing.T) {
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api)
	defer server.Close()
	reach(t, api, server.URL)
	var inside, writes atomic.Int32
	stderr := writerFunc(func(p []byte) (int, error) {
		if inside.Add(1) > 1 {
			t.Error("two write at the same time")
		}
		runtime.Gosched()
		writes.Add(1)
		inside.Add(-1)
		return len(p), nil
	})
	args := []string{"download", "--verbose", "-o", "archive"}
	for n := range 50 {
		args = append(args, fmt.Sprintf("unknown-%d", n))
	}
	if code := Run(t.Context(), args, nil, io.Discard, stderr); code != failure.ExitNotReady || writes.Load() < 100 {
		t.Errorf("exit code %d, %d writes", code, writes.Load())
	}
}
