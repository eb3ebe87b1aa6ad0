package contract_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/contract"
)

// canary replaces any value or name that the spec does not define.
const canary = "kanarienvogel"

func answer(text string) func(*call) { return func(c *call) { c.answer = text } }
func sends(text string) func(*call)  { return func(c *call) { c.body = text } }
func auth(text string) func(*call)   { return func(c *call) { c.auth = text } }

func answers(status int, media, text string) func(*call) {
	return func(c *call) { c.status, c.answerMedia, c.answer = status, media, text }
}

var deviations = []struct {
	name string
	call call
	want []contract.Class
	says string // a part of the message
}{
	{name: "token", call: tokenCall()},
	{name: "start", call: startCall()},
	{name: "start with charset and upper case", call: startCall(func(c *call) {
		c.media, c.answerMedia = "Application/JSON; charset=utf-8", "application/json;charset=UTF-8"
	})},
	{name: "start without id", call: startCall(sends(`{"signer":{},"docs":[]}`))},
	{name: "scheme names in lower case", call: startCall(auth("bearer t"))},
	{name: "download", call: downloadCall()},
	{name: "no User-Agent", call: tokenCall(func(c *call) { c.agent = []string{""} })},
	{name: "no User-Agent, in another way", call: tokenCall(func(c *call) { c.agent = []string{} })},
	{name: "an escaped slash is part of the parameter",
		call: downloadCall(func(c *call) { c.path = "/api/v1/biometric/document_circuit/a%2Fb/circuit/c%2F1" })},
	{name: "404 in HTML", call: downloadCall(answers(404, "text/html", "<p>"+canary))},
	{name: "401 without body", call: startCall(answers(401, "", ""))},
	{name: "400 with JSON that breaks off", call: startCall(answers(400, jsonType, `{"message": "`+canary))},
	{name: "500 with any JSON", call: tokenCall(answers(500, jsonType, `[1]`))},

	{name: "required field missing", call: startCall(sends(`{"docs":[]}`)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "/signer is required and missing"},
	{name: "two required fields missing", call: startCall(sends(`{}`)),
		want: []contract.Class{contract.ClassRequestInvalid, contract.ClassRequestInvalid}},
	{name: "wrong type in a list",
		call: startCall(sends(`{"signer":{},"docs":[{"size":1},{"size":"` + canary + `"}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "/docs/1/size must be integer, and is string"},
	{name: "null", call: startCall(sends(`{"signer":null,"docs":[]}`)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: "/signer must not be null"},
	{name: "content is not Base64 alphabet",
		call: startCall(sends(`{"signer":{},"docs":[{"content":"` + canary + `!"}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: `/docs/0/content must be Base64, and does not decode`},
	{name: "content is Base64 without padding", call: startCall(sends(`{"signer":{},"docs":[{"content":"YWI"}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: `/docs/0/content must be Base64, and has no padding`},
	{name: "request body is not JSON", call: startCall(sends(canary)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: "not one valid JSON value"},
	{name: "request body goes on after its JSON", call: startCall(sends(startBody + startBody)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "not one valid JSON value"},
	{name: "request body breaks off", call: startCall(sends(startBody[:40])),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "it breaks off"},
	{name: "request body has a field twice",
		call: startCall(sends(`{"signer":{},"docs":[{"name":"a"},{"name":"` + canary + `","name":"b"}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "the request's body has /docs/1/name twice"},
	{name: "content with line breaks", call: startCall(sends(`{"signer":{},"docs":[{"content":"YWJj\r\nYWJj"}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: "/docs/0/content must be Base64, and has line breaks"},
	{name: "content of the URL-safe alphabet", call: startCall(sends(`{"signer":{},"docs":[{"content":"_-_-"}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "has characters of the URL-safe alphabet"},
	{name: "content with bits behind its end", call: startCall(sends(`{"signer":{},"docs":[{"content":"YWJjZB=="}]}`)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: "/docs/0/content must be Base64, and does not decode"},
	{name: "no request body", call: startCall(sends("")), want: []contract.Class{contract.ClassRequestInvalid},
		says: "no body"},
	{name: "a body with GET", call: downloadCall(sends(canary)), want: []contract.Class{contract.ClassRequestInvalid},
		says: "names none"},
	{name: "form without its field", call: tokenCall(sends("a=" + canary)),
		want: []contract.Class{contract.ClassRequestInvalid, contract.ClassUndocumentedField}},
	{name: "form with a field twice", call: tokenCall(sends(tokenBody + "&" + tokenBody)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "the request's body has /grant_type 2 times"},
	{name: "form with another field twice", call: tokenCall(sends(tokenBody + "&" + canary + "=1&" + canary + "=2")),
		want: []contract.Class{contract.ClassRequestInvalid, contract.ClassUndocumentedField},
		says: "the request's body has /{…} 2 times"},
	{name: "form that is none", call: tokenCall(sends("grant_type=%zz" + canary)),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "cannot be read as a form"},
	{name: "form that is not UTF-8", call: tokenCall(sends(tokenBody + "&" + canary + "=%ff")),
		want: []contract.Class{contract.ClassRequestInvalid, contract.ClassUndocumentedField},
		says: "has /{…} that is not valid UTF-8"},
	{name: "form with a wrong value", call: tokenCall(sends("grant_type=" + canary)),
		want: []contract.Class{contract.ClassRequestInvalid},
		says: `/grant_type must be one of ["client_credentials"]`},

	{name: "answer with a wrong type", call: startCall(answer(`{"circuitId":[{"` + canary + `":1}]}`)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "/circuitId must be string, and is array"},
	{name: "answer is a list", call: startCall(answer(`["` + canary + `"]`)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "must be object, and is array"},
	{name: "number as text", call: tokenCall(answer(`{"access_token":"t","expires_in":"` + canary + `"}`)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "/expires_in"},
	{name: "fraction for an integer", call: tokenCall(answer(`{"expires_in":1.5}`)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "/expires_in"},
	{name: "answer is HTML called JSON", call: tokenCall(answer("<html>" + canary)),
		want: []contract.Class{contract.ClassResponseInvalid}},
	{name: "answer without body", call: tokenCall(answer("")), want: []contract.Class{contract.ClassResponseInvalid},
		says: "it is empty"},
	{name: "answer breaks off within its length", call: tokenCall(answer(tokenAnswer[:20])),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "it breaks off"},
	{name: "answer goes on", call: tokenCall(answer(tokenAnswer + canary)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "it continues after its value"},
	{name: "answer in UTF-16", call: tokenCall(answer("\xff\xfe{\x00}\x00")),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "it is not in UTF-8"},
	{name: "answer with single quotes", call: tokenCall(answer("{'" + canary + "': 1}")),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "its syntax is not JSON's"},
	{name: "answer with a field twice", call: tokenCall(answer(`{"access_token":"t","access_token":"` + canary + `"}`)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "the answer's body has /access_token twice"},
	{name: "answer with another field twice",
		call: startCall(answer(`{"` + canary + `":{"a":1,"a":1},"link":"","circuitId":""}`)),
		want: []contract.Class{contract.ClassResponseInvalid, contract.ClassUndocumentedField},
		says: "the answer's body has /{…}/{…} twice"},
	{name: "answer that is not UTF-8", call: startCall(answer("{\"circuitId\":\"" + canary + "\xff\"}")),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "is not valid UTF-8"},
	{name: "answer with half a character", call: startCall(answer(`{"circuitId":"` + canary + `\ud83d"}`)),
		want: []contract.Class{contract.ClassResponseInvalid}, says: "half a surrogate pair"},
	{name: "answer with a byte order mark, and a wrong type", call: startCall(answer("\ufeff" + `{"circuitId":1}`)),
		want: []contract.Class{contract.ClassResponseInvalid, contract.ClassResponseInvalid},
		says: "/circuitId must be string, and is number"},
	{name: "answer without any field", call: tokenCall(answer("{}"))},

	{name: "unknown path", call: downloadCall(func(c *call) { c.path = "/api/v2/" + canary + "/circuit" }),
		want: []contract.Class{contract.ClassUndocumentedPath}, says: "/api/{…}/{…}/circuit"},
	{name: "a slash too many", call: tokenCall(func(c *call) { c.path += "/" }),
		want: []contract.Class{contract.ClassUndocumentedPath}},
	{name: "empty parameter",
		call: downloadCall(func(c *call) { c.path = "/api/v1/biometric/document_circuit/acme/circuit/" }),
		want: []contract.Class{contract.ClassUndocumentedPath}},
	{name: "wrong method", call: downloadCall(func(c *call) { c.method = "DELETE" }),
		want: []contract.Class{contract.ClassUndocumentedMethod}, says: "GET only"},
	{name: "invented method", call: downloadCall(func(c *call) { c.method = strings.ToUpper(canary) }),
		want: []contract.Class{contract.ClassUndocumentedMethod}, says: "(other)"},
	{name: "HEAD", call: downloadCall(func(c *call) { c.method = "HEAD" }, answer("")),
		want: []contract.Class{contract.ClassUndocumentedMethod}},
	{name: "429", call: startCall(answers(429, "text/plain", canary)),
		want: []contract.Class{contract.ClassUndocumentedStatus}, says: "answered 429"},
	{name: "404 of start", call: startCall(answers(404, "", "")),
		want: []contract.Class{contract.ClassUndocumentedStatus}},
	{name: "201", call: startCall(answers(201, jsonType, startAnswer)),
		want: []contract.Class{contract.ClassUndocumentedStatus}},
	{name: "redirect",
		call: startCall(answers(302, "", ""),
			func(c *call) { c.header = http.Header{"Location": {"https://" + canary + ".example.com"}} }),
		want: []contract.Class{contract.ClassUndocumentedStatus}},
	{name: "not modified", call: downloadCall(answers(304, "", "")),
		want: []contract.Class{contract.ClassUndocumentedStatus}},

	{name: "not modified, of what was encoded",
		call: downloadCall(answers(304, "", ""),
			func(c *call) { c.header = http.Header{"Content-Encoding": {"gzip"}} }),
		want: []contract.Class{contract.ClassUndocumentedStatus}},

	{name: "renamed field in the answer", call: startCall(answer(`{"` + canary + `":"` + canary + `"}`)),
		want: []contract.Class{contract.ClassUndocumentedField}, says: "it names circuitId, link"},
	{name: "further field in a list of the request",
		call: startCall(sends(`{"signer":{},"docs":[{"` + canary + `":1}]}`)),
		want: []contract.Class{contract.ClassUndocumentedField}, says: "/docs/0 has 1 field(s)"},
	{name: "secret in the form", call: tokenCall(sends(tokenBody + "&client_secret=" + canary)),
		want: []contract.Class{contract.ClassUndocumentedField}},

	{name: "HTML with 200", call: tokenCall(answers(200, "text/html; x="+canary, canary)),
		want: []contract.Class{contract.ClassMediaType}, says: "is text/html; the spec names application/json"},
	{name: "unknown media type", call: downloadCall(answers(200, "application/"+canary, canary)),
		want: []contract.Class{contract.ClassMediaType}, says: "another one"},
	{name: "no media type", call: downloadCall(answers(200, "", canary)),
		want: []contract.Class{contract.ClassMediaType},
		says: "is missing"},
	{name: "request without media type", call: startCall(func(c *call) { c.media = "" }),
		want: []contract.Class{contract.ClassMediaType}},
	{name: "media type twice",
		call: tokenCall(func(c *call) { c.header = http.Header{"Content-Type": {jsonType, "text/" + canary}} }),
		want: []contract.Class{contract.ClassMediaType}, says: "the Content-Type of the answer occurs 2 times"},
	{name: "form as JSON", call: tokenCall(func(c *call) { c.media = jsonType }),
		want: []contract.Class{contract.ClassMediaType}, says: "the request is application/json"},

	{name: "query", call: startCall(func(c *call) { c.query = "?" + canary + "=" + canary + "&" + canary + "=&x" }),
		want: []contract.Class{contract.ClassUndocumentedParameter},
		says: "has 2 query parameter(s) that the spec does not name; it names none"},
	{name: "query that is none", call: startCall(func(c *call) { c.query = "?%zz" + canary }),
		want: []contract.Class{contract.ClassRequestInvalid}, says: "the query cannot be decoded"},

	{name: "no authorization", call: downloadCall(auth("")), want: []contract.Class{contract.ClassSecurity},
		says: "scheme bearer, and it has none"},
	{name: "basic for bearer", call: startCall(auth("Basic " + canary)),
		want: []contract.Class{contract.ClassSecurity}},
	{name: "bearer for basic", call: tokenCall(auth("Bearer " + canary)),
		want: []contract.Class{contract.ClassSecurity},
		says: "a bearer one"},
	{name: "basic that is not Base64", call: tokenCall(auth("Basic " + canary + "!")),
		want: []contract.Class{contract.ClassSecurity}, says: "not Base64"},
	{name: "bearer without a token", call: downloadCall(auth("Bearer ")),
		want: []contract.Class{contract.ClassSecurity}},
	{name: "another scheme", call: downloadCall(auth(canary + " " + canary)),
		want: []contract.Class{contract.ClassSecurity},
		says: "another scheme"},
	{name: "two things at once", call: startCall(auth(""), answers(418, "", "")),
		want: []contract.Class{contract.ClassSecurity, contract.ClassUndocumentedStatus}},
}

func TestDeviationsAreFoundAndShowNoContent(t *testing.T) {
	for _, test := range deviations {
		for _, side := range []string{"transport", "handler", "transport over h2", "handler over h2"} {
			t.Run(test.name+"/"+side, func(t *testing.T) {
				t.Parallel()
				checker, seen := newChecker(t)
				call := test.call
				call.header = maps.Clone(call.header)
				if call.header == nil {
					call.header = make(http.Header)
				}
				call.header.Set("X-Canary", canary)
				var handler http.Handler = call
				if strings.HasPrefix(side, "handler") {
					handler = checker.Handler(handler)
				}
				url, plain, stop := serve(t, handler, strings.HasSuffix(side, "h2"))
				var transport http.RoundTripper = plain
				if strings.HasPrefix(side, "transport") {
					transport = checker.Transport(plain)
				}
				call.exchange(t, transport, url)
				stop()

				if got := seen.classes(); !slices.Equal(got, test.want) {
					t.Errorf("classes %q, want %q: %v", got, test.want, seen.findings)
				}
				text := seen.text(checker)
				if !strings.Contains(text, test.says) {
					t.Errorf("%q is not said in %s", test.says, text)
				}
				if strings.Contains(strings.ToLower(text), canary) || strings.Contains(text, "aWQ6") {
					t.Errorf("content is shown in %s", text)
				}
				exchange := seen.only(t)
				if exchange.Status != test.call.status || exchange.Findings != len(test.want) {
					t.Errorf("recorded as %+v", exchange)
				}
			})
		}
	}
}

func TestAllowedClassesAreSilent(t *testing.T) {
	checker, seen := newChecker(t, func(c *contract.Config) {
		c.Allow = []contract.Class{contract.ClassUndocumentedStatus, contract.ClassSecurity}
	})
	call := startCall(auth(""), answers(429, "", ""), sends(`{}`))
	url, transport, _ := serve(t, call, false)
	call.exchange(t, checker.Transport(transport), url)
	if got := seen.classes(); !slices.Equal(got,
		[]contract.Class{contract.ClassRequestInvalid, contract.ClassRequestInvalid}) {
		t.Errorf("classes %q", got)
	}
}

func TestBasePathIsTakenOff(t *testing.T) {
	for _, test := range []struct {
		base, path string
		want       []contract.Class
	}{
		{"/gateway/danabio", "/gateway/danabio/oauth2/token", nil},
		{"/gateway/danabio/", "/gateway/danabio/oauth2/token", nil},
		{"/gateway", "/oauth2/token", []contract.Class{contract.ClassUndocumentedPath}},
		{"/gateway", "/gatewayoauth2/token", []contract.Class{contract.ClassUndocumentedPath}},
		{"", "/gateway/oauth2/token", []contract.Class{contract.ClassUndocumentedPath}},
	} {
		t.Run(test.base+" "+test.path, func(t *testing.T) {
			checker, seen := newChecker(t, func(c *contract.Config) { c.BasePath = test.base })
			call := tokenCall(func(c *call) { c.path = test.path })
			url, transport, _ := serve(t, call, false)
			call.exchange(t, checker.Transport(transport), url)
			if got := seen.classes(); !slices.Equal(got, test.want) {
				t.Errorf("classes %q, want %q", got, test.want)
			}
		})
	}
}

func TestBadConfigIsRefused(t *testing.T) {
	report := func(contract.Finding) {}
	for name, config := range map[string]contract.Config{
		"Report is missing":       {},
		"unknown class \"typo\"":  {Report: report, Allow: []contract.Class{"typo"}},
		"must be a path alone":    {Report: report, BasePath: "https://example.com/x"},
		"such as \"/gateway\"":    {Report: report, BasePath: "gateway"},
		"leave out scheme, host ": {Report: report, BasePath: "/gateway?x"},
	} {
		if _, err := contract.New(config); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v, want %q in it", config, err, name)
		}
	}
}
