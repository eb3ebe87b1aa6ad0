package pen

import (
	"errors"
	"strings"
	"testing"
)

func TestParseReadsWhatThePageSends(t *testing.T) {
	signature, err := Parse("10,20 11,25;600,200;0,0 0,0")
	if err != nil || len(signature.Strokes) != 3 || signature.Points() != 5 ||
		signature.Strokes[1][0] != (Point{600, 200}) {
		t.Errorf("%+v, %v", signature, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]error{
		"":                       ErrEmpty,
		" ":                      ErrForm,
		"1":                      ErrForm,
		"1,":                     ErrForm,
		"1,2;":                   ErrForm,
		"1,2 ":                   ErrForm,
		"1,2,3":                  ErrForm,
		"-1,2":                   ErrForm,
		"+1,2":                   ErrForm,
		"01,2":                   ErrForm,
		"1.5,2":                  ErrForm,
		"601,2":                  ErrForm,
		"1,201":                  ErrForm,
		"99999999999999999999,1": ErrForm,
		"1,2) Tj ET":             ErrForm,
		strings.Repeat("1,2 ", MaxPoints) + "1,2": ErrTooLong,
	} {
		if signature, err := Parse(text); !errors.Is(err, want) || len(signature.Strokes) != 0 {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if _, err := Parse(strings.Repeat("1,2 ", MaxPoints-1) + "1,2"); err != nil {
		t.Errorf("as many points as may be: %v", err)
	}
}

func TestTypedNames(t *testing.T) {
	for name, want := range map[string]string{
		"Ana Pérez":              "Ana Pérez",
		"  Ana \t\n Pérez ":      "Ana Pérez",
		"Ana\u202e Pérez":        "Ana Pérez",
		"\xffAna":                "?Ana",
		strings.Repeat("ñ", 100): strings.Repeat("ñ", 100),
	} {
		if got, err := Typed(name); err != nil || got.Name != want || got.Strokes != nil {
			t.Errorf("%q: %+v, %v", name, got, err)
		}
	}
	for name, want := range map[string]error{"": ErrEmpty, " \u200b\n": ErrEmpty,
		strings.Repeat("ñ", 101): ErrTooLong} {
		if _, err := Typed(name); !errors.Is(err, want) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestSampleIsASignatureAsAnyOther(t *testing.T) {
	if again, err := Parse(Sample().String()); err != nil || again.String() != Sample().String() {
		t.Error(err)
	}
}

// A parsed drawing is within the bounds, and its String method returns the parsed text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"10,20 11,25;600,200", "", "1,2;", "01,2", "1,2 3", ";", Sample().String()} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		signature, err := Parse(text)
		if err != nil {
			return
		}
		if signature.String() != text {
			t.Errorf("%q was read as %q", text, signature.String())
		}
		for _, stroke := range signature.Strokes {
			for _, point := range stroke {
				if point.X < 0 || point.X > Width || point.Y < 0 || point.Y > Height {
					t.Errorf("%q: %+v", text, point)
				}
			}
		}
		if n := signature.Points(); n == 0 || n > MaxPoints {
			t.Errorf("%q: %d points", text, n)
		}
	})
}
