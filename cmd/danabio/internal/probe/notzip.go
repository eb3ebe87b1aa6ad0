package probe

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// zipStart is the signature at the start of a ZIP that contains files.
const zipStart = "PK\x03\x04"

// notZIP describes a file without an end record, which every ZIP has, and gives its size. It
// recognizes what servers send instead of a ZIP. It reveals nothing of the content except its
// shape.
func notZIP(file io.ReaderAt, size int64) string {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, min(size, maxBody)))
	if err != nil {
		return fmt.Sprintf("not a ZIP: %d bytes that could not be read back", size)
	}
	body := exchange{body: text}
	what := body.shape()
	switch {
	case size == 0:
		return "empty, 0 bytes"
	case strings.HasPrefix(string(text), zipStart):
		return fmt.Sprintf("a ZIP that is cut: %d bytes, and no end record", size)
	case bytes.HasPrefix(text, []byte("\x1f\x8b")):
		what = "gzip" + ofZIP(gunzipped(text))
	case bytes.HasPrefix(text, []byte("%PDF-")):
		what = "a PDF"
	case bytes.HasPrefix(text, []byte(`"`)):
		what = "a JSON string"
		if start,
			ok := unbase64(strings.NewReplacer(`"`, "", `\r`, "", `\n`, "", `\/`, "/").Replace(string(text))); ok {
			what = "a JSON string that is Base64" + ofZIP(start)
		}
	case json.Valid(text):
		what = "JSON, " + what
	case what == "text":
		if start, ok := unbase64(string(text)); ok {
			what = "Base64" + ofZIP(start)
		}
	}
	return fmt.Sprintf("%s: %d bytes, not a ZIP", what, size)
}

// ofZIP returns a phrase that says that decoded bytes begin like a ZIP, or "".
func ofZIP(start []byte) string {
	if bytes.HasPrefix(start, []byte(zipStart)) {
		return " of a ZIP"
	}
	return ""
}

// gunzipped returns the first decompressed bytes.
func gunzipped(text []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	start := make([]byte, len(zipStart))
	n, _ := io.ReadFull(reader, start) // the part that can be read is enough
	return start[:n]
}

// unbase64 decodes text in Base64 of either alphabet, with or without line breaks, plain or as a
// data URL. It treats short text as words unless the result is a ZIP.
func unbase64(text string) ([]byte, bool) {
	const least = 64 // characters
	if rest, ok := strings.CutPrefix(strings.TrimSpace(text), "data:"); ok {
		_, text, _ = strings.Cut(rest, ";base64,")
	}
	text = strings.NewReplacer("-", "+", "_", "/", "\r", "", "\n", "").Replace(strings.TrimSpace(text))
	text = strings.TrimRight(text, "=")
	text = text[:len(text)/4*4]
	decoded, err := base64.StdEncoding.DecodeString(text)
	return decoded, err == nil && (len(text) >= least || ofZIP(decoded) != "")
}
