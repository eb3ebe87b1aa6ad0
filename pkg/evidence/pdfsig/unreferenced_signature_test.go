package pdfsig_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/danabio/danabio-go/pkg/evidence/pdfsig"
)

// A search skips large streams and still finds what is next to them and between them.
func TestHiddenSignatureBesideLargeStreams(t *testing.T) {
	const hidden = "90 0 obj\n<< /ByteRange [0 1 2 3] >>\nendobj\n"
	stream := func(size int) string {
		return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", size, strings.Repeat("x", size))
	}
	with := func(base []byte, what string) []byte { return append(bytes.Clone(base), what...) }
	large := func(base []byte, number int) []byte { return update(base, numbered{number, stream(200_000)}) }
	inside := large(large(contract(), 30), 31)
	at := bytes.LastIndex(inside, []byte("xxx\nendstream")) - 1000
	copy(inside[at:], " /ByteRange [0 1 2 3] ")
	// a separate object begins in the stream, and the signature follows it
	pierced := update(bytes.Clone(inside), numbered{32, "null"})
	copy(pierced[at-100:], "\n32 0 obj\nnull\nendobj\n")
	line := fmt.Appendf(nil, "\n32 1\n%010d", bytes.LastIndex(pierced, []byte("32 0 obj")))
	pierced = bytes.Replace(pierced, line, fmt.Appendf(nil, "\n32 1\n%010d", at-99), 1)
	if !bytes.Contains(pierced, fmt.Appendf(nil, "\n32 1\n%010d", at-99)) {
		t.Fatal("the cross-reference does not lead into the stream")
	}
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"in no place":                  {large(large(contract(), 30), 31), "unsigned"},
		"in a stream":                  {inside, "unsigned"},
		"in front of them":             {large(with(contract(), hidden), 30), "signature-unreached"},
		"between them":                 {large(with(large(contract(), 30), hidden), 31), "signature-unreached"},
		"behind them":                  {update(with(large(contract(), 30), hidden)), "signature-unreached"},
		"behind an object in a stream": {pierced, "signature-unreached"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := codes(check(t, test.file, pdfsig.Options{})); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}
