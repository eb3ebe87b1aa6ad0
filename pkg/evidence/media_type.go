package evidence

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// headLength is how many bytes of a content are examined for its type. PDF readers look for the
// header in that many of the first bytes, and for the cross-reference in that many of the last.
const headLength = 1024

// mediaTypes are the types that start with fixed bytes.
var mediaTypes = [...]struct{ magic, mediaType string }{
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"GIF87a", "image/gif"},
	{"GIF89a", "image/gif"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"},
	{"\xff\x4f\xff\x51", "image/jp2"},
	{"PK\x03\x04", "application/zip"},
	{"PK\x05\x06", "application/zip"},
	{"\x1f\x8b\x08", "application/gzip"},
	{"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{"Rar!\x1a\x07", "application/vnd.rar"},
	{"ID3", "audio/mpeg"},
	{"OggS", "audio/ogg"},
	{"fLaC", "audio/flac"},
	{"FLV\x01", "video/x-flv"},
	{"\x00\x00\x01\xba", "video/mpeg"},
	{"{\\rtf", "application/rtf"},
}

const typePDF = "application/pdf"

// looksLikePDF reports whether people or programs may take a content for a PDF, whatever else it
// is: because of its name, of "%PDF-" in its first bytes, or of "startxref" in its last. What a PDF
// shows must not depend on who looks at it.
func looksLikePDF(name string, head, end []byte) bool {
	const suffix = ".pdf"
	return len(name) >= len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix) ||
		bytes.Contains(head, []byte("%PDF-")) || endsAsPDF(end)
}

func endsAsPDF(end []byte) bool { return bytes.Contains(end, []byte("startxref")) }

// mediaTypeOf detects the type of a content that does not pass for a PDF from its first bytes
// (headLength of them, or all).
func mediaTypeOf(head []byte) string {
	for i := range mediaTypes {
		if bytes.HasPrefix(head, []byte(mediaTypes[i].magic)) {
			return mediaTypes[i].mediaType
		}
	}
	if kind := containerType(head); kind != "" {
		return kind
	}
	return textType(head)
}

// containerType recognizes formats whose type follows a length.
func containerType(head []byte) string {
	if len(head) < 12 {
		return ""
	}
	form := string(head[8:12])
	switch string(head[:4]) {
	case "RIFF":
		switch form {
		case "WEBP":
			return "image/webp"
		case "AVI ":
			return "video/x-msvideo"
		case "WAVE":
			return "audio/wav"
		}
	case "\x1a\x45\xdf\xa3":
		if bytes.Contains(head[:min(len(head), 64)], []byte("webm")) {
			return "video/webm"
		}
		return "video/x-matroska"
	}
	if string(head[4:8]) == "ftyp" {
		switch form {
		case "heic", "heix", "hevc", "mif1", "msf1":
			return "image/heic"
		case "avif", "avis":
			return "image/avif"
		case "M4A ", "M4B ":
			return "audio/mp4"
		case "qt  ":
			return "video/quicktime"
		}
		return "video/mp4"
	}
	if string(head[:2]) == "BM" && int(binary.LittleEndian.Uint32(head[6:])) == 0 {
		return "image/bmp"
	}
	return ""
}

// textType distinguishes kinds of text.
func textType(head []byte) string {
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if len(text) == 0 {
		return "application/octet-stream"
	}
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			// The head may end inside a character.
			if len(head) < headLength || utf8.FullRune(rest) {
				return "application/octet-stream"
			}
			break
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return "application/octet-stream"
		}
		rest = rest[size:]
	}
	text = bytes.TrimLeft(text, " \t\r\n\f")
	lower := bytes.ToLower(text[:min(len(text), 64)])
	switch {
	case looksLikeJSON(text):
		return "application/json"
	case bytes.HasPrefix(lower, []byte("<?xml")):
		return "application/xml"
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return "text/html"
	case bytes.HasPrefix(lower, []byte("-----begin ")):
		return "application/x-pem-file"
	}
	return "text/plain"
}

// looksLikeJSON reports whether text begins like a JSON object or array.
func looksLikeJSON(text []byte) bool {
	if len(text) < 2 || text[0] != '{' && text[0] != '[' {
		return false
	}
	next := bytes.TrimLeft(text[1:], " \t\r\n")
	if len(next) == 0 {
		return true
	}
	if text[0] == '{' {
		return next[0] == '"' || next[0] == '}'
	}
	return bytes.IndexByte([]byte(`{["]-0123456789tfn`), next[0]) >= 0
}
