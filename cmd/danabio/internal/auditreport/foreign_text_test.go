package auditreport

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// innerText returns the text of a part of a page, with markers in brackets.
func innerText(t *testing.T, piece string) string {
	t.Helper()
	var text strings.Builder
	decoder := xml.NewDecoder(strings.NewReader(piece))
	for {
		switch token, err := decoder.Token(); {
		case errors.Is(err, io.EOF):
			return text.String()
		case err != nil:
			t.Fatalf("%q is not well-formed: %v", piece, err)
		default:
			switch token := token.(type) {
			case xml.StartElement:
				if token.Name.Local != "bdi" && token.Name.Local != "span" {
					t.Errorf("there is an element %q", token.Name.Local)
				}
				if token.Name.Local == "span" {
					text.WriteString("[")
				}
			case xml.EndElement:
				if token.Name.Local == "span" {
					text.WriteString("]")
				}
			case xml.CharData:
				text.Write(token)
			}
		}
	}
}

// Any text is shown completely in one element, and every character of it is visible.
func FuzzVisible(f *testing.F) {
	for _, text := range []string{
		"", "plain.pdf", `<script>"'&`, "\u202egnp.exe", "a\x00b\xff\xfe", "\ufffd", "ñandú \u0627\u0644",
		"x\u0301\u200d\U000e0041", strings.Repeat("é", 600),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := innerText(t, string(visible(text)))
		if shown != plain(text) {
			t.Errorf("%q is shown as %q and as %q", text, shown, plain(text))
		}
		if strings.ContainsFunc(shown, odd) {
			t.Errorf("%q is shown as %q", text, shown)
		}
		if !strings.ContainsFunc(text, odd) && utf8.RuneCountInString(text) <= maxShown && shown != text {
			t.Errorf("%q is shown as %q", text, shown)
		}
		if utf8.RuneCountInString(shown) > 12*maxShown+20 {
			t.Errorf("%d characters are shown", utf8.RuneCountInString(shown))
		}
	})
}

// Valid JSON, and only that, has rows within the limits.
func FuzzMetadata(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `1`, `null`, `{"a":{"b":[1,true,null,"x",{}]}}`, `{"a":1,"a":2}`, "\xef\xbb\xbf{}", `[1,]`,
		`{"a" 1}`, `[1 2]`, `{1:2}`, `{}{}`, `[[[[[[[[[[[[[[1]]]]]]]]]]]]]]`,
		`{"":"\ud800"}`, `]`, `{"a":`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		table := rowTable{limit: 50}
		ok := table.read(content)
		if want := json.Valid(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))); ok != want {
			t.Fatalf("read as JSON: %v; valid: %v", ok, want)
		}
		if ok && len(table.rows)+table.omitted == 0 || len(table.rows) > 50 {
			t.Errorf("%d rows, %d omitted", len(table.rows), table.omitted)
		}
		for _, row := range table.rows {
			if utf8.RuneCountInString(row.Value) > maxValue || utf8.RuneCountInString(row.Path) > maxPath+1 {
				t.Errorf("a row has %d and %d characters", utf8.RuneCountInString(row.Path),
					utf8.RuneCountInString(row.Value))
			}
		}
	})
}
