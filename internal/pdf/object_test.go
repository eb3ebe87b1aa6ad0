package pdf_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/internal/pdf"
	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

func load(t *testing.T, text string) (pdf.Object, error) {
	t.Helper()
	d := mustOpen(t, pdftest.Table("<< >>", text))
	loaded, err := d.Load(pdf.Reference{Number: 2})
	return loaded.Object, err
}

func TestObjectsAreReadAndWritten(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"null", "null", "null"},
		{"booleans", "[true false]", "[true false]"},
		{"integers", "[0 -1 +17 007 9223372036854775807]", "[0 -1 17 7 9223372036854775807]"},
		{"an integer beyond 64 bits", "9223372036854775808", "9223372036854775808"},
		{"reals", "[1.5 -.5 4. +0.25]", "[1.5 -.5 4. +0.25]"},
		{"references among numbers", "[1 2 3 0 R 4 5 R]", "[1 2 3 0 R 4 5 R]"},
		{"references without space behind", "[3 0 R/A]", "[3 0 R /A]"},
		{"a number before a name that begins with R", "[3 0/R]", "[3 0 /R]"},
		{"names", "[/A /A#20B /#41 / /a#zz]", "[/A /A#20B /A / /a#23zz]"},
		{"strings", `[(a) (a(b)c) (\() (\n\t\101\1012) (a\
b)]`, "[(a) (a\\(b\\)c) (\\() (\n\tAA2) (ab)]"},
		{"line ends in strings", "[(a\r\nb\rc\nd) (\\r)]", "[(a\nb\nc\nd) (\\r)]"},
		{"hexadecimal strings", "[<> <4> <4 1\n42>]", "[<> <40> <4142>]"},
		{"dictionaries", "<</A/B/C[<</D 1>>]>>", "<< /A /B /C [<< /D 1 >>] >>"},
		{"comments", "[1 % ] ( \n 2%\n]", "[1 2]"},
		{"nul and form feed between", "[1\x002\f3]", "[1 2 3]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			object, err := load(t, test.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(object.Append(nil)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			same(t, object, object.Append(nil))
		})
	}
}

func TestMalformedObjectsAreRefused(t *testing.T) {
	for _, text := range []string{"nul", "nulls", "1a", "--1", "1.2.3", ".", "-", "<1g>", "<12", "(a", "[1", "<< /A >>",
		"<< 1 2 >>", "<< /A 1",
		")", "]", ">>", "{}", "1 0 R R", "obj", strings.Repeat("1", 65)} {
		if object, err := load(t, text); !errors.Is(err, pdf.ErrSyntax) {
			t.Errorf("%q reads as %s, %v", text, object.Append(nil), err)
		}
	}
}

func TestWithAndWithout(t *testing.T) {
	object, err := load(t, "<< /A 1 /B 2 /A 3 >>")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		got  pdf.Object
		want string
	}{
		{object.With("A", pdf.NewInteger(4)), "<< /A 4 /B 2 >>"},
		{object.With("C", pdf.NewName("D")), "<< /A 1 /B 2 /A 3 /C /D >>"},
		{object.Without("A"), "<< /B 2 >>"},
		{object, "<< /A 1 /B 2 /A 3 >>"},
	} {
		if got := string(test.got.Append(nil)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

func TestTextIsDecoded(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"plain":                        "plain",
		"a\xf1o":                       "año",
		"\xfe\xff\x00a\x00\xf1\x00o":   "año",
		"\xfe\xff\xd8\x3d\xde\x00\x00": "😀", // an odd byte at the end is ignored
		"\xef\xbb\xbfa\xc3\xb1o\xff":   "año\ufffd",
	} {
		if got := pdf.DecodeText([]byte(text)); got != want {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}
