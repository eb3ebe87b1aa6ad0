// Package coding decodes the content codings of HTTP messages that the standard library supports.
// Call [Of] for a message's codings, then [NewReader].
//
// This package handles Content-Encoding and Accept-Encoding (RFC 9110) and judges neither.
package coding

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// ErrUnknown means that a body has an unsupported coding, or more than [Most] codings.
var ErrUnknown = errors.New("the coding cannot be undone here")

// Most is the largest number of nested codings.
const Most = 4

// Of lists the codings of a message's body in lower case, in the order in which they were applied.
// It omits "identity".
func Of(header http.Header) []string {
	var codings []string
	for _, value := range header.Values("Content-Encoding") {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if name != "" && name != "identity" {
				codings = append(codings, name)
			}
		}
	}
	return codings
}

// Shown names codings for a text. It replaces an uncommon name, which the sender made up, by
// "(unknown)".
func Shown(codings []string) string {
	var names []string
	for _, name := range codings[:min(len(codings), Most)] {
		switch name {
		case "gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress":
		default:
			name = "(unknown)"
		}
		names = append(names, name)
	}
	if more := len(codings) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, ", ")
}

// Asked reports whether a request's Accept-Encoding allows all the codings.
func Asked(request http.Header, codings []string) bool {
	accepted := make(map[string]bool)
	for _, value := range request.Values("Accept-Encoding") {
		for entry := range strings.SplitSeq(value, ",") {
			name, parameters, _ := strings.Cut(entry, ";")
			accepted[plain(name)] = weight(parameters) > 0
		}
	}
	for _, name := range codings {
		wanted, named := accepted[plain(name)]
		if !named {
			wanted = accepted["*"]
		}
		if !wanted {
			return false
		}
	}
	return true
}

// plain removes the prefix of "x-gzip", gzip's other name.
func plain(name string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "x-")
}

// weight parses "q=0.5". It returns 1, the default, for anything that it cannot parse.
func weight(parameters string) float64 {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		if strings.EqualFold(name, "q") {
			if q, err := strconv.ParseFloat(value, 64); err == nil {
				return q
			}
		}
	}
	return 1
}

// NewReader returns a body without its codings. The error wraps [ErrUnknown] if one of them is
// neither gzip nor deflate. Any other error says that body is not in the coding, or could not be
// read. An empty body stays empty.
//
// The result may be a thousand times as large as body: the caller must limit what it reads.
func NewReader(body io.Reader, codings []string) (io.Reader, error) {
	if len(codings) > Most {
		return nil, fmt.Errorf("%d codings: %w", len(codings), ErrUnknown)
	}
	for _, name := range codings {
		if plain(name) != "gzip" && name != "deflate" {
			return nil, ErrUnknown
		}
	}
	for i := len(codings) - 1; i >= 0; i-- {
		encoded := bufio.NewReader(body)
		start, err := encoded.Peek(2)
		switch {
		case len(start) == 0 && err == io.EOF:
			return encoded, nil
		case len(start) == 0:
			return nil, fmt.Errorf("read a body: %w", err)
		}
		switch {
		case codings[i] != "deflate":
			body, err = gzip.NewReader(encoded)
		case isZlib(start):
			body, err = zlib.NewReader(encoded)
		default:
			body, err = flate.NewReader(encoded), nil // some servers omit the zlib format
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", codings[i], err)
		}
	}
	return body, nil
}

func isZlib(start []byte) bool {
	return len(start) == 2 && start[0]&0x0f == 8 && (int(start[0])<<8|int(start[1]))%31 == 0
}
