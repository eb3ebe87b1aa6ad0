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

// parseErrorBody finds a code and a message for people in an error body, for which no schema is
// published: JSON of several shapes, or plain text. A page of HTML has none.
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

// decodeText is the text of a body, or nothing if it is no text. What is no UTF-8 is taken for
// Windows-1252, of which ISO-8859-1 is a part, unless its label names another encoding. Many
// servers of Latin America send that, with any label or none.
func decodeText(body []byte, contentType string) string {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	for cut := range min(utf8.UTFMax, len(body)+1) { // the end may be in the middle of a letter
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

// latinCharsets are the labels under which Windows-1252 or a part of it comes, a wrong one and none
// among them.
var latinCharsets = []string{
	"", "utf-8", "utf8", "us-ascii", "iso-8859-1", "iso8859-1", "iso-8859-15", "latin1", "latin-1", "windows-1252",
	"cp1252",
}

// windows1252 are its characters from 0x80 to 0x9f; all others are those of Unicode.
var windows1252 = [32]rune{
	'€', 0xfffd, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0xfffd, 'Ž', 0xfffd,
	0xfffd, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0xfffd, 'ž', 'Ÿ',
}

// The keys that error bodies commonly have.
var (
	messageKeys = []string{
		"message", "error_description", "detail", "title", "description", "msg", "mensaje", "reason", "defaultMessage",
	}
	codeKeys  = []string{"code", "error", "errorCode", "type"}
	innerKeys = []string{"error", "errors", "details", "detail"}
	// listKeys hold what is wrong with each field, by its name or in a list.
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
				continue // it is an error itself
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

// textIn is the first text that is there under one of the keys.
func textIn(object map[string]any, keys []string) string {
	for _, key := range keys {
		if text, ok := object[key].(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// fieldTexts are what is wrong with fields, each with its name before it if it has one:
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

// fieldName is the name of the field that an entry of a list is about, or empty.
func fieldName(entry map[string]any) string {
	if name := textIn(entry, fieldKeys); name != "" {
		return name
	}
	steps, _ := entry["loc"].([]any) // where FastAPI puts it
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
