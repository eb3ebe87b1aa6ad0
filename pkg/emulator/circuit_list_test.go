package emulator_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/emulator"
)

func TestListShowsAllCircuitsTheLatestFirst(t *testing.T) {
	api := serve(t, emulator.Config{})
	if text := string(api.do(api.request("GET", "/", "")).body); !strings.Contains(text, "No circuit was started yet") {
		t.Error("an empty list does not say so")
	}
	token := api.token()
	open, done := api.start(token, oneDocument()), api.start(token, oneDocument())
	if err := api.Complete(done.CircuitID); err != nil {
		t.Fatal(err)
	}
	answer := api.do(api.request("GET", "/?lang=es", ""))
	text := html.UnescapeString(string(answer.body))
	from := 0
	for _, want := range []string{
		"Un enlace es un secreto de su firmante", done.CircuitID, "loan-4711", "completado",
		strings.TrimPrefix(done.Link, api.url) + "?lang=es",
		open.CircuitID, "loan-4711", "abierto", strings.TrimPrefix(open.Link, api.url) + "?lang=es",
	} {
		at := strings.Index(text[from:], want)
		if at < 0 {
			t.Fatalf("the list does not hold %q there", want)
		}
		from += at + len(want)
	}
	for _, personal := range []string{"Ana", "example.com", "12345678A", "contract.pdf"} {
		if strings.Contains(text, personal) {
			t.Errorf("the list holds %q", personal)
		}
	}
}

func TestListIsForThisMachine(t *testing.T) {
	for name, test := range map[string]struct {
		config       emulator.Config
		remote, host string
		header       string
		status       int
	}{
		"loopback":        {remote: "127.0.0.1:5000", host: "127.0.0.1:8080", status: 200},
		"loopback, IPv6":  {remote: "[::1]:5000", host: "[::1]:8080", status: 200},
		"by name":         {remote: "127.0.0.1:5000", host: "LOCALHOST:8080", status: 200},
		"another machine": {remote: "192.0.2.7:5000", host: "127.0.0.1:8080", status: 403},
		"no address":      {remote: "@", host: "localhost", status: 403},
		"rebound name":    {remote: "127.0.0.1:5000", host: "evil.example.com:8080", status: 403},
		"near miss":       {remote: "127.0.0.1:5000", host: "localhost.evil.example.com", status: 403},
		"no name":         {remote: "127.0.0.1:5000", host: "", status: 403},
		"proxy":           {remote: "127.0.0.1:5000", host: "127.0.0.1:8080", header: "X-Forwarded-For", status: 403},
		"public name": {config: emulator.Config{PublicURL: "https://bio.example.com/x"}, remote: "127.0.0.1:5000",
			host: "bio.example.com", status: 200},
		"open": {config: emulator.Config{OpenList: true}, remote: "192.0.2.7:5000", host: "bio.example.com",
			header: "Via", status: 200},
	} {
		request := httptest.NewRequest("GET", "/", nil)
		request.RemoteAddr, request.Host = test.remote, test.host
		if test.header != "" {
			request.Header.Set(test.header, "x")
		}
		recorder := httptest.NewRecorder()
		newEmulator(t, test.config).ServeHTTP(recorder, request)
		text := recorder.Body.String()
		if recorder.Code != test.status || (test.status == http.StatusForbidden) != strings.Contains(text,
			"The list is not shown here") {
			t.Errorf("%s: status %d", name, recorder.Code)
		}
	}
}
