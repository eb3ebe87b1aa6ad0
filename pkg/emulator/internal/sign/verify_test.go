package sign

import (
	"bytes"
	"testing"
	"time"

	"github.com/danabio/danabio-go/internal/pdf/pdftest"
)

func TestAChangedFileDoesNotPassTheLastCheck(t *testing.T) {
	now := time.Date(2031, 5, 4, 12, 0, 0, 0, time.UTC)
	a, err := NewAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewAuthority(now)
	if err != nil {
		t.Fatal(err)
	}
	base := pdftest.Table(pdftest.Pages("", "")...)
	options := Options{Time: now}
	signed, err := a.Sign(base, options)
	if err != nil {
		t.Fatal(err)
	}
	revision, err := prepare(base)
	if err != nil {
		t.Fatal(err)
	}
	placed, err := a.place(revision, options)
	if err != nil {
		t.Fatal(err)
	}
	ref := placed.reference
	if err := a.verify(signed, base, ref, options); err != nil {
		t.Fatal(err)
	}

	if err := other.verify(signed, base, ref, options); err == nil {
		t.Error("another authority's signature passes")
	}
	if err := a.verify(signed, base, ref, Options{Time: now.Add(time.Second)}); err == nil {
		t.Error("another signing time passes")
	}
	if err := a.verify(append(bytes.Clone(signed), '\n'), base, ref, options); err == nil {
		t.Error("a byte behind the end passes")
	}
	open := bytes.Index(signed, []byte("/Contents <")) + len("/Contents <")
	end := open + 2*a.reserve
	for i := 0; i < len(signed); i += 3 {
		if i >= open && i < end {
			continue // some bytes of a CMS are not signed; its signed digest protects the rest
		}
		changed := bytes.Clone(signed)
		changed[i] ^= 1
		if err := a.verify(changed, base, ref, options); err == nil {
			t.Errorf("byte %d of %d, %q, can be changed", i, len(signed), signed[i])
		}
	}
}
