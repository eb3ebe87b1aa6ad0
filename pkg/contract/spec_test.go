package contract

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// otherSpec has features that the vendor's spec may get in future: parameters, headers, other kinds
// of authentication, ranges of statuses.
const otherSpec = `{
	"openapi": "VERSION", "info": {"title": "t", "version": "1"},
	"paths": {
		"/things/special": {"get": {"responses": {"default": {"description": "d"}}}},
		"/things/{id}": {"parameters": [
			{"name": "lang", "in": "query", "schema": {"type": "string"}},
			{"name": "X-Trace", "in": "header", "schema": {"type": "string"}}], "get": {
			"security": [{"key": []}, {"flow": []}],
			"parameters": [
				{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}},
				{"name": "page", "in": "query", "required": true, "schema": {"type": "integer", "maximum": 9}},
				{"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
				{"name": "sort", "in": "query", "schema": {"type": "object", "properties": {"by": {"type": "string"}}}},
				{"name": "filter", "in": "query", "style": "deepObject", "explode": true, "schema": {"type": "object", "properties": {"size": {"type": "integer"}}}}],
			"responses": {
				"2XX": {"description": "d",
					"headers": {"X-Count": {"required": true, "schema": {"type": "integer"}}},
					"content": {"application/json": {"schema": {"allOf": [
						{"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "maxLength": 3}}},
						{"type": "object", "properties": {
							"b": {"enum": ["x", "y"]}, "free": {"type": "object", "additionalProperties": {"type": "integer"}}}}]}}}}}}}
	},
	"components": {"securitySchemes": {
		"key": {"type": "apiKey", "in": "header", "name": "X-Key"},
		"other": {"type": "apiKey", "in": "query", "name": "api_key"},
		"flow": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": {}}}}}}
}`

func TestOtherSpecs(t *testing.T) {
	for _, version := range []string{"3.0.3", "3.1.0"} {
		for _, test := range []struct {
			name, path, key, count, again, body string
			trace                               []string
			status                              int
			want                                []Class
			says                                string
		}{
			{name: "right", path: "/things/1?page=2", key: "k", count: "1", body: `{"a":"1","b":"x"}`, status: 200},
			{name: "status in the range", path: "/things/1?page=2", key: "k", count: "1", body: `{"a":"1"}`,
				status: 206},
			{name: "status out of the range", path: "/things/1?page=2", key: "k", status: 400,
				want: []Class{ClassUndocumentedStatus}},
			{name: "literal path first", path: "/things/special", status: 400, body: "any"},
			{name: "path parameter", path: "/things/kanarienvogel?page=2", key: "k", count: "1", body: `{"a":"1"}`,
				status: 200, want: []Class{ClassRequestInvalid}, says: `the path parameter "id"`},
			{name: "query parameter missing", path: "/things/1", key: "k", count: "1", body: `{"a":"1"}`, status: 200,
				want: []Class{ClassRequestInvalid}, says: `the query parameter "page" is required and missing`},
			{name: "query parameter too large", path: "/things/1?page=10", key: "k", count: "1", body: `{"a":"1"}`,
				status: 200, want: []Class{ClassRequestInvalid}, says: `"maximum"`},
			{name: "all parameters that there are",
				path: "/things/1?page=2&lang=es&tag=a&tag=b&by=a&filter[size]=1&api_key=k", key: "k", count: "1",
				body: `{"a":"1"}`, status: 200},
			{name: "undocumented parameters", path: "/things/1?page=2&kanarienvogel=1&filter=1&sizes[a]=1&Page=3",
				key: "k", count: "1", body: `{"a":"1"}`, status: 200,
				want: []Class{ClassUndocumentedParameter},
				says: "the request has 3 query parameter(s) that the spec does not name; it names api_key, by, " +
					"filter, lang, page, sort, tag"},
			{name: "query parameter twice", path: "/things/1?page=2&page=2", key: "k", count: "1", body: `{"a":"1"}`,
				status: 200, want: []Class{ClassRequestInvalid}, says: `the query parameter "page" occurs 2 times`},
			{name: "query parameter of the path twice", path: "/things/1?page=2&lang=es&lang=en&lang=", key: "k",
				count: "1", body: `{"a":"1"}`, status: 200, want: []Class{ClassRequestInvalid},
				says: `the query parameter "lang" occurs 3 times`},
			{name: "header parameter twice", path: "/things/1?page=2", key: "k", trace: []string{"a", "a"}, count: "1",
				body: `{"a":"1"}`, status: 200, want: []Class{ClassRequestInvalid},
				says: `the header parameter "X-Trace" occurs 2 times`},
			{name: "header of the answer twice", path: "/things/1?page=2", key: "k", count: "1", again: "1",
				body: `{"a":"1"}`, status: 200, want: []Class{ClassResponseInvalid},
				says: `the header "X-Count" occurs 2 times`},
			{name: "no key", path: "/things/1?page=2", count: "1", body: `{"a":"1"}`, status: 200,
				want: []Class{ClassSecurity}, says: `the header parameter "X-Key"; or one Authorization`},
			{name: "header missing", path: "/things/1?page=2", key: "k", body: `{"a":"1"}`, status: 200,
				want: []Class{ClassResponseInvalid}, says: `header "X-Count"`},
			{name: "header wrong", path: "/things/1?page=2", key: "k", count: "kanarienvogel", body: `{"a":"1"}`,
				status: 200, want: []Class{ClassResponseInvalid}, says: `header "X-Count"`},
			{name: "part of a whole", path: "/things/1?page=2", key: "k", count: "1", body: `{"a":"kanarienvogel"}`,
				status: 200, want: []Class{ClassResponseInvalid}, says: `/a breaks the schema's "maxLength"`},
			{name: "further field", path: "/things/1?page=2", key: "k", count: "1", body: `{"a":"1","kanarienvogel":1}`,
				status: 200, want: []Class{ClassUndocumentedField}, says: "it names a, b, free"},
			{name: "name that the spec leaves free", path: "/things/1?page=2", key: "k", count: "1",
				body: `{"a":"1","free":{"kanarienvogel":"x"}}`, status: 200, want: []Class{ClassResponseInvalid},
				says: "/free/{…} "},
			{name: "number as a name", path: "/things/1?page=2", key: "k", count: "1",
				body: `{"a":"1","free":{"7":"x"}}`, status: 200, want: []Class{ClassResponseInvalid},
				says: "/free/{…} "},
		} {
			t.Run(version+" "+test.name, func(t *testing.T) {
				var findings []Finding
				checker, err := New(Config{
					Report: func(f Finding) { findings = append(findings, f) },
					Spec:   []byte(strings.Replace(otherSpec, "VERSION", version, 1)),
				})
				if err != nil {
					t.Fatal(err)
				}
				header := make(http.Header)
				if test.key != "" {
					header.Set("X-Key", test.key)
				}
				answer := http.Header{"Content-Type": {"application/json"}}
				if test.count != "" {
					answer.Set("X-Count", test.count)
				}
				if test.again != "" {
					answer.Add("X-Count", test.again)
				}
				header["X-Trace"] = test.trace
				pass(t, checker, header, answer, test.path, test.status, test.body)
				var got []Class
				var text string
				for _, finding := range findings {
					got = append(got, finding.Class)
					text += finding.String() + "\n"
				}
				if !slices.Equal(got, test.want) || !strings.Contains(text, test.says) ||
					strings.Contains(text, "kanarienvogel") {
					t.Errorf("%q, want %q and %q:\n%s", got, test.want, test.says, text)
				}
			})
		}
	}
}

// pass sends one GET through a checker.
func pass(t *testing.T, checker *Checker, header, answer http.Header, path string, status int, body string) {
	t.Helper()
	address, err := url.Parse("http://localhost" + path)
	if err != nil {
		t.Fatal(err)
	}
	response, err := checker.Transport(fixed{status, answer, body}).RoundTrip(&http.Request{Method: "GET", URL: address,
		Header: header})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || string(got) != body {
		t.Errorf("read %q and %v, want %q", got, err, body)
	}
}

// fixed is a transport that always returns the same answer.
type fixed struct {
	status int
	header http.Header
	body   string
}

func (f fixed) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: f.status, Header: f.header, ContentLength: int64(len(f.body)),
		Body: io.NopCloser(strings.NewReader(f.body))}, nil
}

// A spec that allows any media type still defines the body.
func TestAnyMediaType(t *testing.T) {
	for media, want := range map[string]string{
		"application/json": "",
		"text/html": "the answer's body cannot be checked against the schema, since the Content-Type is " +
			"text/html",
		"": "the answer's body cannot be checked against the schema, since the Content-Type is " +
			"missing",
		"text/kanarienvogel": "since the Content-Type is another one",
		"text/plain":         "the answer: the value must be object, and is string",
	} {
		var findings []Finding
		checker, err := New(Config{
			Report: func(f Finding) { findings = append(findings, f) }, Allow: []Class{ClassSecurity},
			Spec: []byte(strings.NewReplacer("VERSION", "3.0.3", `"content": {"application/json"`,
				`"content": {"*/*"`).Replace(otherSpec)),
		})
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"X-Count": {"1"}}
		if media != "" {
			header.Set("Content-Type", media)
		}
		pass(t, checker, nil, header, "/things/1?page=2", 200, `{"a":"1"}`)
		switch {
		case want == "" && len(findings) == 0:
		case len(findings) == 0 || findings[0].Class != ClassResponseInvalid ||
			!strings.Contains(findings[0].Message, want) || want == "":
			t.Errorf("%q: %v, want %q", media, findings, want)
		}
	}
}

func frozenSpec(tb testing.TB) []byte {
	tb.Helper()
	text, err := os.ReadFile("testdata/spec.json")
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// The verdict on a body is that of kin-openapi, except for faults that jsonValue finds first. No
// finding shows any part of the body.
func FuzzAnswerBody(f *testing.F) {
	for _, seed := range []string{`{"circuitId":"a","link":"b"}`, `{"circuitId":1}`, `{}`, `{}x`, ``, `[]`, `null`,
		`{"link":"a","link":"b"}`, "\ufeff{}", "{\"link\":\"\xff\"}", `{"kanarienvogel":{"a":["b"]}}`,
		`{"circuitId":null}`} {
		f.Add([]byte(seed))
	}
	var findings []Finding
	checker, err := New(Config{
		Report: func(f Finding) { findings = append(findings, f) }, Allow: []Class{ClassSecurity, ClassRequestInvalid},
		Spec: frozenSpec(f),
	})
	if err != nil {
		f.Fatal(err)
	}
	route := checker.routes.find("POST", &url.URL{Path: "/api/v1/biometric/start_circuit/c"}).route
	header := http.Header{"Content-Type": {"application/json"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		findings = nil
		_, _, faults := checker.jsonValue(body)
		request := &http.Request{Method: "POST", URL: &url.URL{Path: "/api/v1/biometric/start_circuit/c"},
			Header: make(http.Header)}
		response, err := checker.Transport(fixed{200, header, string(body)}).RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(got) != string(body) {
			t.Errorf("read %q and %v", got, err)
		}
		input := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, Route: route}, Status: 200,
			Header: header,
		}
		wrong := openapi3filter.ValidateResponse(context.Background(), input.SetBodyBytes(body)) != nil ||
			len(faults) > 0
		found := slices.ContainsFunc(findings, func(f Finding) bool { return f.Class == ClassResponseInvalid })
		if found != wrong {
			t.Errorf("found %v, kin-openapi says wrong: %v", findings, wrong)
		}
		for _, finding := range findings {
			if strings.Contains(finding.String(), "kanarienvogel") {
				t.Errorf("shows content: %s", finding)
			}
		}
	})
}

// The parameters of a matching path can be used to rebuild the same path. The display form of any
// other path contains none of its own words.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/oauth2/token", "/oauth2/kanarienvogel", "/api/v1/biometric/start_circuit/a%2Fb",
		"/api/v1/biometric/document_circuit/%20/circuit/x", "*", "", "//", "/%zz", "/oauth2/%74oken"} {
		f.Add(seed)
	}
	checker, err := New(Config{Report: func(Finding) {}, Spec: frozenSpec(f)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		address, err := url.Parse("http://localhost" + path)
		if err != nil {
			return
		}
		found := checker.routes.find("POST", address)
		if found.class == ClassUndocumentedPath {
			for segment := range strings.SplitSeq(found.path, "/") {
				if segment != "{…}" && !checker.routes.literals[segment] {
					t.Errorf("%q is shown as %q", path, found.path)
				}
			}
			return
		}
		again := found.path
		for name, value := range found.params {
			again = strings.Replace(again, "{"+name+"}", url.PathEscape(value), 1)
		}
		parsed, err := url.Parse("http://localhost" + again)
		if err != nil || parsed.Path != address.Path {
			t.Errorf("%q matched as %q with %q, which is %q", path, found.path, found.params, again)
		}
	})
}
