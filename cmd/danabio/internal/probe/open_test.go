package probe_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danabio/danabio-go/cmd/danabio/internal/probe"
)

// The probe finds out each open point, whichever way a server behaves.
func TestOpenPoints(t *testing.T) {
	evidence := func(mutate func(*answer)) func(*answer) {
		return func(a *answer) {
			if a.operation == "download" && a.status == http.StatusOK {
				mutate(a)
			}
		}
	}
	notFound := func(body func(a *answer) string) func(*answer) {
		return when("download", http.StatusNotFound, func(a *answer) {
			a.text(http.StatusNotFound, "application/json", body(a))
		})
	}
	known := func(w *world, a *answer) bool { // whether the circuit exists
		for _, circuit := range w.api.Circuits() {
			if strings.HasSuffix(a.request.URL.Path, circuit.ID) {
				return true
			}
		}
		return false
	}
	var w *world
	answers := 0
	tests := []struct {
		name   string
		mutate func(*answer)
		point  string
		answer probe.Reply
		detail string
	}{
		{"Range is ignored", nil, "range", probe.No, "200 with the whole"},
		{"Range is honoured", evidence(func(a *answer) {
			if a.request.Header.Get("Range") == "bytes=0-0" {
				a.status, a.body = 206, a.body[:1]
				a.header.Set("Content-Range", "bytes 0-0/1000")
			}
		}), "range", probe.Yes, "206 with the one byte that was asked for"},
		{"Range gets 206 with the whole", evidence(func(a *answer) {
			if a.request.Header.Get("Range") != "" {
				a.status = 206
			}
		}), "range", probe.No, "206, but not with the one byte that was asked for"},
		{"Range is refused", evidence(func(a *answer) {
			if a.request.Header.Get("Range") != "" {
				a.status = 416
			}
		}), "range", probe.No, "416"},

		{"no ETag", nil, "etag", probe.No, "no ETag; Last-Modified: no"},
		{"an ETag that is of no use", evidence(func(a *answer) { a.header.Set("ETag", `"v1"`) }), "etag", probe.No,
			"an ETag, but 200 to If-None-Match with it"},
		{"If-None-Match is honoured", evidence(func(a *answer) {
			a.header.Set("ETag", `"v1"`)
			if a.request.Header.Get("If-None-Match") == `"v1"` {
				a.status, a.body = 304, nil
			}
		}), "etag", probe.Yes, "304 to the ETag that it sent"},

		{"HEAD is refused", nil, "head", probe.No, "405, where GET gets 200"},
		{"HEAD is honoured", func(a *answer) {
			if a.request.Method == http.MethodHead {
				a.status, a.body = 200, nil
			}
		}, "head", probe.Yes, "200 as GET; Content-Length: no"},

		{"Expect is refused", func(a *answer) {
			if a.request.Header.Get("Expect") != "" {
				a.status = 417
			}
		}, "expect", probe.No, "417: it refuses it"},
		{"Expect is answered at once", nil, "expect", probe.Yes, "401 to a made-up token, without asking for the body"},

		{"a request id", nil, "request-id", probe.Told, "X-Request-Id, in 14 of 14 answers"},
		{"a request id by another name", func(a *answer) {
			a.header.Set("X-Amzn-RequestId", a.header.Get("X-Request-Id"))
			a.header.Del("X-Request-Id")
		}, "request-id", probe.Told, "X-Amzn-Requestid, in 14 of 14 answers"},
		{"no request id", func(a *answer) { a.header.Del("X-Request-Id") }, "request-id", probe.No,
			"none of those that are known"},

		{"one 404 for all", nil, "not-found", probe.No, "both have the same 404 body"},
		{"a 404 that repeats the id", notFound(func(a *answer) string {
			return fmt.Sprintf(`{"message": "circuit %s not found or not completed"}`,
				a.request.URL.Path[strings.LastIndex(a.request.URL.Path, "/")+1:])
		}), "not-found", probe.No, "both have the same 404 body"},
		{"a 404 that is another each time", notFound(func(*answer) string {
			answers++
			return fmt.Sprintf(`{"message": "not found", "requestId": "%d"}`, answers)
		}), "not-found", probe.No, "the 404 bodies differ only in what differs from one answer to the next anyway"},
		{"a 404 that says which it is", notFound(func(a *answer) string {
			answers++
			return fmt.Sprintf(`{"error": {"code": "%v"}, "timestamp": %d}`, known(w, a), answers)
		}), "not-found", probe.Yes, "by the body's /error/code"},
		{"a 404 with a field more", notFound(func(a *answer) string {
			if known(w, a) {
				return `{"message": "a", "hunter2": 1}`
			}
			return `{"message": "a"}`
		}), "not-found", probe.Yes, "by the body's /(another name)"},
		{"a 404 in plain text that says which it is",
			notFound(func(a *answer) string { return fmt.Sprint("known: ", known(w, a)) }),
			"not-found", probe.Yes, "by the text of the body"},
		{"a 404 in plain text that is another each time",
			notFound(func(*answer) string { answers++; return fmt.Sprint("no: ", answers) }),
			"not-found", probe.Unclear, "the bodies are not JSON, and differ from one answer to the next anyway"},

		{"no link", when("start", 200, func(a *answer) { a.replace(`"link":"`, `"link":"","a":"`) }), "link", probe.No,
			"the start was answered without one"},
		{"a link elsewhere",
			when("start", 200, func(a *answer) { a.replace("http://127.0.0.1", "https://sign.example.com") }), "link",
			probe.Told, "https, on another host than the API"},
		{"a link here", nil, "link", probe.Told, "http, on the API's own host"},

		{"another scheme", func(a *answer) {
			if a.header.Get("WWW-Authenticate") != "" {
				a.header.Set("WWW-Authenticate", "hunter2 realm=x")
			}
		}, "www-authenticate", probe.Told, "token-wrong-secret: another one"},
		{"no keep-alive", func(a *answer) { a.header.Set("Connection", "close") }, "keep-alive", probe.No,
			"the server says that it closes the connection"},
		{"no TLS", nil, "tls", probe.No, "plain HTTP"},
	}
	api := newEmulator(t)
	circuit := completed(t, api)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w = newWorldOf(t, api, circuit, test.mutate, plain)
			got := point(t, w.run(t), test.point)
			if got.Answer != test.answer || len(got.Details) == 0 || !strings.HasPrefix(got.Details[0], test.detail) {
				t.Errorf("%s %q, want %s %q", got.Answer, got.Details, test.answer, test.detail)
			}
		})
	}
}

func TestExpectThatIsHonoured(t *testing.T) {
	w := newWorld(t, nil, func(handler http.Handler) *httptest.Server {
		return plain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Expect") != "" {
				_, _ = r.Body.Read(make([]byte, 10)) // makes net/http's server send 100
			}
			handler.ServeHTTP(w, r)
		}))
	})
	if got := point(t, w.run(t), "expect"); got.Answer != probe.Yes ||
		got.Details[0] != "100 came, then 401 to a made-up token" {
		t.Errorf("%s %q", got.Answer, got.Details)
	}
}

func TestExpectThatIsIgnored(t *testing.T) {
	speak := func(_ string, r *http.Request, w io.Writer) {
		if r.Header.Get("Expect") != "" {
			time.Sleep(2 * time.Second) // simulates waiting for the body
		}
		io.WriteString(w, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}
	probePipes(t, speak, nil, func(t *testing.T, result *probe.Result, _ time.Duration) {
		got := point(t, result, "expect")
		want := "neither 100 nor an answer within 1s; 401 to a made-up token once the body was sent"
		if got.Answer != probe.No || got.Details[0] != want {
			t.Errorf("%s %q", got.Answer, got.Details)
		}
	})
}
