package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/pkg/danabio"
)

const goodRequest = `{
  "id": "loan-4711",
  "signer": {"name": "Canaria Prueba", "email": "canaria@example.com", "nif": "99887766C"},
  "documents": ["contract.pdf", {"file": "x.pdf", "name": "annex.pdf"}, {"file": "y.pdf"}]
}
`

func TestRequestFileIsRead(t *testing.T) {
	want := requestFile{
		ID:        "loan-4711",
		Signer:    requestSigner{canaryName, canaryEmail, canaryNIF},
		Documents: []requestedDocument{{File: "contract.pdf"}, {File: "x.pdf", Name: "annex.pdf"}, {File: "y.pdf"}},
	}
	for name, content := range map[string]string{
		"as it is":                goodRequest,
		"with a byte order mark":  "\ufeff" + goodRequest,
		"with Windows' line ends": strings.ReplaceAll(goodRequest, "\n", "\r\n"),
		"with escapes":            strings.Replace(goodRequest, "Canaria", `\u0043anaria`, 1),
	} {
		if got, err := parseRequest(i18n.Verbatim("r.json"), []byte(content)); err != nil ||
			!reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Each case replaces one part of the good file.
func TestRequestFileIsRefusedByFieldAndLine(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"unknown field", `"id"`, `"ident"`,
			`line 2: there is no field "ident"; the known ones are id, signer, documents`},
		{"unknown field of the signer", `"nif"`, `"tax_id"`,
			`line 3: there is no field "signer.tax_id"; the known ones are name, email, nif`},
		{"unknown field of a document", `"name": "annex.pdf"`, `"title": "annex.pdf"`,
			`line 4: there is no field "documents[1].title"; the known ones are file, name`},
		{"field in other case", `"email"`, `"Email"`, `line 3: there is no field "signer.Email"`},
		{"unknown field that may be a value", `"nif"`, `"99887766C"`,
			`line 3: there is an unknown field; the known ones are name, email, nif`},
		{"doubled field", `"documents"`, `"id": "b", "documents"`, `line 4: "id" occurs twice`},
		{"doubled signer", `"documents"`, "\"signer\":\n{}, \"documents\"", `line 4: "signer" occurs twice`},
		{"doubled field of the signer", `"nif"`, `"name": "Canaria", "nif"`,
			`line 3: "signer.name" occurs twice`},
		{"doubled by an escape", `"nif"`, `"n\u0061me": "Canaria", "nif"`, `line 3: "signer.name" occurs twice`},
		{"doubled field of a document", `"name": "annex.pdf"`, `"file": "annex.pdf"`,
			`line 4: "documents[1].file" occurs twice`},
		{"number for a text", `"99887766C"`, `99887766`,
			`line 3: "signer.nif" must be a JSON string, in double quotes; it is a JSON number`},
		{"number that is too large", `"99887766C"`, `1e999`,
			`line 3: "signer.nif" must be a JSON string, in double quotes; it is a JSON number`},
		{"null for a text", `"loan-4711"`, `null`,
			`line 2: "id" must be a JSON string, in double quotes; it is a JSON null`},
		{"true for a text", `"loan-4711"`, `true`, `it is a JSON boolean`},
		{"list for a text", `"loan-4711"`, "[\n\n\"a\"]",
			`line 2: "id" must be a JSON string, in double quotes; it is a JSON array`},
		{"text for the signer", `{"name": "Canaria Prueba", "email": "canaria@example.com", "nif": "99887766C"}`,
			`"Canaria Prueba"`,
			`line 3: "signer" must be a JSON object, in braces; it is a JSON string`},
		{"text for the documents", `["contract.pdf", {"file": "x.pdf", "name": "annex.pdf"}, {"file": "y.pdf"}]`,
			`"contract.pdf"`,
			`line 4: "documents" must be a JSON array, in square brackets; it is a JSON string`},
		{"list for a document", `{"file": "y.pdf"}`, `["y.pdf"]`,
			`line 4: "documents[2]" must be a JSON string, the path of a PDF, or a JSON object with "file" and "name"; it is a JSON array`},
		{"no documents", `["contract.pdf", {"file": "x.pdf", "name": "annex.pdf"}, {"file": "y.pdf"}]`, `[]`,
			`line 4: "documents" is empty; name at least one PDF`},
		{"list for everything", goodRequest, "\n[]",
			`line 2: a request is a JSON object, in braces; this is a JSON array`},
		{"missing signer", "  \"signer\": {\"name\": \"Canaria Prueba\", \"email\": \"canaria@example.com\", " +
			"\"nif\": \"99887766C\"},\n", "", `line 4: "signer" is missing`},
		{"missing field of the signer", `, "nif": "99887766C"`, "", `line 3: "signer.nif" is missing`},
		{"missing file of a document", `"file": "y.pdf"`, "", `line 4: "documents[2].file" is missing`},
		{"missing documents", goodRequest, `{"signer": {"name": "a", "email": "b", "nif": "c"}}`,
			`line 1: "documents" is missing`},
		{"empty text", `"99887766C"`, `""`, `line 3: "signer.nif" is empty`},
		{"text of spaces", `"Canaria Prueba"`, `" \t "`, `line 3: "signer.name" is empty`},
		{"empty id", `"loan-4711"`, `""`, `line 2: "id" is empty`},
		{"empty name of a document", `"annex.pdf"`, `""`, `line 4: "documents[1].name" is empty`},
		{"empty path", `"contract.pdf"`, `""`, `line 4: "documents[0]" is empty`},
		{"half a surrogate pair", `Canaria`, `Canaria\ud800`,
			`line 3: "signer.name" contains a character that was damaged`},
		{"damaged character", `Canaria`, "Canaria\ufffd",
			`line 3: "signer.name" contains a character that was damaged`},
		{"no UTF-8", `Canaria`, "Canari\xe1", `it is not text in UTF-8; save it as that`},
		{"missing comma", `, "email"`, ` "email"`, `line 3, column 39: this is not JSON`},
		{"text without quotes", `"99887766C"`, `ñ99887766C`, `line 3, column 79: this is not JSON`},
		{"missing bracket", "]\n}", "\n}", "line 5, column 1: this is not JSON"},
		{"trailing comma", `{"file": "y.pdf"}]`, `{"file": "y.pdf"},]`, `line 4, column 91: this is not JSON`},
		{"cut", "]\n}", "]\n", "line 6: the JSON ends too early"},
		{"trailing text", "]\n}\n", "]\n}\nCanaria\n",
			`line 6: something follows the request; a file contains one request`},
		{"second request", goodRequest, goodRequest + "\n" + goodRequest, `line 7: something follows the request`},
		{"nothing", goodRequest, " \n", "it is empty"},
		{"too long", goodRequest, goodRequest + strings.Repeat(" ", maxRequest),
			"it is too long: more than 1048576 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			content := strings.Replace(goodRequest, test.old, test.new, 1)
			if content == goodRequest {
				t.Fatal("nothing was replaced")
			}
			got, err := parseRequest(i18n.Verbatim("r.json"), []byte(content))
			if err == nil || !strings.HasPrefix(err.Error(), "request in r.json") ||
				!strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if !errors.Is(err, danabio.ErrInvalidRequest) || !reflect.DeepEqual(got, requestFile{}) {
				t.Errorf("%v, %+v", err, got)
			}
			for _, value := range []string{canaryName, "Canaria", canaryEmail, canaryNIF, "99887766"} {
				if err != nil && strings.Contains(err.Error(), value) {
					t.Errorf("%q stands in %q", value, err)
				}
			}
		})
	}
}

// Accepted content means the same to encoding/json and survives writing and reading. The error for
// refused content reveals no value: it stays the same if all values change.
func FuzzRequestFile(f *testing.F) {
	f.Add([]byte(goodRequest))
	f.Add([]byte("\ufeff" + goodRequest))
	for _, seed := range []string{
		`{"signer":{"name":"a","email":"b","nif":"c"},"documents":["d"]}`,
		`{"signer":{"name":"a","name":"b"}}`,
		`{"signer":{"name":1}}`,
		`{"signer":{"99887766C":"Canaria"}}`,
		`{"signer":{"name":"Canaria" "email":"b"}}`,
		`{"signer":"Canaria"}`,
		`{"documents":[{"file":"a","name":"b"},["c"]]}`,
		`{"documents":[]}`,
		`{"id":"\ud800"}`,
		`{"id":"a`,
		`[{"id":"a"}]`,
		`{} {}`,
		"\n\n{\"id\":\t\"a\"\n,}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := parseRequest(i18n.Verbatim("r.json"), content)
		if err != nil {
			if !errors.Is(err, danabio.ErrInvalidRequest) {
				t.Fatalf("error of another kind: %v", err)
			}
			if _, other := parseRequest(i18n.Verbatim("r.json"), otherValues(content)); other == nil ||
				other.Error() != err.Error() {
				t.Fatalf("%q, but with other values %v", err, other)
			}
			return
		}
		theirs := struct {
			requestFile
			Documents []json.RawMessage `json:"documents"`
		}{}
		decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&theirs); err != nil {
			t.Fatalf("encoding/json refuses what was accepted: %v", err)
		}
		if theirs.ID != got.ID || theirs.Signer != got.Signer || len(theirs.Documents) != len(got.Documents) {
			t.Fatalf("read %+v, and encoding/json %+v", got, theirs.requestFile)
		}
		written, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := parseRequest(i18n.Verbatim("r.json"), written); err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("%+v became %+v, %v", got, again, err)
		}
	})
}

// otherValues replaces each ASCII letter and digit in all strings except field names and escapes.
func otherValues(content []byte) []byte {
	other := bytes.Clone(content)
	for i := 0; i < len(content); i++ {
		if content[i] != '"' {
			continue
		}
		begin := i + 1
		for i = begin; i < len(content) && content[i] != '"'; i++ {
			if content[i] == '\\' {
				i++
			}
		}
		if rest := bytes.TrimLeft(content[min(i+1, len(content)):], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			continue
		}
		for k := begin; k < min(i, len(content)); k++ {
			switch c := content[k]; {
			case c == '\\' && k+1 < len(content) && content[k+1] == 'u':
				k += 5
			case c == '\\':
				k++
			case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
				other[k] = 'q'
			}
		}
	}
	return other
}
