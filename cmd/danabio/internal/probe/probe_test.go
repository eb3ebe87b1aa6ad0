package probe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
	"github.com/danabio/danabio-go/pkg/contract"
)

func TestTheTrueEmulatorConforms(t *testing.T) {
	for name, serve := range map[string]func(http.Handler) *httptest.Server{"plain": plain, "TLS and HTTP/2": overTLS} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil, serve)
			w.config.Transport = w.server.Client().Transport.(*http.Transport)
			result := w.run(t)
			for _, p := range result.Probes {
				if p.Verdict != probe.Conforms || len(p.Deviations) > 0 {
					t.Errorf("%s: %s %s %v", p.Name, p.Verdict, p.Explanation, p.Deviations)
				}
			}
			if result.Verdict != probe.Conforms {
				t.Errorf("verdict %s", result.Verdict)
			}
			for _, point := range result.Open {
				if point.Answer == probe.Unclear {
					t.Errorf("%s: %v", point.Name, point.Details)
				}
				if point.Name == "http" && strings.Contains(point.Details[0], "HTTP/2") != (w.server.TLS != nil) {
					t.Errorf("it spoke %v", point.Details)
				}
			}
		})
	}
}

func TestEachRequestIsSentOnce(t *testing.T) {
	var lines []string
	w := newWorld(t, func(a *answer) {
		lines = append(lines, fmt.Sprintf("%s %s %d", a.request.Method, a.operation, a.status))
	}, plain)
	w.run(t)
	slices.Sort(lines)
	want := []string{
		"GET download 200", "GET download 200", // the evidence, without and with Range
		"GET download 401",
		// unknown, unfinished, unknown again, and two on one connection
		"GET download 404", "GET download 404", "GET download 404", "GET download 404", "GET download 404",
		"GET start 405", "GET token 405", "HEAD download 405", "POST download 405",
		"POST start 200", "POST start 401", "POST start 401", // the second with Expect
		"POST token 200", "POST token 401",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("sent %q", lines)
	}
}

func TestWithoutAStartNoneIsSentThatCouldStartAnything(t *testing.T) {
	var bodies []string
	w := newWorld(t, nil, func(handler http.Handler) *httptest.Server {
		return plain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/start_circuit/") && r.Method == http.MethodPost {
				body, _ := io.ReadAll(r.Body)
				bodies = append(bodies, string(body))
				if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer danabio-contract-made-up-") {
					t.Error("a start without --start carries a true token")
				}
			}
			handler.ServeHTTP(w, r)
		}))
	})
	w.config.Start = nil
	result := w.run(t)
	if want := []string{"{}", "{}"}; !slices.Equal(bodies, want) {
		t.Errorf("starts were sent with %q", bodies)
	}
	if got := len(w.api.Circuits()); got != 1 {
		t.Errorf("%d circuits, want only the one of the test", got)
	}
	for _, name := range []string{"start", "download-unfinished"} {
		if got := result.Probe(name).Verdict; got != probe.NotAsked {
			t.Errorf("%s: %s", name, got)
		}
	}
	if result.Verdict != probe.Conforms {
		t.Errorf("verdict %s", result.Verdict)
	}
}

func TestWhatIsStartedIsTold(t *testing.T) {
	w := newWorld(t, nil, plain)
	var circuit, link string
	w.config.Start.Started = func(id, text string) error { circuit, link = id, text; return nil }
	w.run(t)
	if got := w.api.Circuits()[1].ID; circuit != got || !strings.Contains(link, "/sign/") {
		t.Errorf("told %q and %q, want circuit %q", circuit, link, got)
	}
	w.config.Start.Started = func(string, string) error { return io.ErrShortWrite }
	if _, err := probe.Run(t.Context(), w.config); err != io.ErrShortWrite {
		t.Errorf("error %v", err)
	}
}

func TestAllowedDeviationsDoNotCount(t *testing.T) {
	w := newWorld(t, func(a *answer) {
		if a.status == http.StatusNotFound {
			a.text(http.StatusNotFound, "text/plain", "not found")
		}
	}, plain)
	w.config.Allow = []contract.Class{probe.ErrorBody}
	result := w.run(t)
	if result.Verdict != probe.Conforms || found(result) != nil {
		t.Errorf("%s %v", result.Verdict, found(result))
	}
	deviations := result.Probe("download-unknown").Deviations
	if len(deviations) != 1 || !deviations[0].Allowed ||
		!strings.Contains(result.Table(), "Deviations that are allowed:\n  download-unknown: error-body: ") {
		t.Errorf("%v\n%s", deviations, result.Table())
	}
}

func TestWhatCannotBeCheckedSaysWhy(t *testing.T) {
	tests := []struct {
		name   string
		mutate func(*answer)
		change func(*probe.Config)
		probe  string
		want   probe.Reason
		others []string // probes that cannot be checked because of it
	}{
		{name: "credentials are refused", change: func(c *probe.Config) { c.ClientSecret = "wrong" }, probe: "token",
			want:   probe.CredentialsRefused,
			others: []string{"download-unknown", "start", "download-finished"}},
		{name: "the server is overloaded", mutate: func(a *answer) {
			if a.operation == "download" {
				a.text(http.StatusServiceUnavailable, "text/html", "<html>")
			}
		}, probe: "download-unknown", want: probe.Unavailable, others: []string{"download-wrong-token",
			"download-wrong-method", "download-finished", "download-unfinished"}},
		{name: "nobody listens", change: func(c *probe.Config) { c.BaseURL = "http://127.0.0.1:1" }, probe: "token",
			want:   probe.NoAnswer,
			others: []string{"token-wrong-secret", "start-wrong-token", "start"}},
		{name: "the circuit is not completed", change: func(c *probe.Config) { c.Circuit = "nosuch" },
			probe: "download-finished", want: probe.NotCompleted},
		{name: "the circuit is completed", change: func(c *probe.Config) { c.Unfinished = c.Circuit },
			probe: "download-unfinished", want: probe.Completed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.mutate, plain)
			if test.change != nil {
				test.change(&w.config)
			}
			result := w.run(t)
			if got := found(result); got != nil {
				t.Errorf("deviations %q", got)
			}
			if result.Verdict != probe.NotChecked || result.Probe(test.probe).Reason != test.want ||
				result.Probe(test.probe).Explanation == "" {
				t.Errorf("verdict %s, %s: %+v", result.Verdict, test.probe, result.Probe(test.probe))
			}
			for _, other := range test.others {
				if got := result.Probe(other).Verdict; got != probe.NotChecked {
					t.Errorf("%s: %s", other, got)
				}
			}
		})
	}
}

func TestAStartWithoutAnAnswerHasAnUnknownOutcome(t *testing.T) {
	starts := 0
	w := newWorld(t, nil, func(handler http.Handler) *httptest.Server {
		return plain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/start_circuit/") && r.Method == http.MethodPost &&
				!strings.Contains(r.Header.Get("Authorization"), "made-up") {
				starts++
				_, _ = io.Copy(io.Discard, r.Body)
				panic(http.ErrAbortHandler)
			}
			handler.ServeHTTP(w, r)
		}))
	})
	result := w.run(t)
	start := result.Probe("start")
	if !start.OutcomeUnknown || start.Verdict != probe.NotChecked || start.RequestID == "" || starts != 1 {
		t.Errorf("%d starts, %+v", starts, start)
	}
	if unfinished := result.Probe("download-unfinished"); unfinished.Reason != probe.NoCircuit {
		t.Errorf("%+v", unfinished)
	}
}

func TestAnInterruptedStartHasAnUnknownOutcome(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	w := newWorld(t, nil, func(handler http.Handler) *httptest.Server {
		return plain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/start_circuit/") && r.Method == http.MethodPost &&
				!strings.Contains(r.Header.Get("Authorization"), "made-up") {
				_, _ = io.Copy(io.Discard, r.Body)
				interrupt()
				<-r.Context().Done()
				return
			}
			handler.ServeHTTP(w, r)
		}))
	})
	_, err := probe.Run(ctx, w.config)
	if unknown, ok := err.(*probe.UnknownStartError); !ok || unknown.Err != context.Canceled ||
		unknown.RequestID == "" {
		t.Errorf("error %v", err)
	}
}

// The JSON form is stable: its keys and the names of probes and points.
func TestTheJSONFormIsStable(t *testing.T) {
	w := newWorld(t, nil, plain)
	text, err := json.Marshal(w.run(t))
	if err != nil {
		t.Fatal(err)
	}
	var object struct {
		Version int
		Probes  []map[string]any
		Open    []map[string]any
	}
	if err := json.Unmarshal(text, &object); err != nil {
		t.Fatal(err)
	}
	names := func(list []map[string]any) string {
		var all []string
		for _, item := range list {
			all = append(all, fmt.Sprint(item["name"]))
		}
		return strings.Join(all, " ")
	}
	if want := "token token-wrong-secret token-wrong-method start-wrong-method download-wrong-method " +
		"start-wrong-token download-wrong-token download-unknown start download-unfinished download-finished"; names(
		object.Probes) != want {
		t.Errorf("probes %s", names(object.Probes))
	}
	if want := "range etag head expect request-id error-bodies not-found zip token-fields link wrong-method " +
		"www-authenticate http tls keep-alive clock"; names(object.Open) != want {
		t.Errorf("points %s", names(object.Open))
	}
	keys := map[string]bool{}
	for _, key := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(string(text), -1) {
		keys[key[1]] = true
	}
	for _, want := range strings.Fields("version verdict server library spec title sha256 at probes name sends " +
		"operation method path status mediaTypes description came mediaType body deviations open question answer " +
		"details") {
		if !keys[want] {
			t.Errorf("there is no key %q", want)
		}
		delete(keys, want)
	}
	if len(keys) > 0 || object.Version != 1 {
		t.Errorf("version %d, more keys %v", object.Version, keys)
	}
}

func TestLinesOfTheTableFitATerminal(t *testing.T) {
	w := newWorld(t, func(a *answer) {
		a.replace("circuitId", "circuitID")
		a.replace("message", "Message")
		switch {
		case a.status == http.StatusOK && a.operation == "download":
			a.header.Set("Content-Type", "application/x-zip-compressed")
		case a.status == http.StatusNotFound:
			a.text(a.status, "application/problem+json", "no")
		}
	}, plain)
	for line := range strings.Lines(w.run(t).Table()) {
		if line = strings.TrimRight(line, "\n"); len([]rune(line)) > 80 || strings.HasSuffix(line, " ") {
			t.Errorf("%d columns: %q", len([]rune(line)), line)
		}
	}
}
