package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/danabio/danabio-go/internal/coding"
)

// mediaType returns the Content-Type if it is on a fixed list. Any other may be free text of the
// server's.
func mediaType(header http.Header) string {
	value := header.Get("Content-Type")
	if value == "" {
		return ""
	}
	media, _, _ := mime.ParseMediaType(value)
	switch media {
	case "application/json", "application/problem+json", "application/zip", "application/x-zip-compressed",
		"application/x-zip",
		"application/octet-stream", "application/xml", "application/problem+xml", "application/pdf", "text/html",
		"text/plain", "text/xml":
		return media
	}
	return "another one"
}

// knownNames lists the names in a body that a result may show, in lower case without "_" and "-":
// common names for the parts of an error in frameworks and gateways, in English and Spanish, and
// the field names of the spec's responses. Any other name may be content.
var knownNames = sync.OnceValue(func() map[string]bool {
	names := make(map[string]bool)
	for _, name := range strings.Fields(`
		access_token token_type expires_in scope refresh_token circuitId link
		message messages msg error errors error_description error_uri error_code error_message error_type error_id
		code status status_code status_text http_status http_code type title detail details instance description reason cause
		timestamp time date path method uri url resource service exception trace stack_trace debug info help hint
		request_id requestId correlation_id trace_id span_id transaction_id reference
		success ok result results response data body content value values field fields name param parameter parameters property
		location locale domain severity level category invalid_params violations validation_errors field_errors object_name
		rejected_value default_message target inner_error inner fault fault_string fault_code __type ok is_success
		mensaje mensajes codigo estado descripcion detalle detalles motivo causa fecha hora ruta campo campos valor valores
		resultado respuesta exito datos tipo titulo referencia traza`) {
		names[plainName(name)] = true
	}
	return names
})

// known reports whether a result may show a name as received.
func known(name string) bool {
	plain := plainName(name)
	if len(name) > len(plain)+3 {
		return false
	}
	for i := range len(name) {
		if name[i] > unicode.MaxASCII {
			return false // some letters become ASCII only in lower case
		}
	}
	return knownNames()[plain]
}

func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
}

const (
	mostNames    = 16  // of one object
	longestShape = 300 // in characters
)

// shape describes the body by types and known names.
func (x *exchange) shape() string {
	switch text := bytes.TrimSpace(x.body); {
	case x.long:
		return fmt.Sprintf("longer than %d bytes", len(x.body))
	case x.encoded:
		return fmt.Sprintf("in the Content-Encoding %s, which could not be decoded", coding.Shown(coding.Of(x.header)))
	case len(x.body) == 0:
		return "empty"
	case json.Valid(x.body):
		var value any
		if json.Unmarshal(x.body, &value) != nil {
			return "JSON" // for example a number that is too large
		}
		shape := shapeOf(value, 0)
		if runes := []rune(shape); len(runes) > longestShape {
			shape = string(runes[:longestShape]) + "…"
		}
		return shape
	case bytes.HasPrefix(bytes.ToLower(text[:min(len(text), 15)]), []byte("<!doctype html")),
		bytes.HasPrefix(bytes.ToLower(text[:min(len(text), 5)]), []byte("<html")):
		return "HTML"
	case bytes.HasPrefix(text, []byte("<")):
		return "XML or HTML"
	case utf8.Valid(x.body) && !bytes.ContainsRune(x.body, 0):
		return "text"
	}
	return "binary"
}

// shapeOf describes a value, at most three levels deep.
func shapeOf(value any, depth int) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case []any:
		if len(value) == 0 {
			return "[]"
		}
		if depth == 3 {
			return "[…]"
		}
		return "[" + shapeOf(value[0], depth+1) + "]"
	case map[string]any:
		if depth == 3 && len(value) > 0 {
			return "{…}"
		}
		var parts []string
		others := 0
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if known(name) && len(parts) < mostNames {
				parts = append(parts, name+": "+shapeOf(value[name], depth+1))
			} else {
				others++
			}
		}
		if others > 0 {
			parts = append(parts, fmt.Sprintf("%d more", others))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "JSON"
}

// leaves maps each position in a JSON body, given with known names only, to the values at it. It is
// nil for any other body, and for one that is too large or too deep.
func leaves(body []byte) map[string][]string {
	const longest, deepest = 64 << 10, 20
	var value any
	if len(body) > longest || json.Unmarshal(body, &value) != nil {
		return nil
	}
	all, deep := make(map[string][]string), false
	var walk func(place string, depth int, value any)
	walk = func(place string, depth int, value any) {
		if depth > deepest {
			deep = true
			return
		}
		switch value := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(value)) {
				shown := name
				if !known(name) {
					shown = "(another name)"
				}
				walk(place+"/"+shown, depth+1, value[name])
			}
		case []any:
			for i, inner := range value {
				walk(fmt.Sprintf("%s/%d", place, i), depth+1, inner)
			}
		default:
			all[place] = append(all[place], fmt.Sprintf("%T %v", value, value))
		}
	}
	walk("", 0, value)
	if deep {
		return nil
	}
	return all
}
