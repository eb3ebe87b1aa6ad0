package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/danabio/danabio-go/cmd/danabio/internal/failure"
	"github.com/danabio/danabio-go/cmd/danabio/internal/i18n"
	"github.com/danabio/danabio-go/cmd/danabio/internal/settings"
)

// requestFile is the content of a request file. The tags are the only field names that the file may
// have.
type requestFile struct {
	ID        string              `json:"id,omitempty"`
	Signer    requestSigner       `json:"signer"`
	Documents []requestedDocument `json:"documents"`
}

type requestSigner struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	NIF   string `json:"nif"`
}

// requestedDocument is a path, or an object with a path and the name to send.
type requestedDocument struct {
	File string `json:"file"`
	Name string `json:"name,omitempty"` // the last element of File if empty
}

// parseRequest parses a request file more strictly than encoding/json, which accepts unknown and
// repeated fields and any case. The errors are inputErrors that name the source, the line and the
// field, but never a value.
func parseRequest(source error, content []byte) (requestFile, error) {
	p := requestParser{source: source, content: bytes.TrimPrefix(content, []byte("\ufeff"))}
	var file requestFile
	if err := p.checkJSON(); err != nil {
		return file, err
	}
	p.decoder = json.NewDecoder(bytes.NewReader(p.content))
	p.decoder.UseNumber() // otherwise a number too large to convert would be a different kind of error
	err := p.object("",
		requestField{"id", optional, func(path string) error { return p.text(path, &file.ID) }},
		requestField{"signer", required, func(path string) error {
			return p.object(path,
				requestField{"name", required, func(path string) error { return p.text(path, &file.Signer.Name) }},
				requestField{"email", required, func(path string) error { return p.text(path, &file.Signer.Email) }},
				requestField{"nif", required, func(path string) error { return p.text(path, &file.Signer.NIF) }})
		}},
		requestField{"documents", required, func(path string) error { return p.documents(path, &file.Documents) }})
	if err != nil {
		return requestFile{}, err
	}
	return file, nil
}

type requestParser struct {
	source  error // its name in messages
	content []byte
	decoder *json.Decoder
}

// requestField is a field that an object may have, and the function that reads its value.
type requestField struct {
	name     string
	presence fieldPresence
	read     func(path string) error
}

type fieldPresence int

const (
	required fieldPresence = iota
	optional
)

// checkJSON fails unless the content is one JSON value in UTF-8.
func (p *requestParser) checkJSON() error {
	switch {
	case len(p.content) > maxRequest:
		return failure.BadInput("request in %w: it is too long: more than %d bytes", p.source, maxRequest)
	case len(bytes.TrimSpace(p.content)) == 0:
		return failure.BadInput("request in %w: it is empty", p.source)
	case !utf8.Valid(p.content):
		return failure.BadInput("request in %w: it is not text in UTF-8; save it as that", p.source)
	}
	decoder := json.NewDecoder(bytes.NewReader(p.content))
	var value json.RawMessage
	err := decoder.Decode(&value)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		line, column := p.position(syntax.Offset - 1) // Offset counts the invalid byte too
		return failure.BadInput("request in %w, line %d, column %d: this is not JSON; look there for a missing "+
			"comma, quote or bracket", p.source, line, column)
	}
	if err != nil {
		line, _ := p.position(int64(len(p.content)))
		return failure.BadInput("request in %w, line %d: the JSON ends too early; look for a missing quote or bracket",
			p.source, line)
	}
	end := decoder.InputOffset()
	if rest := p.content[end:]; len(bytes.TrimSpace(rest)) > 0 {
		line, _ := p.position(int64(len(p.content) - len(bytes.TrimLeft(rest, " \t\r\n"))))
		return failure.BadInput("request in %w, line %d: something follows the request; a file contains one request "+
			"and nothing else", p.source, line)
	}
	return nil
}

// position returns the line and column of the byte at offset, both starting at 1. The column counts
// characters.
func (p *requestParser) position(offset int64) (line, column int) {
	before := p.content[:min(max(offset, 0), int64(len(p.content)))]
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// fail returns an error at the position of the last token.
func (p *requestParser) fail(format string, args ...any) error {
	line, _ := p.position(p.decoder.InputOffset())
	return failure.BadInput("request in %w, line %d: %w", p.source, line, i18n.Errorf(format, args...))
}

func (p *requestParser) token() (json.Token, error) {
	token, err := p.decoder.Token()
	if err != nil { // checkJSON has read all of it
		return nil, failure.BadInput("request in %w: %w", p.source, err)
	}
	return token, nil
}

// object reads an object with these fields.
func (p *requestParser) object(path string, fields ...requestField) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		if path == "" {
			return p.fail("a request is a JSON object, in braces; this is a JSON %s", jsonKind(token))
		}
		return p.fail("%q must be a JSON object, in braces; it is a JSON %s", path, jsonKind(token))
	}
	return p.members(path, fields)
}

// members reads an object after its opening brace.
func (p *requestParser) members(path string, fields []requestField) error {
	seen := map[string]bool{}
	for p.decoder.More() {
		token, err := p.token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		field := findField(fields, name)
		switch {
		case field == nil:
			return p.unknown(path, name, fields)
		case seen[name]:
			return p.fail("%q occurs twice; keep one", fieldPath(path, name))
		}
		seen[name] = true
		if err := field.read(fieldPath(path, name)); err != nil {
			return err
		}
	}
	if _, err := p.token(); err != nil { // the closing brace
		return err
	}
	for _, field := range fields {
		if field.presence == required && !seen[field.name] {
			return p.fail("%q is missing", fieldPath(path, field.name))
		}
	}
	return nil
}

func findField(fields []requestField, name string) *requestField {
	for i := range fields {
		if fields[i].name == name {
			return &fields[i]
		}
	}
	return nil
}

func fieldPath(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (p *requestParser) unknown(path, name string, fields []requestField) error {
	var names []string
	for _, field := range fields {
		names = append(names, field.name)
	}
	known := strings.Join(names, ", ")
	if !settings.Harmless(name) {
		return p.fail("there is an unknown field; the known ones are %s", known)
	}
	return p.fail("there is no field %q; the known ones are %s", fieldPath(path, name), known)
}

// text reads a non-empty string.
func (p *requestParser) text(path string, into *string) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	value, ok := token.(string)
	if !ok {
		return p.fail("%q must be a JSON string, in double quotes; it is a JSON %s", path, jsonKind(token))
	}
	return p.set(path, value, into)
}

func (p *requestParser) set(path, value string, into *string) error {
	switch {
	case strings.TrimSpace(value) == "":
		return p.fail("%q is empty", path)
	case strings.ContainsRune(value, utf8.RuneError): // the decoder also returns it for half a surrogate pair
		return p.fail("%q contains a character that was damaged on the way (U+FFFD, or half a surrogate pair)", path)
	}
	*into = value
	return nil
}

// documents reads the list of documents.
func (p *requestParser) documents(path string, into *[]requestedDocument) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return p.fail("%q must be a JSON array, in square brackets; it is a JSON %s", path, jsonKind(token))
	}
	for p.decoder.More() {
		var document requestedDocument
		if err := p.document(fmt.Sprintf("%s[%d]", path, len(*into)), &document); err != nil {
			return err
		}
		*into = append(*into, document)
	}
	if _, err := p.token(); err != nil { // the closing bracket
		return err
	}
	if len(*into) == 0 {
		return p.fail("%q is empty; name at least one PDF", path)
	}
	return nil
}

func (p *requestParser) document(path string, into *requestedDocument) error {
	token, err := p.token()
	if err != nil {
		return err
	}
	switch value := token.(type) {
	case string:
		return p.set(path, value, &into.File)
	case json.Delim:
		if value == '{' {
			return p.members(path, []requestField{
				{"file", required, func(path string) error { return p.text(path, &into.File) }},
				{"name", optional, func(path string) error { return p.text(path, &into.Name) }},
			})
		}
	}
	return p.fail(
		`%q must be a JSON string, the path of a PDF, or a JSON object with "file" and "name"; it is a JSON %s`, path,
		jsonKind(token))
}

// jsonKind returns the JSON name of a value's type.
func jsonKind(token json.Token) string {
	switch value := token.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case json.Delim:
		if value == '[' {
			return "array"
		}
		return "object"
	}
	return "null"
}
