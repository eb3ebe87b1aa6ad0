package picture

import (
	"bytes"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

var all = map[string]struct {
	draw             func(string) []byte
	width, height    int
	english, spanish string
	bandTop          int
}{
	"front": {DocumentFront, 720, 454, "EMULATOR - NOT A REAL DOCUMENT", "EMULADOR - NO ES UN DOCUMENTO REAL",
		bandTop},
	"back": {DocumentBack, 720, 454, "EMULATOR - NOT A REAL DOCUMENT", "EMULADOR - NO ES UN DOCUMENTO REAL", bandTop},
	"selfie": {Selfie, 480, 600, "EMULATOR - NOT A REAL PERSON", "EMULADOR - NO ES UNA PERSONA REAL",
		selfieHeight - 58},
}

func decode(t *testing.T, file []byte) image.Image {
	t.Helper()
	if len(file) > 128<<10 {
		t.Errorf("%d bytes", len(file))
	}
	picture, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestEveryPictureSaysWhoMadeIt(t *testing.T) {
	for name, kind := range all {
		for _, holder := range []string{"Ana Sofía Muñoz Güell", "", strings.Repeat("W", 5000) + "李",
			"\x00\xff\n\u0301"} {
			picture := decode(t, kind.draw(holder))
			if size := picture.Bounds().Size(); size != image.Pt(kind.width, kind.height) {
				t.Fatalf("%s: %v", name, size)
			}
			// what the band must look like, drawn alone
			band := newCanvas(kind.width, kind.height)
			warn(band, float64(kind.bandTop), kind.english, kind.spanish)
			different, ink := 0, 0
			for y := kind.bandTop; y < kind.height; y++ {
				for x := range kind.width {
					want := band.image.RGBAAt(x, y)
					_, green, _, _ := picture.At(x, y).RGBA() // tells white letters from the red ground
					if want.G > 200 {
						ink++
					}
					if d := int(want.G) - int(green>>8); d > 80 || d < -80 {
						different++
					}
				}
			}
			if ink < 1000 || different > ink/20 {
				t.Errorf("%s of %.20q: %d of the band's pixels differ, %d are letters", name, holder, different, ink)
			}
		}
	}
}

func TestPicturesDependOnTheHolderAlone(t *testing.T) {
	for name, kind := range all {
		if !bytes.Equal(kind.draw("Ana"), kind.draw("Ana")) {
			t.Errorf("%s: the same holder gives two pictures", name)
		}
		if bytes.Equal(kind.draw("Ana"), kind.draw("Luis")) {
			t.Errorf("%s: two holders give the same picture", name)
		}
	}
}

func TestSpelling(t *testing.T) {
	tests := []struct {
		text  string
		width int
		same  string // another text that looks the same
	}{
		{"abc", 3, "ABC"},
		{"Ñandú", 5, "ÑANDÚ"},
		{"n\u0303", 1, "Ñ"},
		{"李x", 2, "?X"},
		{"", 0, ""},
	}
	for _, test := range tests {
		got, same := spell(test.text), spell(test.same)
		if len(got) != test.width || len(same) != len(got) {
			t.Fatalf("%q has %d letters, %q has %d", test.text, len(got), test.same, len(same))
		}
		for i := range got {
			if got[i] != same[i] {
				t.Errorf("letter %d of %q does not look like that of %q", i, test.text, test.same)
			}
		}
	}
	if spell("Ñ")[0] == spell("N")[0] || spell("Í")[0] == spell("I")[0] {
		t.Error("accents are lost")
	}
}

func BenchmarkSelfie(b *testing.B) {
	for b.Loop() {
		Selfie("Ana")
	}
}

func BenchmarkDocumentFront(b *testing.B) {
	for b.Loop() {
		DocumentFront("Ana")
	}
}
