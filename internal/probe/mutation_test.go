package probe_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/probe"
)

// when mutates the answers of an operation that have the status.
func when(operation string, status int, mutate func(*answer)) func(*answer) {
	return func(a *answer) {
		if a.operation == operation && a.status == status && a.request.Method != http.MethodHead {
			mutate(a)
		}
	}
}

func status(status int) func(*answer) { return func(a *answer) { a.status = status } }

func replace(old, new string) func(*answer) { return func(a *answer) { a.replace(old, new) } }

func text(status int, mediaType, body string) func(*answer) {
	return func(a *answer) { a.text(status, mediaType, body) }
}

func media(mediaType string) func(*answer) {
	return func(a *answer) { a.header.Set("Content-Type", mediaType) }
}

// Each row is a server that differs from the emulator in one thing, and all that is found out about it.
func TestDeliberatelyDifferentServersAreFoundOut(t *testing.T) {
	const (
		ok, notFound, unauthorized = http.StatusOK, http.StatusNotFound, http.StatusUnauthorized
		page                       = "<!DOCTYPE html><html><body>Not here</body></html>"
	)
	tests := []struct {
		name   string
		mutate func(*answer)
		want   []string
	}{
		// A field has another name.
		{"access_token is called token", when("token", ok, replace("access_token", "token")), []string{"token: undocumented-field", "token: missing-field"}},
		{"expires_in is called expiresIn", when("token", ok, replace("expires_in", "expiresIn")), []string{"token: undocumented-field"}},
		{"circuitId is called circuitID", when("start", ok, replace("circuitId", "circuitID")), []string{"start: undocumented-field", "start: missing-field"}},
		{"link is called url", when("start", ok, replace(`"link"`, `"url"`)), []string{"start: undocumented-field"}},

		// A field is missing, empty, of another type, or more.
		{"no access_token", when("token", ok, text(ok, "application/json", `{"token_type": "Bearer", "expires_in": 60}`)), []string{"token: missing-field"}},
		{"empty access_token", when("token", ok, text(ok, "application/json", `{"access_token": ""}`)), []string{"token: missing-field"}},
		{"access_token with a line break", when("token", ok, text(ok, "application/json", `{"access_token": "a\nb"}`)), []string{"token: field-value"}},
		{"token of another type", when("token", ok, replace("Bearer", "MAC")), []string{"token: field-value"}},
		{"expires_in is a text", when("token", ok, replace("1799", `"1799"`)), []string{"token: response-invalid"}},
		{"expires_in is no integer", when("token", ok, replace("1799", "17.5")), []string{"token: response-invalid"}},
		{"the token's answer is a list", when("token", ok, func(a *answer) { a.body = []byte("[" + string(a.body) + "]") }), []string{"token: response-invalid", "token: missing-field"}},
		{"no circuitId", when("start", ok, text(ok, "application/json", `{"link": "https://example.com"}`)), []string{"start: missing-field"}},
		{"circuitId is a number", when("start", ok, text(ok, "application/json", `{"circuitId": 17, "link": "https://example.com"}`)), []string{"start: response-invalid", "start: missing-field"}},
		{"a field more in the token's answer", when("token", ok, replace("{", `{"scope": "all", `)), []string{"token: undocumented-field"}},
		{"a field more in the start's answer", when("start", ok, replace("{", `{"status": "CREATED", `)), []string{"start: undocumented-field"}},
		{"fields without a value", when("start", ok, replace("{", `{"circuitId": null, "a": `)), []string{"start: response-invalid", "start: missing-field"}},

		// The server wants a field more than the spec does.
		{"a token needs a scope", when("token", ok, text(400, "application/json", `{"error": "invalid_scope"}`)), []string{"token: status"}},
		{"a start needs the signer's phone", when("start", ok, text(400, "application/json", `{"message": "signer.phone is missing"}`)), []string{"start: status"}},

		// Another status.
		{"a token comes with 201", when("token", ok, status(201)), []string{"token: undocumented-status"}},
		{"a start is answered with 201", when("start", ok, status(201)), []string{"start: undocumented-status"}},
		{"a start is answered with 202", when("start", ok, status(202)), []string{"start: undocumented-status"}},
		{"a start is answered with 500", when("start", ok, text(500, "application/json", `{}`)), []string{"start: status"}},
		{"evidence comes with 206", when("download", ok, status(206)), []string{"download-finished: undocumented-status"}},
		{"evidence comes with 204", when("download", ok, func(a *answer) { a.status, a.body = 204, nil }), []string{"download-finished: undocumented-status", "download-finished: evidence"}},
		{"a wrong secret is accepted", when("token", unauthorized, text(ok, "application/json", `{"access_token": "x", "token_type": "Bearer", "expires_in": 60}`)), []string{"token-wrong-secret: status"}},
		{"a wrong secret gets 400", when("token", unauthorized, status(400)), []string{"token-wrong-secret: status"}},
		{"a wrong secret gets 403", when("token", unauthorized, status(403)), []string{"token-wrong-secret: undocumented-status"}},
		{"a wrong token is accepted for a download", when("download", unauthorized, text(notFound, "application/json", `{}`)), []string{"download-wrong-token: status"}},
		{"a wrong token is accepted for a start", when("start", unauthorized, text(ok, "application/json", `{"circuitId": "a", "link": "b"}`)), []string{"start-wrong-token: status"}},
		{"a wrong token gets 403", when("download", unauthorized, status(403)), []string{"download-wrong-token: undocumented-status"}},
		{"an unknown circuit gets 500", when("download", notFound, status(500)), []string{"download-unknown: status", "download-unfinished: status"}},
		{"an unknown circuit gets 400", when("download", notFound, status(400)), []string{"download-unknown: status", "download-unfinished: status"}},
		{"an unknown circuit gets 410", when("download", notFound, status(410)), []string{"download-unknown: undocumented-status", "download-unfinished: undocumented-status"}},
		{"an unknown circuit gets JSON with 200", when("download", notFound, status(200)), []string{"download-unknown: media-type", "download-unknown: status"}},
		{"a redirect", when("token", ok, func(a *answer) {
			a.header.Set("Location", "https://elsewhere.example.com/")
			a.text(302, "text/html", "")
		}), []string{"token: undocumented-status"}},
		{"a wrong method is carried out", when("token", 405, status(ok)), []string{"token-wrong-method: undocumented-method"}},
		{"a list of circuits", when("start", 405, text(ok, "application/json", `[]`)), []string{"start-wrong-method: undocumented-method"}},

		// Another media type, or another body than it says.
		{"a token as text/html", when("token", ok, media("text/html")), []string{"token: media-type"}},
		{"a token without a media type", when("token", ok, media("")), []string{"token: media-type"}},
		{"a start's answer as text/plain", when("start", ok, media("text/plain")), []string{"start: media-type"}},
		{"a page for the token", when("token", ok, text(ok, "text/html", page)), []string{"token: media-type", "token: missing-field"}},
		{"a page that says it is JSON", when("token", ok, text(ok, "application/json", page)), []string{"token: response-invalid", "token: missing-field"}},
		{"a plain text error with 200", when("start", ok, text(ok, "text/plain", "ERROR: try later")), []string{"start: media-type", "start: missing-field"}},
		{"evidence as application/octet-stream", when("download", ok, media("application/octet-stream")), []string{"download-finished: media-type"}},
		{"JSON for the evidence", when("download", ok, text(ok, "application/json", `{"error": "none"}`)), []string{"download-finished: media-type", "download-finished: evidence"}},
		{"JSON that says it is a ZIP", when("download", ok, text(ok, "application/zip", `{"error": "none"}`)), []string{"download-finished: evidence"}},
		{"evidence that was cut", when("download", ok, func(a *answer) { a.body = a.body[:len(a.body)/2] }), []string{"download-finished: evidence"}},
		{"evidence with more behind it", when("download", ok, func(a *answer) { a.body = append(a.body, "more"...) }), []string{"download-finished: evidence"}},
		{"evidence that is empty", when("download", ok, text(ok, "application/zip", "")), []string{"download-finished: evidence"}},

		// Errors that are no JSON. The spec leaves them open, and one that is JSON or empty is none.
		{"a plain text error for a wrong secret", when("token", unauthorized, text(401, "text/plain", "no")), []string{"token-wrong-secret: error-body"}},
		{"a plain text error for an unknown circuit", when("download", notFound, text(404, "text/plain", "no")), []string{"download-unknown: error-body", "download-unfinished: error-body"}},
		{"a page for a wrong token", when("download", unauthorized, text(401, "text/html", page)), []string{"download-wrong-token: error-body"}},
		{"JSON that is cut in an error", when("download", unauthorized, text(401, "application/json", `{"message": "inva`)), []string{"download-wrong-token: error-body"}},
		{"a huge error", when("download", notFound, text(404, "text/plain", strings.Repeat("no ", 1<<20))), []string{"download-unknown: too-long", "download-unfinished: too-long"}},

		// What the spec leaves open is no deviation.
		{"errors with another JSON", when("download", notFound, text(404, "application/problem+json", `{"title": "none", "status": 404}`)), nil},
		{"errors without a body", when("download", notFound, text(404, "", "")), nil},
		{"no WWW-Authenticate", func(a *answer) { a.header.Del("WWW-Authenticate") }, nil},
		{"no request id", func(a *answer) { a.header.Del("X-Request-Id") }, nil},
		{"a wrong method gets 404", func(a *answer) {
			if a.status == 405 {
				a.text(404, "text/plain", "no")
			}
		}, nil},
		{"media types with a charset", func(a *answer) {
			if a.header.Get("Content-Type") == "application/json" {
				a.header.Set("Content-Type", "application/json; charset=utf-8")
			}
		}, nil},
		{"no link", when("start", ok, func(a *answer) {
			before, _, _ := strings.Cut(string(a.body), `,"link"`)
			a.body = []byte(before + "}")
		}), nil},
	}
	api := newEmulator(t)
	circuit := completed(t, api)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			result := newWorldOf(t, api, circuit, test.mutate, plain).run(t)
			if got := found(result); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
			if want := map[bool]probe.Verdict{true: probe.Deviates, false: probe.Conforms}[len(test.want) > 0]; result.Verdict != want {
				t.Errorf("verdict %s, want %s\n%s", result.Verdict, want, result.Table())
			}
			for _, want := range test.want {
				name, class, _ := strings.Cut(want, ": ")
				if !strings.Contains(result.Markdown(), "\n- "+name+": "+class+": ") || !strings.Contains(result.Table(), "\n  "+name+": "+class+":") {
					t.Errorf("%s is told neither in the table nor in the report:\n%s", want, result.Table())
				}
			}
		})
	}
}

// What nobody published about the spec's side is said beside the deviation.
func TestDeviationsFromWhatIsAssumedSayIt(t *testing.T) {
	tests := []struct {
		name, probe string
		mutate      func(*answer)
		want        string
	}{
		{"media type of the evidence", "download-finished", when("download", 200, media("application/octet-stream")), "The media type is not published."},
		{"fields of the token", "token", when("token", 200, replace("expires_in", "expiresIn")), "which are always there is not published."},
		{"bodies of errors", "download-unknown", when("download", 404, text(404, "text/plain", "no")), "is assumed."},
		{"status", "download-unknown", when("download", 404, status(500)), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			deviations := newWorld(t, test.mutate, plain).run(t).Probe(test.probe).Deviations
			if len(deviations) == 0 || !strings.HasSuffix(deviations[0].Assumed, test.want) || test.want == "" && deviations[0].Assumed != "" {
				t.Errorf("%+v", deviations)
			}
		})
	}
}
