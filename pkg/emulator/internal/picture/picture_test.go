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
			// the expected band, drawn alone
			band := newCanvas(kind.width, kind.height)
			warn(band, kind.bandTop, kind.english, kind.spanish)
			different, ink := 0, 0
			for y := kind.bandTop; y < kind.height; y++ {
				for x := range kind.width {
					want := band.image.RGBAAt(x, y)
					_, green, _, _ := picture.At(x, y).RGBA() // separates white letters from the red background
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

// inked draws a text alone, black on white.
func inked(text string) *image.RGBA {
	c := newCanvas(300, 100)
	c.block(0, 0, c.width, c.height, rgb(0xFFFFFF))
	c.fitText(10, 70, 280, style{bold, 60, rgb(0)}, text)
	return c.image
}

func TestTextKeepsAccents(t *testing.T) {
	for text, same := range map[string]string{
		"n\u0303": "ñ", "U\u0308": "Ü", "李x": "?x", "\u0301": "", "ạ": "a", "a\u0348": "a",
	} {
		if !bytes.Equal(inked(text).Pix, inked(same).Pix) {
			t.Errorf("%q does not look like %q", text, same)
		}
	}
	seen := map[string]string{}
	for letter := range strings.SplitSeq("n ñ N Ñ i í I Í u ú ü U Ú Ü e é a á o ó c ç Å Ž ¿ ?", " ") {
		pixels := string(inked(letter).Pix)
		if other, twice := seen[pixels]; twice {
			t.Errorf("%s looks like %s", letter, other)
		}
		seen[pixels] = letter
	}
}

// A text that is too long is drawn smaller but complete.
func TestTextFits(t *testing.T) {
	for _, text := range []string{strings.Repeat("W", 12), strings.Repeat("Ñ", 30)} {
		picture, last := inked(text), 0
		for y := range 100 {
			for x := range 300 {
				if picture.RGBAAt(x, y).R < 200 {
					last = max(last, x)
				}
			}
		}
		if last < 280 || last > 290 {
			t.Errorf("%.10s…: the last ink is at %d, want it near 290", text, last)
		}
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
