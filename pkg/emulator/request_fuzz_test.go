package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
	"github.com/danabio/danabio-go/pkg/emulator"
)

// For any body of a start, the answer is 200 or 400. An accepted body also conforms to the spec
// according to a second check, and its documents match those of a plain decoder.
func FuzzStart(f *testing.F) {
	for _, seed := range []string{
		oneDocument(), startBody(sent{"a.pdf", makePDF("a")}, sent{"b.pdf", makePDF("b")}),
		startBody(sent{"a.pdf", encryptedPDF()}),
		`{}`, `null`, `[]`, `{"signer":{},"docs":[]}`, `{"signer":{},"docs":[{}]}`, `{"signer":null,"docs":[null]}`,
		`{"signer":{"name":1},"docs":[{"name":"a","content":"JVBERi0=","size":1e400}]}`,
		`{"docs":[{"content":"A"}],"docs":[{"content":"JVBERi0="}]}`, "{\"id\":\"\xff\"}", `{"id":"\ud800"}`,
		strings.Repeat("[", 20000),
	} {
		f.Add(seed)
	}
	document, err := spec.GetSpec()
	if err != nil {
		f.Fatal(err)
	}
	schema := document.Paths.Find("/api/v1/biometric/start_circuit/{channel}").Post.RequestBody.Value.Content.Get(
		"application/json").Schema.Value
	f.Fuzz(func(t *testing.T, body string) {
		api := newEmulator(t, emulator.Config{})
		recorder := httptest.NewRecorder()
		api.ServeHTTP(recorder, tokenRequest(t, api))
		token := tokenIn(reply{body: recorder.Body.Bytes()})

		recorder = httptest.NewRecorder()
		request := httptest.NewRequest(http.MethodPost, "/api/v1/biometric/start_circuit/"+
			url.PathEscape(api.Channel()), strings.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+token)
		api.ServeHTTP(recorder, request)
		circuits := api.Circuits()
		switch recorder.Code {
		case http.StatusBadRequest:
			if len(circuits) != 0 {
				t.Error("a refused start made a circuit")
			}
			return
		case api.StartStatus():
		default:
			t.Fatalf("status %d: %s", recorder.Code, recorder.Body)
		}
		var value map[string]any
		if err := json.Unmarshal([]byte(body), &value); err != nil {
			t.Fatalf("accepted what is not a JSON object: %v", err)
		}
		if err := schema.VisitJSON(value); err != nil {
			t.Fatalf("accepted what the spec refuses: %v", err)
		}
		docs := value["docs"].([]any)
		if len(circuits) != 1 || len(docs) != len(circuits[0].Documents) {
			t.Fatalf("%d circuits", len(circuits))
		}
		for i, got := range circuits[0].Documents {
			doc := docs[i].(map[string]any)
			content, err := base64.StdEncoding.DecodeString(doc["content"].(string))
			if err != nil || got.Name != doc["name"] || got.Size != int64(len(content)) || got.SHA256 != sum(content) {
				t.Errorf("document %d became %+v", i, got)
			}
		}
	})
}
