package emulator_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestNewRefusesSettingsThatCannotBeServed(t *testing.T) {
	for name, config := range map[string]emulator.Config{
		"ClientID":        {ClientID: "two\nlines"},
		"ClientSecret":    {ClientSecret: "two\nlines"},
		"Channel":         {Channel: ".."},
		"CompleteAfter":   {CompleteAfter: -1},
		"TokenLifetime":   {TokenLifetime: -1},
		"MaxRequestBytes": {MaxRequestBytes: -1},
		"PublicURL":       {PublicURL: "emulator.example.com"},
		"PublicURL must":  {PublicURL: "https://emulator.example.com/?a=b"},
		"Faults[1]":       {Faults: []emulator.Fault{{Operation: emulator.OperationStart, Reset: true}, {Reset: true}}},
	} {
		if _, err := emulator.New(config); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	first, second := newEmulator(t, emulator.Config{}), newEmulator(t, emulator.Config{})
	if first.ClientID() == second.ClientID() || first.ClientSecret() == second.ClientSecret() ||
		first.Channel() == second.Channel() {
		t.Error("two emulators have the same random credentials")
	}
}

func TestCircuitCompletesAfterItsTime(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now, CompleteAfter: 2 * time.Second})
	token := api.token()
	early := api.start(token, oneDocument())
	now.Advance(time.Second)
	late := api.start(token, oneDocument())

	state := func() string {
		var got []string
		for i, circuit := range []started{early, late} {
			got = append(got, fmt.Sprint(api.download(token, circuit.CircuitID).status, api.Circuits()[i].Completed))
		}
		return strings.Join(got, ", ")
	}
	if got := state(); got != "404 false, 404 false" {
		t.Errorf("after 1 s: %s", got)
	}
	now.Advance(time.Second - time.Nanosecond)
	if got := state(); got != "404 false, 404 false" {
		t.Errorf("just before 2 s: %s", got)
	}
	now.Advance(time.Nanosecond)
	if got := state(); got != "200 true, 404 false" {
		t.Errorf("after 2 s: %s", got)
	}
	now.Advance(time.Hour / 4)
	if got := state(); got != "200 true, 200 true" {
		t.Errorf("later: %s", got)
	}
	// It was due 2 s after the start, even if it is queried much later.
	if want := late.completedAt(api, token); !want.Equal(api.Circuits()[1].StartedAt.Add(2 * time.Second)) {
		t.Errorf("completed at %v", want)
	}
}

func TestCircuitCompletesWhenTold(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now})
	token := api.token()
	circuit := api.start(token, oneDocument())
	now.Advance(time.Minute)
	if answer := api.download(token, circuit.CircuitID); answer.status != 404 {
		t.Fatalf("before: status %d", answer.status)
	}
	if err := api.Complete(circuit.CircuitID); err != nil {
		t.Fatal(err)
	}
	first := api.download(token, circuit.CircuitID)
	now.Advance(time.Minute)
	if err := api.Complete(circuit.CircuitID); err != nil {
		t.Errorf("again: %v", err)
	}
	second := api.download(token, circuit.CircuitID)
	if first.status != 200 || !bytes.Equal(first.body, second.body) {
		t.Error("the evidence changed between two downloads")
	}
	if err := api.Complete("nobody"); err == nil || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("unknown circuit: %v", err)
	}
}

func TestCircuitToldToCompleteEarlyDoesNotWaitForItsTime(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now, CompleteAfter: time.Hour})
	token := api.token()
	circuit := api.start(token, oneDocument())
	now.Advance(time.Minute)
	if err := api.Complete(circuit.CircuitID); err != nil {
		t.Fatal(err)
	}
	if got := circuit.completedAt(api, token); !got.Equal(now.Now()) {
		t.Errorf("completed at %v", got)
	}
}

func TestUnknownForeignAndOpenCircuitsGetTheSameAnswer(t *testing.T) {
	api := serve(t, emulator.Config{Channel: "acme/100% ñ"})
	token := api.token()
	open, done := api.start(token, oneDocument()), api.start(token, oneDocument())
	if err := api.Complete(done.CircuitID); err != nil {
		t.Fatal(err)
	}
	if answer := api.download(token, done.CircuitID); answer.status != 200 {
		t.Fatalf("status %d", answer.status)
	}
	var bodies []string
	for name, request := range map[string]*http.Request{
		"open":          api.downloadRequest(token, api.Channel(), open.CircuitID),
		"unknown":       api.downloadRequest(token, api.Channel(), "nobody"),
		"other channel": api.downloadRequest(token, "acme", done.CircuitID),
		"link's key":    api.downloadRequest(token, api.Channel(), done.Link[strings.LastIndex(done.Link, "/")+1:]),
	} {
		answer := api.do(request)
		if answer.status != 404 {
			t.Errorf("%s: status %d", name, answer.status)
		}
		bodies = append(bodies, string(answer.body))
	}
	for _, body := range bodies {
		if body != bodies[0] {
			t.Errorf("answers differ: %q", bodies)
		}
	}
}

func TestPathsAndMethods(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	start, download := "/api/v1/biometric/start_circuit/"+api.Channel(), "/api/v1/biometric/document_circuit/"+
		api.Channel()+"/circuit/x"
	for _, test := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"POST", "/", 405, "GET"},
		{"GET", "//", 404, ""},
		{"GET", "/oauth2", 404, ""},
		{"POST", "/oauth2/token/", 404, ""},
		{"POST", "//oauth2/token", 404, ""},
		{"POST", "/v1/oauth2/token", 404, ""},
		{"POST", "/api/v1/biometric/start_circuit/", 404, ""},
		{"POST", "/api/v1/biometric/start_circuit/../x", 404, ""},
		{"POST", start + "/more", 404, ""},
		{"GET", "/api/v1/biometric/document_circuit/" + api.Channel() + "/circuit/", 404, ""},
		{"GET", "/oauth2/token", 405, "POST"},
		{"PUT", start, 405, "POST"},
		{"GET", start, 405, "POST"},
		{"HEAD", download, 405, "GET"},
		{"DELETE", download, 405, "GET"},
		{"POST", download, 405, "GET"},
		{"PUT", "/sign/x", 405, "GET, POST"},
		{"POST", "/sign/x/front.jpg", 405, "GET"},
		{"GET", "/sign/", 404, ""},
		{"GET", "/sign/x/y/z", 404, ""},
	} {
		answer := api.do(api.request(test.method, test.path, "", "Authorization", "Bearer "+token))
		if answer.status != test.status || answer.header.Get("Allow") != test.allow {
			t.Errorf("%s %s: status %d, Allow %q", test.method, test.path, answer.status, answer.header.Get("Allow"))
		}
	}
	if got := fmt.Sprint(api.Requests()); got != "map[token:1]" {
		t.Errorf("refused methods were counted as calls: %s", got)
	}
}

func TestEveryAnswerHasARequestIDOfItsOwn(t *testing.T) {
	api := serve(t, emulator.Config{Faults: []emulator.Fault{{Operation: emulator.OperationDownload, Status: 500}}})
	seen := map[string]bool{}
	for _, request := range []*http.Request{
		api.tokenRequest(), api.startRequest("x", "{}"), api.request("GET", "/", ""), api.request("GET", "/sign/x", ""),
		api.downloadRequest("x", "x", "x"), api.downloadRequest("x", "x", "x"),
	} {
		id := api.do(request).header.Get("X-Request-Id")
		if id == "" || seen[id] {
			t.Errorf("%s %s: request id %q", request.Method, request.URL.Path, id)
		}
		seen[id] = true
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now})
	var group sync.WaitGroup
	const clients = 40
	for i := range clients {
		group.Go(func() {
			answer, err := api.try(api.tokenRequest())
			if err != nil || answer.status != 200 {
				t.Errorf("token: status %d, %v", answer.status, err)
				return
			}
			token := tokenIn(answer)
			answer, err = api.try(api.startRequest(token, oneDocument()))
			if err != nil || answer.status != api.StartStatus() {
				t.Errorf("start: status %d, %v", answer.status, err)
				return
			}
			circuit := circuitIn(answer)
			for range 2 {
				group.Go(func() {
					if err := api.Complete(circuit.CircuitID); err != nil {
						t.Error(err)
					}
					answer, err := api.try(api.downloadRequest(token, api.Channel(), circuit.CircuitID))
					if err != nil || answer.status != 200 {
						t.Errorf("download: status %d, %v", answer.status, err)
					}
				})
			}
			if i%4 == 0 {
				api.Circuits()
				api.Unconsumed()
				api.Requests()
			}
		})
	}
	group.Wait()
	circuits := api.Circuits()
	ids := map[string]bool{}
	for _, circuit := range circuits {
		ids[circuit.ID] = circuit.Completed
	}
	if len(ids) != clients || len(circuits) != clients {
		t.Errorf("%d circuits with %d ids", len(circuits), len(ids))
	}
	if got := api.Requests(); got[emulator.OperationToken] != clients || got[emulator.OperationStart] != clients ||
		got[emulator.OperationDownload] != 2*clients {
		t.Errorf("requests: %v", got)
	}
}
