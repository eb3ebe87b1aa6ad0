package danabio_test

import (
	"encoding/json"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/gen/biometricapi/spec"
	"github.com/danabio/danabio-go/pkg/danabio"
)

const answer = `{"circuitId":"c-1","link":"https://sign.example.com/c-1"}`

func TestRequestAndAnswerKeepToTheSpec(t *testing.T) {
	document, err := spec.GetSpec()
	if err != nil {
		t.Fatal(err)
	}
	start := document.Paths.Find("/api/v1/biometric/start_circuit/{channel}").Post
	request, err := danabio.Request("Ana Prueba", "ana@example.com", "12345678A", "contract.pdf", []byte("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	holds(t, "request", start.RequestBody.Value.Content, string(request))
	holds(t, "answer", start.Responses.Status(200).Value.Content, answer)
	circuit, err := danabio.Answer([]byte(answer))
	if err != nil || circuit.ID != "c-1" || circuit.Link == "" {
		t.Errorf("read %+v and %v", circuit, err)
	}
}

func holds(t *testing.T, what string, content openapi3.Content, body string) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatal(err)
	}
	if err := content.Get("application/json").Schema.Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		t.Errorf("the %s is not as the spec says", what)
	}
}
