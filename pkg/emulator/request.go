package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/danabio/danabio-go/pkg/emulator/internal/sign"
)

// startRequest is a valid body of a start.
type startRequest struct {
	id        string
	signer    signer
	documents []*document
}

// signer is the signer of a circuit. The spec requires none of the fields.
type signer struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	NIF   string `json:"nif"`
}

// maxProblems is how many problems of a body are reported; the first ones say enough.
const maxProblems = 10

// problems lists what is wrong with a body, by field path. It never contains values from the body.
type problems []string

func (p *problems) add(path, format string, arguments ...any) {
	*p = append(*p, path+": "+fmt.Sprintf(format, arguments...))
}

func (p problems) Error() string {
	if more := len(p) - maxProblems; more > 0 {
		return strings.Join(p[:maxProblems], "; ") + fmt.Sprintf("; and %d more", more)
	}
	return strings.Join(p, "; ")
}

// parseStart returns the request in the body of a start, or what is wrong with it: first what JSON
// and the spec refuse, then what no evidence could be made of. An error other than [problems] is an
// internal error of the emulator.
func (e *Emulator) parseStart(body []byte) (*startRequest, error) {
	value, err := decodeJSON(body)
	if err != nil {
		return nil, err
	}
	var wrong problems
	contents := takeContents(value, &wrong)
	wrong.addSchema(e.specResponses.startBody.VisitJSON(value, openapi3.VisitAsRequest(), openapi3.MultiErrors()))
	if len(wrong) > 0 {
		return nil, wrong
	}

	fields, _ := value.(map[string]any)
	text := func(fields map[string]any, name string) string {
		text, _ := fields[name].(string)
		return text
	}
	person, _ := fields["signer"].(map[string]any)
	request := &startRequest{
		id:     text(fields, "id"),
		signer: signer{Name: text(person, "name"), Email: text(person, "email"), NIF: text(person, "nif")},
	}
	documents, _ := fields["docs"].([]any)
	if len(documents) == 0 {
		wrong.add("docs", "is empty; at least one document is needed")
	}
	seen := map[string]int{}
	for i, item := range documents {
		fields, _ := item.(map[string]any)
		path := fmt.Sprintf("docs[%d]", i)
		name := text(fields, "name")
		if first, twice := seen[name]; name == "" {
			wrong.add(path+".name", "is missing or empty")
		} else if twice {
			wrong.add(path+".name", "is the name of docs[%d] too; names must differ", first)
		} else {
			seen[name] = i
		}
		content := contents[i]
		if len(content) == 0 {
			wrong.add(path+".content", "is missing or empty")
			continue
		}
		if size, ok := fields["size"].(json.Number); ok {
			checkSize(size, len(content), path+".size", &wrong)
		}
		if err := e.checkPDF(content, path+".content", &wrong); err != nil {
			return nil, err
		}
		request.documents = append(request.documents, newDocument(name, content))
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return request, nil
}

// decodeJSON returns the single JSON value in body.
func decodeJSON(body []byte) (any, error) {
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, problems{"body: is empty; a JSON object is expected"}
	case !utf8.Valid(body):
		return nil, problems{"body: is not UTF-8"}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	if err == nil {
		if _, err = decoder.Token(); err == io.EOF {
			return value, nil
		}
		return nil, problems{fmt.Sprintf("body: something follows the JSON value, at byte %d", decoder.InputOffset())}
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return nil, problems{fmt.Sprintf("body: is not JSON: wrong at byte %d", syntax.Offset)}
	}
	return nil, problems{"body: is not JSON: it ends too early"}
}

// takeContents decodes the documents' contents and replaces them by empty strings: the schema does
// not concern their content, and its regular expression is slow on megabytes.
func takeContents(value any, wrong *problems) map[int][]byte {
	fields, _ := value.(map[string]any)
	documents, _ := fields["docs"].([]any)
	contents := make(map[int][]byte, len(documents))
	for i, item := range documents {
		fields, _ := item.(map[string]any)
		text, ok := fields["content"].(string)
		if !ok {
			continue
		}
		fields["content"] = ""
		path := fmt.Sprintf("docs[%d].content", i)
		if at := strings.IndexAny(text, "\r\n"); at >= 0 {
			wrong.add(path, "is not Base64: a line break at character %d", at)
			continue
		}
		content, err := base64.StdEncoding.Strict().DecodeString(text)
		var corrupt base64.CorruptInputError
		if errors.As(err, &corrupt) {
			wrong.add(path, "is not Base64 (standard alphabet with padding): wrong at character %d", int64(corrupt))
			continue
		}
		contents[i] = content
	}
	return contents
}

// checkSize refuses a size that is not that of the decoded content. 0 means "not given", as in the
// published example.
func checkSize(given json.Number, length int, path string, wrong *problems) {
	size, err := given.Float64()
	switch {
	case err != nil, size < 0:
		wrong.add(path, "must be the number of bytes before Base64, or 0")
	case size > 0 && size != float64(length):
		wrong.add(path, "differs from the %d bytes that content decodes to", length)
	}
}

// checkPDF refuses a content that cannot be signed. An error is an internal error of the emulator.
func (e *Emulator) checkPDF(content []byte, path string, wrong *problems) error {
	err := e.authority.Check(content)
	var refusal *sign.Error
	if errors.As(err, &refusal) {
		wrong.add(path, "cannot be signed: %s", refusal.Reason)
		return nil
	}
	return err
}

// addSchema adds what the schema refuses.
func (p *problems) addSchema(err error) {
	var several openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case err == nil:
	case errors.As(err, &several):
		for _, err := range several {
			p.addSchema(err)
		}
	case errors.As(err, &one):
		reason := one.Reason
		if one.SchemaField == "required" {
			reason = "is missing"
		}
		p.add(fieldPath(one.JSONPointer()), "%s", reason)
	default:
		p.add("body", "does not conform to the spec")
	}
}

// fieldPath formats a JSON pointer as people write it: docs[0].name.
func fieldPath(pointer []string) string {
	var path strings.Builder
	for _, part := range pointer {
		if _, err := strconv.Atoi(part); err == nil {
			path.WriteString("[" + part + "]")
			continue
		}
		if path.Len() > 0 {
			path.WriteByte('.')
		}
		path.WriteString(part)
	}
	if path.Len() == 0 {
		return "body"
	}
	return path.String()
}
