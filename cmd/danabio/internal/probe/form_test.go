package probe_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
)

// object is a JSON object of a spec.
type object = map[string]any

// in returns a nested object.
func in(o object, names ...string) object {
	for _, name := range names {
		o = o[name].(object)
	}
	return o
}

// These are the positions of the operations in the spec.
var (
	tokenAt    = []string{"paths", "/oauth2/token", "post"}
	startAt    = []string{"paths", "/api/v1/biometric/start_circuit/{channel}", "post"}
	downloadAt = []string{"paths", "/api/v1/biometric/document_circuit/{channel}/circuit/{circuit}", "get"}
)

func unmarked(node any) {
	switch node := node.(type) {
	case object:
		delete(node, "x-assumed")
		for _, child := range node {
			unmarked(child)
		}
	case []any:
		for _, child := range node {
			unmarked(child)
		}
	}
}

// The expectations of a server and the report about the spec come from the spec in use.
func TestSpecsOfOtherForms(t *testing.T) {
	errorSchema := object{"description": "d", "content": object{"application/json": object{"schema": object{
		"type": "object", "required": []any{"message"}, "properties": object{"message": object{"type": "string"}}}}}}
	renamed := func(from, to string) func(object) {
		return func(doc object) {
			for _, at := range [][]string{tokenAt, startAt, downloadAt} {
				responses := in(doc, append(at, "responses")...)
				responses[to] = responses[from]
				delete(responses, from)
			}
		}
	}
	tests := []struct {
		name   string
		change func(object)
		mutate func(*answer)
		want   []string
		says   string // the message and assumption of the first deviation
	}{
		{"error schemas", func(doc object) {
			for _, at := range [][]string{tokenAt, startAt, downloadAt} {
				for _, status := range []string{"400", "401", "500"} {
					in(doc, append(at, "responses")...)[status] = errorSchema
				}
			}
			in(doc, append(downloadAt, "responses")...)["404"] = errorSchema
		}, nil, nil, ""},
		{"an error that has a schema and is not JSON",
			func(doc object) { in(doc, append(downloadAt, "responses")...)["404"] = errorSchema },
			when("download", 404, text(404, "text/plain", "no")),
			[]string{"download-unknown: media-type", "download-unfinished: media-type"},
			"the Content-Type of the answer is text/plain; the spec names application/json; "},
		{"an error that has a schema and another body",
			func(doc object) { in(doc, append(downloadAt, "responses")...)["404"] = errorSchema },
			when("download", 404, text(404, "application/json", "{}")),
			[]string{"download-unknown: response-invalid", "download-unfinished: response-invalid"},
			"the answer: /message is required and missing; "},
		{"a default response",
			func(doc object) { in(doc, append(downloadAt, "responses")...)["default"] = object{"description": "d"} },
			when("download", 404, status(410)), []string{"download-unknown: status", "download-unfinished: status"},
			"the answer is 410; for this request the spec has 404 (Circuit not found or not completed); "},
		{"a default response with content",
			func(doc object) { in(doc, append(downloadAt, "responses")...)["default"] = errorSchema },
			when("download", 404, text(410, "text/plain", "no")),
			[]string{"download-unknown: media-type", "download-unknown: status",
				"download-unfinished: media-type", "download-unfinished: status"}, ""},
		{"201", renamed("200", "201"), func(a *answer) {
			if a.status == http.StatusOK {
				a.status = http.StatusCreated
			}
		}, nil, ""},
		{"201 where 200 comes", renamed("200", "201"), when("token", 200, status(200)),
			[]string{"token: undocumented-status", "start: undocumented-status",
				"download-finished: undocumented-status"},
			"the answer is 200, which the spec does not name for this operation; for this request it has 201; "},
		{"any success", renamed("200", "2XX"), when("start", 200, status(202)), nil, ""},
		{"a second success", func(doc object) {
			responses := in(doc, append(startAt, "responses")...)
			responses["202"] = responses["200"]
		}, when("start", 200, status(202)), nil, ""},
		{"no 404", func(doc object) { delete(in(doc, append(downloadAt, "responses")...), "404") }, nil,
			[]string{"download-unknown: undocumented-status", "download-unfinished: undocumented-status"},
			"the answer is 404, which the spec does not name for this operation; "},
		{"no 404, and another error", func(doc object) { delete(in(doc, append(downloadAt, "responses")...), "404") },
			when("download", 404, status(400)),
			[]string{"download-unknown: status", "download-unfinished: status"},
			"the answer is 400; for this request 404 would be right, which the spec does not name; "},
		{"any media type", func(doc object) {
			for _, at := range [][]string{tokenAt, startAt, downloadAt} {
				response := in(doc, append(at, "responses", "200")...)
				for _, media := range in(response, "content") {
					response["content"] = object{"*/*": media}
				}
			}
		}, nil, nil, ""},
		{"evidence as application/octet-stream", func(doc object) {
			content := in(doc, append(downloadAt, "responses", "200", "content")...)
			content["application/octet-stream"] = object{"schema": object{"type": "string", "format": "binary"}}
			delete(content, "application/zip")
		}, nil, []string{"download-finished: media-type"},
			"the Content-Type of the answer is application/zip; the spec names application/octet-stream; "},
		{"a required field", func(doc object) {
			in(doc, append(tokenAt, "responses", "200", "content", "application/json", "schema")...)["required"] =
				[]any{"access_token"}
		}, when("token", 200, text(200, "application/json", "{}")),
			[]string{"token: response-invalid", "token: missing-field"}, ""},
		{"a required field of a schema that is combined", func(doc object) {
			schema := in(doc, append(startAt, "responses", "200", "content", "application/json", "schema")...)
			schema["allOf"] = []any{object{"type": "object", "required": []any{"circuitId"}}}
		}, when("start", 200, text(200, "application/json", "{}")),
			[]string{"start: response-invalid", "start: missing-field"}, ""},
		{"a field that nothing is said about",
			func(doc object) { delete(in(doc, append(startAt, "responses", "200")...), "content") },
			when("start", 200, text(200, "application/json", "{}")), []string{"start: missing-field"},
			"the answer has no text field circuitId, so nobody can ask for the circuit; The spec says nothing about " +
				"the body of a 200."},
		{"no assumption", func(doc object) { unmarked(doc) }, when("start", 200, text(200, "application/json", "{}")),
			[]string{"start: missing-field"},
			"the answer has no text field circuitId, so nobody can ask for the circuit; The spec does not require " +
				"the field."},
		{"OpenAPI 3.1", func(doc object) { doc["openapi"] = "3.1.0" }, when("token", 200, replace("1799", `"1799"`)),
			[]string{"token: response-invalid"},
			"the answer: /expires_in must be integer, and is string; The fields are "},
		{"bearer by OAuth2", func(doc object) {
			in(doc, "components", "securitySchemes")["BearerAuth"] = object{"type": "oauth2",
				"flows": object{"clientCredentials": object{"tokenUrl": "/oauth2/token", "scopes": object{}}}}
		}, nil, nil, ""},
	}
	api := newEmulator(t)
	circuit := completed(t, api)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var doc object
			if err := json.Unmarshal(frozenSpec, &doc); err != nil {
				t.Fatal(err)
			}
			test.change(doc)
			changed, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorldOf(t, api, circuit, test.mutate, plain)
			w.config.SetSpec(changed)
			result := w.run(t)
			if got := found(result); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q\n%s", got, test.want, result.Table())
			}
			for _, p := range result.Probes {
				for _, deviation := range p.Deviations {
					if deviation.Class == probe.MissingField && deviation.Assumed != "" &&
						strings.HasPrefix(test.name, "a required field") {
						t.Errorf("%+v", deviation)
					}
				}
			}
			if test.says == "" {
				return
			}
			for _, p := range result.Probes {
				for _, deviation := range p.Deviations {
					if got := deviation.Message + "; " + deviation.Assumed; !strings.HasPrefix(got, test.says) ||
						strings.HasSuffix(test.says, "; ") && got != test.says {
						t.Errorf("%q, want %q", got, test.says)
					}
				}
			}
		})
	}
}

// A spec may add an operation to a path. Its method is then no longer wrong.
func TestAMethodThatTheSpecHasIsNoWrongOne(t *testing.T) {
	var doc object
	if err := json.Unmarshal(frozenSpec, &doc); err != nil {
		t.Fatal(err)
	}
	in(doc, startAt[:2]...)["get"] = object{"operationId": "listCircuits",
		"responses":  object{"200": object{"description": "All circuits"}},
		"parameters": in(doc, startAt...)["parameters"]}
	changed, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	asked := false
	w := newWorld(t, func(a *answer) { asked = asked || a.operation == "start" && a.request.Method == http.MethodGet },
		plain)
	w.config.SetSpec(changed)
	got := w.run(t).Probe("start-wrong-method")
	if asked || got.Verdict != probe.NotAsked || got.Operation != "listCircuits" ||
		got.Spec.Description != "All circuits" || got.Spec.Status != 200 {
		t.Errorf("asked: %v, %+v", asked, got)
	}
}
