package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestStartMakesACircuit(t *testing.T) {
	now := newClock()
	api := serve(t, emulator.Config{Now: now.Now})
	pdf := makePDF("contract")
	circuit := api.start(api.token(), startBody(sent{"contract.pdf", pdf}))
	if !strings.HasPrefix(circuit.Link, api.url+"/sign/") || strings.Contains(circuit.Link, circuit.CircuitID) {
		t.Errorf("the link is not under the emulator's address, or holds the circuit's id")
	}
	circuits := api.Circuits()
	if len(circuits) != 1 || len(circuits[0].Documents) != 1 {
		t.Fatalf("circuits: %+v", circuits)
	}
	got, document := circuits[0], circuits[0].Documents[0]
	if got.ID != circuit.CircuitID || got.RequestID != "loan-4711" || got.Channel != api.Channel() || got.Completed ||
		!got.StartedAt.Equal(now.Now()) {
		t.Errorf("circuit: %+v", got)
	}
	if document.Name != "contract.pdf" || document.Size != int64(len(pdf)) || document.SHA256 != sum(pdf) {
		t.Errorf("document: %+v", document)
	}
}

func TestStartIsNotIdempotent(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	first, second := api.start(token, oneDocument()), api.start(token, oneDocument())
	if first.CircuitID == second.CircuitID || first.Link == second.Link {
		t.Error("a repeated request id got the circuit of the first")
	}
	if len(first.CircuitID) == len(second.CircuitID) {
		t.Error("both ids have one shape; a client must not take them for UUIDs")
	}
}

func TestStartTakesTheLinkFromPublicURL(t *testing.T) {
	api := serve(t, emulator.Config{PublicURL: "https://emulator.example.com/demo/"})
	if circuit := api.start(api.token(), oneDocument()); !strings.HasPrefix(circuit.Link,
		"https://emulator.example.com/demo/sign/") {
		t.Error("the link does not start with PublicURL")
	}
}

// edit returns a valid body after applying a change.
func edit(t *testing.T, change func(body, doc map[string]any)) string {
	t.Helper()
	var body map[string]any
	if err := json.Unmarshal([]byte(oneDocument()), &body); err != nil {
		t.Fatal(err)
	}
	change(body, body["docs"].([]any)[0].(map[string]any))
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStartAcceptsWhatTheSpecAllows(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	for name, change := range map[string]func(body, doc map[string]any){
		"no id":                func(body, _ map[string]any) { delete(body, "id") },
		"an empty id":          func(body, _ map[string]any) { body["id"] = "" },
		"a signer of no field": func(body, _ map[string]any) { body["signer"] = map[string]any{} },
		"no size":              func(_, doc map[string]any) { delete(doc, "size") },
		"size 0":               func(_, doc map[string]any) { doc["size"] = 0 },
		"fields it does not know": func(body, doc map[string]any) {
			body["later"], doc["later"] = true, []int{1}
			body["signer"].(map[string]any)["later"] = nil
		},
		"a name without extension": func(_, doc map[string]any) { doc["name"] = "contrato de préstamo" },
	} {
		t.Run(name, func(t *testing.T) {
			body, want := edit(t, change), api.StartStatus()
			if !api.Allows(body) { // another spec may be stricter
				want = 400
			}
			if answer := api.do(api.startRequest(token, body)); answer.status != want {
				t.Errorf("status %d: %s", answer.status, answer.body)
			}
		})
	}
	request := api.startRequest(token, oneDocument())
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	if answer := api.do(request); answer.status != api.StartStatus() {
		t.Errorf("media type with a parameter: status %d: %s", answer.status, answer.body)
	}
}

func TestStartRefusesABodyAndSaysWhere(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	good := makePDF("contract")
	encode := base64.StdEncoding.EncodeToString
	set := func(key string, value any) func(*testing.T) string {
		return func(t *testing.T) string {
			return edit(t, func(body, doc map[string]any) {
				if object, field, ok := strings.Cut(key, "."); !ok {
					body[key] = value
				} else if object == "signer" {
					body[object].(map[string]any)[field] = value
				} else {
					doc[field] = value
				}
			})
		}
	}
	remove := func(key string) func(*testing.T) string {
		return func(t *testing.T) string {
			return edit(t,
				func(body, doc map[string]any) { delete(body, key); delete(doc, strings.TrimPrefix(key, "docs.")) })
		}
	}
	text := func(text string) func(*testing.T) string { return func(*testing.T) string { return text } }
	for name, test := range map[string]struct {
		body func(*testing.T) string
		want []string
	}{
		"empty body":          {text(""), []string{"body: is empty"}},
		"no JSON":             {text(`canary`), []string{"body: is not JSON", "byte 1"}},
		"cut JSON":            {text(`{"signer":{},"docs":[{"name":"canary`), []string{"body: is not JSON"}},
		"two values":          {text(oneDocument() + `{"canary":1}`), []string{"body: something follows"}},
		"an array":            {text(`["canary"]`), []string{"body:", "object"}},
		"null":                {text(`null`), []string{"body:"}},
		"not UTF-8":           {text("{\"id\":\"canary\xff\"}"), []string{"body: is not UTF-8"}},
		"no signer":           {remove("signer"), []string{"signer: is missing"}},
		"no documents":        {remove("docs"), []string{"docs: is missing"}},
		"nothing at all":      {text(`{}`), []string{"signer: is missing", "docs: is missing"}},
		"null signer":         {set("signer", nil), []string{"signer:"}},
		"text for signer":     {set("signer", "canary"), []string{"signer:", "object"}},
		"number for id":       {set("id", 4711), []string{"id:", "string"}},
		"number for name":     {set("signer.name", 4711), []string{"signer.name:", "string"}},
		"list for nif":        {set("signer.nif", []string{"canary"}), []string{"signer.nif:", "string"}},
		"object for docs":     {set("docs", map[string]any{"canary": 1}), []string{"docs:", "array"}},
		"empty docs":          {set("docs", []any{}), []string{"docs: is empty"}},
		"text for a document": {set("docs", []any{"canary"}), []string{"docs[0]:", "object"}},
		"null for a document": {set("docs", []any{nil}), []string{"docs[0]:"}},
		"number for content":  {set("docs.content", 4711), []string{"docs[0].content:", "string"}},
		"text for size":       {set("docs.size", "canary"), []string{"docs[0].size:", "integer"}},
		"fraction for size":   {set("docs.size", 1.5), []string{"docs[0].size:", "integer"}},
		"negative size":       {set("docs.size", -1), []string{"docs[0].size:", "bytes before Base64"}},
		"huge size":           {set("docs.size", json.Number("1e400")), []string{"docs[0].size:"}},
		"wrong size":          {set("docs.size", len(good)+1), []string{"docs[0].size: differs"}},
		"size of the Base64":  {set("docs.size", len(encode(good))), []string{"docs[0].size: differs"}},
		"no name":             {remove("docs.name"), []string{"docs[0].name: is missing"}},
		"empty name":          {set("docs.name", ""), []string{"docs[0].name: is missing"}},
		"no content":          {remove("docs.content"), []string{"docs[0].content: is missing"}},
		"empty content":       {set("docs.content", ""), []string{"docs[0].content: is missing"}},
		"bad Base64": {set("docs.content", "canary!!"),
			[]string{"docs[0].content: is not Base64", "character 6"}},
		"URL alphabet": {set("docs.content", "-_-_"), []string{"docs[0].content: is not Base64"}},
		"no padding":   {set("docs.content", "JVBERi0xLjc"), []string{"docs[0].content: is not Base64"}},
		"line breaks": {set("docs.content", "JVBE\r\nRi0x"),
			[]string{"docs[0].content: is not Base64", "line break"}},
		"published example": {set("docs.content", "IKPj4Kc3RhcnR4cmVmCjYwNTI4CiUlRU9G"),
			[]string{"docs[0].content: is not Base64"}},
		"no PDF": {set("docs.content", encode([]byte("canary, not a PDF"))),
			[]string{"docs[0].content: cannot be signed", "size"}},
		"encrypted PDF": {text(startBody(sent{"a.pdf", encryptedPDF()})),
			[]string{"docs[0].content: cannot be signed", "encrypted"}},
		"cut PDF": {text(startBody(sent{"a.pdf", good[:100]})),
			[]string{"docs[0].content: cannot be signed"}},
		"second is bad": {text(startBody(sent{"a.pdf", good}, sent{"b.pdf", []byte("canary")})),
			[]string{"docs[1].content: cannot be signed"}},
		"two of one name": {text(startBody(sent{"a.pdf", good}, sent{"b.pdf", good}, sent{"a.pdf", good})),
			[]string{"docs[2].name:", "docs[0]"}},
		"several at once": {text(startBody(sent{"", good}, sent{"b.pdf", nil})),
			[]string{"docs[0].name:", "docs[1].content:"}},
		"names are exact": {text(strings.Replace(oneDocument(), `"docs"`, `"Docs"`, 1)),
			[]string{"docs: is missing"}},
		"more than are listed": {text(startBody(make([]sent, 20)...)), []string{"and 30 more"}},
	} {
		t.Run(name, func(t *testing.T) {
			answer := api.do(api.startRequest(token, test.body(t)))
			message := answer.message(t)
			if answer.status != 400 || strings.Contains(message, "canary") || strings.Contains(message, "4711") {
				t.Errorf("status %d, message %q", answer.status, message)
			}
			for _, want := range test.want {
				if !strings.Contains(message, want) {
					t.Errorf("message %q does not hold %q", message, want)
				}
			}
		})
	}
	if n := len(api.Circuits()); n != 0 {
		t.Errorf("refused starts left %d circuits", n)
	}
}

func TestStartRefusesByHeaderBeforeTheBody(t *testing.T) {
	api := serve(t, emulator.Config{})
	token := api.token()
	for name, test := range map[string]struct {
		change func(*http.Request)
		status int
	}{
		"no token":       {func(r *http.Request) { r.Header.Del("Authorization") }, 401},
		"other token":    {func(r *http.Request) { r.Header.Set("Authorization", "Bearer canary") }, 401},
		"other channel":  {func(r *http.Request) { r.URL.Path = "/api/v1/biometric/start_circuit/canary" }, 400},
		"no media type":  {func(r *http.Request) { r.Header.Del("Content-Type") }, 400},
		"form":           {func(r *http.Request) { r.Header.Set("Content-Type", formType) }, 400},
		"bad media type": {func(r *http.Request) { r.Header.Set("Content-Type", "application/") }, 400},
	} {
		t.Run(name, func(t *testing.T) {
			request := api.startRequest(token, oneDocument())
			test.change(request)
			if answer := api.do(request); answer.status != test.status ||
				strings.Contains(answer.message(t), "canary") {
				t.Errorf("status %d: %s", answer.status, answer.body)
			}
		})
	}
}

func TestStartRefusesAHugeBody(t *testing.T) {
	// This bypasses the contract handler, because the message is far larger than the limit.
	api := serve(t, emulator.Config{MaxRequestBytes: 4096})
	token := api.token()
	huge := startBody(sent{"a.pdf", append(makePDF("x"), make([]byte, 8192)...)})
	announced := api.startRequest(token, huge)
	chunked := api.startRequest(token, huge)
	chunked.ContentLength = -1
	for name, request := range map[string]*http.Request{"announced": announced, "chunked": chunked} {
		if answer := api.do(request); answer.status != 413 || !strings.Contains(answer.message(t), "4096") {
			t.Errorf("%s: status %d: %s", name, answer.status, answer.body)
		}
	}
	if answer := api.do(api.startRequest(token, oneDocument())); answer.status != api.StartStatus() {
		t.Errorf("a body below the limit: status %d: %s", answer.status, answer.body)
	}
}

func TestStartRefusesMoreThanMemoryIsSetAsideFor(t *testing.T) {
	api := serve(t, emulator.Config{})
	api.SetMaxHeld(2*emulator.EvidenceAllowance + 10_000)
	token := api.token()
	api.start(token, oneDocument())
	api.start(token, oneDocument())
	if answer := api.do(api.startRequest(token, oneDocument())); answer.status != 507 {
		t.Errorf("status %d: %s", answer.status, answer.body)
	}
	if n := len(api.Circuits()); n != 2 {
		t.Errorf("%d circuits", n)
	}
}
