package probe_test

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
	"github.com/danabio/danabio-go/internal/sample"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// frozenSpec is the spec that these tests compare servers with: package contract's copy of an
// earlier embedded spec.
var frozenSpec = func() []byte {
	text, err := os.ReadFile("../../../../pkg/contract/testdata/spec.json")
	if err != nil {
		log.Fatal(err)
	}
	return text
}()

// answer is an answer of the emulator on its way to the probe.
type answer struct {
	operation string // "token", "start" or "download"
	request   *http.Request
	status    int
	header    http.Header
	body      []byte
	declared  string // a false length of the body, if not empty
}

func (a *answer) replace(old, new string) {
	a.body = []byte(strings.ReplaceAll(string(a.body), old, new))
}

func (a *answer) text(status int, mediaType, body string) {
	a.status, a.body = status, []byte(body)
	a.header.Set("Content-Type", mediaType)
}

// freeze adapts a successful answer to the frozen spec. The emulator follows the embedded one.
func (a *answer) freeze() {
	if a.status < 200 || a.status > 299 {
		return
	}
	a.status = http.StatusOK
	a.header.Set("Content-Type", "application/json")
	if a.operation == "download" {
		a.header.Set("Content-Type", "application/zip")
	}
}

// mutant is an emulator whose answers mutate changes.
type mutant struct {
	api    *emulator.Emulator
	mutate func(*answer)
}

func (m *mutant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	recorder := httptest.NewRecorder()
	m.api.ServeHTTP(recorder, r)
	a := &answer{request: r, status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
	for operation, part := range map[string]string{"token": "/oauth2/token", "start": "/start_circuit/",
		"download": "/document_circuit/"} {
		if strings.Contains(r.URL.Path, part) {
			a.operation = operation
		}
	}
	a.freeze()
	if m.mutate != nil {
		m.mutate(a)
	}
	for name, values := range a.header {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	if a.declared != "" {
		w.Header().Set("Content-Length", a.declared)
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// world is an emulator with a completed circuit, behind a server.
type world struct {
	*mutant
	server *httptest.Server
	config probe.Config
}

func newWorld(t *testing.T, mutate func(*answer), serve func(http.Handler) *httptest.Server) *world {
	t.Helper()
	api := newEmulator(t)
	return newWorldOf(t, api, completed(t, api), mutate, serve)
}

func newEmulator(t *testing.T) *emulator.Emulator {
	t.Helper()
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func newWorldOf(t *testing.T, api *emulator.Emulator, circuit string, mutate func(*answer),
	serve func(http.Handler) *httptest.Server) *world {
	t.Helper()
	w := &world{mutant: &mutant{api: api, mutate: mutate}}
	w.server = serve(w)
	t.Cleanup(w.server.Close)
	w.config = probe.Config{
		BaseURL: w.server.URL, Server: "the emulator", Library: "danabio-go/test",
		Channel: api.Channel(), ClientID: api.ClientID(), ClientSecret: api.ClientSecret(),
		Start: &probe.Start{
			SignerName: "Persona Inventada", SignerEmail: "persona.inventada@example.com", SignerNIF: "00000000T",
			DocumentName: sample.ContractName, Document: sample.Contract,
		},
		Circuit: circuit,
	}
	w.config.SetSpec(frozenSpec)
	return w
}

// completed returns the id of a completed circuit that was started without the server.
func completed(t *testing.T, api *emulator.Emulator) string {
	t.Helper()
	do := func(method, path, authorization, mediaType string, body any) map[string]any {
		text, isText := body.(string)
		if !isText {
			encoded, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			text = string(encoded)
		}
		request := httptest.NewRequest(method, path, strings.NewReader(text))
		request.Header.Set("Authorization", authorization)
		request.Header.Set("Content-Type", mediaType)
		recorder := httptest.NewRecorder()
		api.ServeHTTP(recorder, request)
		var object map[string]any
		if err := json.Unmarshal(recorder.Body.Bytes(), &object); err != nil {
			t.Fatal(err)
		}
		return object
	}
	basic := httptest.NewRequest(http.MethodGet, "/", nil)
	basic.SetBasicAuth(api.ClientID(), api.ClientSecret())
	token := do(http.MethodPost, "/oauth2/token", basic.Header.Get("Authorization"),
		"application/x-www-form-urlencoded", "grant_type=client_credentials")
	started := do(http.MethodPost, "/api/v1/biometric/start_circuit/"+api.Channel(),
		fmt.Sprint("Bearer ", token["access_token"]), "application/json", map[string]any{
			"id": "1", "signer": map[string]any{"name": "Persona Inventada", "email": "persona.inventada@example.com",
				"nif": "00000000T"},
			"docs": []any{map[string]any{"name": "a.pdf", "size": len(sample.Contract), "content": sample.Contract}},
		})
	id, _ := started["circuitId"].(string)
	if err := api.Complete(id); err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) run(t *testing.T) *probe.Result {
	t.Helper()
	result, err := probe.Run(t.Context(), w.config)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// found lists the deviations as "probe: class".
func found(result *probe.Result) []string {
	var all []string
	for _, p := range result.Probes {
		for _, deviation := range p.Deviations {
			if !deviation.Allowed {
				all = append(all, p.Name+": "+string(deviation.Class))
			}
		}
	}
	return all
}

func plain(handler http.Handler) *httptest.Server { return httptest.NewServer(handler) }

func overTLS(handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	return server
}
