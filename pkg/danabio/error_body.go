package danabio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"
)

// parseErrorBody finds a code and a human-readable message in an error body. No schema is published
// for these: they may be JSON of several shapes, or plain text. An HTML page has no message.
func parseErrorBody(body []byte, contentType string) (code, message string) {
	text := strings.TrimSpace(decodeText(body, contentType))
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.HasPrefix(text, `"`) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return "", ""
		}
		return jsonText(value, 0)
	}
	if strings.HasPrefix(text, "<") || strings.Contains(contentType, "html") {
		return "", ""
	}
	return "", text
}

// decodeText returns the text of a body, or "" if it is not text. It reads invalid UTF-8 as
// Windows-1252, which includes ISO-8859-1, unless the label names another encoding. Many servers in
// Latin America send Windows-1252, with any label or none.
func decodeText(body []byte, contentType string) string {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	for cut := range min(utf8.UTFMax, len(body)+1) { // the body may be cut inside a character
		if utf8.Valid(body[:len(body)-cut]) {
			return string(body[:len(body)-cut])
		}
	}
	_, parameters, _ := mime.ParseMediaType(contentType)
	charset := strings.ToLower(parameters["charset"])
	isControl := func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }
	if !slices.Contains(latinCharsets, charset) || bytes.ContainsFunc(body, isControl) {
		return ""
	}
	text := make([]rune, len(body))
	for i, b := range body {
		text[i] = rune(b)
		if b >= 0x80 && b <= 0x9f {
			text[i] = windows1252[b-0x80]
		}
	}
	return string(text)
}

// latinCharsets lists the labels under which Windows-1252 or a part of it is sent, including wrong
// ones and none.
var latinCharsets = []string{
	"", "utf-8", "utf8", "us-ascii", "iso-8859-1", "iso8859-1", "iso-8859-15", "latin1", "latin-1", "windows-1252",
	"cp1252",
}

// windows1252 lists its characters from 0x80 to 0x9f. All others are the same as in Unicode.
var windows1252 = [32]rune{
	'€', 0xfffd, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xfffd, 'Ž', 0xfffd,
	0xfffd, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xfffd, 'ž', 'Ÿ',
}

// Keys that are common in error bodies.
var (
	messageKeys = []string{
		"message", "error_description", "detail", "title", "description", "msg", "mensaje", "reason", "defaultMessage",
	}
	codeKeys  = []string{"code", "error", "errorCode", "type"}
	innerKeys = []string{"error", "errors", "details", "detail"}
	// listKeys hold what is wrong with each field, in an object by field name or in a list.
	listKeys = []string{
		"errors", "details", "detail", "fieldErrors", "violations", "invalid-params", "invalidParams", "errores",
	}
	fieldKeys = []string{"field", "name", "property", "propertyPath", "param", "path", "pointer", "campo"}
)

const maxDepth = 3

func jsonText(value any, depth int) (code, message string) {
	if depth > maxDepth {
		return "", ""
	}
	switch value := value.(type) {
	case string:
		return "", value
	case []any:
		if fields := fieldTexts("", value, depth); len(fields) > 0 {
			if first, ok := value[0].(map[string]any); ok {
				code, _ = jsonText(first, depth+1)
			}
			return code, strings.Join(fields, "; ")
		}
	case map[string]any:
		message = textIn(value, messageKeys)
		for _, key := range codeKeys {
			switch found := value[key].(type) {
			case string:
				code = found
			case float64:
				code = fmt.Sprint(found)
			}
			if code != "" {
				break
			}
		}
		for _, key := range innerKeys {
			inner, ok := value[key].(map[string]any)
			if !ok || message != "" {
				continue
			}
			var innerCode string
			if innerCode, message = jsonText(inner, depth+1); code == "" {
				code = innerCode
			}
		}
		var fields []string
		for _, key := range listKeys {
			if inner, ok := value[key].(map[string]any); ok && textIn(inner, messageKeys) != "" {
				continue // an error in its own right
			}
			if _, isText := value[key].(string); isText {
				continue
			}
			if fields = fieldTexts("", value[key], depth); len(fields) > 0 {
				if first, ok := value[key].([]any); ok && code == "" {
					code, _ = jsonText(first[0], depth+1)
				}
				break
			}
		}
		switch all := strings.Join(fields, "; "); {
		case message == "":
			message = all
		case all != "" && !strings.Contains(message, all):
			message += " (" + all + ")"
		}
	}
	return code, message
}

// textIn returns the first non-empty string under one of the keys.
func textIn(object map[string]any, keys []string) string {
	for _, key := range keys {
		if text, ok := object[key].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// fieldTexts returns what is wrong with fields, each prefixed with its name if it has one:
// "signer.email: is no address".
func fieldTexts(field string, value any, depth int) []string {
	if depth > maxDepth {
		return nil
	}
	named := func(text string) string {
		if field == "" || text == "" {
			return text
		}
		return field + ": " + text
	}
	switch value := value.(type) {
	case string:
		if value != "" {
			return []string{named(value)}
		}
	case []any:
		var all []string
		for _, one := range value {
			all = append(all, fieldTexts(field, one, depth+1)...)
		}
		return all
	case map[string]any:
		if text := textIn(value, messageKeys); text != "" {
			if name := join(field, fieldName(value)); name != "" {
				text = name + ": " + text
			}
			return []string{text}
		}
		var all []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			all = append(all, fieldTexts(join(field, name), value[name], depth+1)...)
		}
		return all
	}
	return nil
}

// fieldName returns the name of the field that a list entry is about, or "".
func fieldName(entry map[string]any) string {
	if name := textIn(entry, fieldKeys); name != "" {
		return name
	}
	steps, _ := entry["loc"].([]any) // as in FastAPI's errors
	name := ""
	for _, step := range steps {
		name = join(name, fmt.Sprint(step))
	}
	return name
}

func join(field, name string) string {
	if field == "" || name == "" {
		return field + name
	}
	return field + "." + name
}
