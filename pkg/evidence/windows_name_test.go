package evidence

import (
	"errors"
	"strings"
	"testing"
)

func TestSystemNames(t *testing.T) {
	long := strings.Repeat("é", 255)
	for name, held := range map[string]bool{
		"documents/contrato.pdf": true, "cédula.json": true, "a/" + long: true,
		"who?.json": false, "a|b/c": false, "a/<b>": false, `"a"`: false, "a*": false, "a/" + long + "é": false,
		"😀" + strings.Repeat("a", 254): false, // two UTF-16 units but one rune
	} {
		f := honest()
		f.entries = append(f.entries, &forgedEntry{name: name, both: func(h *forgedHeader) { h.flags |= flagUTF8 }})
		archive := openBytes(t, f.bytes(), Limits{MaxNameLength: 1000})
		if _, err := archive.Verify(t.Context()); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		var refused *SystemNameError
		err := archive.checkSystemNames("windows")
		if got := errors.As(err, &refused); got == held || got && refused.Entry != name || (err == nil) != held {
			t.Errorf("%q: %v", name, err)
		}
		if err := archive.checkSystemNames("linux"); err != nil {
			t.Errorf("%q elsewhere: %v", name, err)
		}
	}
}
