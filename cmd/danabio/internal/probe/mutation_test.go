package probe_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
	"github.com/danabio/danabio-go/pkg/contract"
)

// when mutates the answers of an operation with this status.
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

// named sets the body's Content-Encoding.
func named(coding string) func(*answer) {
	return func(a *answer) { a.header.Set("Content-Encoding", coding) }
}

// encoded applies codings to the body.
func encoded(codings ...string) func(*answer) {
	return func(a *answer) {
		for _, coding := range codings {
			if coding == "gzip" {
				a.body = gzipped(a.body)
				continue
			}
			var b bytes.Buffer
			w := zlib.NewWriter(&b)
			_, _ = w.Write(a.body)
			_ = w.Close()
			a.body = b.Bytes()
		}
		named(strings.Join(codings, ", "))(a)
	}
}

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(content)
	_ = w.Close()
	return b.Bytes()
}

// Each row is a server that differs from the emulator in one way, with everything that the probe
// reports about it.
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
		// A field is renamed.
		{"access_token is called token", when("token", ok, replace("access_token", "token")),
			[]string{"token: undocumented-field", "token: missing-field"}},
		{"expires_in is called expiresIn", when("token", ok, replace("expires_in", "expiresIn")),
			[]string{"token: undocumented-field"}},
		{"circuitId is called circuitID", when("start", ok, replace("circuitId", "circuitID")),
			[]string{"start: undocumented-field", "start: missing-field"}},
		{"link is called url", when("start", ok, replace(`"link"`, `"url"`)), []string{"start: undocumented-field"}},

		// A field is missing, empty, of another type, or added.
		{"no access_token",
			when("token", ok, text(ok, "application/json", `{"token_type": "Bearer", "expires_in": 60}`)),
			[]string{"token: missing-field"}},
		{"empty access_token", when("token", ok, text(ok, "application/json", `{"access_token": ""}`)),
			[]string{"token: missing-field"}},
		{"access_token with a line break", when("token", ok, text(ok, "application/json", `{"access_token": "a\nb"}`)),
			[]string{"token: field-value"}},
		{"token of another type", when("token", ok, replace("Bearer", "MAC")), []string{"token: field-value"}},
		{"expires_in is a text", when("token", ok, replace("1799", `"1799"`)), []string{"token: response-invalid"}},
		{"expires_in is no integer", when("token", ok, replace("1799", "17.5")), []string{"token: response-invalid"}},
		{"the token's answer is a list",
			when("token", ok, func(a *answer) { a.body = []byte("[" + string(a.body) + "]") }),
			[]string{"token: response-invalid", "token: missing-field"}},
		{"no circuitId", when("start", ok, text(ok, "application/json", `{"link": "https://example.com"}`)),
			[]string{"start: missing-field"}},
		{"circuitId is a number",
			when("start", ok, text(ok, "application/json", `{"circuitId": 17, "link": "https://example.com"}`)),
			[]string{"start: response-invalid", "start: missing-field"}},
		{"a field more in the token's answer", when("token", ok, replace("{", `{"scope": "all", `)),
			[]string{"token: undocumented-field"}},
		{"a field more in the start's answer", when("start", ok, replace("{", `{"status": "CREATED", `)),
			[]string{"start: undocumented-field"}},
		{"fields without a value", when("start", ok, replace("{", `{"circuitId": null, "a": `)),
			[]string{"start: response-invalid", "start: missing-field"}},

		// The server requires a field that the spec does not define.
		{"a token needs a scope", when("token", ok, text(400, "application/json", `{"error": "invalid_scope"}`)),
			[]string{"token: status"}},
		{"a start needs the signer's phone",
			when("start", ok, text(400, "application/json", `{"message": "signer.phone is missing"}`)),
			[]string{"start: status"}},

		// The status differs.
		{"a token comes with 201", when("token", ok, status(201)), []string{"token: undocumented-status"}},
		{"a start is answered with 201", when("start", ok, status(201)), []string{"start: undocumented-status"}},
		{"a start is answered with 202", when("start", ok, status(202)), []string{"start: undocumented-status"}},
		{"a start is answered with 500", when("start", ok, text(500, "application/json", `{}`)),
			[]string{"start: status"}},
		{"evidence comes with 206", when("download", ok, status(206)),
			[]string{"download-finished: undocumented-status"}},
		{"evidence comes with 204", when("download", ok, func(a *answer) { a.status, a.body = 204, nil }),
			[]string{"download-finished: undocumented-status", "download-finished: evidence"}},
		{"a wrong secret is accepted",
			when("token", unauthorized,
				text(ok, "application/json", `{"access_token": "x", "token_type": "Bearer", "expires_in": 60}`)),
			[]string{"token-wrong-secret: status"}},
		{"a wrong secret gets 400", when("token", unauthorized, status(400)), []string{"token-wrong-secret: status"}},
		{"a wrong secret gets 403", when("token", unauthorized, status(403)),
			[]string{"token-wrong-secret: undocumented-status"}},
		{"a wrong token is accepted for a download", when("download", unauthorized,
			text(notFound, "application/json", `{}`)), []string{"download-wrong-token: status"}},
		{"a wrong token is accepted for a start", when("start", unauthorized,
			text(ok, "application/json", `{"circuitId": "a", "link": "b"}`)), []string{"start-wrong-token: status"}},
		{"a wrong token gets 403", when("download", unauthorized, status(403)),
			[]string{"download-wrong-token: undocumented-status"}},
		{"an unknown circuit gets 500", when("download", notFound, status(500)),
			[]string{"download-unknown: status", "download-unfinished: status"}},
		{"an unknown circuit gets 400", when("download", notFound, status(400)),
			[]string{"download-unknown: status", "download-unfinished: status"}},
		{"an unknown circuit gets 410", when("download", notFound, status(410)),
			[]string{"download-unknown: undocumented-status", "download-unfinished: undocumented-status"}},
		{"an unknown circuit gets JSON with 200", when("download", notFound, status(200)),
			[]string{"download-unknown: media-type", "download-unknown: status"}},
		{"a redirect", when("token", ok, func(a *answer) {
			a.header.Set("Location", "https://elsewhere.example.com/")
			a.text(302, "text/html", "")
		}), []string{"token: undocumented-status"}},
		{"a wrong method is carried out", when("token", 405, status(ok)),
			[]string{"token-wrong-method: undocumented-method"}},
		{"a list of circuits", when("start", 405, text(ok, "application/json", `[]`)),
			[]string{"start-wrong-method: undocumented-method"}},

		// The media type differs, or the body does not match it.
		{"a token as text/html", when("token", ok, media("text/html")), []string{"token: media-type"}},
		{"a token without a media type", when("token", ok, media("")), []string{"token: media-type"}},
		{"a start's answer as text/plain", when("start", ok, media("text/plain")), []string{"start: media-type"}},
		{"a page for the token", when("token", ok, text(ok, "text/html", page)),
			[]string{"token: media-type", "token: missing-field"}},
		{"a page that says it is JSON", when("token", ok, text(ok, "application/json", page)),
			[]string{"token: response-invalid", "token: missing-field"}},
		{"a plain text error with 200", when("start", ok, text(ok, "text/plain", "ERROR: try later")),
			[]string{"start: media-type", "start: missing-field"}},
		{"evidence as application/octet-stream", when("download", ok, media("application/octet-stream")),
			[]string{"download-finished: media-type"}},
		{"JSON for the evidence", when("download", ok, text(ok, "application/json", `{"error": "none"}`)),
			[]string{"download-finished: media-type", "download-finished: evidence"}},
		{"JSON that says it is a ZIP", when("download", ok, text(ok, "application/zip", `{"error": "none"}`)),
			[]string{"download-finished: evidence"}},
		{"evidence that was cut", when("download", ok, func(a *answer) { a.body = a.body[:len(a.body)/2] }),
			[]string{"download-finished: evidence"}},
		{"evidence with more behind it", when("download", ok, func(a *answer) { a.body = append(a.body, "more"...) }),
			[]string{"download-finished: evidence"}},
		{"evidence that is empty", when("download", ok, text(ok, "application/zip", "")),
			[]string{"download-finished: evidence"}},

		// The body has a coding that was not requested. The run continues with the decoded body.
		{"a token in gzip", when("token", ok, encoded("gzip")), []string{"token: content-encoding"}},
		{"a start's answer in deflate", when("start", ok, encoded("deflate")), []string{"start: content-encoding"}},
		{"a start's answer in one coding over another", when("start", ok, encoded("deflate", "gzip")),
			[]string{"start: content-encoding"}},
		{"a token in gzip, with a field of another name",
			when("token", ok, func(a *answer) { a.replace("expires_in", "expiresIn"); encoded("gzip")(a) }),
			[]string{"token: content-encoding", "token: undocumented-field"}},
		{"a start's answer in brotli", when("start", ok, named("br")), []string{"start: content-encoding"}},
		{"a start's answer in a coding that nobody knows", when("start", ok, named("hunter2")),
			[]string{"start: content-encoding"}},
		{"a start's answer that says it is gzip", when("start", ok, named("gzip")),
			[]string{"start: content-encoding"}},
		{"a start's answer that is small in gzip and large without", when("start", ok, func(a *answer) {
			a.body = append(a.body, make([]byte, 2*contract.MaxBody)...)
			encoded("gzip")(a)
		}), []string{"start: content-encoding"}},
		{"an error in brotli",
			when("download", unauthorized, func(a *answer) { a.body = []byte("\x0b\x02"); named("br")(a) }),
			[]string{"download-wrong-token: content-encoding"}},
		{"evidence in gzip", when("download", ok, encoded("gzip")), []string{"download-finished: content-encoding"}},
		{"evidence in zstd", when("download", ok, named("zstd")), []string{"download-finished: content-encoding"}},
		{"evidence that says it is gzip", when("download", ok, named("gzip")),
			[]string{"download-finished: content-encoding"}},
		{"evidence in gzip that is not a ZIP within",
			when("download", ok, func(a *answer) { a.body = []byte("{}"); encoded("gzip")(a) }),
			[]string{"download-finished: content-encoding", "download-finished: evidence"}},
		{"an error in gzip", when("download", notFound, encoded("gzip")),
			[]string{"download-unknown: content-encoding", "download-unfinished: content-encoding"}},
		{"an error in gzip that is not JSON",
			when("download", notFound, func(a *answer) { a.body = []byte("no"); encoded("gzip")(a) }), []string{
				"download-unknown: content-encoding", "download-unknown: error-body",
				"download-unfinished: content-encoding", "download-unfinished: error-body"}},
		{"everything in gzip", encoded("gzip"), []string{"token: content-encoding",
			"token-wrong-secret: content-encoding", "start-wrong-token: content-encoding",
			"download-wrong-token: content-encoding", "download-unknown: content-encoding", "start: content-encoding",
			"download-unfinished: content-encoding",
			"download-finished: content-encoding"}},

		// Readers interpret this JSON in different ways.
		{"access_token stands twice", when("token", ok, replace("{", `{"access_token": "a", `)),
			[]string{"token: response-invalid"}},
		{"circuitId stands twice", when("start", ok, replace("{", `{"circuitId": "a", `)),
			[]string{"start: response-invalid"}},
		{"a link that is not UTF-8", when("start", ok, replace(`"link":"`, "\"link\":\"\xff")),
			[]string{"start: response-invalid"}},
		{"JSON in Latin-1", when("start", ok, replace("{", "{\"se\xf1al\": 1, ")),
			[]string{"start: response-invalid", "start: undocumented-field"}},
		{"JSON behind a byte order mark", when("start", ok, replace("{", "\ufeff{")),
			[]string{"start: response-invalid"}},
		{"JSON with more behind it", when("start", ok, replace("}", "}\n{}")),
			[]string{"start: response-invalid", "start: missing-field"}},
		{"JSON that is cut", when("token", ok, func(a *answer) { a.body = a.body[:len(a.body)-4] }),
			[]string{"token: response-invalid", "token: missing-field"}},
		{"two media types", when("token", ok, func(a *answer) { a.header.Add("Content-Type", "text/html") }),
			[]string{"token: media-type"}},

		// Errors that are not JSON. The spec leaves them open; an error that is JSON or empty is
		// not reported.
		{"a plain text error for a wrong secret", when("token", unauthorized, text(401, "text/plain", "no")),
			[]string{"token-wrong-secret: error-body"}},
		{"a plain text error for an unknown circuit", when("download", notFound, text(404, "text/plain", "no")),
			[]string{"download-unknown: error-body", "download-unfinished: error-body"}},
		{"a page for a wrong token", when("download", unauthorized, text(401, "text/html", page)),
			[]string{"download-wrong-token: error-body"}},
		{"JSON that is cut in an error", when("download", unauthorized,
			text(401, "application/json", `{"message": "inva`)), []string{"download-wrong-token: error-body"}},
		{"a huge error", when("download", notFound, text(404, "text/plain", strings.Repeat("no ", 1<<20))),
			[]string{"download-unknown: too-long", "download-unfinished: too-long"}},

		// A point that the spec leaves open is not a deviation.
		{"errors with another JSON",
			when("download", notFound, text(404, "application/problem+json", `{"title": "none", "status": 404}`)), nil},
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
			if want := map[bool]probe.Verdict{true: probe.Deviates,
				false: probe.Conforms}[len(test.want) > 0]; result.Verdict != want {
				t.Errorf("verdict %s, want %s\n%s", result.Verdict, want, result.Table())
			}
			for _, want := range test.want {
				name, class, _ := strings.Cut(want, ": ")
				if !strings.Contains(result.Markdown(), "\n- "+name+": "+class+": ") ||
					!strings.Contains(result.Table(), "\n  "+name+": "+class+":") {
					t.Errorf("%s is told neither in the table nor in the report:\n%s", want, result.Table())
				}
			}
		})
	}
}

// If a part of the spec is assumed and not published, the report says so with the deviations that
// this may excuse, and only with those.
func TestDeviationsFromWhatIsAssumedSayIt(t *testing.T) {
	const fields = "The fields are those of the published example; their types are read off its values, and which " +
		"are always there is not published."
	tests := []struct {
		name, probe string
		mutate      func(*answer)
		class       contract.Class
		want        string
	}{
		{"media type of the evidence", "download-finished", when("download", 200, media("application/octet-stream")),
			contract.ClassMediaType, "The media type is not published."},
		{"fields of the token", "token", when("token", 200, replace("expires_in", "expiresIn")),
			contract.ClassUndocumentedField, fields},
		{"type in the token", "token", when("token", 200, replace("1799", `"1799"`)), contract.ClassResponseInvalid,
			fields},
		{"field that is missing", "start", when("start", 200, text(200, "application/json", "{}")), probe.MissingField,
			"The spec does not require the field. " + fields},
		{"bodies of errors", "download-unknown", when("download", 404, text(404, "text/plain", "no")), probe.ErrorBody,
			"The spec says nothing about the body of a 404; that it is JSON, as the answers of this API that it " +
				"describes, is assumed."},
		{"status", "download-unknown", when("download", 404, status(500)), probe.Status, ""},
		{"another status", "download-unknown", when("download", 404, status(410)), contract.ClassUndocumentedStatus,
			""},
		{"published media type", "token", when("token", 200, media("text/html")), contract.ClassMediaType, ""},
		{"no JSON", "token", when("token", 200, replace("{", "")), contract.ClassResponseInvalid, ""},
		{"field of no JSON", "token", when("token", 200, replace("{", "")), probe.MissingField, ""},
		{"field that is there and no text", "start",
			when("start", 200, text(200, "application/json", `{"circuitId": null}`)), probe.MissingField, ""},
		{"field twice", "token", when("token", 200, replace("{", `{"token_type": "Bearer", `)),
			contract.ClassResponseInvalid, ""},
		{"coding", "token", when("token", 200, encoded("gzip")), contract.ClassContentEncoding, ""},
		{"evidence that is none", "download-finished", when("download", 200, text(200, "application/zip", "no")),
			probe.Evidence, ""},
		{"short body", "download-unknown", when("download", 404, func(a *answer) { a.declared = "1000" }),
			contract.ClassLength, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			deviations := newWorld(t, test.mutate, plain).run(t).Probe(test.probe).Deviations
			at := slices.IndexFunc(deviations, func(d probe.Deviation) bool { return d.Class == test.class })
			if at < 0 || deviations[at].Assumed != test.want {
				t.Errorf("%+v, want %s that assumes %q", deviations, test.class, test.want)
			}
		})
	}
}

// A download that is not evidence is described, with its size.
func TestEvidenceThatIsNoneIsToldApart(t *testing.T) {
	base64ed := func(ending string) func(*answer) {
		return func(a *answer) { a.body = []byte(base64.StdEncoding.EncodeToString(a.body) + ending) }
	}
	tests := []struct {
		name   string
		mutate func(*answer)
		want   string // a pattern
	}{
		{"empty", text(200, "application/zip", ""), `empty, 0 bytes`},
		{"JSON", text(200, "application/zip", `{"error": "hunter2"}`), `JSON, \{error: string\}: 20 bytes, not a ZIP`},
		{"HTML", text(200, "application/zip", "<!DOCTYPE html><html>hunter2"), `HTML: 28 bytes, not a ZIP`},
		{"words", text(200, "application/zip", "hunter2 is busy now"), `text: 19 bytes, not a ZIP`},
		{"one word", text(200, "application/zip", "hunter2a"), `text: 8 bytes, not a ZIP`},
		{"Base64", base64ed(""), `Base64 of a ZIP: \d{5,} bytes, not a ZIP`},
		{"Base64 with line breaks", func(a *answer) {
			a.body = []byte(strings.Join(slices.Collect(chunks(base64.StdEncoding.EncodeToString(a.body), 76)), "\r\n"))
		}, `Base64 of a ZIP: \d{5,} bytes, not a ZIP`},
		{"URL-safe Base64", func(a *answer) { a.body = []byte(base64.RawURLEncoding.EncodeToString(a.body)) },
			`Base64 of a ZIP: \d{5,} bytes, not a ZIP`},
		{"Base64 of something else",
			func(a *answer) { a.body = bytes.Repeat([]byte("hunter2/"), 20); base64ed("\n")(a) },
			`Base64: 217 bytes, not a ZIP`},
		{"little Base64", func(a *answer) { a.body = []byte("PK\x03\x04hunter2"); base64ed("")(a) },
			`Base64 of a ZIP: 16 bytes, not a ZIP`},
		{"URL of data", func(a *answer) {
			base64ed("")(a)
			a.body = append([]byte("data:application/zip;base64,"),
				a.body...)
		}, `Base64 of a ZIP: \d{5,} bytes, not a ZIP`},
		{"JSON string", func(a *answer) { base64ed(`"`)(a); a.body = append([]byte(`"`), a.body...) },
			`a JSON string that is Base64 of a ZIP: \d{5,} bytes, not a ZIP`},
		{"JSON string of a large ZIP", func(a *answer) {
			a.body = append(a.body, make([]byte, 3<<20)...)
			base64ed(`"`)(a)
			a.body = append([]byte(`"`), bytes.ReplaceAll(a.body, []byte("/"), []byte(`\/`))...)
		}, `a JSON string that is Base64 of a ZIP: \d{7} bytes, not a ZIP`},
		{"JSON string of words", text(200, "application/zip", `"hunter2"`), `a JSON string: 9 bytes, not a ZIP`},
		{"gzip", func(a *answer) { a.body = gzipped(a.body) }, `gzip of a ZIP: \d+ bytes, not a ZIP`},
		{"gzip of something else", func(a *answer) { a.body = gzipped([]byte("hunter2")) },
			`gzip: \d\d bytes, not a ZIP`},
		{"PDF", text(200, "application/zip", "%PDF-1.7 hunter2"), `a PDF: 16 bytes, not a ZIP`},
		{"bytes", text(200, "application/zip", "\x00\xffhunter2"), `binary: 9 bytes, not a ZIP`},
		{"cut", func(a *answer) { a.body = a.body[:5000] }, `a ZIP that is cut: 5000 bytes, and no end record`},
		{"with more behind it", func(a *answer) { a.body = append(a.body, "more"...) },
			`a ZIP of \d+ bytes that is not acceptable: [a-z-]+`},
	}
	api := newEmulator(t)
	circuit := completed(t, api)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			result := newWorldOf(t, api, circuit, when("download", http.StatusOK, test.mutate), plain).run(t)
			deviations := result.Probe("download-finished").Deviations
			if len(deviations) != 1 || deviations[0].Class != probe.Evidence ||
				!regexp.MustCompile(`^the evidence is `+test.want+`$`).MatchString(deviations[0].Message) {
				t.Errorf("%+v, want %q", deviations, test.want)
			}
			if strings.Contains(result.Table()+result.Markdown(), "hunter2") {
				t.Error("it shows content")
			}
		})
	}
}

func chunks(text string, size int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 && yield(text[:min(size, len(text))]) {
			text = text[min(size, len(text)):]
		}
	}
}

// The report on a coding also says what happened to the evidence in it.
func TestEvidenceInACodingIsVerifiedIfItCanBeDecoded(t *testing.T) {
	for name, test := range map[string]struct {
		mutate func(*answer)
		says   string
		came   string
	}{
		"gzip": {encoded("gzip"), "; the evidence is verified as what it decodes to",
			`^\d+ bytes, decoded, 6 files \(`},
		"brotli": {named("br"), "; the evidence could not be judged, since it could not be decoded",
			"^in the Content-Encoding br, which could not be decoded$"},
		"what is called gzip, and not": {named("gzip"),
			"; the evidence could not be judged, since it could not be decoded", "^in the Content-Encoding gzip, "},
	} {
		got := newWorld(t, when("download", http.StatusOK, test.mutate), plain).run(t).Probe("download-finished")
		if len(got.Deviations) != 1 || !strings.HasSuffix(got.Deviations[0].Message, test.says) ||
			!regexp.MustCompile(test.came).MatchString(got.Came.Body) {
			t.Errorf("%s: %+v, %+v", name, got, got.Came)
		}
	}
}

// A body that cannot be decoded was not checked, whether or not the coding is allowed.
func TestABodyThatCannotBeDecodedIsNotChecked(t *testing.T) {
	for name, operation := range map[string]string{"token": "token", "start": "start",
		"download-finished": "download"} {
		w := newWorld(t, when(operation, http.StatusOK, named("br")), plain)
		w.config.Allow = []contract.Class{contract.ClassContentEncoding}
		got := w.run(t).Probe(name)
		if got.Verdict != probe.NotChecked || got.Reason != probe.NotDecoded ||
			!strings.HasSuffix(got.Explanation, "in the Content-Encoding br, which could not be decoded") {
			t.Errorf("%s: %+v", name, got)
		}
		if name == "start" && !got.OutcomeUnknown {
			t.Error("a circuit may have been started")
		}
	}
}
