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

// zipStart is how a ZIP with files begins.
const zipStart = "PK\x03\x04"

// notZIP says what a file is that has no end record, which every ZIP has, and how large it is. It
// tells apart what servers send for a ZIP. Of the file's content nothing is told but what shape
// tells.
func notZIP(file io.ReaderAt, size int64) string {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, min(size, maxBody)))
	if err != nil {
		return fmt.Sprintf("no ZIP: %d bytes that could not be read back", size)
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
	return fmt.Sprintf("%s: %d bytes, and no ZIP", what, size)
}

// ofZIP says of decoded bytes if they begin as a ZIP does.
func ofZIP(start []byte) string {
	if bytes.HasPrefix(start, []byte(zipStart)) {
		return " of a ZIP"
	}
	return ""
}

// gunzipped returns the first bytes of what was packed.
func gunzipped(text []byte) []byte {
	reader, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil
	}
	start := make([]byte, len(zipStart))
	n, _ := io.ReadFull(reader, start) // what can be read of it is enough
	return start[:n]
}

// unbase64 returns the first bytes of a text in Base64 of either alphabet, with line breaks or
// without, alone or as the URL of some data. A short text is taken for words, unless a ZIP comes of
// it.
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
