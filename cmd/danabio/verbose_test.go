package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

// What goes over the wire and is secret or personal must not come out with --verbose: the tokens and the credentials too, which no script knows.
func TestVerboseShowsNothingSecretOrPersonal(t *testing.T) {
	api, err := emulator.New(emulator.Config{Faults: []emulator.Fault{
		{Operation: emulator.OperationStart, ExpiredToken: true},
		{Operation: emulator.OperationDownload, Status: http.StatusServiceUnavailable},
		{Operation: emulator.OperationDownload, CutAfter: 100},
	}})
	if err != nil {
		t.Fatal(err)
	}
	canaries := map[string]string{"the secret": api.ClientSecret(), "the name": "Canaria", "the e-mail address": "canaria@", "the number": canaryNIF}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
	verbose(exitDone, "token")
	started := verbose(exitDone, startWith("contract.pdf")...)
	circuit := api.Circuits()[0]
	_, canaries["the link"], _ = strings.Cut(strings.TrimSpace(started), "link=")
	canaries["the end of the link"] = canaries["the link"][strings.LastIndex(canaries["the link"], "/")+1:]
	if err := api.Complete(circuit.ID); err != nil {
		t.Fatal(err)
	}
	verbose(exitDone, "download", circuit.ID, "-o", "evidence.zip")
	verbose(exitDone, "wait", circuit.ID, "-o", "waited.zip")
	verbose(exitNotReady, "download", circuit.ID, "unknown", "-o", "archive")
	if len(canaries) < 9 {
		t.Errorf("too few canaries were seen: %d", len(canaries))
	}
	for name, canary := range canaries {
		if canary == "" || strings.Contains(strings.ToLower(all.String()), strings.ToLower(canary)) {
			t.Errorf("%s came out, or is none: %q", name, canary)
		}
	}
}
