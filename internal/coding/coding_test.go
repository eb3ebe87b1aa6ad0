package coding

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

const text = "some text, some text, some text"

// encode applies one coding.
func encode(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch name {
	case "gzip", "x-gzip":
		w = gzip.NewWriter(&b)
	case "deflate":
		w = zlib.NewWriter(&b)
	case "raw deflate":
		var err error
		if w, err = flate.NewWriter(&b, 6); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCodingsAreUndone(t *testing.T) {
	for _, codings := range [][]string{
		nil, {"gzip"}, {"x-gzip"}, {"deflate"}, {"raw deflate"}, {"gzip", "gzip"}, {"deflate", "gzip"},
		{"gzip", "raw deflate", "deflate", "x-gzip"},
	} {
		body := []byte(text)
		var names []string
		for _, name := range codings {
			body = encode(t, name, body)
			names = append(names, strings.TrimPrefix(name, "raw "))
		}
		for _, source := range []io.Reader{bytes.NewReader(body), iotest.OneByteReader(bytes.NewReader(body))} {
			decoded, err := NewReader(source, names)
			if err != nil {
				t.Fatalf("%q: %v", codings, err)
			}
			if got, err := io.ReadAll(decoded); string(got) != text || err != nil {
				t.Errorf("%q: %q, %v", codings, got, err)
			}
		}
	}
}

func TestWhatCannotBeUndoneIsAnError(t *testing.T) {
	packed := encode(t, "gzip", []byte(text))
	reset := errors.New("reset")
	for _, test := range []struct {
		name    string
		body    io.Reader
		codings []string
		want    error // nil: any
	}{
		{"brotli", strings.NewReader("x"), []string{"br"}, ErrUnknown},
		{"one of several", strings.NewReader("x"), []string{"gzip", "zstd"}, ErrUnknown},
		{"an unknown one of no bytes", strings.NewReader(""), []string{"br"}, ErrUnknown},
		{"too many", bytes.NewReader(packed), []string{"gzip", "gzip", "gzip", "gzip", "gzip"}, ErrUnknown},
		{"not encoded", strings.NewReader(text), []string{"gzip"}, gzip.ErrHeader},
		{"cut", bytes.NewReader(packed[:len(packed)-3]), []string{"gzip"}, io.ErrUnexpectedEOF},
		{"one byte", bytes.NewReader(packed[:1]), []string{"gzip"}, io.ErrUnexpectedEOF},
		{"changed", bytes.NewReader(slices.Concat(packed[:len(packed)-1], []byte{^packed[len(packed)-1]})),
			[]string{"gzip"}, gzip.ErrChecksum},
		{"text for deflate", strings.NewReader("\xff\xff" + text), []string{"deflate"}, nil},
		{"broken off", iotest.ErrReader(reset), []string{"gzip"}, reset},
		{"broken off within", io.MultiReader(bytes.NewReader(packed[:15]), iotest.ErrReader(reset)), []string{"gzip"},
			reset},
	} {
		decoded, err := NewReader(test.body, test.codings)
		if err == nil {
			_, err = io.ReadAll(decoded)
		}
		if err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
}

func TestABodyOfNoBytesStaysOne(t *testing.T) {
	decoded, err := NewReader(strings.NewReader(""), []string{"deflate", "gzip"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(decoded); len(got) != 0 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestCodingsOfAHeader(t *testing.T) {
	for _, test := range []struct {
		values []string
		want   []string
		shown  string
	}{
		{nil, nil, ""},
		{[]string{"", "identity", " Identity"}, nil, ""},
		{[]string{"GZIP"}, []string{"gzip"}, "gzip"},
		{[]string{"deflate, br", "hunter2"}, []string{"deflate", "br", "hunter2"}, "deflate, br, (unknown)"},
		{[]string{"br,br,br,br,br,br"}, []string{"br", "br", "br", "br", "br", "br"}, "br, br, br, br, 2 more"},
	} {
		got := Of(http.Header{"Content-Encoding": test.values})
		if !slices.Equal(got, test.want) || Shown(got) != test.shown {
			t.Errorf("%q: %q, shown as %q", test.values, got, Shown(got))
		}
	}
}

func TestAsked(t *testing.T) {
	for _, test := range []struct {
		accept  []string
		codings []string
		want    bool
	}{
		{nil, nil, true},
		{nil, []string{"gzip"}, false},
		{[]string{"gzip"}, []string{"gzip"}, true},
		{[]string{"x-gzip"}, []string{"gzip"}, true},
		{[]string{"deflate, GZIP;q=0.5"}, []string{"gzip", "deflate"}, true},
		{[]string{"deflate", "br"}, []string{"br"}, true},
		{[]string{"gzip; q=0"}, []string{"gzip"}, false},
		{[]string{"*"}, []string{"zstd"}, true},
		{[]string{"*, br;q=0"}, []string{"br"}, false},
		{[]string{"gzip"}, []string{"gzip", "br"}, false},
		{[]string{"identity"}, []string{"gzip"}, false},
	} {
		if got := Asked(http.Header{"Accept-Encoding": test.accept}, test.codings); got != test.want {
			t.Errorf("%q for %q: %v", test.codings, test.accept, got)
		}
	}
}
