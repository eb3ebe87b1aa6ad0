package contract

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// wideSpec has each kind of rule that a schema can have, once inline and once by reference.
// kin-openapi has a validator for each version of OpenAPI and uses the older one for schemas with
// references in either version.
const wideSpec = `{
	"openapi": "VERSION", "info": {"title": "t", "version": "1"},
	"paths": {"/in-place": {"get": ANSWER}, "/by-reference": {"get": {"responses": {"200": {"description": "d", "content": {"application/json": {
		"schema": {"$ref": "#/components/schemas/Wide"}}}}}}}},
	"components": {"schemas": {"Wide": WIDE}}
}`

const wideSchema = `{
	"type": "object", "required": ["a", "b"], "x-assumed": "of the whole",
	"properties": {
		"a": {"type": "string", "maxLength": 3, "minLength": 1, "pattern": "^x"},
		"b": {"type": "integer", "minimum": 1},
		"e": {"type": "string", "enum": ["x", "y"], "x-assumed": "of e"},
		"o": {"type": "object", "required": ["q"], "additionalProperties": false, "properties": {"q": {"type": "string"}}},
		"l": {"type": "array", "minItems": 1, "items": {"type": "object", "x-assumed": "of l", "required": ["c"], "properties": {
			"c": {"type": "string", "format": "byte", "x-assumed": "of c"}, "n": {"type": "integer", "format": "int32"}}}},
		"free": {"type": "object", "additionalProperties": {"type": "integer"}},
		"all": {"allOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}, {"properties": {"b": {"enum": ["x"]}}}]},
		"one": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
		"any": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
		"not": {"not": {"type": "string"}}
	}
}`

// The findings about a wrong body do not depend on the OpenAPI version of the spec.
func TestVersionsOfOpenAPISayTheSame(t *testing.T) {
	for _, test := range []struct {
		body string
		want []string // without the text before them
	}{
		{`{"a":"x","b":1}`, nil},
		{`{}`, []string{"/a is required and missing. Assumed: of the whole",
			"/b is required and missing. Assumed: of the whole"}},
		{`[]`, []string{"the value must be object, and is array. Assumed: of the whole"}},
		{`null`, []string{"the value must not be null. Assumed: of the whole"}},
		{`{"a":null,"b":1}`, []string{"/a must not be null. Assumed: of the whole"}},
		{`{"a":1,"b":"q"}`, []string{"/a must be string, and is number. Assumed: of the whole",
			"/b must be integer, and is string. Assumed: of the whole"}},
		{`{"a":"x","b":true,"e":[]}`, []string{"/b must be integer, and is boolean. Assumed: of the whole",
			`/e must be one of ["x","y"]. Assumed: of e`}},
		{`{"a":"x","b":1.5}`, []string{"/b must be integer, and is number. Assumed: of the whole"}},
		{`{"a":"yyyyy","b":0}`, []string{`/a breaks the schema's "maxLength"`, `/a breaks the schema's "pattern"`,
			`/b breaks the schema's "minimum"`}},
		{`{"a":"x","b":1,"e":"z"}`, []string{`/e must be one of ["x","y"]. Assumed: of e`}},
		{`{"a":"x","b":1,"e":1}`, []string{`/e must be one of ["x","y"]. Assumed: of e`}},
		{`{"a":"x","b":1,"e":null}`, []string{`/e must be one of ["x","y"]. Assumed: of e`}},
		{`{"a":"x","b":1,"o":{"z":1,"y":2},"l":[]}`, []string{`/l breaks the schema's "minItems"`,
			"/o has a field that the schema does not allow; it names q", "/o/q is required and missing"}},
		{`{"a":"x","b":1,"l":[{"c":"!"},{"c":1,"n":99999999999},3,{}]}`,
			[]string{"/l/0/c must be Base64, and does not decode. Assumed: of c",
				"/l/1/c must be string, and is number. Assumed: of l", `/l/1/n must have the format "int32"`,
				"/l/2 must be object, and is number. Assumed: of the whole",
				"/l/3/c is required and missing. Assumed: of l"}},
		{`{"a":"x","b":1,"l":[{"c":"YW\u000aJj"}]}`,
			[]string{"/l/0/c must be Base64, and has line breaks. Assumed: of c"}},
		{`{"a":"x","b":1,"free":{"kanarienvogel":"v"}}`, []string{"/free/{…} must be integer, and is string"}},
		{`{"a":"x","b":1,"all":{"b":"y"}}`, []string{"/all/a is required and missing", `/all/b must be one of ["x"]`}},
		{`{"a":"x","b":1,"all":{"a":1}}`, []string{"/all/a must be string, and is number"}},
		{`{"a":"x","b":1,"one":true}`, []string{`/one breaks the schema's "oneOf"`}},
		{`{"a":"x","b":1,"any":true}`, []string{`/any breaks the schema's "anyOf"`}},
		{`{"a":"x","b":1,"not":"kanarienvogel"}`, []string{`/not breaks the schema's "not"`}},
		{`{"a":"x","b":1,"kanarienvogel":1}`,
			[]string{"the value has 1 field(s) that the schema does not name; it names a, all, any, b, e, free, l, " +
				"not, o, one. Assumed: of the whole"}},
	} {
		for _, version := range []string{"3.0.3", "3.1.0"} {
			for _, path := range []string{"/in-place", "/by-reference"} {
				t.Run(fmt.Sprint(version, path, test.body), func(t *testing.T) {
					answer := `{"responses": {"200": {"description": "d", "content": {"application/json": {"schema": ` +
						wideSchema + `}}}}}`
					var got []string
					checker, err := New(Config{
						Report: func(f Finding) { got = append(got, f.String()) },
						Spec: []byte(strings.NewReplacer("VERSION", version, "ANSWER", answer, "WIDE",
							wideSchema).Replace(wideSpec)),
					})
					if err != nil {
						t.Fatal(err)
					}
					pass(t, checker, nil, http.Header{"Content-Type": {"application/json"}}, path, 200, test.body)
					for i, line := range got {
						if at := strings.Index(line, " answered 200: the answer"); at >= 0 {
							got[i] = strings.TrimLeft(strings.TrimPrefix(line[at+len(" answered 200: the answer"):],
								"'s body"), ": ")
						}
					}
					if !slices.Equal(got, test.want) {
						t.Errorf("%q, want %q", got, test.want)
					}
				})
			}
		}
	}
}

// A spec's assumption is reported only with findings that it may excuse.
func TestAssumptionsStandWhereTheyExcuse(t *testing.T) {
	const (
		token, start = "/oauth2/token", "/api/v1/biometric/start_circuit/c"
		download     = "/api/v1/biometric/document_circuit/c/circuit/d"
		json, form   = "application/json", "application/x-www-form-urlencoded"
		fields       = "The fields are those of the published example; their types are read off its values, and " +
			"which are "
	)
	for _, test := range []struct {
		name, method, path, media, body string
		status                          int
		answerMedia, answer             string
		class                           Class
		want                            string // prefix of the assumption
	}{
		{"type in the answer", "POST", start, json, `{"signer":{},"docs":[]}`, 200, json, `{"circuitId":1}`,
			ClassResponseInvalid, fields + "always there"},
		{"type of the answer", "POST", token, form, "grant_type=client_credentials", 200, json, `[]`,
			ClassResponseInvalid,
			fields + "always there"},
		{"field in the answer", "POST", token, form, "grant_type=client_credentials", 200, json, `{"a":1}`,
			ClassUndocumentedField, fields + "always there"},
		{"type in the request", "POST", start, json, `{"signer":{"nif":1},"docs":[]}`, 401, "", "", ClassRequestInvalid,
			fields + "required"},
		{"published type in the request", "POST", start, json, `{"signer":{},"docs":{}}`, 401, "", "",
			ClassRequestInvalid,
			""},
		{"published field in the request", "POST", start, json, `{"docs":[]}`, 401, "", "", ClassRequestInvalid, ""},
		{"format in the request", "POST", start, json, `{"signer":{},"docs":[{"content":"!"}]}`, 401, "", "",
			ClassRequestInvalid, "The file in Base64"},
		{"no request body", "POST", start, "", "", 401, "", "", ClassRequestInvalid,
			"That the body as a whole is required"},
		{"media type of the evidence", "GET", download, "", "", 200, "application/octet-stream", "PK", ClassMediaType,
			"The media type is not published."},
		{"published media type", "POST", token, form, "grant_type=client_credentials", 200, "text/html", "{}",
			ClassMediaType, ""},
		{"published value", "POST", token, form, "grant_type=a", 401, "", "", ClassRequestInvalid, ""},
		{"no JSON", "POST", token, form, "grant_type=client_credentials", 200, json, "{", ClassResponseInvalid, ""},
		{"field twice", "POST", token, form, "grant_type=client_credentials", 200, json,
			`{"access_token":"a","access_token":"a"}`, ClassResponseInvalid, ""},
		{"status", "POST", token, form, "grant_type=client_credentials", 418, "", "", ClassUndocumentedStatus, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var findings []Finding
			checker, err := New(Config{Report: func(f Finding) { findings = append(findings, f) },
				Allow: []Class{ClassSecurity}, Spec: frozenSpec(t)})
			if err != nil {
				t.Fatal(err)
			}
			request, err := http.NewRequestWithContext(t.Context(), test.method, "http://localhost"+test.path,
				strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if test.media != "" {
				request.Header.Set("Content-Type", test.media)
			}
			header := make(http.Header)
			if test.answerMedia != "" {
				header.Set("Content-Type", test.answerMedia)
			}
			response, err := checker.Transport(reading{fixed{test.status, header, test.answer}}).RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if len(findings) != 1 || findings[0].Class != test.class ||
				(findings[0].Assumed == "") != (test.want == "") ||
				!strings.HasPrefix(findings[0].Assumed, test.want) || test.want != "" &&
				!strings.HasSuffix(findings[0].String(), ". Assumed: "+findings[0].Assumed) {
				t.Errorf("%v, want %s that assumes %q", findings, test.class, test.want)
			}
		})
	}
}

// reading is a transport that reads the request like a server.
type reading struct{ fixed }

func (r reading) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Body != nil {
		if _, err := io.Copy(io.Discard, request.Body); err != nil {
			return nil, err
		}
	}
	return r.fixed.RoundTrip(request)
}

// A checker uses the embedded spec unless it is given another.
func TestEmbeddedSpecIsTheDefault(t *testing.T) {
	checker, err := New(Config{Report: func(Finding) {}})
	if err != nil {
		t.Fatal(err)
	}
	for _, operation := range []string{"getToken", "startCircuit", "downloadEvidence"} {
		if !slices.Contains(checker.Summary().Untouched, operation) {
			t.Errorf("there is no operation %s", operation)
		}
	}
	for _, address := range []string{"/oauth2/token", "/api/v1/biometric/start_circuit/c"} {
		if found := checker.routes.find("POST", &url.URL{Path: address}); found.route == nil {
			t.Errorf("%s: %s", address, found.reason)
		}
	}
}

func TestSpecThatIsNoneIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "no YAML": "\t{", "no OpenAPI": "hello: there",
		"another file": strings.Replace(otherSpec, `{"allOf": [`, `{"$ref": "other.yaml#/a", "allOf": [`, 1),
		"invalid": strings.Replace(strings.Replace(otherSpec, "VERSION", "3.0.3", 1), `"description": "d",`, "",
			1),
	} {
		if _, err := New(Config{Report: func(Finding) {}, Spec: []byte(text)}); err == nil ||
			!strings.HasPrefix(err.Error(), "contract: Config.Spec: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASchemaThatIsCombinedOfItselfIsTakenOnce(t *testing.T) {
	schema := &openapi3.SchemaRef{Value: new(openapi3.Schema)}
	schema.Value.AnyOf = openapi3.SchemaRefs{schema, schema}
	if got := schemasAt(schema, nil); len(got) != 1 {
		t.Errorf("%d schemas", len(got))
	}
}
